package dev.portcullis.kit;

/** The check digit of card numbers (ISO/IEC 7812-1, annex B). */
public final class Luhn {

  private Luhn() {}

  /** Whether the text is at least two ASCII digits of which the last is the right check digit. */
  public static boolean isValid(CharSequence digits) {
    return digits.length() >= 2 && isDigits(digits) && sum(digits, false) % 10 == 0;
  }

  /**
   * The digit to append.
   *
   * @param payload ASCII digits without the check digit
   * @throws IllegalArgumentException if there is anything else in it
   */
  public static char checkDigit(CharSequence payload) {
    if (!isDigits(payload)) {
      throw new IllegalArgumentException("not digits");
    }
    return (char) ('0' + (10 - sum(payload, true) % 10) % 10);
  }

  private static int sum(CharSequence digits, boolean doubleLast) {
    int sum = 0;
    boolean doubled = doubleLast;
    for (int at = digits.length() - 1; at >= 0; at--) {
      int digit = digits.charAt(at) - '0';
      int counted = doubled ? digit * 2 : digit;
      sum += counted > 9 ? counted - 9 : counted;
      doubled = !doubled;
    }
    return sum;
  }

  private static boolean isDigits(CharSequence text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
