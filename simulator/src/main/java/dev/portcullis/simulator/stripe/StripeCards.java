package dev.portcullis.simulator.stripe;

import dev.portcullis.simulator.CardData;
import dev.portcullis.simulator.Tree;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Payment methods. A card is in memory only, and gone when the simulator stops; Stripe's names of
 * test cards are always there.
 */
final class StripeCards {
  private static final int MOST = 10_000;

  private static final Map<String, String> TEST_CARDS =
      Map.of(
          "pm_card_visa", "4242424242424242",
          "pm_card_mastercard", "5555555555554444",
          "pm_card_amex", "378282246310005",
          "pm_card_visa_chargeDeclined", "4000000000000002",
          "pm_card_chargeDeclined", "4000000000000002",
          "pm_card_visa_chargeDeclinedInsufficientFunds", "4000000000009995",
          "pm_card_chargeDeclinedInsufficientFunds", "4000000000009995",
          "pm_card_threeDSecure2Required", "4000000000003220",
          "pm_card_authenticationRequired", "4000002760003184",
          "pm_card_createDispute", "4000000000000259");

  private final Map<String, CardData> cards =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CardData> eldest) {
          return size() > MOST;
        }
      };

  /** A card by its payment method's id. */
  record Method(String id, CardData card) {}

  synchronized void keep(String id, CardData card) {
    cards.put(id, card);
  }

  /** The card of a request, given in it or by its id; null if there is none. */
  synchronized @Nullable Method of(Tree form, String fresh) {
    String id = form.at("payment_method").text();
    if (id != null) {
      String test = TEST_CARDS.get(id);
      CardData known = test == null ? cards.get(id) : new CardData(test, "12", "2034", "123");
      if (known == null) {
        throw StripeErrors.missing("PaymentMethod", id, "payment_method");
      }
      return new Method(id, known);
    }
    if (form.at("payment_method_data").isAbsent()) {
      return null;
    }
    return new Method(fresh, card(form.at("payment_method_data"), "payment_method_data"));
  }

  /** The card that is written out there. */
  static CardData card(Tree data, String param) {
    String type = data.at("type").text();
    if (!"card".equals(type)) {
      throw StripeErrors.invalid(
          type == null ? "parameter_missing" : "parameter_invalid_string_enum",
          param + "[type]",
          "Only cards are taken here.");
    }
    Tree card = data.at("card");
    if (!Set.of("number", "exp_month", "exp_year", "cvc").containsAll(card.names())) {
      throw StripeErrors.invalid(
          "parameter_unknown", param + "[card]", "Received an unknown" + " parameter.");
    }
    String number = card.at("number").orEmpty();
    if (!number.matches("[0-9]{12,19}")) {
      throw StripeErrors.invalid(
          "invalid_number",
          param + "[card][number]",
          "The card number is not a valid credit card number.");
    }
    return new CardData(
        number,
        card.at("exp_month").orEmpty(),
        card.at("exp_year").orEmpty(),
        card.at("cvc").text());
  }
}
