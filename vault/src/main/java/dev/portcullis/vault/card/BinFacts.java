package dev.portcullis.vault.card;

import java.util.List;

/**
 * What a range of card numbers says.
 *
 * @param card scheme, funding and country
 * @param lengths how many digits its numbers have: bit n stands for 12 + n
 * @param codes how many digits its security codes have: bit n stands for 3 + n
 */
record BinFacts(CardFacts card, int lengths, int codes) {

  static final List<String> FUNDINGS = List.of("unknown", "credit", "debit", "prepaid");

  private static final List<CardBrand> BRANDS = List.of(CardBrand.values());

  static final int MIN_CODE = 3;
  static final int MAX_CODE = 4;

  private static final int ALL_LENGTHS = (1 << (Pan.MAX_DIGITS - Pan.MIN_DIGITS + 1)) - 1;
  private static final int ALL_CODES = (1 << (MAX_CODE - MIN_CODE + 1)) - 1;

  /** Nothing is known, and nothing refused. */
  static final BinFacts UNKNOWN =
      new BinFacts(new CardFacts(CardBrand.UNKNOWN, "unknown", null), ALL_LENGTHS, ALL_CODES);

  /** What {@link #UNKNOWN} is packed into. */
  static final int NOTHING = UNKNOWN.pack();

  private static final int LETTERS = 26;
  private static final int COUNTRY_BITS = 10;
  private static final int FUNDING_BITS = 2;
  private static final int CODE_BITS = 2;
  private static final int LENGTH_BITS = 8;

  boolean acceptsLength(int digits) {
    return (lengths >> (digits - Pan.MIN_DIGITS) & 1) == 1;
  }

  boolean acceptsCodeOf(int digits) {
    return digits >= MIN_CODE && digits <= MAX_CODE && (codes >> (digits - MIN_CODE) & 1) == 1;
  }

  /** All of it in one int. */
  int pack() {
    int packed = BRANDS.indexOf(card.brand());
    packed = packed << LENGTH_BITS | lengths;
    packed = packed << CODE_BITS | codes;
    packed = packed << FUNDING_BITS | FUNDINGS.indexOf(card.funding());
    return packed << COUNTRY_BITS | country();
  }

  /** No country is 0, AA 1, AB 2, ZZ 676. */
  private int country() {
    String country = card.country();
    return country == null
        ? 0
        : (country.charAt(0) - 'A') * LETTERS + (country.charAt(1) - 'A') + 1;
  }

  static BinFacts unpack(int packed) {
    int rest = packed;
    final int country = rest & (1 << COUNTRY_BITS) - 1;
    rest >>= COUNTRY_BITS;
    final int funding = rest & (1 << FUNDING_BITS) - 1;
    rest >>= FUNDING_BITS;
    final int codes = rest & (1 << CODE_BITS) - 1;
    rest >>= CODE_BITS;
    final int lengths = rest & (1 << LENGTH_BITS) - 1;
    rest >>= LENGTH_BITS;
    String letters =
        country == 0
            ? null
            : "" + (char) ('A' + (country - 1) / LETTERS) + (char) ('A' + (country - 1) % LETTERS);
    return new BinFacts(
        new CardFacts(BRANDS.get(rest), FUNDINGS.get(funding), letters), lengths, codes);
  }
}
