package dev.portcullis.gateway.http;

import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;

/** Why parameters that Stripe has are refused by name, each reason worded once. */
public final class Unsupported {

  /** Connected accounts. */
  public static final String CONNECT =
      "it belongs to Stripe Connect, and an account has no connected accounts here.";

  /** Invoices, subscriptions, coupons. */
  public static final String BILLING =
      "there are no subscriptions, invoices, coupons and promotion codes here.";

  /** Taxes. */
  public static final String TAX = "taxes are not calculated and tax ids are not kept here.";

  /** Other ways to pay. */
  public static final String CARDS_ONLY = "cards are the only way to pay here.";

  private Unsupported() {}

  /** A hash whose one member can only be false: {@code automatic_tax[enabled]}. */
  public static Param disabled(String name, String sentence) {
    return Param.hash(name, Shape.of(Param.alwaysFalse("enabled", sentence).required()));
  }
}
