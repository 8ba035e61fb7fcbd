package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.http.Unsupported;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.payments.PaymentProcessor.Run;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code /v1/refunds}: create, retrieve, update, list, cancel. */
@Component
final class RefundRoutes implements Routes {

  private static final String OBJECT = "refund";
  private static final String PATH = "/v1/refunds";

  /** Where the refunds of one charge are listed. */
  static final String OF_CHARGE = "/v1/charges/%s/refunds";

  /** Refunds of one charge at the same time wait for one another this often. */
  private static final int TRIES = 10;

  private static final Shape CREATE =
      Shape.of(
              Param.id("charge"),
              Param.id("payment_intent"),
              Param.integer("amount").range(1, 99_999_999),
              Param.choice("reason", "duplicate", "fraudulent", "requested_by_customer"),
              Param.email("instructions_email"),
              Param.metadata())
          .refusing(Unsupported.CONNECT, "refund_application_fee", "reverse_transfer")
          .refusing(
              "it refunds a customer's cash balance, and customers have none here; name the charge"
                  + " or the payment_intent.",
              "currency",
              "customer",
              "origin");
  private static final Shape UPDATE = Shape.of(Param.metadata());
  private static final Shape LIST = ListQuery.shape(Param.id("charge"), Param.id("payment_intent"));

  private final Desk desk;
  private final PaymentStore store;
  private final PaymentProcessor processor;

  RefundRoutes(Desk desk, PaymentStore store, PaymentProcessor processor) {
    this.desk = desk;
    this.store = store;
    this.processor = processor;
  }

  @Override
  public List<Route> routes() {
    Result one = Result.one(OBJECT);
    return List.of(
        Route.post(PATH, Access.write(ApiResource.REFUND), CREATE, one, this::create),
        Route.get(PATH, Access.read(ApiResource.REFUND), LIST, Result.listOf(OBJECT), this::list),
        Route.get(
            OF_CHARGE.formatted("{id}"),
            Access.read(ApiResource.REFUND),
            ListQuery.shape(),
            Result.listOf(OBJECT),
            this::listOfCharge),
        Route.get(PATH + "/{id}", Access.read(ApiResource.REFUND), Shape.NONE, one, this::retrieve),
        Route.post(PATH + "/{id}", Access.write(ApiResource.REFUND), UPDATE, one, this::update),
        Route.post(
            PATH + "/{id}/cancel",
            Access.write(ApiResource.REFUND),
            Shape.NONE,
            one,
            this::cancel));
  }

  /**
   * Tries again if the charge moved before the refund was stored. It can only be that: once it is
   * stored the processor throws nothing, so that no refund is sent twice.
   */
  private Reply create(ApiRequest request) {
    ApiException last = new ApiException(ApiErrors.lockTimeout());
    for (int i = 0; i < TRIES; i++) {
      try {
        return createOnce(request);
      } catch (ApiException e) {
        if (!"lock_timeout".equals(e.error().code())) {
          throw e;
        }
        last = e;
      }
    }
    throw last;
  }

  private Reply createOnce(ApiRequest request) {
    Arguments sent = request.arguments();
    Charge charge = charge(request);
    if (sent.has("amount")) {
      Amounts.checkPart(
          new Money(sent.requiredInteger("amount"), charge.amount().currency()), "amount");
    }
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    sent.string("reason").ifPresent(reason -> facts.put("reason", reason));
    sent.string("instructions_email")
        .ifPresent(address -> facts.put("instructions_email", address));
    sent.metadata().ifPresent(update -> facts.put("metadata", update.applyTo(Map.of())));
    Doc.put(facts, "payment_method", charge.facts().get("payment_method"));
    Doc.put(facts, "customer", charge.facts().get("customer"));
    Decision decision =
        RefundMachine.create(
            charge,
            desk.fresh(request, "re"),
            desk.next("op"),
            sent.has("amount") ? sent.requiredInteger("amount") : null,
            facts);
    if (decision instanceof Decision.Refusal(var error)) {
      throw new ApiException(error);
    }
    Transition transition = (Transition) decision;
    Refund refund = Objects.requireNonNull(transition.find(Refund.class));
    Charge after = Objects.requireNonNull(transition.find(Charge.class));
    Attempt attempt =
        new Attempt(
            Objects.requireNonNull(transition.ask()),
            Way.to(charge.provider()),
            OBJECT,
            refund.head().id(),
            charge.head().id(),
            Map.of(),
            false);
    return processor.run(
        request.principal(),
        new Run(
            transition,
            attempt,
            new Subject.Repayment(refund, after),
            Desk.caller(request),
            List.of()));
  }

