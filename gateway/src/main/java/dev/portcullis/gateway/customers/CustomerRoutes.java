package dev.portcullis.gateway.customers;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.Addresses;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.http.Unsupported;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.mandates.Mandates;
import dev.portcullis.gateway.paymentmethods.PaymentMethod;
import dev.portcullis.gateway.paymentmethods.PaymentMethods;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code /v1/customers}. */
@Component
final class CustomerRoutes implements Routes {

  private static final String PATH = "/v1/customers";
  private static final Result ONE = Result.one("customer");
  private static final List<String> TEXTS = List.of("description", "email", "name", "phone");

  private static final String PREFIX_FORM = "3 to 12 upper-case letters and digits";
  private static final String NO_CLOCKS = "there are no test clocks here.";

  private static final Shape FIELDS =
      Shape.of(
              Param.hash("address", Addresses.SHAPE).unsettable(),
              Param.integer("balance").range(-99_999_999_999L, 99_999_999_999L),
              Param.lines("description").unsettable(),
              Param.email("email").unsettable(),
              Param.hash(
                  "invoice_settings",
                  Shape.of(
                      Param.id("default_payment_method").unsettable(),
                      Param.lines("footer").unsettable())),
              Param.metadata(),
              Param.string("name").max(256).unsettable(),
              Param.string("phone").max(20).unsettable(),
              Param.list(
                      "preferred_locales",
                      Param.string(
                          "locale", Pattern.compile("[A-Za-z0-9-]{2,35}"), "a language tag"))
                  .unsettable(),
              Param.hash("shipping", Addresses.SHIPPING).unsettable(),
              Param.string("invoice_prefix", Pattern.compile("[A-Z0-9]{3,12}"), PREFIX_FORM),
              Param.integer("next_invoice_sequence").range(1, 999_999_999),
              Param.choice("tax_exempt", "none", "exempt", "reverse"))
          .refusing(Unsupported.BILLING, "coupon", "promotion_code")
          .refusing("customers have no cash balance here.", "cash_balance")
          .refusing(Unsupported.TAX, "tax");
  private static final Shape CREATE =
      FIELDS
          .and(Param.id("payment_method"), Param.id("source"))
          .refusing(Unsupported.TAX, "tax_id_data")
          .refusing(NO_CLOCKS, "test_clock");
  private static final Shape UPDATE =
      FIELDS.refusing(
          "a customer has payment methods here and no sources; attach one, and make it the default"
              + " with invoice_settings[default_payment_method].",
          "bank_account",
          "card",
          "default_alipay_account",
          "default_bank_account",
          "default_card",
          "default_source",
          "source");
  private static final Shape LIST =
      ListQuery.shape(Param.email("email")).refusing(NO_CLOCKS, "test_clock");

  private final Customers customers;
  private final PaymentMethods paymentMethods;
  private final ObjectReader reader;
  private final Commits commits;
  private final Mandates mandates;
  private final Ids ids;
  private final InstantSource clock;

  CustomerRoutes(
      Customers customers,
      PaymentMethods paymentMethods,
      ObjectReader reader,
      Commits commits,
      Mandates mandates,
      Ids ids,
      InstantSource clock) {
    this.mandates = mandates;
    this.customers = customers;
    this.paymentMethods = paymentMethods;
    this.reader = reader;
    this.commits = commits;
    this.ids = ids;
    this.clock = clock;
  }

  @Override
  public List<Route> routes() {
    String one = PATH + "/{id}";
    return List.of(
        Route.post(PATH, Access.write(ApiResource.CUSTOMER), CREATE, ONE, this::create),
        Route.get(
            PATH, Access.read(ApiResource.CUSTOMER), LIST, Result.listOf("customer"), this::list),
        Route.get(one, Access.read(ApiResource.CUSTOMER), Shape.NONE, ONE, this::retrieve),
        Route.post(one, Access.write(ApiResource.CUSTOMER), UPDATE, ONE, this::update),
        Route.delete(one, Access.write(ApiResource.CUSTOMER), Shape.NONE, ONE, this::delete));
  }

  private Reply create(ApiRequest request) {
    Principal principal = request.principal();
    String id = ids.next("cus");
    var created = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Customer customer =
        changed(
            request,
            Customer.blank(id, created, principal.livemode(), Customer.invoicePrefix(id)),
            request.arguments());
    Optional<PaymentMethods.Pulled> pulled = card(principal, request.arguments());
    if (request.arguments().has("source") && pulled.isPresent()) {
      customer = customer.paidWith(pulled.get().method().id());
    }
    Change.Builder change = Change.in(principal.account(), principal.livemode());
    change.insert(Customer.TABLE, customer.row(principal.account(), principal.livemode()));
    change.event(commits.event(request, "customer.created", 1, null, customer.doc()));
    pulled.ifPresent(p -> attach(request, change, p, id));
    Reply reply = commits.reply(request, change, customer.doc());
    pulled.ifPresent(p -> paymentMethods.stored(principal, p));
    return reply;
  }

