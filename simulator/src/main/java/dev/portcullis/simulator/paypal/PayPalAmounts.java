package dev.portcullis.simulator.paypal;

import dev.portcullis.kit.Currency;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Tree;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Set;

/** Decimal amounts, as PayPal writes them. */
final class PayPalAmounts {

  /** developer.paypal.com/api/rest/reference/currency-codes. */
  private static final Set<String> CURRENCIES =
      Set.of(
          "aud", "brl", "cad", "chf", "cny", "czk", "dkk", "eur", "gbp", "hkd", "huf", "ils", "jpy",
          "mxn", "myr", "nok", "nzd", "php", "pln", "sek", "sgd", "thb", "twd", "usd");

  private static final Set<String> WITHOUT_DECIMALS = Set.of("huf", "jpy", "twd");

  /**
   * An amount in the books' units.
   *
   * @param value minor units, more than 0
   * @param currency lower-case ISO 4217
   */
  record Amount(long value, String currency) {}

  private PayPalAmounts() {}

  static Amount read(Tree amount, String field) {
    String code = amount.at("currency_code").orEmpty();
    String text = amount.at("value").scalar();
    if (code.isEmpty() || text.isEmpty()) {
      throw PayPalErrors.field("MISSING_REQUIRED_PARAMETER", field);
    }
    String currency = code.toLowerCase(Locale.ROOT);
    if (!CURRENCIES.contains(currency) || !code.equals(currency.toUpperCase(Locale.ROOT))) {
      throw PayPalErrors.issue("INVALID_CURRENCY_CODE");
    }
    if (!text.matches("[0-9]{1,12}(\\.[0-9]{1,6})?")) {
      throw PayPalErrors.field("INVALID_PARAMETER_SYNTAX", field + "/value");
    }
    BigDecimal value = new BigDecimal(text).stripTrailingZeros();
    int decimals = WITHOUT_DECIMALS.contains(currency) ? 0 : 2;
    if (value.scale() > decimals) {
      throw PayPalErrors.issue(decimals == 0 ? "DECIMALS_NOT_SUPPORTED" : "DECIMAL_PRECISION");
    }
    long minor = value.movePointRight(Currency.of(currency).exponent()).longValueExact();
    if (minor == 0) {
      throw PayPalErrors.issue("CANNOT_BE_ZERO_OR_NEGATIVE");
    }
    return new Amount(minor, currency);
  }

  static Members write(long value, String currency) {
    BigDecimal decimal = BigDecimal.valueOf(value, Currency.of(currency).exponent());
    return new Members()
        .put("currency_code", currency.toUpperCase(Locale.ROOT))
        .put(
            "value",
            (WITHOUT_DECIMALS.contains(currency) ? decimal.setScale(0) : decimal).toPlainString());
  }
}
