package dev.portcullis.vault.custody;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One custodian's share, as a line that can be printed, kept in a safe and typed: {@code PCS1} and
 * 14 groups of five characters of Crockford's base 32, in which no two characters look alike. It
 * says which set it belongs to, which share it is and how many it takes, and has a checksum, so
 * that a slip of the finger is told from a share of another set.
 *
 * <p>A final class that shows nothing of its value.
 */
final class Share {

  static final int VALUE_BYTES = 32;
  static final int SET_BYTES = 5;

  private static final String MARK = "PCS1";
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final int CHECK_BYTES = 4;
  private static final int HEAD_BYTES = SET_BYTES + 2;
  private static final int BYTES = HEAD_BYTES + VALUE_BYTES + CHECK_BYTES;
  private static final int CHARACTERS = (BYTES * 8 + 4) / 5;
  private static final int GROUP = 5;
  private static final int LONGEST = 200;
  private static final Pattern SPACES = Pattern.compile("[\\s-]+");

  private final byte[] bytes;

  private Share(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * A share.
   *
   * @param set the id of its set, 8 characters as {@link #set} gives them
   * @param index 1 to 255
   * @param threshold how many of the set open what they guard
   * @param value 32 bytes; copied
   */
  static Share of(String set, int index, int threshold, byte[] value) {
    byte[] bytes = new byte[BYTES];
    System.arraycopy(decode(set, SET_BYTES).orElseThrow(), 0, bytes, 0, SET_BYTES);
    bytes[SET_BYTES] = (byte) index;
    bytes[SET_BYTES + 1] = (byte) threshold;
    System.arraycopy(value, 0, bytes, HEAD_BYTES, VALUE_BYTES);
    System.arraycopy(checksum(bytes), 0, bytes, HEAD_BYTES + VALUE_BYTES, CHECK_BYTES);
    return new Share(bytes);
  }

  /** A set's id for its bytes. */
  static String setId(byte[] bytes) {
    return encode(bytes);
  }

  /**
   * Reads a line; small letters, spaces and dashes anywhere, O for 0, and I and L for 1 are taken.
   * Empty if it is no share, or a character is wrong.
   */
  static Optional<Share> parse(String line) {
    if (line.length() > LONGEST) {
      return Optional.empty();
    }
    String typed = SPACES.matcher(line).replaceAll("").toUpperCase(Locale.ROOT);
    if (!typed.startsWith(MARK)) {
      return Optional.empty();
    }
    return decode(typed.substring(MARK.length()), BYTES)
        .map(Share::new)
        .filter(share -> MessageDigest.isEqual(share.check(), checksum(share.bytes)))
        .filter(share -> share.index() > 0 && share.threshold() > 0);
  }

  /** The id of its set. */
  String set() {
    return encode(Arrays.copyOf(bytes, SET_BYTES));
  }

  int index() {
    return bytes[SET_BYTES] & 0xff;
  }

  int threshold() {
    return bytes[SET_BYTES + 1] & 0xff;
  }

  /** A copy of the secret part; the caller clears it. */
  byte[] value() {
    return Arrays.copyOfRange(bytes, HEAD_BYTES, HEAD_BYTES + VALUE_BYTES);
  }

  /** The line for its custodian, and for nobody else. */
  String line() {
    String text = encode(bytes);
    StringBuilder line = new StringBuilder(MARK);
    for (int from = 0; from < text.length(); from += GROUP) {
      line.append('-').append(text, from, Math.min(from + GROUP, text.length()));
    }
    return line.toString();
  }

  /** Overwrites the value. */
  void clear() {
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return "Share[REDACTED]";
  }

  private byte[] check() {
    return Arrays.copyOfRange(bytes, HEAD_BYTES + VALUE_BYTES, BYTES);
  }

  /** Not a key to anything: 32 bits of a hash over a random value of 256. */
  private static byte[] checksum(byte[] bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update("portcullis share".getBytes(StandardCharsets.US_ASCII));
      digest.update(bytes, 0, HEAD_BYTES + VALUE_BYTES);
      return Arrays.copyOf(digest.digest(), CHECK_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  private static String encode(byte[] bytes) {
    StringBuilder text = new StringBuilder(CHARACTERS);
    int buffer = 0;
    int bits = 0;
    for (byte each : bytes) {
      buffer = (buffer << 8) | (each & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(ALPHABET.charAt((buffer >> bits) & 31));
      }
    }
    if (bits > 0) {
      text.append(ALPHABET.charAt((buffer << (5 - bits)) & 31));
    }
    return text.toString();
  }

  private static Optional<byte[]> decode(String text, int length) {
    if (text.length() != (length * 8 + 4) / 5) {
      return Optional.empty();
    }
    byte[] bytes = new byte[length];
    int buffer = 0;
    int bits = 0;
    int at = 0;
    for (int position = 0; position < text.length(); position++) {
      int digit = ALPHABET.indexOf(alike(text.charAt(position)));
      if (digit < 0) {
        return Optional.empty();
      }
      buffer = (buffer << 5) | digit;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[at++] = (byte) (buffer >> bits);
      }
    }
    // What is left over of the last character means nothing, and must be nothing.
    return (buffer & ((1 << bits) - 1)) == 0 ? Optional.of(bytes) : Optional.empty();
  }

  private static char alike(char typed) {
    return switch (typed) {
      case 'O' -> '0';
      case 'I', 'L' -> '1';
      default -> typed;
    };
  }
}
