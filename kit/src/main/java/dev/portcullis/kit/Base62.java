package dev.portcullis.kit;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Base 62 with the digits in ASCII order, so that encodings of equal length sort as their values
 * do.
 */
public final class Base62 {

  static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private static final int BASE = DIGITS.length();
  private static final BigInteger BIG_BASE = BigInteger.valueOf(BASE);

  private Base62() {}

  /**
   * Encodes the bytes as one unsigned number, with leading zeros to the fixed width of their
   * length.
   */
  public static String encode(byte[] bytes) {
    char[] out = new char[width(bytes.length)];
    Arrays.fill(out, DIGITS.charAt(0));
    BigInteger rest = new BigInteger(1, bytes);
    for (int at = out.length - 1; rest.signum() > 0; at--) {
      BigInteger[] division = rest.divideAndRemainder(BIG_BASE);
      out[at] = DIGITS.charAt(division[1].intValue());
      rest = division[0];
    }
    return new String(out);
  }

  /** Encodes 128 bits without allocating numbers: ids are made for every row. */
  static String encode128(long high, long low) {
    char[] out = new char[22];
    // Four digits of 32 bits, divided by hand as in long division.
    long a = high >>> 32;
    long b = high & 0xFFFFFFFFL;
    long c = low >>> 32;
    long d = low & 0xFFFFFFFFL;
    for (int at = out.length - 1; at >= 0; at--) {
      long rest = a % BASE;
      a /= BASE;
      b |= rest << 32;
      rest = b % BASE;
      b /= BASE;
      c |= rest << 32;
      rest = c % BASE;
      c /= BASE;
      d |= rest << 32;
      out[at] = DIGITS.charAt((int) (d % BASE));
      d /= BASE;
    }
    return new String(out);
  }

  /** The number that the digits say. */
  static BigInteger decode(CharSequence digits) {
    BigInteger value = BigInteger.ZERO;
    for (int at = 0; at < digits.length(); at++) {
      value = value.multiply(BIG_BASE).add(BigInteger.valueOf(DIGITS.indexOf(digits.charAt(at))));
    }
    return value;
  }

  /** Whether the text has nothing but digits of base 62. */
  public static boolean isBase62(CharSequence text) {
    return text.chars().allMatch(c -> DIGITS.indexOf(c) >= 0);
  }

  /** How many digits hold that many bytes. */
  private static int width(int bytes) {
    return (int) Math.ceil(bytes * 8 / (Math.log(BASE) / Math.log(2)));
  }
}
