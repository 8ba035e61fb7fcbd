package dev.portcullis.vault.card;

import java.util.Arrays;

/**
 * What the first digits of a card number say: scheme, funding, country, how long the number is and
 * how long its security code. Where ranges lie within each other the narrowest counts.
 *
 * <p>A table may have a million ranges. They are cut into stretches that do not overlap, each with
 * what is known of it in one int, and found by binary search: twelve bytes a stretch.
 */
public final class BinTable {

  /** Ranges are compared by so many digits; no card number has fewer. */
  static final int DIGITS = Pan.MIN_DIGITS;

  private final long[] starts;
  private final int[] facts;

  /**
   * @param starts where each stretch begins, ascending; it ends where the next begins
   * @param facts what is known of each, packed by {@link BinFacts}, or {@link BinFacts#NOTHING}
   */
  BinTable(long[] starts, int[] facts) {
    this.starts = starts;
    this.facts = facts;
  }

  /** What the number says; for a number of no range that everything is unknown. */
  BinFacts find(Pan pan) {
    return find(lead(pan));
  }

  /** The same of the first twelve digits as a number. */
  BinFacts find(long lead) {
    int at = Arrays.binarySearch(starts, lead);
    int stretch = at >= 0 ? at : -at - 2;
    return stretch < 0 ? BinFacts.UNKNOWN : BinFacts.unpack(facts[stretch]);
  }

  /** No text is made of the digits: a text cannot be cleared. */
  private static long lead(Pan pan) {
    byte[] digits = pan.insecureDigits();
    long lead = 0;
    for (int at = 0; at < DIGITS; at++) {
      lead = lead * 10 + (digits[at] - '0');
    }
    return lead;
  }

  int size() {
    return starts.length;
  }
}
