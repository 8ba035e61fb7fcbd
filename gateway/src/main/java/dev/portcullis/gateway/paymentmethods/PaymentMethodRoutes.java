package dev.portcullis.gateway.paymentmethods;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Resource;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.http.Unsupported;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.mandates.Mandates;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code /v1/payment_methods}, and those of a customer. */
@Component
final class PaymentMethodRoutes implements Routes, Resource {

  private static final String PATH = "/v1/payment_methods";
  private static final Result ONE = Result.one("payment_method");
  private static final Result MANY = Result.listOf("payment_method");

  private static final Shape CREATE =
      Shape.of(
              Unsupported.cardType("type").required(),
              Param.hash("card", Shape.of(Param.id("token").required())).required(),
              BillingDetails.PARAM,
              PaymentMethod.REDISPLAY,
              Param.metadata())
          .refusing(Unsupported.CARDS_ONLY, Unsupported.otherTypes())
          .refusing(Unsupported.CONNECT, "customer", "payment_method")
          .refusing("name the session with the payment that it belongs to.", "radar_options");

  /** Not the card: what is sent of it is in the vault, and does not change. */
  private static final Shape UPDATE =
      Shape.of(BillingDetails.PARAM, PaymentMethod.REDISPLAY, Param.metadata())
          .refusing(Unsupported.CARDS_ONLY, "link", "us_bank_account")
          .refusing(
              "a card in the vault does not change; hand in the new one and attach it.", "card");

  private static final Param TYPE = Unsupported.cardType("type");
  private static final Shape LIST = ListQuery.shape(Param.id("customer"), TYPE);
  private static final Shape LIST_OF_CUSTOMER = ListQuery.shape(TYPE);
  private static final Shape ATTACH = Shape.of(Param.id("customer").required());

  private final PaymentMethods methods;
  private final CustomerLookup customers;
  private final ObjectReader reader;
  private final Commits commits;
  private final Mandates mandates;

  PaymentMethodRoutes(
      PaymentMethods methods,
      CustomerLookup customers,
      ObjectReader reader,
      Commits commits,
      Mandates mandates) {
    this.mandates = mandates;
    this.methods = methods;
    this.customers = customers;
    this.reader = reader;
    this.commits = commits;
  }

  @Override
  public List<Route> routes() {
    String one = PATH + "/{id}";
    String ofCustomer = "/v1/customers/{id}/payment_methods";
    return List.of(
        Route.post(PATH, Access.orAtCards(ApiResource.PAYMENT_METHOD), CREATE, ONE, this::create),
        Route.get(PATH, Access.read(ApiResource.PAYMENT_METHOD), LIST, MANY, this::list),
        Route.get(one, Access.read(ApiResource.PAYMENT_METHOD), Shape.NONE, ONE, this::retrieve),
        Route.post(one, Access.write(ApiResource.PAYMENT_METHOD), UPDATE, ONE, this::update),
        Route.post(
            one + "/attach", Access.write(ApiResource.PAYMENT_METHOD), ATTACH, ONE, this::attach),
        Route.post(
            one + "/detach",
            Access.write(ApiResource.PAYMENT_METHOD),
            Shape.NONE,
            ONE,
            this::detach),
        Route.get(
            ofCustomer,
            Access.read(ApiResource.PAYMENT_METHOD),
            LIST_OF_CUSTOMER,
            MANY,
            this::listOfCustomer),
        Route.get(
            ofCustomer + "/{method}",
            Access.read(ApiResource.PAYMENT_METHOD),
            Shape.NONE,
            ONE,
            this::retrieveOfCustomer));
  }

  private Reply create(ApiRequest request) {
    String token = request.arguments().hash("card").orElseThrow().requiredString("token");
    PaymentMethods.Pulled pulled = methods.fromToken(request.principal(), token, "card[token]");
    PaymentMethod changed = pulled.method().changedBy(request.arguments());
    PaymentMethod method = changed.asNew();
    Change.Builder change = in(request.principal());
    change.write(pulled.write(method));
    Reply reply = commits.reply(request, change, method.doc());
    methods.stored(request.principal(), pulled);
    return reply;
  }

  private Reply retrieve(ApiRequest request) {
    Principal principal = request.principal();
    PaymentMethods.Pulled pulled = methods.resolve(principal, request.path("id"), "payment_method");
    return Reply.ok(methods.store(principal, pulled).doc());
  }

