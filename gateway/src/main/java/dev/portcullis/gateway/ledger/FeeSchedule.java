package dev.portcullis.gateway.ledger;

import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What one provider account keeps of what it takes, and when it makes the rest available.
 *
 * <p>A charge costs a share of its amount, rounded half up to the minor unit, and a fixed part. The
 * fixed parts are given in hundredths of the currency's main unit: 30 is 30 minor units of a
 * currency with two decimals and 300 of one with three. A currency without decimals has no
 * hundredths, and its main unit is worth about one: 30 is 30 of them.
 *
 * <p>A refund costs nothing and gives no fee back.
 *
 * @param basisPoints hundredths of a percent of each charge, 0 to 10,000
 * @param fixed the fixed part of each charge, 0 or more
 * @param dispute the fixed price of each dispute that takes money, 0 or more; kept when it is won
 * @param days after so many days, at midnight UTC, a charge's money is available; 0 or more
 */
public record FeeSchedule(int basisPoints, int fixed, int dispute, int days) {

  /** A sandbox without a schedule of its own: 2.9 % and 30, 1,500 a dispute, two days. */
  public static final FeeSchedule SANDBOX = new FeeSchedule(290, 30, 1_500, 2);

  private static final int WHOLE = 10_000;
  private static final int LARGEST_FIXED = 1_000_000;
  private static final int LONGEST_WAIT = 365;

  /** Refuses what no provider's schedule is. */
  public FeeSchedule {
    if (basisPoints < 0 || basisPoints > WHOLE) {
      throw new IllegalArgumentException("a share is between 0 and 10,000 basis points");
    }
    if (fixed < 0 || fixed > LARGEST_FIXED || dispute < 0 || dispute > LARGEST_FIXED) {
      throw new IllegalArgumentException("a fixed fee is between 0 and 1,000,000");
    }
    if (days < 0 || days > LONGEST_WAIT) {
      throw new IllegalArgumentException("money is available within 365 days");
    }
  }

  /** What taking that amount, zero or more, costs. It may be more than a very small amount. */
  public Money ofCharge(Money amount) {
    if (amount.isNegative()) {
      throw new IllegalArgumentException("a charge is not negative");
    }
    long share =
        Math.floorDiv(
            Math.addExact(Math.multiplyExact(amount.minorUnits(), basisPoints), WHOLE / 2), WHOLE);
    return new Money(share, amount.currency()).plus(scaled(fixed, amount.currency()));
  }

  /** What a dispute costs. */
  public Money ofDispute(Currency currency) {
    return scaled(dispute, currency);
  }

  /** When money that is taken at that time becomes available. */
  public Instant availableOn(Instant taken) {
    return taken.truncatedTo(ChronoUnit.DAYS).plus(Duration.ofDays(days));
  }

  private static Money scaled(int hundredths, Currency currency) {
    return new Money(currency.exponent() == 3 ? hundredths * 10L : hundredths, currency);
  }
}
