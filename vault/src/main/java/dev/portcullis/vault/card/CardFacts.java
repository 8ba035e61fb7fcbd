package dev.portcullis.vault.card;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a card from its number alone. What is not known is said to be unknown.
 *
 * @param brand the scheme
 * @param funding {@code credit}, {@code debit}, {@code prepaid} or {@code unknown}
 * @param country the issuer's country, two capital letters, or null if unknown
 */
record CardFacts(CardBrand brand, String funding, @Nullable String country) {

  private static final String UNKNOWN = "unknown";

  /**
   * Ranges of the schemes, of six leading digits, from their published lists; the first that fits
   * holds.
   */
  private enum Range {
    AMEX_34(340000, 349999, CardBrand.AMEX),
    AMEX_37(370000, 379999, CardBrand.AMEX),
    DINERS_300(300000, 305999, CardBrand.DINERS),
    DINERS_309(309500, 309599, CardBrand.DINERS),
    DINERS_36(360000, 369999, CardBrand.DINERS),
    DINERS_38(380000, 399999, CardBrand.DINERS),
    JCB(352800, 358999, CardBrand.JCB),
    VISA(400000, 499999, CardBrand.VISA),
    MASTERCARD_5(510000, 559999, CardBrand.MASTERCARD),
    MASTERCARD_2(222100, 272099, CardBrand.MASTERCARD),
    DISCOVER_6011(601100, 601199, CardBrand.DISCOVER),
    DISCOVER_644(644000, 659999, CardBrand.DISCOVER),
    UNIONPAY_62(620000, 629999, CardBrand.UNIONPAY),
    UNIONPAY_81(810000, 817199, CardBrand.UNIONPAY);

    final int from;
    final int to;
    final CardBrand brand;

    Range(int from, int to, CardBrand brand) {
      this.from = from;
      this.to = to;
      this.brand = brand;
    }
  }

  /** What the number says: the facts of a documented test card, else the scheme of its range. */
  static CardFacts of(Pan pan) {
    TestCard test = TestCards.find(pan);
    return test != null ? test.facts() : new CardFacts(brandOf(pan), UNKNOWN, null);
  }

  static CardBrand brandOf(Pan pan) {
    int lead = Integer.parseInt(pan.bin().substring(0, 6));
    for (Range range : Range.values()) {
      if (lead >= range.from && lead <= range.to) {
        return range.brand;
      }
    }
    return CardBrand.UNKNOWN;
  }
}
