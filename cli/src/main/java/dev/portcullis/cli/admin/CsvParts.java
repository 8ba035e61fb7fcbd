package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Refusal;
import java.io.BufferedReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file of CSV in parts that each hold whole records: a line end within quotes ends none. */
final class CsvParts {

  private static final int PART = 48 << 10;
  private static final int LONGEST_RECORD = 32 << 10;

  private final BufferedReader reader;

  CsvParts(BufferedReader reader) {
    this.reader = reader;
  }

  /** Whole records. */
  record Part(String text) {}

  /** The next part, or null at the end. */
  @Nullable Part next() throws IOException {
    StringBuilder part = new StringBuilder();
    int end = 0;
    boolean quoted = false;
    for (int next = reader.read(); next >= 0; next = reader.read()) {
      part.append((char) next);
      quoted ^= next == '"';
      if (next == '\n' && !quoted) {
        end = part.length();
        if (end >= PART) {
          return new Part(part.toString());
        }
      }
      if (part.length() - end > LONGEST_RECORD) {
        throw new Refusal("The report has a record of more than 32 KB: it is no CSV.");
      }
    }
    return part.isEmpty() ? null : new Part(part.toString());
  }
}
