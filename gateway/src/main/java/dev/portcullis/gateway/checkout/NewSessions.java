package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.customers.Customers;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.payments.CardRequests;
import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes sessions of what was asked for, by a server or by a payment link. */
@Component
final class NewSessions {

  private final CheckoutUrls urls;
  private final Customers customers;
  private final Ids ids;

  NewSessions(CheckoutUrls urls, Customers customers, Ids ids) {
    this.urls = urls;
    this.customers = customers;
    this.ids = ids;
  }

  /**
   * The session that was asked for, which is not written yet.
   *
   * @throws ApiException 400 if something does not go together
   */
  CheckoutSession session(Principal principal, Arguments sent, Instant now) {
    List<LineItem> items =
        sent.list("line_items").stream().map(item -> item((Arguments) item)).toList();
    @Nullable Currency wanted = sent.currency("currency").orElse(null);
    @Nullable Long total = items.isEmpty() ? null : CheckoutParams.total(items, wanted);
    @Nullable Currency currency = items.isEmpty() ? wanted : items.getFirst().currency();
    String id = ids.next(principal.livemode() ? "cs_live" : "cs_test");
    Map<String, @Nullable Object> doc = blank();
    doc.put("id", id);
    doc.put("amount_subtotal", total);
    doc.put("amount_total", total);
    doc.put("cancel_url", CheckoutParams.address(sent, "cancel_url"));
    doc.put("created", now.getEpochSecond());
    doc.put("currency", currency == null ? null : currency.code());
    doc.put("expires_at", CheckoutParams.expiry(sent, now));
    doc.put("livemode", principal.livemode());
    doc.put("mode", CheckoutParams.isSetup(sent) ? "setup" : "payment");
    doc.put("url", urls.ofSession(principal.account(), id));
    doc.put("success_url", CheckoutParams.address(sent, "success_url"));
    doc.put("metadata", sent.metadata().map(u -> u.applyTo(Map.of())).orElse(Map.of()));
    for (String name :
        List.of("client_reference_id", "customer", "customer_email", "locale", "submit_type")) {
      doc.put(name, sent.string(name).orElse(null));
    }
    putMode(doc, CheckoutParams.isSetup(sent));
    CheckoutWishes.put(sent, CheckoutParams.isSetup(sent), doc);
    sent.hash("payment_method_options")
        .flatMap(options -> options.hash("card"))
        .ifPresent(
            card ->
                doc.put(
                    "payment_method_options", Map.of("card", CardRequests.authentication(card))));
    Map<String, @Nullable Object> customer = customerDetails(principal, sent);
    doc.put("customer_details", customer);
    doc.put(CheckoutSession.EMAIL_ASKED, customer == null);
    doc.put(
        CheckoutSession.ITEMS, items.stream().map(item -> stored(item, principal, now)).toList());
    doc.put(CheckoutSession.INTENT, CheckoutParams.intent(sent));
    return new CheckoutSession(id, 1, now, doc);
  }

  /** What is known of the shopper before they come to the page: an address for mail, or nothing. */
  private @Nullable Map<String, @Nullable Object> customerDetails(
      Principal principal, Arguments sent) {
    Object email =
        sent.string("customer")
            .<@Nullable Object>map(
                id -> customers.require(principal, id, "customer").doc().get("email"))
            .orElse(sent.string("customer_email").orElse(null));
    if (email == null) {
      return null;
    }
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("address", null);
    details.put("business_name", null);
    details.put("email", email);
    details.put("individual_name", null);
    details.put("name", null);
    details.put("phone", null);
    details.put("tax_exempt", "none");
    details.put("tax_ids", null);
    return details;
  }

  private LineItem item(Arguments sent) {
    return LineItem.of(sent, new LineItem.Ids(ids.next("li"), ids.next("price"), ids.next("prod")));
  }

  private static Map<String, @Nullable Object> stored(
      LineItem item, Principal principal, Instant now) {
    Map<String, @Nullable Object> stored = new LinkedHashMap<>();
    stored.put("shown", item.render(now.getEpochSecond(), principal.livemode()));
    stored.put("product", item.product());
    return stored;
  }