  private Charge charge(ApiRequest request) {
    Principal principal = request.principal();
    Arguments sent = request.arguments();
    if (sent.has("charge") == sent.has("payment_intent")) {
      throw new ApiException(
          sent.has("charge")
              ? ApiErrors.invalid(
                  "charge",
                  "parameters_exclusive",
                  "You may only specify one of these parameters: charge, payment_intent.")
              : ApiErrors.invalid(
                  "payment_intent",
                  "parameter_missing",
                  "Missing required param: payment_intent, or charge."));
    }
    if (sent.has("charge")) {
      return requireCharge(principal, sent.requiredString("charge"), "charge");
    }
    String id = sent.requiredString("payment_intent");
    PaymentIntent intent =
        store
            .paymentIntent(principal, id)
            .orElseThrow(
                () -> new ApiException(ApiErrors.noSuch("payment_intent", id, "payment_intent")));
    String latest = intent.progress().latestCharge();
    if (latest == null || intent.progress().received() == 0) {
      throw new ApiException(
          // Without the object: whoever may refund need not be one who may read payments.
          ApiErrors.invalid(
              "payment_intent",
              "payment_intent_unexpected_state",
              "This PaymentIntent ("
                  + id
                  + ") does not have a successful charge to refund; its status is "
                  + intent.status().wire()
                  + "."));
    }
    return requireCharge(principal, latest, "payment_intent");
  }

  private Charge requireCharge(Principal principal, String id, String param) {
    return store
        .charge(principal, id)
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch("charge", id, param)));
  }

  private Refund require(ApiRequest request) {
    String id = request.path("id");
    return store
        .refund(request.principal(), id)
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch(OBJECT, id, "id")));
  }

  private Reply retrieve(ApiRequest request) {
    return Reply.ok(desk.views().render(require(request)));
  }

  private Reply update(ApiRequest request) {
    Refund refund = require(request);
    Map<String, @Nullable Object> facts = new LinkedHashMap<>(refund.facts());
    request
        .arguments()
        .metadata()
        .ifPresent(update -> facts.put("metadata", update.applyTo(IntentParams.metadata(facts))));
    Refund after = refund.at(refund.status(), facts);
    return desk.commit(
        request, Transition.of(after).because("refund.updated", after), after, List.of());
  }

  private Reply cancel(ApiRequest request) {
    throw new ApiException(RefundMachine.cancel(require(request)).error());
  }

  private Reply list(ApiRequest request) {
    List<Filter> filters = new ArrayList<>();
    for (String name : List.of("charge", "payment_intent")) {
      request.arguments().string(name).ifPresent(id -> filters.add(Filter.is(name, id)));
    }
    return page(request, filters, PATH);
  }

  private Reply listOfCharge(ApiRequest request) {
    String charge = requireCharge(request.principal(), request.path("id"), "id").head().id();
    return page(request, List.of(Filter.is("charge", charge)), OF_CHARGE.formatted(charge));
  }

  private Reply page(ApiRequest request, List<Filter> filters, String url) {
    return Reply.ok(
        store
            .page(
                Tables.REFUNDS,
                OBJECT,
                request.principal(),
                ListQuery.of(request.arguments()),
                filters)
            .render(url, row -> desk.views().render(Tables.read(OBJECT, row))));
  }
}
