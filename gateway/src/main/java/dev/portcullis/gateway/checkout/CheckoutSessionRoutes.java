package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.customers.Customers;
import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.keys.PageKeys;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Shape;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code /v1/checkout/sessions}: create, retrieve, list, expire, line items. */
@Component
final class CheckoutSessionRoutes implements Routes {

  static final String PATH = "/v1/checkout/sessions";
  private static final Result ONE = Result.one(CheckoutSession.OBJECT);
  private static final int DEFAULT_LIMIT = 10;

  private final CheckoutSessions sessions;
  private final SessionPayments payments;
  private final CheckoutUrls urls;
  private final PageKeys keys;
  private final Customers customers;
  private final ObjectReader reader;
  private final Commits commits;
  private final Ids ids;
  private final InstantSource clock;

  CheckoutSessionRoutes(
      CheckoutSessions sessions,
      SessionPayments payments,
      CheckoutUrls urls,
      PageKeys keys,
      Customers customers,
      ObjectReader reader,
      Commits commits,
      Ids ids,
      InstantSource clock) {
    this.sessions = sessions;
    this.payments = payments;
    this.urls = urls;
    this.keys = keys;
    this.customers = customers;
    this.reader = reader;
    this.commits = commits;
    this.ids = ids;
    this.clock = clock;
  }

  @Override
  public List<Route> routes() {
    String one = PATH + "/{id}";
    Result many = Result.listOf(CheckoutSession.OBJECT);
    Result items = Result.listOf("item");
    return List.of(
        Route.post(
            PATH,
            Access.write(ApiResource.CHECKOUT_SESSION),
            CheckoutParams.CREATE,
            ONE,
            this::create),
        Route.get(
            PATH, Access.read(ApiResource.CHECKOUT_SESSION), CheckoutParams.LIST, many, this::list),
        Route.get(one, Access.read(ApiResource.CHECKOUT_SESSION), Shape.NONE, ONE, this::retrieve),
        Route.post(
            one + "/expire",
            Access.write(ApiResource.CHECKOUT_SESSION),
            Shape.NONE,
            ONE,
            this::expire),
        Route.get(
            one + "/line_items",
            Access.read(ApiResource.CHECKOUT_SESSION),
            CheckoutParams.LINE_ITEMS,
            items,
            this::items));
  }

  private Reply create(ApiRequest request) {
    Principal principal = request.principal();
    Arguments sent = request.arguments();
    CheckoutParams.check(sent);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    CheckoutSession session = session(principal, sent, now);
    // The vault knows the key of the page by the time that somebody opens it.
    var _ = keys.of(principal.account(), principal.livemode());
    Change.Builder change = in(principal);
    change.insert(CheckoutSession.TABLE, session.row());
    return commits.reply(request, change, session.shown());
  }

  private CheckoutSession session(Principal principal, Arguments sent, Instant now) {
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
    doc.put("mode", sent.requiredString("mode"));
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
                    "payment_method_options",
                    Map.of("card", Map.of("request_three_d_secure", "automatic"))));
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

  private CheckoutSession require(ApiRequest request) {
    String id = request.path("id");
    return sessions
        .find(request.principal(), id)
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch(CheckoutSession.OBJECT, id, "id")));
  }

  private Reply retrieve(ApiRequest request) {
    return Reply.ok(require(request).shown());
  }

  private Reply expire(ApiRequest request) {
    CheckoutSession before = payments.current(request.principal(), require(request));
    if (!before.isOpen()) {
      throw unexpectedState(
          "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout"
              + " Session has a status of "
              + before.doc().get("status")
              + ".");
    }
    if (!payments.mayEnd(request.principal(), before)) {
      throw unexpectedState(
          "This Checkout Session cannot be expired: its payment is under way, and its outcome is"
              + " not known yet.");
    }
    CheckoutSession after = before.expired();
    Change.Builder change = in(request.principal());
    change.update(CheckoutSession.TABLE, after.row());
    change.event(commits.event(request, SessionExpiry.EVENT, after.version(), null, after.shown()));
    return commits.reply(request, change, after.shown());
  }

  private static ApiException unexpectedState(String message) {
    return new ApiException(
        ApiErrors.badRequest(message).withCode("checkout_session_unexpected_state"));
  }

  private static Change.Builder in(Principal principal) {
    return Change.in(principal.account(), principal.livemode());
  }

  private Reply list(ApiRequest request) {
    List<Filter> filters = new ArrayList<>();
    for (String name : List.of("customer", "payment_intent", "status")) {
      request.arguments().string(name).ifPresent(value -> filters.add(Filter.is(name, value)));
    }
    request
        .arguments()
        .hash("customer_details")
        .ifPresent(details -> filters.add(Filter.is("email", details.requiredString("email"))));
    return Reply.ok(
        reader
            .page(
                CheckoutSession.TABLE,
                CheckoutSession.OBJECT,
                request.principal(),
                ListQuery.of(request.arguments()),
                filters)
            .render(PATH, sessions::render));
  }

  /** Items come in the order in which they were sent: there is no newest among them. */
  private Reply items(ApiRequest request) {
    Arguments sent = request.arguments();
    CheckoutSession session = require(request);
    List<Object> known = session.items().stream().<Object>map(i -> i.get("id")).toList();
    int limit = Math.toIntExact(sent.integer("limit").orElse(DEFAULT_LIMIT));
    int from = 0;
    if (sent.has("starting_after")) {
      from = at(known, sent, "starting_after") + 1;
    } else if (sent.has("ending_before")) {
      int end = at(known, sent, "ending_before");
      from = Math.max(0, end - limit);
      limit = end - from;
    }
    Map<String, @Nullable Object> list = CheckoutSessions.list(session, from, limit);
    if (sent.has("ending_before")) {
      list.put("has_more", from > 0);
    }
    return Reply.ok(list);
  }

  private static int at(List<Object> known, Arguments sent, String cursor) {
    String id = sent.requiredString(cursor);
    int at = known.indexOf(id);
    if (at < 0) {
      throw new ApiException(ApiErrors.noSuch("item", Objects.requireNonNull(id), cursor));
    }
    return at;
  }
}
