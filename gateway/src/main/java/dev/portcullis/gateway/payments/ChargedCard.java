package dev.portcullis.gateway.payments;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a charge shows its card and its outcome: with every member that the API always has, whether
 * or not there is something to say of it. Older charges are stored with all of them.
 */
final class ChargedCard {

  private static final List<String> CARD =
      List.of(
          "amount_authorized",
          "authorization_code",
          "brand",
          "checks",
          "country",
          "electronic_commerce_indicator",
          "exp_month",
          "exp_year",
          "fingerprint",
          "funding",
          "installments",
          "last4",
          "mandate",
          "network",
          "network_transaction_id",
          "regulated_status",
          "three_d_secure",
          "transaction_link_id",
          "wallet");

  private static final List<String> CHECKS =
      List.of("address_line1_check", "address_postal_code_check", "cvc_check");

  private static final List<String> THREE_D_SECURE =
      List.of(
          "authentication_flow",
          "electronic_commerce_indicator",
          "exemption_indicator",
          "result",
          "result_reason",
          "transaction_id",
          "version");

  private static final List<String> OUTCOME =
      List.of(
          Declines.ADVICE,
          Declines.NETWORK_ADVICE,
          Declines.NETWORK_DECLINE,
          "network_status",
          "reason",
          "risk_level",
          "seller_message",
          "type");

  private ChargedCard() {}

  /** {@code outcome}, or null where none is stored. */
  static @Nullable Map<String, @Nullable Object> outcome(Charge charge) {
    return charge.facts().get("outcome") instanceof Map<?, ?> stored
        ? complete(OUTCOME, stored)
        : null;
  }

  /** {@code payment_method_details}, or null where none are stored. */
  static @Nullable Map<String, @Nullable Object> details(Charge charge) {
    if (!(charge.facts().get("payment_method_details") instanceof Map<?, ?> stored)) {
      return null;
    }
    Map<String, @Nullable Object> details = new LinkedHashMap<>(Doc.cast(stored));
    if (stored.get("card") instanceof Map<?, ?> card) {
      details.put("card", card(card));
    }
    return details;
  }

  private static Map<String, @Nullable Object> card(Map<?, ?> stored) {
    Map<String, @Nullable Object> card = complete(CARD, stored);
    card.put(
        "checks", complete(CHECKS, stored.get("checks") instanceof Map<?, ?> c ? c : Map.of()));
    if (stored.get("three_d_secure") instanceof Map<?, ?> secure) {
      card.put("three_d_secure", complete(THREE_D_SECURE, secure));
    }
    return card;
  }

  /** What is stored, and null for what is not, in the order of the names. */
  private static Map<String, @Nullable Object> complete(List<String> names, Map<?, ?> stored) {
    Map<String, @Nullable Object> complete = new LinkedHashMap<>();
    names.forEach(name -> complete.put(name, null));
    complete.putAll(Doc.cast(stored));
    return complete;
  }
}
