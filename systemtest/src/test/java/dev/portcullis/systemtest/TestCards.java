package dev.portcullis.systemtest;

import dev.portcullis.kit.Luhn;

/** Numbers from the range reserved for generated load. */
final class TestCards {
  /** What every generated number begins with. */
  static final String GENERATED = "40000099";

  private static final int SERIALS = 10_000_000;

  private TestCards() {}

  /** The generated number with that serial number, 0 to 9,999,999. */
  static String generated(int serial) {
    if (serial < 0 || serial >= SERIALS) {
      throw new IllegalArgumentException("serial " + serial);
    }
    String payload = GENERATED + "%07d".formatted(serial);
    return payload + Luhn.checkDigit(payload);
  }
}
