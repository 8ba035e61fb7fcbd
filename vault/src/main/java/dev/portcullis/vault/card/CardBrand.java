package dev.portcullis.vault.card;

import java.util.Arrays;
import java.util.List;

/** A card scheme, with its names on the wire. */
enum CardBrand {
  VISA("visa", "Visa"),
  MASTERCARD("mastercard", "MasterCard"),
  AMEX("amex", "American Express"),
  DISCOVER("discover", "Discover"),
  DINERS("diners", "Diners Club"),
  JCB("jcb", "JCB"),
  UNIONPAY("unionpay", "UnionPay"),
  UNKNOWN("unknown", "Unknown");

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

  /** All names in payment methods. */
  static List<String> wireNames() {
    return Arrays.stream(values()).map(CardBrand::wireName).toList();
  }

  /** A CVC that the test cards of this brand take. */
  String testCvc() {
    return this == AMEX ? "1234" : "123";
  }
}
