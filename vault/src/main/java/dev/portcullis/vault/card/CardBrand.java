package dev.portcullis.vault.card;

/** A card scheme, with its names on the wire and the length of its CVC. */
enum CardBrand {
  VISA("visa", "Visa"),
  MASTERCARD("mastercard", "MasterCard"),
  AMEX("amex", "American Express"),
  DISCOVER("discover", "Discover"),
  DINERS("diners", "Diners Club"),
  JCB("jcb", "JCB"),
  UNIONPAY("unionpay", "UnionPay"),
  UNKNOWN("unknown", "Unknown");

  private static final int AMEX_CVC_DIGITS = 4;
  private static final int CVC_DIGITS = 3;

  private final String wireName;
  private final String tokenName;

  CardBrand(String wireName, String tokenName) {
    this.wireName = wireName;
    this.tokenName = tokenName;
  }

  /** The name in a payment method. */
  String wireName() {
    return wireName;
  }

  /** The name in a token's card, which differs for history's sake. */
  String tokenName() {
    return tokenName;
  }

  static CardBrand ofWireName(String name) {
    for (CardBrand brand : values()) {
      if (brand.wireName.equals(name)) {
        return brand;
      }
    }
    throw new IllegalArgumentException("no such brand: " + name);
  }

  /** Whether a CVC of that many digits can be right. */
  boolean acceptsCvcOf(int digits) {
    return switch (this) {
      case AMEX -> digits == AMEX_CVC_DIGITS || digits == CVC_DIGITS;
      case UNKNOWN -> digits == AMEX_CVC_DIGITS || digits == CVC_DIGITS;
      case VISA, MASTERCARD, DISCOVER, DINERS, JCB, UNIONPAY -> digits == CVC_DIGITS;
    };
  }

  /** A CVC that the test cards of this brand take. */
  String testCvc() {
    return this == AMEX ? "1234" : "123";
  }
}