  private Reply retrieveOfCustomer(ApiRequest request) {
    String customer = customers.requireId(request.principal(), request.path("id"), "customer");
    String id = request.path("method");
    return Reply.ok(
        methods
            .find(request.principal(), id)
            .filter(method -> customer.equals(method.customer()))
            .orElseThrow(
                () -> new ApiException(ApiErrors.noSuch("PaymentMethod", id, "payment_method")))
            .doc());
  }

  private Reply update(ApiRequest request) {
    PaymentMethods.Pulled pulled = pull(request);
    return change(
        request, pulled, pulled.method().changedBy(request.arguments()), "payment_method.updated");
  }

  private Reply attach(ApiRequest request) {
    PaymentMethods.Pulled pulled = pull(request);
    String customer =
        customers.requireId(
            request.principal(), request.arguments().requiredString("customer"), "customer");
    String attachedTo = pulled.method().customer();
    if (customer.equals(attachedTo)) {
      // Nothing changes, but the idempotency key is used as by any other request.
      return request.idempotency().isPresent()
          ? commits.reply(request, in(request.principal()), pulled.method().doc())
          : Reply.ok(pulled.method().doc());
    }
    methods.checkAttachable(
        request.principal(), pulled.method(), customer, request.shopperAddress());
    return change(request, pulled, pulled.method().attachedTo(customer), "payment_method.attached");
  }

  private Reply detach(ApiRequest request) {
    PaymentMethods.Pulled pulled = pull(request);
    if (pulled.method().customer() == null) {
      throw PaymentMethods.unexpected(
          "The payment method you provided is not attached to a customer so detachment is"
              + " impossible.");
    }
    Change.Builder change = in(request.principal());
    mandates.end(request, change, pulled.method().id());
    return change(
        request, change, pulled, pulled.method().attachedTo(null), "payment_method.detached");
  }

  private PaymentMethods.Pulled pull(ApiRequest request) {
    return methods.resolve(request.principal(), request.path("id"), "payment_method");
  }

  private Reply change(
      ApiRequest request, PaymentMethods.Pulled pulled, PaymentMethod next, String event) {
    return change(request, in(request.principal()), pulled, next, event);
  }

  private Reply change(
      ApiRequest request,
      Change.Builder change,
      PaymentMethods.Pulled pulled,
      PaymentMethod next,
      String event) {
    PaymentMethod after = pulled.writes().isEmpty() ? next : next.asNew();
    change.write(pulled.write(after));
    change.event(
        commits.event(request, event, after.version(), pulled.method().doc(), after.doc()));
    Reply reply = commits.reply(request, change, after.doc());
    methods.stored(request.principal(), pulled);
    return reply;
  }

  private static Change.Builder in(Principal principal) {
    return Change.in(principal.account(), principal.livemode());
  }

  private Reply list(ApiRequest request) {
    List<Filter> filters = new ArrayList<>();
    request
        .arguments()
        .string("customer")
        .map(id -> customers.requireId(request.principal(), id, "customer"))
        .ifPresent(id -> filters.add(Filter.is("customer", id)));
    return page(request, PATH, filters);
  }

  private Reply listOfCustomer(ApiRequest request) {
    String id = customers.requireId(request.principal(), request.path("id"), "customer");
    return page(
        request, "/v1/customers/" + id + "/payment_methods", List.of(Filter.is("customer", id)));
  }

  private Reply page(ApiRequest request, String url, List<Filter> filters) {
    return Reply.ok(
        reader
            .page(
                PaymentMethod.TABLE,
                "PaymentMethod",
                request.principal(),
                ListQuery.of(request.arguments()),
                filters)
            .render(url, this::render));
  }

  @Override
  public String object() {
    return "payment_method";
  }

  @Override
  public ApiResource resource() {
    return ApiResource.PAYMENT_METHOD;
  }

  @Override
  public Table table() {
    return PaymentMethod.TABLE;
  }

  @Override
  public Map<String, String> expandable() {
    return Map.of("customer", "customer");
  }

  @Override
  public Map<String, @Nullable Object> render(Stored stored) {
    return PaymentMethod.of(stored).doc();
  }
}
