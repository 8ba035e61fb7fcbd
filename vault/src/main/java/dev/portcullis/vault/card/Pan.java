package dev.portcullis.vault.card;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A card number (primary account number): 12 to 19 digits that pass Luhn. It shows itself to
 * nobody; {@link #insecureDigits()} is the ugly way to read it. Clear it by closing it.
 */
public final class Pan implements AutoCloseable {

  static final int MIN_DIGITS = 12;
  static final int MAX_DIGITS = 19;

  private static final int BIN_DIGITS = 6;
  private static final int LONG_BIN_DIGITS = 8;
  private static final int LONG_NUMBER = 16;

  private final byte[] digits;

  private Pan(byte[] digits) {
    this.digits = digits;
  }

  /** What a typed number is. */
  sealed interface Reading {
    /** A number that may exist. */
    record Valid(Pan pan) implements Reading {}

    /** Digits of the right count that fail Luhn: mistyped. */
    record Incorrect() implements Reading {}

    /** No card number at all. */
    record Invalid() implements Reading {}
  }

  /** Reads a number as people type it: digits, with single spaces or dashes between them. */
  static Reading read(CharSequence typed) {
    byte[] kept = new byte[MAX_DIGITS];
    int count = 0;
    for (int at = 0; at < typed.length(); at++) {
      char c = typed.charAt(at);
      if (c >= '0' && c <= '9') {
        if (count == MAX_DIGITS) {
          return new Reading.Invalid();
        }
        kept[count++] = (byte) c;
      } else if (c != ' ' && c != '-') {
        return new Reading.Invalid();
      }
    }
    if (count < MIN_DIGITS) {
      return new Reading.Invalid();
    }
    Pan pan = ofDigits(Arrays.copyOf(kept, count));
    Arrays.fill(kept, (byte) 0);
    return pan.passesLuhn() ? new Reading.Valid(pan) : new Reading.Incorrect();
  }

  /** A number that was checked before; takes the array over. */
  static Pan ofDigits(byte[] digits) {
    return new Pan(digits);
  }

  /** Luhn on the bytes, so that no text of the number is made. */
  private boolean passesLuhn() {
    int sum = 0;
    for (int at = digits.length - 1, place = 0; at >= 0; at--, place++) {
      int digit = digits[at] - '0';
      int counted = place % 2 == 0 ? digit : digit * 2;
      sum += counted > 9 ? counted - 9 : counted;
    }
    return sum % 10 == 0;
  }

  /** The digits themselves, ASCII; cleared when this is closed. */
  public byte[] insecureDigits() {
    return digits;
  }

  /** The last four digits, which may be shown. */
  String last4() {
    return text(digits.length - 4, digits.length);
  }

  /** The issuer's number: 8 digits for long numbers, else 6 (PCI SSC FAQ 1091). */
  String bin() {
    return text(0, digits.length >= LONG_NUMBER ? LONG_BIN_DIGITS : BIN_DIGITS);
  }

  int length() {
    return digits.length;
  }

  private String text(int from, int to) {
    return new String(digits, from, to - from, StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    Arrays.fill(digits, (byte) 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Pan that && MessageDigest.isEqual(digits, that.digits);
  }

  @Override
  public int hashCode() {
    return Pan.class.hashCode();
  }

  @Override
  public String toString() {
    return "[REDACTED]";
  }
}
