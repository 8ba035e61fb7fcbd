package dev.portcullis.simulator.adyen;

import dev.portcullis.kit.Currency;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Tree;
import java.util.Locale;
import java.util.Map;

/** Adyen's minor units, which are not ISO 4217's for some currencies. */
final class AdyenAmounts {

  /** docs.adyen.com/development-resources/currency-codes. */
  private static final Map<String, Integer> EXPONENTS =
      Map.of("clp", 2, "cve", 0, "idr", 0, "isk", 2, "ugx", 0);

  /**
   * An amount in the books' units.
   *
   * @param value minor units, 0 or more
   * @param currency lower-case ISO 4217
   */
  record Amount(long value, String currency) {}

  private AdyenAmounts() {}

  static Amount read(Tree amount) {
    String code = amount.at("currency").orEmpty();
    Long value = amount.at("value").number();
    if (amount.isAbsent() || value == null || value < 0) {
      throw AdyenErrors.invalid("137", "Invalid amount specified");
    }
    Currency currency =
        Currency.find(code.toLowerCase(Locale.ROOT))
            .filter(known -> known.code().toUpperCase(Locale.ROOT).equals(code))
            .orElseThrow(() -> AdyenErrors.invalid("138", "Unsupported currency specified"));
    int shift = shift(currency);
    long factor = factor(shift);
    if (shift > 0 && value % factor != 0) {
      throw AdyenErrors.invalid("137", "Invalid amount specified");
    }
    return new Amount(shift > 0 ? value / factor : value * factor, currency.code());
  }

  static Members write(long value, String currency) {
    int shift = shift(Currency.of(currency));
    long factor = factor(shift);
    return new Members()
        .put("currency", currency.toUpperCase(Locale.ROOT))
        .put("value", shift > 0 ? value * factor : value / factor);
  }

  /** How many digits Adyen has more. */
  private static int shift(Currency currency) {
    return EXPONENTS.getOrDefault(currency.code(), currency.exponent()) - currency.exponent();
  }

  private static long factor(int shift) {
    long factor = 1;
    for (int i = 0; i < Math.abs(shift); i++) {
      factor *= 10;
    }
    return factor;
  }
}