  /** The card that a new customer comes with: a payment method, or a token as a default source. */
  private Optional<PaymentMethods.Pulled> card(Principal principal, Arguments sent) {
    if (sent.has("source") && sent.has("payment_method")) {
      throw new ApiException(
          ApiErrors.invalid(
              "source",
              "parameters_exclusive",
              "You may only specify one of these parameters: payment_method, source."));
    }
    return sent.has("source")
        ? sent.string("source").map(token -> paymentMethods.fromToken(principal, token, "source"))
        : sent.string("payment_method")
            .map(id -> paymentMethods.resolve(principal, id, "payment_method"));
  }

  private void attach(
      ApiRequest request, Change.Builder change, PaymentMethods.Pulled pulled, String customer) {
    paymentMethods.checkAttachable(
        request.principal(), pulled.method(), customer, request.shopperAddress());
    PaymentMethod attached = pulled.attachedTo(customer);
    change.write(pulled.write(attached));
    change.event(
        commits.event(
            request, "payment_method.attached", attached.version(), null, attached.doc()));
  }

  private Reply retrieve(ApiRequest request) {
    String id = request.path("id");
    return Reply.ok(
        customers
            .find(request.principal(), id)
            .orElseThrow(() -> new ApiException(ApiErrors.noSuch("customer", id, "id")))
            .doc());
  }

  private Reply update(ApiRequest request) {
    Principal principal = request.principal();
    Customer before = customers.require(principal, request.path("id"), "id");
    Customer after = changed(request, before, request.arguments());
    after = new Customer(after.id(), before.version() + 1, before.created(), after.doc());
    Change.Builder change = Change.in(principal.account(), principal.livemode());
    change.update(Customer.TABLE, after.row(principal.account(), principal.livemode()));
    change.event(
        commits.event(request, "customer.updated", after.version(), before.doc(), after.doc()));
    return commits.reply(request, change, after.doc());
  }

  private Reply delete(ApiRequest request) {
    Principal principal = request.principal();
    Customer before = customers.require(principal, request.path("id"), "id");
    Customer after = before.deleted();
    Change.Builder change = Change.in(principal.account(), principal.livemode());
    change.update(Customer.TABLE, after.row(principal.account(), principal.livemode()));
    change.event(commits.event(request, "customer.deleted", after.version(), null, before.doc()));
    for (PaymentMethod method : paymentMethods.ofCustomer(principal, before.id())) {
      change.update(PaymentMethod.TABLE, method.attachedTo(null).row());
      mandates.end(request, change, method.id());
    }
    commits.commit(change.build());
    return Reply.ok(after.doc());
  }

  private Reply list(ApiRequest request) {
    List<Filter> filters = new ArrayList<>();
    filters.add(Filter.is("deleted", false));
    request.arguments().string("email").ifPresent(email -> filters.add(Filter.is("email", email)));
    ListQuery query = ListQuery.of(request.arguments());
    return Reply.ok(
        reader
            .page(Customer.TABLE, "customer", request.principal(), query, filters)
            .render(PATH, customers::render));
  }

  private Customer changed(ApiRequest request, Customer customer, Arguments sent) {
    Map<String, @Nullable Object> doc = new LinkedHashMap<>(customer.doc());
    for (String name : TEXTS) {
      if (sent.has(name)) {
        doc.put(name, sent.string(name).orElse(null));
      }
    }
    sent.integer("balance").ifPresent(balance -> doc.put("balance", balance));
    sent.string("invoice_prefix").ifPresent(prefix -> doc.put("invoice_prefix", prefix));
    sent.integer("next_invoice_sequence").ifPresent(next -> doc.put("next_invoice_sequence", next));
    sent.string("tax_exempt").ifPresent(exempt -> doc.put("tax_exempt", exempt));
    if (sent.has("address")) {
      doc.put("address", sent.hash("address").map(Addresses::read).orElse(null));
    }
    if (sent.has("shipping")) {
      doc.put("shipping", sent.hash("shipping").map(Addresses::readShipping).orElse(null));
    }
    if (sent.has("preferred_locales")) {
      doc.put("preferred_locales", sent.strings("preferred_locales"));
    }
    sent.metadata()
        .ifPresent(update -> doc.put("metadata", update.applyTo(metadata(doc.get("metadata")))));
    sent.hash("invoice_settings")
        .ifPresent(
            settings ->
                doc.put(
                    "invoice_settings",
                    invoiceSettings(request, doc.get("invoice_settings"), settings)));
    return new Customer(customer.id(), customer.version(), customer.created(), doc);
  }

  private Map<String, @Nullable Object> invoiceSettings(
      ApiRequest request, @Nullable Object before, Arguments sent) {
    Map<String, @Nullable Object> after = new LinkedHashMap<>();
    if (before instanceof Map<?, ?> known) {
      known.forEach((name, value) -> after.put((String) name, value));
    }
    if (sent.has("footer")) {
      after.put("footer", sent.string("footer").orElse(null));
    }
    if (sent.has("default_payment_method")) {
      Optional<String> method = sent.string("default_payment_method");
      String param = "invoice_settings[default_payment_method]";
      method.ifPresent(
          id -> {
            if (paymentMethods.find(request.principal(), id).isEmpty()) {
              throw new ApiException(ApiErrors.noSuch("PaymentMethod", id, param));
            }
          });
      after.put("default_payment_method", method.orElse(null));
    }
    return after;
  }

  @SuppressWarnings("unchecked") // the document is our own
  private static Map<String, String> metadata(@Nullable Object stored) {
    return stored == null ? Map.of() : (Map<String, String>) stored;
  }
}
