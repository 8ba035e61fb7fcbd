package dev.portcullis.simulator;

import dev.portcullis.kit.Secret;
import dev.portcullis.simulator.Acquirer.MovementRequest;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the vault talks to: the provider's API, with the faults of the plan in force. */
final class ProviderRoutes implements HttpService {
  private static final Set<String> VOID_NAMES = Set.of("reference");
  private static final Set<String> EVIDENCE_NAMES = Set.of("reference", "evidence");
  private static final Set<String> MOVEMENT_NAMES = Set.of("reference", "amount", "currency");

  private final Acquirer acquirer;
  private final Supplier<Answers> answers;
  private final Exchange exchange;
  private final Secret key;

  ProviderRoutes(Acquirer acquirer, Supplier<Answers> answers, Exchange exchange, Secret key) {
    this.acquirer = acquirer;
    this.answers = answers;
    this.exchange = exchange;
    this.key = key;
  }

  @Override
  public void routing(HttpRules rules) {
    rules
        .post("/sandbox/v1/authorizations", this::authorize)
        .post("/sandbox/v1/authorizations/{id}/captures", move(Operation.Kind.CAPTURE))
        .post("/sandbox/v1/authorizations/{id}/voids", move(Operation.Kind.VOID))
        .post("/sandbox/v1/authorizations/{id}/refunds", move(Operation.Kind.REFUND))
        .get("/sandbox/v1/disputes/after/{change}", this::disputes)
        .post("/sandbox/v1/disputes/{id}/evidence", respond(Operation.Kind.EVIDENCE))
        .post("/sandbox/v1/disputes/{id}/acceptance", respond(Operation.Kind.ACCEPTANCE))
        .get("/sandbox/v1/operations/since/{seconds}/after/{number}", this::operations)
        .get("/sandbox/v1/operations/{reference}", this::lookup);
  }

  private void authorize(ServerRequest request, ServerResponse response) {
    Http.requireKey(request, key);
    AuthorizationRequest wanted = AuthorizationRequest.read(Http.body(request));
    requireIdempotencyKey(request, wanted.reference());
    run("authorize", wanted.reference(), response, () -> first(acquirer.authorize(wanted)));
  }

  private io.helidon.webserver.http.Handler move(Operation.Kind kind) {
    return (request, response) -> {
      Http.requireKey(request, key);
      MovementRequest wanted =
          movement(kind, request.path().pathParameters().get("id"), Http.body(request));
      requireIdempotencyKey(request, wanted.reference());
      String name = Answers.wire(kind);
      run(name, wanted.reference(), response, () -> first(acquirer.move(wanted)));
    };
  }

  private static MovementRequest movement(
      Operation.Kind kind, String authorization, Map<String, @Nullable Object> body) {
    Fields fields = Fields.of(body);
    if (kind == Operation.Kind.VOID) {
      String reference = fields.only(VOID_NAMES).text("reference");
      return new MovementRequest(kind, reference, authorization, 0, null);
    }
    fields.only(MOVEMENT_NAMES);
    return new MovementRequest(
        kind,
        fields.text("reference"),
        authorization,
        fields.amount("amount", 1),
        fields.currency("currency"));
  }

  private io.helidon.webserver.http.Handler respond(Operation.Kind kind) {
    return (request, response) -> {
      Http.requireKey(request, key);
      Fields fields = Fields.of(Http.body(request));
      boolean evidence = kind == Operation.Kind.EVIDENCE;
      fields.only(evidence ? EVIDENCE_NAMES : VOID_NAMES);
      MovementRequest wanted =
          new MovementRequest(
              kind, fields.text("reference"), request.path().pathParameters().get("id"), 0, null);
      Map<String, String> texts = evidence ? fields.object("evidence").texts() : Map.of();
      requireIdempotencyKey(request, wanted.reference());
      run(
          Answers.wire(kind),
          wanted.reference(),
          response,
          () -> first(acquirer.respond(wanted, texts)));
    };
  }

  private void disputes(ServerRequest request, ServerResponse response) {
    Http.requireKey(request, key);
    String change = request.path().pathParameters().get("change");
    if (!change.matches("[0-9]{1,18}")) {
      throw Refused.invalid("change", "A whole number is needed.");
    }
    run(
        "disputes",
        change,
        response,
        () -> Answers.disputes(acquirer.disputesAfter(Long.parseLong(change))));
  }

  private void operations(ServerRequest request, ServerResponse response) {
    Http.requireKey(request, key);
    String seconds = request.path().pathParameters().get("seconds");
    String number = request.path().pathParameters().get("number");
    if (!seconds.matches("[0-9]{1,12}") || !number.matches("[0-9]{1,9}")) {
      throw Refused.invalid("number", "Whole numbers are needed.");
    }
    run(
        "operations",
        number,
        response,
        () ->
            Answers.operations(
                acquirer.books().since(Long.parseLong(seconds), Integer.parseInt(number))));
  }

  private void lookup(ServerRequest request, ServerResponse response) {
    Http.requireKey(request, key);
    String reference = request.path().pathParameters().get("reference");
    run(
        "lookup",
        reference,
        response,
        () ->
            acquirer
                .lookup(reference)
                .map(found -> answers.get().current(found))
                .orElseThrow(
                    () -> new Refused(404, "not_found", "There is no such operation.", null)));
  }

  private Answer first(Operation operation) {
    return answers.get().first(operation);
  }

  /** One name for both: a caller that sends two is mistaken about which protects it. */
  private static void requireIdempotencyKey(ServerRequest request, String reference) {
    String sent = request.headers().first(HeaderNames.create("Idempotency-Key")).orElse("");
    if (!sent.equals(reference)) {
      throw new Refused(
          400,
          "idempotency_key_invalid",
          "The Idempotency-Key must be the operation's reference.",
          "reference");
    }
  }

  private void run(
      String operation, String reference, ServerResponse response, Supplier<Answer> work) {
    exchange.run(operation, reference, response, work, Exchange.Wording.json(Refused::answer));
  }
}