  /** Every member of a new session that the wire always shows. */
  private static Map<String, @Nullable Object> blank() {
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("id", null);
    doc.put("object", CheckoutSession.OBJECT);
    for (String name :
        List.of(
            "adaptive_pricing",
            "after_expiration",
            "allow_promotion_codes",
            "allowed_payment_method_types",
            "amount_subtotal",
            "amount_total")) {
      doc.put(name, null);
    }
    doc.put("automatic_tax", nulls(Map.of("enabled", false), "liability", "provider", "status"));
    for (String name :
        List.of(
            "billing_address_collection",
            "cancel_url",
            "client_reference_id",
            "client_secret",
            "collected_information",
            "consent",
            "consent_collection",
            "created",
            "currency",
            "currency_conversion")) {
      doc.put(name, null);
    }
    doc.put("custom_fields", List.of());
    doc.put(
        "custom_text",
        nulls(
            Map.of(), "after_submit", "shipping_address", "submit", "terms_of_service_acceptance"));
    for (String name :
        List.of(
            "customer",
            "customer_account",
            "customer_creation",
            "customer_details",
            "customer_email")) {
      doc.put(name, null);
    }
    doc.put("discounts", List.of());
    for (String name :
        List.of(
            "expires_at",
            "integration_identifier",
            "invoice",
            "invoice_creation",
            "livemode",
            "locale",
            "managed_payments",
            "metadata",
            "mode",
            "origin_context",
            "payment_intent",
            "payment_link",
            "payment_method_collection",
            "payment_method_configuration_details")) {
      doc.put(name, null);
    }
    doc.put("payment_method_options", Map.of());
    doc.put("payment_method_types", List.of("card"));
    doc.put("payment_status", null);
    doc.put("permissions", null);
    doc.put("phone_number_collection", Map.of("enabled", false));
    for (String name :
        List.of(
            "recovered_from",
            "saved_payment_method_options",
            "setup_intent",
            "shipping_address_collection",
            "shipping_cost")) {
      doc.put(name, null);
    }
    doc.put("shipping_options", List.of());
    doc.put("status", "open");
    for (String name : List.of("submit_type", "subscription", "success_url", "total_details")) {
      doc.put(name, null);
    }
    doc.put("ui_mode", "hosted_page");
    doc.put("url", null);
    doc.put("wallet_options", null);
    return doc;
  }

  private static Map<String, @Nullable Object> nulls(Map<String, Object> known, String... names) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>(known);
    for (String name : names) {
      map.put(name, null);
    }
    return map;
  }

  private static void putMode(Map<String, @Nullable Object> doc, boolean setup) {
    doc.put("payment_status", setup ? "no_payment_required" : "unpaid");
    doc.put("payment_method_collection", setup ? "always" : "if_required");
    if (!setup) {
      doc.put("customer_creation", doc.get("customer") == null ? "if_required" : null);
      doc.put(
          "total_details", Map.of("amount_discount", 0L, "amount_shipping", 0L, "amount_tax", 0L));
    }
  }

  /**
   * A session for a visit to that link.
   *
   * @param now when it is made; it ends a day later
   */
  CheckoutSession visit(Principal principal, PaymentLink link, Instant now) {
    String id = ids.next(principal.livemode() ? "cs_live" : "cs_test");
    String url = urls.ofSession(principal.account(), id);
    Map<String, @Nullable Object> doc = new LinkedHashMap<>(link.template());
    doc.put("id", id);
    doc.put("created", now.getEpochSecond());
    doc.put("expires_at", now.plus(CheckoutParams.LONGEST).getEpochSecond());
    doc.put("payment_link", link.id());
    doc.put("metadata", link.doc().get("metadata"));
    doc.put("url", url);
    // Where the merchant names no page of their own, ours says thanks.
    doc.put("success_url", Objects.requireNonNullElse(link.redirect(), url));
    return new CheckoutSession(id, 1, now, doc);
  }
}
