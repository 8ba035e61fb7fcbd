package dev.portcullis.cli.backup;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a table held: how many rows, how many bytes of PostgreSQL's text form, and a hash. The hash
 * is the sum of the rows' hashes, so that it says nothing of their order: a database that gives
 * them back in another one holds the same. Who could forge rows on purpose is kept out by the
 * encryption, not by this.
 */
final class RowsDigest {

  private static final int BYTES = 32;

  private final MessageDigest row = sha256();
  private final byte[] sum = new byte[BYTES];
  private long rows;
  private long bytes;

  /**
   * What was counted.
   *
   * @param rows how many
   * @param bytes their length together
   * @param hash 64 hexadecimal digits
   */
  record Count(long rows, long bytes, String hash) {}

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Takes a part of the text form, in which a newline ends a row and stands nowhere else. */
  void update(byte[] part, int offset, int length) {
    bytes += length;
    int start = offset;
    for (int at = offset; at < offset + length; at++) {
      if (part[at] == '\n') {
        row.update(part, start, at + 1 - start);
        add(row.digest());
        rows++;
        start = at + 1;
      }
    }
    row.update(part, start, offset + length - start);
  }

  private void add(byte[] hash) {
    int carry = 0;
    for (int i = BYTES - 1; i >= 0; i--) {
      carry += (sum[i] & 0xff) + (hash[i] & 0xff);
      sum[i] = (byte) carry;
      carry >>= 8;
    }
  }

  Count count() {
    return new Count(rows, bytes, HexFormat.of().formatHex(sum));
  }
}
