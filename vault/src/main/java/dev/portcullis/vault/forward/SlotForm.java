package dev.portcullis.vault.forward;

import java.util.Locale;

/** How a slot's value is written. A policy names the form, since providers differ in it. */
enum SlotForm {
  /** As it is; a month has two digits then and a year four. */
  PLAIN(""),
  /** A number of JSON, which has no zeros before it. */
  NUMBER("number"),
  YEAR_MONTH("yyyy-mm"),
  MONTH_SLASH_YEAR("mm/yyyy"),
  MONTH_SLASH_SHORT_YEAR("mm/yy"),
  MONTH_SHORT_YEAR("mmyy");

  private final String wireName;

  SlotForm(String wireName) {
    this.wireName = wireName;
  }

  String wireName() {
    return wireName;
  }

  /** A month by itself. */
  String month(int month) {
    return this == NUMBER ? Integer.toString(month) : String.format(Locale.ROOT, "%02d", month);
  }

  /** A year by itself. */
  String year(int year) {
    return this == NUMBER ? Integer.toString(year) : String.format(Locale.ROOT, "%04d", year);
  }

  /** Month and year in one. */
  String expiry(int month, int year) {
    return switch (this) {
      case YEAR_MONTH -> String.format(Locale.ROOT, "%04d-%02d", year, month);
      case MONTH_SLASH_YEAR -> String.format(Locale.ROOT, "%02d/%04d", month, year);
      case MONTH_SLASH_SHORT_YEAR -> String.format(Locale.ROOT, "%02d/%02d", month, year % 100);
      case MONTH_SHORT_YEAR -> String.format(Locale.ROOT, "%02d%02d", month, year % 100);
      case PLAIN, NUMBER -> throw new IllegalArgumentException("no form of month and year");
    };
  }
}
