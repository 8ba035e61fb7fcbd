package dev.portcullis.simulator.braintree;

import dev.portcullis.kit.Currency;
import dev.portcullis.simulator.Refused;
import java.math.BigDecimal;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Amounts as Braintree writes them: whole numbers, or with the currency's decimals. */
final class Amounts {
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,3})?");
  private static final Set<String> WHOLE = Set.of("isk", "ugx");

  private Amounts() {}

  private static int exponent(String currency) {
    return WHOLE.contains(currency) ? 0 : Currency.of(currency).exponent();
  }

  /**
   * In minor units.
   *
   * @throws Refused with Braintree's code for what is wrong
   */
  static long read(@Nullable String text, String currency) {
    if (text == null) {
      throw Transactions.invalid("81502", "Amount is required.", "amount");
    }
    if (!DECIMAL.matcher(text).matches()) {
      throw Transactions.invalid("81503", "Amount is an invalid format.", "amount");
    }
    BigDecimal units = new BigDecimal(text).movePointRight(exponent(currency));
    if (units.stripTrailingZeros().scale() > 0) {
      throw Transactions.invalid("81503", "Amount is an invalid format.", "amount");
    }
    if (units.signum() == 0) {
      throw Transactions.invalid("81531", "Amount must be greater than zero.", "amount");
    }
    return units.longValueExact();
  }

  static String write(long amount, String currency) {
    return BigDecimal.valueOf(amount, exponent(currency)).toPlainString();
  }
}
