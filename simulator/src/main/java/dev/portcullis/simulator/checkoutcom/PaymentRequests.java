package dev.portcullis.simulator.checkoutcom;

import dev.portcullis.kit.Currency;
import dev.portcullis.simulator.AuthorizationRequest;
import dev.portcullis.simulator.CardData;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Refused;
import dev.portcullis.simulator.Tree;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads a request for a payment. */
final class PaymentRequests {
  private static final long LARGEST = 999_999_999;

  private PaymentRequests() {}

  /**
   * What the books are asked.
   *
   * @throws Refused with Checkout.com's code for what is wrong
   */
  static AuthorizationRequest read(Desk desk, Tree body, String key) {
    requireChannel(body);
    CardData card = card(desk, body.at("source"));
    boolean merchant = body.at("merchant_initiated").isTrue();
    boolean challenged = body.at("3ds", "enabled").isTrue() && !merchant;
    String returnUrl = challenged ? url(body, "success_url") : "https://www.checkout.com/";
    Operation.Terms terms =
        new Operation.Terms(
            amount(body),
            currency(body),
            (body.at("capture").isAbsent() || body.at("capture").isTrue()),
            body.at("source", "store_for_future_use").isTrue() || stores(body),
            card.last4(),
            card.story());
    boolean always =
        challenged && "challenge_requested".equals(body.at("3ds", "challenge_indicator").text());
    return new AuthorizationRequest(
        key,
        terms,
        card,
        challenged,
        merchant ? previous(desk, body) : null,
        returnUrl,
        new AuthorizationRequest.Way(always, true, notes(body, card, challenged)));
  }

  /** A recurring series begins with a payment that names it and is not the merchant's own. */
  private static boolean stores(Tree body) {
    String type = body.at("payment_type").scalar();
    return !body.at("merchant_initiated").isTrue()
        && (type.equals("Recurring") || type.equals("Unscheduled"));
  }

  private static void requireChannel(Tree body) {
    if (body.at("processing_channel_id").text() == null) {
      throw new Refused(
          422,
          "processing_channel_id_required",
          "A processing channel is needed.",
          "processing_channel_id");
    }
  }

  private static long amount(Tree body) {
    if (body.at("amount").isAbsent()) {
      return 0;
    }
    Long amount = body.at("amount").number();
    if (amount == null || amount < 0 || amount > LARGEST) {
      throw Refused.invalid("amount", "A whole number of minor units is needed.");
    }
    return amount;
  }

  private static String currency(Tree body) {
    String code = body.at("currency").scalar();
    String small = code.toLowerCase(Locale.ROOT);
    if (code.equals(small) || Currency.find(small).isEmpty()) {
      throw Refused.invalid("currency", "An upper-case ISO 4217 code is needed.");
    }
    return small;
  }

  private static String url(Tree body, String name) {
    String url = body.at(name).scalar();
    if (!url.matches("https?://[^\\s]+")) {
      throw Refused.invalid(name, "An absolute address is needed.");
    }
    return url;
  }

  private static CardData card(Desk desk, Tree source) {
    if (!"card".equals(source.at("type").text())) {
      throw new Refused(
          422, "payment_method_not_supported", "Cards alone are known here.", "source");
    }
    String number = source.at("number").scalar();
    if (!number.matches("[0-9]{12,19}")) {
      throw new Refused(422, "card_number_invalid", "A card number is needed.", "number");
    }
    CardData card =
        new CardData(
            number,
            source.at("expiry_month").scalar(),
            source.at("expiry_year").scalar(),
            source.at("cvv").text());
    String flaw = card.flaw(YearMonth.from(desk.clock().instant().atZone(ZoneOffset.UTC)));
    if (flaw != null) {
      throw new Refused(422, fault(flaw), "The card cannot be one.", "source");
    }
    return card;
  }

  private static String fault(String flaw) {
    return switch (flaw) {
      case "incorrect_number" -> "card_number_invalid";
      case "invalid_expiry_month" -> "card_expiry_month_invalid";
      case "invalid_expiry_year" -> "card_expiry_year_invalid";
      case "invalid_cvc" -> "cvv_invalid";
      case "expired_card" -> "card_expired";
      default -> throw new IllegalStateException(flaw);
    };
  }

  /** A payment of this API, or what the network called one. */
  private static @Nullable String previous(Desk desk, Tree body) {
    String given = body.at("previous_payment_id").text();
    return given == null
        ? null
        : desk.books().find(PaymentView.inBooks(given)).stream()
            .filter(Operation.Authorization.class::isInstance)
            .map(found -> PaymentView.network((Operation.Authorization) found))
            .findFirst()
            .orElse(given);
  }

  private static Operation.Notes notes(Tree body, CardData card, boolean challenged) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("scheme", scheme(card));
    values.put("expiry_month", body.at("source", "expiry_month").scalar());
    values.put("expiry_year", body.at("source", "expiry_year").scalar());
    values.put(
        "payment_type", Objects.requireNonNullElse(body.at("payment_type").text(), "Regular"));
    if (!body.at("source").at("billing_address").isAbsent()) {
      values.put("address", "given");
    }
    if (challenged) {
      String success = url(body, "success_url");
      values.put("success_url", success);
      values.put(
          "failure_url", !body.at("failure_url").isAbsent() ? url(body, "failure_url") : success);
    }
    return new Operation.Notes(body.at("reference").text(), values);
  }

  private static String scheme(CardData card) {
    return switch (card.brand()) {
      case "visa" -> "Visa";
      case "mastercard" -> "Mastercard";
      case "amex" -> "American Express";
      case "diners" -> "Diners Club International";
      case "jcb" -> "JCB";
      case "unionpay" -> "UnionPay International";
      default -> "Discover";
    };
  }
}
