package dev.portcullis.vault.card;

import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A card as it was typed in, checked. Clear it by closing it.
 *
 * @param pan the number
 * @param facts what the number says
 * @param expiry its last month
 * @param cvc the digits, or null if none was given
 */
record CardEntry(Pan pan, CardFacts facts, YearMonth expiry, byte @Nullable [] cvc)
    implements AutoCloseable {

  private static final int YEARS = 50;
  private static final int CENTURY = 100;
  private static final int MONTHS = 12;

  /** A card, or what is wrong with it in Stripe's words. */
  sealed interface Check {
    /** It may be a card. */
    record Good(CardEntry entry) implements Check {}

    /** It is none; 402. */
    record Bad(ApiError error) implements Check {}
  }

  /**
   * Checks a card in the order in which Stripe names faults: number, month, year, CVC, and in test
   * mode whether it is a test card.
   *
   * @param typedCvc null if none was given
   * @param now the month that it is now
   * @param bins what the first digits say
   */
  static Check check(
      String typedNumber,
      long month,
      long year,
      @Nullable String typedCvc,
      boolean livemode,
      YearMonth now,
      BinTable bins) {
    return switch (Pan.read(typedNumber)) {
      case Pan.Reading.Incorrect _ -> incorrectNumber();
      case Pan.Reading.Invalid _ ->
          bad("invalid_number", "The card number is not a valid credit card number.", "number");
      case Pan.Reading.Valid(Pan pan) -> {
        BinFacts bin = bins.find(pan);
        TestCard test = livemode ? null : TestCards.find(pan);
        CardFacts facts = test == null ? bin.card() : test.facts();
        Optional<Check> fault =
            test == null && !bin.acceptsLength(pan.length())
                ? Optional.of(incorrectNumber())
                : expiryFault(month, year, now);
        if (fault.isEmpty()) {
          fault = cvcFault(typedCvc, bin);
        }
        if (fault.isEmpty() && !livemode && test == null) {
          fault = Optional.of(new Check.Bad(notATestCard()));
        }
        if (fault.isPresent()) {
          pan.close();
          yield fault.get();
        }
        YearMonth expiry = YearMonth.of(fullYear(year, now), (int) month);
        yield new Check.Good(new CardEntry(pan, facts, expiry, bytes(typedCvc)));
      }
    };
  }

  private static Check incorrectNumber() {
    return bad("incorrect_number", "Your card number is incorrect.", "number");
  }

  private static Optional<Check> expiryFault(long month, long year, YearMonth now) {
    if (month < 1 || month > MONTHS) {
      return Optional.of(
          bad("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month"));
    }
    int full = fullYear(year, now);
    if (full < now.getYear() || full > now.getYear() + YEARS) {
      return Optional.of(
          bad("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year"));
    }
    // A card is good to the last day of its month.
    return YearMonth.of(full, (int) month).isBefore(now)
        ? Optional.of(
            bad("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month"))
        : Optional.empty();
  }

  /** Two digits mean the year of this century, unless that is more than 50 years ahead. */
  private static int fullYear(long year, YearMonth now) {
    if (year < 0 || year > 9_999) {
      return -1;
    }
    if (year >= CENTURY) {
      return (int) year;
    }
    int thisCentury = now.getYear() / CENTURY * CENTURY + (int) year;
    return thisCentury > now.getYear() + YEARS ? thisCentury - CENTURY : thisCentury;
  }

  private static Optional<Check> cvcFault(@Nullable String typed, BinFacts bin) {
    if (typed == null) {
      return Optional.empty();
    }
    boolean digits = typed.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits && bin.acceptsCodeOf(typed.length())
        ? Optional.empty()
        : Optional.of(bad("invalid_cvc", "Your card's security code is invalid.", "cvc"));
  }

  private static ApiError notATestCard() {
    return ApiErrors.card(
            "card_declined",
            "Your card was declined. Your request was in test mode, but used a non test card. Test"
                + " mode takes the documented test cards alone.")
        .withParam("number")
        .withDeclineCode("test_mode_live_card");
  }

  private static Check bad(String code, String message, String param) {
    return new Check.Bad(ApiErrors.card(code, message).withParam(param));
  }

  private static byte @Nullable [] bytes(@Nullable String digits) {
    return digits == null ? null : digits.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    pan.close();
    if (cvc != null) {
      Arrays.fill(cvc, (byte) 0);
    }
  }

  @Override
  public String toString() {
    return "[REDACTED]";
  }
}
