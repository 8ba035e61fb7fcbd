package dev.portcullis.vault.card;

import dev.portcullis.wire.config.ConfigException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a table of card ranges: CSV with the header {@code
 * first,last,brand,funding,country,lengths,cvc}, then a range a line; lines that are empty or begin
 * with {@code #} are passed over. docs/OPERATIONS.md describes the columns.
 *
 * <p>Bounded: a million ranges, 200 characters a line.
 */
public final class BinTableReader {

  static final int MOST_RANGES = 1_000_000;

  private static final String HEADER = "first,last,brand,funding,country,lengths,cvc";
  private static final int LONGEST_LINE = 200;
  private static final int COLUMNS = 7;
  private static final int FIRST_SIZE = 1 << 10;
  private static final String SHIPPED = "bins.csv";

  private static final Pattern LEAD = Pattern.compile("[0-9]{1," + BinTable.DIGITS + "}");
  private static final Pattern COUNTRY = Pattern.compile("[A-Z]{2}");
  private static final Pattern SPAN = Pattern.compile("([0-9]{1,2})(?:-([0-9]{1,2}))?");

  private final String name;
  private long[] first = new long[FIRST_SIZE];
  private long[] last = new long[FIRST_SIZE];
  private int[] facts = new int[FIRST_SIZE];
  private int[] lines = new int[FIRST_SIZE];
  private int count;
  private int line;

  private BinTableReader(String name) {
    this.name = name;
  }

  /** The table that comes along: the schemes' published ranges. */
  public static BinTable shipped() {
    InputStream resource = BinTableReader.class.getResourceAsStream(SHIPPED);
    if (resource == null) {
      throw new IllegalStateException("the table of card ranges is not in the program");
    }
    return read(SHIPPED, new InputStreamReader(resource, StandardCharsets.UTF_8));
  }

  /**
   * The table in a file.
   *
   * @throws ConfigException if it cannot be read or is wrong; one sentence, with the line
   */
  public static BinTable read(Path file) {
    try {
      return read(file.toString(), Files.newBufferedReader(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new ConfigException("The table of card ranges " + file + " cannot be read.", e);
    }
  }

  /** The same of a text that came from anywhere. */
  static BinTable read(String name, Reader source) {
    return new BinTableReader(name).read(source);
  }

  private BinTable read(Reader source) {
    try (BufferedReader reader = new BufferedReader(source)) {
      header(reader);
      for (String text = next(reader); text != null; text = next(reader)) {
        if (!text.isEmpty() && text.charAt(0) != '#') {
          add(text);
        }
      }
    } catch (IOException e) {
      throw new ConfigException("The table of card ranges " + name + " cannot be read.", e);
    }
    return BinStretches.cut(
        Arrays.copyOf(first, count),
        Arrays.copyOf(last, count),
        Arrays.copyOf(facts, count),
        (one, other) -> twice(lines[one], lines[other]));
  }

  private ConfigException twice(int one, int other) {
    line = Math.max(one, other);
    return fault("is as wide as the range of line " + Math.min(one, other) + " and overlaps it");
  }

  private void header(BufferedReader reader) throws IOException {
    if (!HEADER.equals(next(reader))) {
      throw fault("must be the header " + HEADER);
    }
  }

  /** A line without its end, or null. It is not read beyond what a line may have. */
  private @Nullable String next(BufferedReader reader) throws IOException {
    line++;
    StringBuilder text = new StringBuilder();
    int c = reader.read();
    if (c < 0) {
      return null;
    }
    while (c >= 0 && c != '\n') {
      if (text.length() == LONGEST_LINE) {
        throw fault("must have " + LONGEST_LINE + " characters at most");
      }
      text.append((char) c);
      c = reader.read();
    }
    if (!text.isEmpty() && text.charAt(text.length() - 1) == '\r') {
      text.setLength(text.length() - 1);
    }
    return text.toString();
  }

  private void add(String text) {
    String[] columns = text.split(",", -1);
    if (columns.length != COLUMNS) {
      throw fault("must have the columns " + HEADER);
    }
    if (count == MOST_RANGES) {
      throw fault("is one range too many: there may be " + MOST_RANGES);
    }
    if (count == first.length) {
      int size = Math.min(MOST_RANGES, count * 2);
      first = Arrays.copyOf(first, size);
      last = Arrays.copyOf(last, size);
      facts = Arrays.copyOf(facts, size);
      lines = Arrays.copyOf(lines, size);
    }
    first[count] = lead(columns[0], "first", '0');
    last[count] = lead(columns[1], "last", '9');
    if (columns[0].length() != columns[1].length()) {
      throw fault("must have as many digits in last as in first");
    }
    if (first[count] > last[count]) {
      throw fault("must not have a last below its first");
    }
    CardFacts card = new CardFacts(brand(columns[2]), funding(columns[3]), country(columns[4]));
    int lengths = spans(columns[5], "lengths", Pan.MIN_DIGITS, Pan.MAX_DIGITS);
    int codes = spans(columns[6], "cvc", BinFacts.MIN_CODE, BinFacts.MAX_CODE);
    facts[count] = new BinFacts(card, lengths, codes).pack();
    lines[count] = line;
    count++;
  }

  private long lead(String digits, String column, char filled) {
    if (!LEAD.matcher(digits).matches()) {
      throw fault("must have 1 to " + BinTable.DIGITS + " digits in " + column);
    }
    return Long.parseLong(
        digits + String.valueOf(filled).repeat(BinTable.DIGITS - digits.length()));
  }

  private CardBrand brand(String word) {
    try {
      return CardBrand.ofWireName(word);
    } catch (IllegalArgumentException e) {
      throw fault("must have one of " + CardBrand.wireNames() + " as brand");
    }
  }

  private String funding(String word) {
    if (!word.isEmpty() && !BinFacts.FUNDINGS.contains(word)) {
      throw fault("must have one of " + BinFacts.FUNDINGS + " or nothing as funding");
    }
    return word.isEmpty() ? "unknown" : word;
  }

  private @Nullable String country(String letters) {
    if (!letters.isEmpty() && !COUNTRY.matcher(letters).matches()) {
      throw fault("must have two capital letters or nothing as country");
    }
    return letters.isEmpty() ? null : letters;
  }

  /** Numbers and spans of them, parted by semicolons: {@code 13;16-19}. */
  private int spans(String text, String column, int least, int most) {
    int bits = 0;
    for (String part : text.split(";", -1)) {
      var span = SPAN.matcher(part);
      if (!span.matches()) {
        throw badSpan(column, least, most);
      }
      int from = Integer.parseInt(span.group(1));
      int to = span.group(2) == null ? from : Integer.parseInt(span.group(2));
      if (from < least || to > most || from > to) {
        throw badSpan(column, least, most);
      }
      for (int number = from; number <= to; number++) {
        bits |= 1 << (number - least);
      }
    }
    return bits;
  }

  private ConfigException badSpan(String column, int least, int most) {
    return fault(
        "must have numbers from %d to %d in %s, such as %d;%d-%d"
            .formatted(least, most, column, least, least, most));
  }

  private ConfigException fault(String sentence) {
    return new ConfigException(
        "In the table of card ranges " + name + ", line " + line + " " + sentence + ".");
  }
}
