package dev.portcullis.simulator;

import dev.portcullis.kit.Luhn;
import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/** A card as it came in a request. It lives as long as the request; the ledger gets its last4. */
public final class CardData {
  private final String number;
  private final String expMonth;
  private final String expYear;
  private final @Nullable String cvc;

  /**
   * A card.
   *
   * @param number digits
   * @param expMonth one or two digits
   * @param expYear four digits
   * @param cvc three or four digits, or null
   */
  public CardData(String number, String expMonth, String expYear, @Nullable String cvc) {
    this.number = number;
    this.expMonth = expMonth;
    this.expYear = expYear;
    this.cvc = cvc;
  }

  /** What this card does. */
  public Story story() {
    return TestCards.storyOf(number);
  }

  boolean hasCvc() {
    return cvc != null;
  }

  /** The end of the number. */
  public String last4() {
    return number.substring(number.length() - 4);
  }

  /** What of the card tells two requests apart; never the number and never the CVC. */
  String comparable() {
    return last4() + "/" + expMonth + "/" + expYear;
  }

  /** The network by the first digits: {@code visa}, {@code mastercard} and the like. */
  public String brand() {
    return switch (number.charAt(0)) {
      case '4' -> "visa";
      case '2', '5' -> "mastercard";
      case '6' -> number.startsWith("62") ? "unionpay" : "discover";
      default ->
          number.startsWith("34") || number.startsWith("37")
              ? "amex"
              : number.startsWith("35") ? "jcb" : "diners";
    };
  }

  /** {@code 12/2034}. */
  public String expiry() {
    return expMonth + "/" + expYear;
  }

  /** Why the card cannot be one, in Stripe's decline codes; null if it can. */
  public @Nullable String flaw(YearMonth today) {
    if (!Luhn.isValid(number)) {
      return "incorrect_number";
    }
    if (!expMonth.matches("0?[1-9]|1[0-2]")) {
      return "invalid_expiry_month";
    }
    if (!expYear.matches("20[0-9]{2}")) {
      return "invalid_expiry_year";
    }
    if (cvc != null && !cvc.matches("[0-9]{3,4}")) {
      return "invalid_cvc";
    }
    return expired(today) ? "expired_card" : null;
  }

  private boolean expired(YearMonth today) {
    return YearMonth.of(Integer.parseInt(expYear), Integer.parseInt(expMonth)).isBefore(today);
  }

  @Override
  public String toString() {
    return "a card"; // so that no log line can hold one
  }
}
