package dev.portcullis.simulator;

import dev.portcullis.kit.Secret;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a test talks to: faults in, the ledger out. */
final class ControlRoutes implements HttpService {
  private static final int MAX_PAGE = 1_000;

  private final Acquirer acquirer;
  private final Faults faults;
  private final Secret key;

  ControlRoutes(Acquirer acquirer, Faults faults, Secret key) {
    this.acquirer = acquirer;
    this.faults = faults;
    this.key = key;
  }

  @Override
  public void routing(HttpRules rules) {
    rules
        .put("/control/faults", this::plan)
        .delete("/control/faults", this::clear)
        .get("/control/ledger", this::ledger);
  }

  private void plan(ServerRequest request, ServerResponse response) {
    Http.requireKey(request, key);
    faults.use(FaultPlan.read(Http.body(request)));
    Http.send(response, new Answer(200, Map.of("faults", true)));
  }

  private void clear(ServerRequest request, ServerResponse response) {
    Http.requireKey(request, key);
    faults.use(null);
    Http.send(response, new Answer(200, Map.of("faults", false)));
  }

  private void ledger(ServerRequest request, ServerResponse response) {
    Http.requireKey(request, key);
    int after = number(request, "after", 0, Integer.MAX_VALUE);
    int limit = Math.max(1, number(request, "limit", 100, MAX_PAGE));
    List<Object> entries = new ArrayList<>();
    for (Operation operation : acquirer.list(after, limit)) {
      entries.add(entry(operation));
    }
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("entries", entries);
    // A cursor of its own: the next page starts behind the last entry, and stays right as it grows.
    body.put("next", entries.size() < limit ? null : Integer.toString(after + entries.size()));
    Http.send(response, new Answer(200, body));
  }

  private static int number(ServerRequest request, String name, int usual, int most) {
    String text = request.query().first(name).orElse("");
    if (text.isEmpty()) {
      return usual;
    }
    try {
      return Math.min(most, Integer.parseUnsignedInt(text));
    } catch (NumberFormatException e) {
      throw Refused.invalid(name, "A whole number is needed.");
    }
  }

  private static Map<String, @Nullable Object> entry(Operation operation) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    Operation.Identity identity = operation.identity();
    entry.put("seq", identity.number() + 1L);
    switch (operation) {
      case Operation.Authorization authorization -> {
        Operation.Funds funds = authorization.funds();
        entry.put("kind", "authorization");
        entry.put("id", identity.id());
        entry.put("reference", identity.reference());
        entry.put("authorization", identity.id());
        entry.put("amount", authorization.terms().amount());
        entry.put("currency", authorization.terms().currency());
        entry.put("captured", funds.captured());
        entry.put("refunded", funds.refunded());
        entry.put(
            "status", funds.voided() ? "voided" : Answers.wire(authorization.outcome().status()));
        entry.put("decline_code", authorization.outcome().declineCode());
        entry.put("last4", authorization.terms().last4());
      }
      case Operation.Movement movement -> {
        entry.put("kind", Answers.wire(movement.kind()));
        entry.put("id", identity.id());
        entry.put("reference", identity.reference());
        entry.put("authorization", movement.authorization());
        entry.put("amount", movement.amount());
        entry.put("currency", movement.currency());
        entry.put("status", Answers.wire(movement.status()));
      }
      case Operation.Dispute dispute -> {
        entry.put("kind", "dispute");
        entry.put("id", identity.id());
        entry.put("reference", identity.reference());
        entry.put("authorization", dispute.claim().authorization());
        entry.put("amount", dispute.claim().amount());
        entry.put("currency", dispute.claim().currency());
        entry.put("status", Answers.wire(dispute.stage()));
      }
    }
    return entry;
  }
}
