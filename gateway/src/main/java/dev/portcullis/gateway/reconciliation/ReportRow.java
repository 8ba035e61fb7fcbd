package dev.portcullis.gateway.reconciliation;

import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One record of a report, read by its columns' names, which are told apart without their case. */
final class ReportRow {

  private static final Pattern ID = Pattern.compile("[!-~]{1," + SettlementLine.LONGEST_ID + "}");
  private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,15}(\\.[0-9]{1,6})?");
  private static final Pattern WHOLE = Pattern.compile("[0-9]{1,18}");

  private final List<String> columns;
  private final List<String> values;

  /**
   * @param columns as {@link #names} gives them
   */
  ReportRow(List<String> columns, List<String> values) {
    this.columns = columns;
    this.values = values;
  }

  /** The names of a header's columns, as they are looked up. */
  static List<String> names(List<String> header) {
    return header.stream().map(ReportRow::name).toList();
  }

  /** Files of spreadsheets may begin with a byte order mark. */
  static String name(String column) {
    return column.replace("\uFEFF", "").strip().toLowerCase(Locale.ROOT);
  }

  /** The column's text; empty where the column or the field is not there. */
  String text(String column) {
    int at = columns.indexOf(name(column));
    return at < 0 || at >= values.size() ? "" : values.get(at).strip();
  }

  /** The column as an id, or null where it is empty. */
  @Nullable String id(String column) {
    String text = text(column);
    if (text.isEmpty()) {
      return null;
    }
    if (!ID.matcher(text).matches()) {
      throw new ReportFault("The column " + column + " holds no id.");
    }
    return text;
  }

  /** The column as an id that has to be there. */
  String requiredId(String column) {
    String id = id(column);
    if (id == null) {
      throw new ReportFault("The column " + column + " is empty.");
    }
    return id;
  }

  /** An amount in main units, such as {@code -12.30}. */
  Money decimal(String amountColumn, String currencyColumn) {
    Currency currency = currency(currencyColumn);
    String text = text(amountColumn).replace(",", "");
    if (!DECIMAL.matcher(text).matches()) {
      throw new ReportFault("The column " + amountColumn + " holds no amount.");
    }
    try {
      return new Money(
          new BigDecimal(text).movePointRight(currency.exponent()).longValueExact(), currency);
    } catch (ArithmeticException e) {
      throw new ReportFault(
          "The column " + amountColumn + " holds more decimals than its currency has.");
    }
  }

  /** An amount in minor units that have so many decimals, without a sign. */
  Money whole(String amountColumn, Currency currency, int decimals) {
    String text = text(amountColumn);
    if (!WHOLE.matcher(text).matches()) {
      throw new ReportFault("The column " + amountColumn + " holds no amount in minor units.");
    }
    try {
      return new Money(
          new BigDecimal(text).movePointRight(currency.exponent() - decimals).longValueExact(),
          currency);
    } catch (ArithmeticException e) {
      throw new ReportFault("The column " + amountColumn + " holds an amount that is none here.");
    }
  }

  Currency currency(String column) {
    return Currency.find(text(column).toLowerCase(Locale.ROOT))
        .orElseThrow(() -> new ReportFault("The column " + column + " holds no currency."));
  }
}
