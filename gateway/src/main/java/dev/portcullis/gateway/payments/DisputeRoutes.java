package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.payments.PaymentProcessor.Run;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
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

/** {@code /v1/disputes}: retrieve, list, update, close. Banks make them. */
@Component
final class DisputeRoutes implements Routes {

  private static final String OBJECT = "dispute";
  private static final String PATH = "/v1/disputes";

  private static final Shape UPDATE =
      Shape.of(Param.hash("evidence", Evidence.SHAPE), Param.metadata(), Param.bool("submit"));
  private static final Shape LIST = ListQuery.shape(Param.id("charge"), Param.id("payment_intent"));

  private final Desk desk;
  private final PaymentStore store;
  private final PaymentProcessor processor;

  DisputeRoutes(Desk desk, PaymentStore store, PaymentProcessor processor) {
    this.desk = desk;
    this.store = store;
    this.processor = processor;
  }

  @Override
  public List<Route> routes() {
    Result one = Result.one(OBJECT);
    return List.of(
        Route.get(PATH, Access.read(ApiResource.DISPUTE), LIST, Result.listOf(OBJECT), this::list),
        Route.get(
            PATH + "/{id}", Access.read(ApiResource.DISPUTE), Shape.NONE, one, this::retrieve),
        Route.post(PATH + "/{id}", Access.write(ApiResource.DISPUTE), UPDATE, one, this::update),
        Route.post(
            PATH + "/{id}/close", Access.write(ApiResource.DISPUTE), Shape.NONE, one, this::close));
  }

  private Dispute require(ApiRequest request) {
    String id = request.path("id");
    return store
        .dispute(request.principal(), id)
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch(OBJECT, id, "id")));
  }

  private Reply retrieve(ApiRequest request) {
    return Reply.ok(desk.views().render(require(request)));
  }

  /**
   * Evidence is sent to the bank at once unless {@code submit} is false. Metadata alone sends
   * nothing, and can be changed at any time.
   */
  private Reply update(ApiRequest request) {
    Dispute dispute = require(request);
    Arguments sent = request.arguments();
    Map<String, @Nullable Object> facts = new LinkedHashMap<>(dispute.facts());
    sent.metadata()
        .ifPresent(update -> facts.put("metadata", update.applyTo(IntentParams.metadata(facts))));
    Map<String, @Nullable Object> all =
        sent.hash("evidence")
            .map(
                evidence ->
                    DisputeMachine.withEvidence(
                        facts, Evidence.merged(dispute.evidence(), evidence)))
            .orElse(facts);
    if (sent.bool("submit").orElse(sent.has("evidence"))) {
      return ask(
          request,
          dispute,
          taken(DisputeMachine.submit(dispute, all, desk.next("op"), desk.now())));
    }
    Transition transition = taken(DisputeMachine.update(dispute, all, desk.now()));
    return desk.commit(
        request, transition, Objects.requireNonNull(transition.find(Dispute.class)), List.of());
  }

  private Reply close(ApiRequest request) {
    Dispute dispute = require(request);
    return ask(request, dispute, taken(DisputeMachine.accept(dispute, desk.next("op"))));
  }

  private Reply ask(ApiRequest request, Dispute before, Transition transition) {
    Principal principal = request.principal();
    Attempt attempt =
        new Attempt(
            Objects.requireNonNull(transition.ask()),
            Way.to(before.of().provider()),
            OBJECT,
            before.head().id(),
            before.of().charge(),
            Map.of(),
            false);
    Dispute after = Objects.requireNonNull(transition.find(Dispute.class));
    return processor.run(
        principal,
        new Run(
            transition, attempt, new Subject.Contested(after), Desk.caller(request), List.of()));
  }

  private static Transition taken(Decision decision) {
    return switch (decision) {
      case Transition transition -> transition;
      case Decision.Refusal(var error) -> throw new ApiException(error);
    };
  }

  private Reply list(ApiRequest request) {
    List<Filter> filters = new ArrayList<>();
    for (String name : List.of("charge", "payment_intent")) {
      request.arguments().string(name).ifPresent(id -> filters.add(Filter.is(name, id)));
    }
    return Reply.ok(
        store
            .page(
                Tables.DISPUTES,
                OBJECT,
                request.principal(),
                ListQuery.of(request.arguments()),
                filters)
            .render(PATH, row -> desk.views().render(Tables.read(OBJECT, row))));
  }
}
