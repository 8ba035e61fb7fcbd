package dev.portcullis.connectors.spi;

import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a provider writes amounts. All count in minor units, but they do not agree on what the minor
 * unit of some currencies is, and networks take only whole steps of some. The gateway counts as
 * {@link Currency} says.
 *
 * @param upperCase whether it writes {@code USD} and not {@code usd}
 * @param exponents by our currency code, the decimal digits that the provider gives it where they
 *     are not ours; 0 to 3
 * @param steps by our currency code, what the provider's amount must be a multiple of; more than 1
 * @param largest the largest amount, in the provider's minor units
 */
public record AmountRules(
    boolean upperCase, Map<String, Integer> exponents, Map<String, Long> steps, long largest) {

  /** As the gateway counts, in lower case, with no bound. */
  public static final AmountRules OURS = new AmountRules(false, Map.of(), Map.of(), Long.MAX_VALUE);

  /** Takes copies. */
  public AmountRules {
    exponents = Map.copyOf(exponents);
    steps = Map.copyOf(steps);
  }

  /** The currency in the provider's writing. */
  public String code(Currency currency) {
    return upperCase ? currency.code().toUpperCase(Locale.ROOT) : currency.code();
  }

  /**
   * The amount in the provider's minor units.
   *
   * @throws ArithmeticException if the provider has no such amount; {@link #fault} says so before
   */
  public long amount(Money money) {
    int shift = exponent(money.currency()) - money.currency().exponent();
    if (shift >= 0) {
      return Math.multiplyExact(money.minorUnits(), power(shift));
    }
    long divisor = power(-shift);
    if (money.minorUnits() % divisor != 0) {
      throw new ArithmeticException("the provider's minor unit is larger");
    }
    return money.minorUnits() / divisor;
  }

  /** Why the provider cannot take that amount, as a sentence for the merchant; or empty. */
  public Optional<String> fault(Money money) {
    String code = money.currency().code().toUpperCase(Locale.ROOT);
    long amount;
    try {
      amount = amount(money);
    } catch (ArithmeticException notItsUnit) {
      return Optional.of("The provider takes no such fraction of " + code + ".");
    }
    if (amount > largest) {
      return Optional.of("The amount is larger than the provider takes.");
    }
    long step = steps.getOrDefault(money.currency().code(), 1L);
    return amount % step == 0
        ? Optional.empty()
        : Optional.of(
            "The provider takes amounts in "
                + code
                + " only in steps of "
                + step
                + " minor units.");
  }

  /** Whether the provider's amount and currency are exactly that money. */
  public boolean isExactly(Money money, JsonTree amount, JsonTree currency) {
    Long said = amount.number();
    return said != null
        && currency.is(code(money.currency()))
        && fault(money).isEmpty()
        && said == amount(money);
  }

  /**
   * The amount as a provider writes it that counts in whole units, with all of the currency's
   * decimal digits: {@code 19.99}.
   *
   * @throws ArithmeticException if the provider has no such amount; {@link #fault} says so before
   */
  public String decimal(Money money) {
    return BigDecimal.valueOf(amount(money), exponent(money.currency())).toPlainString();
  }

  /** Whether the provider's decimal amount and currency are exactly that money. */
  public boolean isExactlyDecimal(Money money, JsonTree amount, JsonTree currency) {
    return currency.is(code(money.currency())) && isDecimal(money, amount);
  }

  /** The same where the provider names no currency, since an account has but one. */
  public boolean isDecimal(Money money, JsonTree amount) {
    BigDecimal said = amount.decimal();
    return said != null
        && fault(money).isEmpty()
        && said.compareTo(new BigDecimal(decimal(money))) == 0;
  }

  /** What the provider's amount and currency are in our units, or null if nothing exact. */
  public @Nullable Money money(JsonTree amount, JsonTree currency) {
    Long said = amount.number();
    Currency known = currency(currency);
    return said == null || said < 0 || known == null ? null : money(said, known);
  }

  /** The same of a provider that counts in whole units. */
  public @Nullable Money decimalMoney(JsonTree amount, JsonTree currency) {
    BigDecimal said = amount.decimal();
    Currency known = currency(currency);
    if (said == null || said.signum() < 0 || known == null) {
      return null;
    }
    try {
      return money(said.movePointRight(exponent(known)).longValueExact(), known);
    } catch (ArithmeticException nothingExact) {
      return null;
    }
  }

  private @Nullable Currency currency(JsonTree currency) {
    String code = currency.text();
    return code == null
        ? null
        : Currency.find(code.toLowerCase(Locale.ROOT))
            .filter(known -> code(known).equals(code))
            .orElse(null);
  }

  private @Nullable Money money(long said, Currency known) {
    int shift = known.exponent() - exponent(known);
    long factor = power(Math.abs(shift));
    if (shift >= 0) {
      return said > Long.MAX_VALUE / factor ? null : new Money(said * factor, known);
    }
    return said % factor == 0 ? new Money(said / factor, known) : null;
  }

  private int exponent(Currency currency) {
    return exponents.getOrDefault(currency.code(), currency.exponent());
  }

  private static long power(int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= 10;
    }
    return power;
  }
}
