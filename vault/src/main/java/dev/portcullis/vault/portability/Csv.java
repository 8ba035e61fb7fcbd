package dev.portcullis.vault.portability;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One record of CSV (RFC 4180, section 2). */
final class Csv {

  private static final int MOST = 500;

  private Csv() {}

  /**
   * Its fields, or null if it is none.
   *
   * @param separator a comma, a semicolon or a tab
   */
  static @Nullable List<String> fields(String record, char separator) {
    List<String> fields = new ArrayList<>();
    int at = 0;
    while (at <= record.length()) {
      StringBuilder field = new StringBuilder();
      at =
          at < record.length() && record.charAt(at) == '"'
              ? quoted(record, at + 1, field)
              : bare(record, at, separator, field);
      boolean over = at == record.length();
      if (at < 0 || fields.size() == MOST || (!over && record.charAt(at) != separator)) {
        return null;
      }
      fields.add(field.toString());
      at++;
    }
    return fields;
  }

  private static int bare(String record, int from, char separator, StringBuilder field) {
    int to = record.indexOf(separator, from);
    int end = to < 0 ? record.length() : to;
    field.append(record, from, end);
    return end;
  }

  /** After the closing quote, or -1 if there is none. */
  private static int quoted(String record, int from, StringBuilder field) {
    int at = from;
    while (at < record.length()) {
      char c = record.charAt(at++);
      if (c != '"') {
        field.append(c);
      } else if (at < record.length() && record.charAt(at) == '"') {
        field.append('"');
        at++;
      } else {
        return at;
      }
    }
    return -1;
  }

  /** A field as it is written; one that a spreadsheet would take for a formula becomes a text. */
  static String written(@Nullable Object value) {
    String text = value == null ? "" : value.toString();
    boolean formula = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
    String safe = formula ? "'" + text : text;
    boolean plain = safe.chars().noneMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r');
    return plain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
  }
}
