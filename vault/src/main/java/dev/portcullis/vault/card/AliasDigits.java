package dev.portcullis.vault.card;

import dev.portcullis.kit.Luhn;
import java.security.SecureRandom;

/**
 * Draws what has a card number's form and is none: as many digits, the same last four, and no Luhn,
 * as a whole or in any run of 12 digits or more within it, so that no scanner takes it for a number
 * and no scheme has issued it.
 *
 * <p>The digits are random, and the database keeps which card they stand for. Format-preserving
 * encryption (NIST SP 800-38G, FF1) would need no table, and has a key that opens every alias that
 * was ever given away; it would also keep an alias alive when its card is gone.
 */
final class AliasDigits {

  /** Of 19 digits one draw in some fifty is good; of 12, nine in ten. */
  private static final int MOST_DRAWS = 100_000;

  private static final int SHOWN = 4;

  private final SecureRandom random;

  AliasDigits(SecureRandom random) {
    this.random = random;
  }

  /**
   * One of them.
   *
   * @param length of the card number, 12 to 19
   * @param last4 its last four digits
   */
  String draw(int length, String last4) {
    for (int n = 0; n < MOST_DRAWS; n++) {
      StringBuilder digits = new StringBuilder(length);
      // Not 0: whoever takes it for an amount of digits, a number, loses none.
      digits.append((char) ('1' + random.nextInt(9)));
      while (digits.length() < length - SHOWN) {
        digits.append((char) ('0' + random.nextInt(10)));
      }
      String alias = digits.append(last4).toString();
      if (!hasCardNumber(alias)) {
        return alias;
      }
    }
    throw new IllegalStateException("no alias was drawn");
  }

  private static boolean hasCardNumber(String digits) {
    for (int from = 0; from + Pan.MIN_DIGITS <= digits.length(); from++) {
      for (int to = from + Pan.MIN_DIGITS; to <= digits.length(); to++) {
        if (Luhn.isValid(digits.substring(from, to))) {
          return true;
        }
      }
    }
    return false;
  }
}
