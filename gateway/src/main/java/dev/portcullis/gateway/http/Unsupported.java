package dev.portcullis.gateway.http;

import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.List;
import java.util.Map;

/** Why parameters that Stripe has are refused by name, each reason worded once. */
public final class Unsupported {

  /** Connected accounts. */
  public static final String CONNECT =
      "it belongs to Stripe Connect, and an account has no connected accounts here.";

  /** Invoices, subscriptions, coupons. */
  public static final String BILLING =
      "there are no subscriptions, invoices, coupons and promotion codes here.";

  /** Products and prices that are kept and named again. */
  public static final String CATALOGUE =
      "no products and prices are kept here; each item describes its own in price_data.";

  /** Taxes. */
  public static final String TAX = "taxes are not calculated and tax ids are not kept here.";

  /** Other ways to pay. */
  public static final String CARDS_ONLY = "cards are the only way to pay here.";

  /** Stripe's other ways to pay, by the names that they have as types and as hashes. */
  private static final List<String> OTHER_TYPES =
      List.of(
          "acss_debit",
          "affirm",
          "afterpay_clearpay",
          "alipay",
          "alma",
          "amazon_pay",
          "au_becs_debit",
          "bacs_debit",
          "bancontact",
          "billie",
          "blik",
          "boleto",
          "cashapp",
          "crypto",
          "customer_balance",
          "eps",
          "fpx",
          "giropay",
          "grabpay",
          "ideal",
          "interac_present",
          "kakao_pay",
          "klarna",
          "konbini",
          "kr_card",
          "link",
          "mobilepay",
          "multibanco",
          "naver_pay",
          "nz_bank_account",
          "oxxo",
          "p24",
          "pay_by_bank",
          "payco",
          "paynow",
          "paypal",
          "pix",
          "promptpay",
          "revolut_pay",
          "samsung_pay",
          "satispay",
          "sepa_debit",
          "sofort",
          "swish",
          "twint",
          "us_bank_account",
          "wechat_pay",
          "zip");

  /** Stripe's resources that are not had here, by their first segment after {@code /v1/}. */
  private static final Map<String, String> RESOURCES =
      Map.ofEntries(
          Map.entry("products", CATALOGUE),
          Map.entry("prices", CATALOGUE),
          Map.entry("coupons", BILLING),
          Map.entry("credit_notes", BILLING),
          Map.entry("invoiceitems", BILLING),
          Map.entry("invoices", BILLING),
          Map.entry("plans", BILLING),
          Map.entry("promotion_codes", BILLING),
          Map.entry("quotes", BILLING),
          Map.entry("subscription_items", BILLING),
          Map.entry("subscription_schedules", BILLING),
          Map.entry("subscriptions", BILLING),
          Map.entry("tax", TAX),
          Map.entry("tax_rates", TAX),
          Map.entry("account_links", CONNECT),
          Map.entry("accounts", CONNECT),
          Map.entry("transfers", CONNECT),
          Map.entry("sources", CARDS_ONLY));

  private Unsupported() {}

  /** The error of a path that leads nowhere, with the reason where Stripe's leads somewhere. */
  static ApiError url(String method, String path) {
    ApiError error = ApiErrors.unrecognizedUrl(method, path);
    String[] segments = path.split("/", 4);
    String why =
        segments.length > 2 && segments[1].equals("v1") ? RESOURCES.get(segments[2]) : null;
    return why == null
        ? error
        : ApiError.of(
            error.status(), error.type(), error.message() + " It is not supported: " + why);
  }

  /** The names of other ways to pay. */
  public static String[] otherTypes() {
    return OTHER_TYPES.toArray(String[]::new);
  }

  /** A way to pay, which can only be a card. */
  public static Param cardType(String name) {
    return Param.choice(name, "card").refusing(CARDS_ONLY, otherTypes());
  }

  /** A hash whose one member can only be false: {@code automatic_tax[enabled]}. */
  public static Param disabled(String name, String sentence) {
    return Param.hash(name, Shape.of(Param.alwaysFalse("enabled", sentence).required()));
  }
}
