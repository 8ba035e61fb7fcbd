package dev.portcullis.vault.forward;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** RFC 3986, 2.1: whatever is not unreserved is written as its number, a space too. */
final class PercentEncoding {

  private static final byte[] DIGITS = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  private PercentEncoding() {}

  /** Writes bytes, without making a text of them. */
  static void write(byte[] bytes, ByteArrayOutputStream out) {
    for (byte one : bytes) {
      if (isUnreserved(one)) {
        out.write(one);
      } else {
        out.write('%');
        out.write(DIGITS[(one >> 4) & 0xf]);
        out.write(DIGITS[one & 0xf]);
      }
    }
  }

  static String of(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(text.getBytes(StandardCharsets.UTF_8), out);
    return out.toString(StandardCharsets.US_ASCII);
  }

  /** RFC 3986, 2.3. */
  private static boolean isUnreserved(byte one) {
    return (one >= '0' && one <= '9')
        || (one >= 'A' && one <= 'Z')
        || (one >= 'a' && one <= 'z')
        || one == '-'
        || one == '.'
        || one == '_'
        || one == '~';
  }
}
