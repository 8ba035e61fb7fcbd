package dev.portcullis.kit;

import java.math.BigDecimal;
import java.util.Locale;

/**
 * An exact amount of money.
 *
 * @param minorUnits the amount in the currency's smallest unit (cents for {@code usd}); may be
 *     negative, as in a ledger line
 * @param currency the currency
 */
public record Money(long minorUnits, Currency currency) implements Comparable<Money> {

  /**
   * An amount in the currency of that code.
   *
   * @throws IllegalArgumentException if there is no such currency
   */
  public static Money of(long minorUnits, String currency) {
    return new Money(minorUnits, Currency.of(currency));
  }

  /** Nothing, in that currency. */
  public static Money zero(Currency currency) {
    return new Money(0, currency);
  }

  /**
   * The sum.
   *
   * @throws IllegalArgumentException if the currencies differ
   * @throws ArithmeticException if the sum does not fit
   */
  public Money plus(Money other) {
    return new Money(Math.addExact(minorUnits, sameCurrency(other).minorUnits), currency);
  }

  /**
   * The difference.
   *
   * @throws IllegalArgumentException if the currencies differ
   * @throws ArithmeticException if the difference does not fit
   */
  public Money minus(Money other) {
    return new Money(Math.subtractExact(minorUnits, sameCurrency(other).minorUnits), currency);
  }

  /** The same amount with the opposite sign. */
  public Money negated() {
    return new Money(Math.negateExact(minorUnits), currency);
  }

  /** Whether this is exactly nothing. */
  public boolean isZero() {
    return minorUnits == 0;
  }

  /** Whether this is less than nothing. */
  public boolean isNegative() {
    return minorUnits < 0;
  }

  /** Whether this is more than nothing. */
  public boolean isPositive() {
    return minorUnits > 0;
  }

  /**
   * Compares two amounts of one currency.
   *
   * @throws IllegalArgumentException if the currencies differ
   */
  @Override
  public int compareTo(Money other) {
    return Long.compare(minorUnits, sameCurrency(other).minorUnits);
  }

  private Money sameCurrency(Money other) {
    if (!currency.equals(other.currency)) {
      throw new IllegalArgumentException(
          "currencies differ: " + currency + " and " + other.currency);
    }
    return other;
  }

  /** As people write it, such as {@code 0.50 USD}. */
  public String shown() {
    return BigDecimal.valueOf(minorUnits, currency.exponent()).toPlainString()
        + " "
        + currency.code().toUpperCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return minorUnits + " " + currency;
  }
}
