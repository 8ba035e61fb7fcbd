package dev.portcullis.vault.portability;

import dev.portcullis.vault.portability.Columns.Field;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file's rows, one after the other and in little memory: JSON Lines, or CSV with a header row,
 * whichever the first character says (docs/PORTABILITY.md).
 */
final class CardRows {

  private static final int BYTE_ORDER_MARK = 3;
  private static final int MOST_NAMES = 2_000;

  private final Columns columns = new Columns();
  private final Records records;
  private final @Nullable Header header;
  private final Set<String> met = new HashSet<>();

  private record Header(List<String> names, char separator) {}

  /**
   * A row.
   *
   * @param line the number of its first line
   * @param fields what it says; null if it cannot be read
   * @param fault why it cannot be read, or null
   */
  record Row(long line, @Nullable Map<Field, String> fields, @Nullable String fault) {
    @Override
    public String toString() {
      return "Row[" + line + "]";
    }
  }

  /**
   * @throws FileRefused if it is neither, or has a column that may not be there
   */
  CardRows(InputStream plaintext) throws IOException {
    PushbackInputStream in = new PushbackInputStream(plaintext, BYTE_ORDER_MARK);
    byte[] start = in.readNBytes(BYTE_ORDER_MARK);
    boolean marked =
        start.length == BYTE_ORDER_MARK
            && (start[0] & 0xff) == 0xef
            && (start[1] & 0xff) == 0xbb
            && (start[2] & 0xff) == 0xbf;
    if (!marked) {
      in.unread(start);
    }
    int first = in.read();
    if (first < 0) {
      throw new FileRefused("file_empty", "The file holds no row.");
    }
    in.unread(first);
    boolean csv = first != '{';
    records = new Records(in, csv);
    header = csv ? header() : null;
  }

  private Header header() throws IOException {
    Records.Entry first = records.next();
    String text = first == null || first.bytes() == null ? null : text(first.bytes());
    if (text != null) {
      for (char separator : new char[] {',', ';', '\t'}) {
        List<String> names = Csv.fields(text, separator);
        if (names != null && names.size() > 2) {
          List<String> plain = names.stream().map(Columns::plain).toList();
          requireNumber(plain);
          return new Header(plain, separator);
        }
      }
    }
    throw new FileRefused(
        "file_malformed", "The file is neither JSON Lines nor CSV with a header row.");
  }

  private void requireNumber(List<String> names) throws FileRefused {
    if (new HashSet<>(names).size() != names.size()) {
      throw new FileRefused("file_malformed", "Two columns of the header row have one name.");
    }
    for (String name : names) {
      columns.meet(name, 1);
    }
    Map<String, String> row = new LinkedHashMap<>();
    names.forEach(name -> row.put(name, "x"));
    Map<Field, String> fields = Columns.read(row);
    for (Field field : List.of(Field.ID, Field.NUMBER, Field.EXP_MONTH, Field.EXP_YEAR)) {
      if (!fields.containsKey(field)) {
        throw new FileRefused(
            "file_malformed", "The header row names no column for " + field + " (its first row).");
      }
    }
  }

  /** JSON Lines or CSV. */
  String format() {
    return header == null ? "jsonl" : "csv";
  }

  /** Columns that nobody reads. */
  List<String> ignored() {
    return columns.ignored();
  }

  /**
   * The next row, or null at the end; empty lines are none.
   *
   * @throws FileRefused if it has a column that may not be there
   */
  @Nullable Row next() throws IOException {
    Records.Entry record = records.next();
    while (record != null && record.bytes() != null && record.bytes().length == 0) {
      record = records.next();
    }
    if (record == null) {
      return null;
    }
    try {
      return row(record);
    } finally {
      record.clear();
    }
  }

  private Row row(Records.Entry record) throws FileRefused {
    byte[] bytes = record.bytes();
    if (bytes == null) {
      return new Row(record.line(), null, "line_too_long");
    }
    Map<String, String> named = header == null ? json(bytes, record.line()) : csv(bytes, header);
    return named == null
        ? new Row(record.line(), null, "line_malformed")
        : new Row(record.line(), Columns.read(named), null);
  }

  private static @Nullable Map<String, String> csv(byte[] bytes, Header header) {
    String text = text(bytes);
    List<String> values = text == null ? null : Csv.fields(text, header.separator());
    if (values == null || values.size() != header.names().size()) {
      return null;
    }
    Map<String, String> row = new LinkedHashMap<>();
    for (int at = 0; at < values.size(); at++) {
      row.put(header.names().get(at), values.get(at));
    }
    return row;
  }

  private @Nullable Map<String, String> json(byte[] bytes, long line) throws FileRefused {
    Map<String, String> row = new LinkedHashMap<>();
    try {
      flatten("", Json.readObject(bytes), row);
    } catch (MalformedJsonException _) {
      return null; // the reader quotes nothing, and the report names the line
    }
    for (String name : row.keySet()) {
      if (met.size() == MOST_NAMES) {
        met.clear();
      }
      if (met.add(name)) {
        columns.meet(name, line);
      }
    }
    return row;
  }

  private static void flatten(String prefix, Map<?, ?> object, Map<String, String> row) {
    object.forEach(
        (key, value) -> {
          String name = Columns.plain(prefix + key);
          if (value instanceof Map<?, ?> inner) {
            flatten(name + "_", inner, row);
          } else if (value instanceof List<?> list) {
            // Nothing in a list is read, but what may not be there is found there too.
            for (Object each : list) {
              if (each instanceof Map<?, ?> inner) {
                flatten(name + "_item_", inner, row);
              }
            }
            row.putIfAbsent(name, "");
          } else {
            row.put(name, value == null ? "" : value.toString());
          }
        });
  }

  private static @Nullable String text(byte[] utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException _) {
      return null;
    }
  }
}
