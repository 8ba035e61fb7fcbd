package dev.portcullis.gateway.http;

import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

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

  private static final String PAYOUTS =
      "no money is paid out here; each provider pays to your bank account.";

  private static final String OTHER_PRODUCT =
      "it belongs to another product of Stripe's; what is here is payment by card.";

  private static final String BALANCES = "customers have no balance here.";

  private static final String CARDS_OF_CUSTOMERS =
      "a customer's cards are kept as PaymentMethods; see /v1/payment_methods.";

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
          Map.entry("sources", CARDS_ONLY),
          Map.entry("billing", BILLING),
          Map.entry("billing_portal", BILLING),
          Map.entry("entitlements", BILLING),
          Map.entry("invoice_payments", BILLING),
          Map.entry("invoice_rendering_templates", BILLING),
          Map.entry("account_sessions", CONNECT),
          Map.entry("application_fees", CONNECT),
          Map.entry("tax_codes", TAX),
          Map.entry("tax_ids", TAX),
          Map.entry("shipping_rates", "no rates for shipping are offered here."),
          Map.entry("payouts", PAYOUTS),
          Map.entry("topups", PAYOUTS),
          Map.entry("apps", OTHER_PRODUCT),
          Map.entry("climate", OTHER_PRODUCT),
          Map.entry("crypto", OTHER_PRODUCT),
          Map.entry("financial_connections", OTHER_PRODUCT),
          Map.entry("forwarding", OTHER_PRODUCT),
          Map.entry("identity", OTHER_PRODUCT),
          Map.entry("issuing", OTHER_PRODUCT),
          Map.entry("reporting", OTHER_PRODUCT),
          Map.entry("sigma", OTHER_PRODUCT),
          Map.entry("terminal", OTHER_PRODUCT),
          Map.entry("treasury", OTHER_PRODUCT));

  /** What Stripe does with a resource that is here too, and that is not done here. */
  private record Deed(Pattern line, String why) {
    static Deed of(String line, String why) {
      return new Deed(Pattern.compile(line.replace("{id}", "[^/]+")), why);
    }
  }

  private static final List<Deed> DEEDS =
      List.of(
          Deed.of("POST /v1/charges", "a payment is made by POST /v1/payment_intents."),
          Deed.of(
              "POST /v1/charges/{id}/capture",
              "it is captured by POST /v1/payment_intents/{payment_intent}/capture."),
          Deed.of(
              "(GET|POST) /v1/charges/{id}/refunds?(/{id})?", "refunds are made at /v1/refunds."),
          Deed.of(
              "(GET|POST) /v1/charges/{id}/dispute(/close)?",
              "disputes are found at /v1/disputes?charge={charge}."),
          Deed.of(
              "POST /v1/checkout/sessions/{id}",
              "a session stays as it was made; expire it and make another one."),
          Deed.of(
              "POST /v1/payment_intents/{id}/increment_authorization",
              "what is authorized is not raised; make another payment."),
          Deed.of("POST /v1/payment_intents/{id}/apply_customer_balance", BALANCES),
          Deed.of("POST /v1/(payment|setup)_intents/{id}/verify_microdeposits", CARDS_ONLY),
          Deed.of(
              "(GET|POST|DELETE)"
                  + " /v1/customers/{id}/(bank_accounts|cards|sources)(/{id}(/verify)?)?",
              CARDS_OF_CUSTOMERS),
          Deed.of(
              "(GET|POST) /v1/customers/{id}/(balance_transactions|cash_balance"
                  + "|cash_balance_transactions|funding_instructions)(/{id})?",
              BALANCES),
          Deed.of(
              "(GET|POST|DELETE) /v1/customers/{id}/(discount|subscriptions)(/{id}(/discount)?)?",
              BILLING),
          Deed.of("(GET|POST|DELETE) /v1/customers/{id}/tax_ids(/{id})?", TAX));

  private Unsupported() {}

  /** The error of a path that leads nowhere, with the reason where Stripe's leads somewhere. */
  static ApiError url(String method, String path) {
    return because(ApiErrors.unrecognizedUrl(method, path), method, path);
  }

  /** The error of a method that its path does not take, with the reason where Stripe's does. */
  static ApiError method(String method, String path) {
    return because(ApiErrors.methodNotAllowed(method, path), method, path);
  }

  private static ApiError because(ApiError error, String method, String path) {
    return why(method, path)
        .map(
            why ->
                ApiError.of(
                    error.status(), error.type(), error.message() + " It is not supported: " + why))
        .orElse(error);
  }

  private static Optional<String> why(String method, String path) {
    String line = method + " " + path;
    String[] segments = path.split("/", 4);
    return DEEDS.stream()
        .filter(deed -> deed.line.matcher(line).matches())
        .map(Deed::why)
        .findFirst()
        .or(
            () ->
                segments.length > 2 && segments[1].equals("v1")
                    ? Optional.ofNullable(RESOURCES.get(segments[2]))
                    : Optional.empty());
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
