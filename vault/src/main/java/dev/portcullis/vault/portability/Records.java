package dev.portcullis.vault.portability;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A text's records, each of bounded length: lines, and in CSV those whose quotes are closed (RFC
 * 4180, section 2).
 */
final class Records {

  /** How long a record may be, in bytes. */
  static final int LONGEST = 16 << 10;

  private static final int BUFFER = 1 << 16;

  private final InputStream in;
  private final boolean quotes;
  private final byte[] buffer = new byte[BUFFER];
  private int at;
  private int end;
  private long line = 1;

  /**
   * A record.
   *
   * @param line the number of its first line, from 1
   * @param bytes without its end; null if there were too many
   */
  record Entry(long line, byte @Nullable [] bytes) {
    /** Overwrites what was read. */
    void clear() {
      if (bytes != null) {
        Arrays.fill(bytes, (byte) 0);
      }
    }
  }

  /**
   * @param quotes whether a line's end between quotes belongs to the record
   */
  Records(InputStream in, boolean quotes) {
    this.in = in;
    this.quotes = quotes;
  }

  /** The next one, or null at the end. */
  @Nullable Entry next() throws IOException {
    Collected bytes = new Collected();
    long first = line;
    boolean quoted = false;
    boolean any = false;
    int next = read();
    while (next >= 0) {
      any = true;
      if (next == '"' && quotes) {
        quoted = !quoted;
      }
      if (next == '\n') {
        line++;
        if (!quoted) {
          break;
        }
      }
      bytes.add(next);
      next = read();
    }
    return any ? new Entry(first, bytes.taken()) : null;
  }

  private int read() throws IOException {
    if (at == end) {
      end = Math.max(0, in.read(buffer));
      at = 0;
      if (end == 0) {
        Arrays.fill(buffer, (byte) 0);
        return -1;
      }
    }
    return buffer[at++] & 0xff;
  }

  /** Bytes up to the bound; what goes beyond it is counted and not kept. */
  private static final class Collected extends ByteArrayOutputStream {
    private boolean tooLong;

    void add(int next) {
      tooLong |= count >= LONGEST;
      if (!tooLong) {
        write(next);
      }
    }

    byte @Nullable [] taken() {
      int length = count > 0 && buf[count - 1] == '\r' ? count - 1 : count;
      byte[] kept = tooLong ? null : Arrays.copyOf(buf, length);
      Arrays.fill(buf, (byte) 0);
      return kept;
    }
  }
}
