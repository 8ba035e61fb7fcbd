package dev.portcullis.simulator;

import dev.portcullis.kit.Secret;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a test talks to: faults, notifications and time in, the ledgers out. */
final class ControlRoutes implements HttpService {
  private static final int MAX_PAGE = 1_000;

  private static final long MOST_SECONDS = 400L * 86_400;

  /** What a test may do with a provider; the sandbox notifies nobody. */
  record Controlled(Acquirer acquirer, Faults faults, @Nullable Notifier notifier) {}

  private final Map<String, Controlled> providers;
  private final Consumer<Duration> advance;
  private final Secret key;

  /**
   * Makes the routes.
   *
   * @param providers by name
   * @param advance sets the clock forward, and lets come true what is due then
   */
  ControlRoutes(Map<String, Controlled> providers, Consumer<Duration> advance, Secret key) {
    this.providers = Map.copyOf(providers);
    this.advance = advance;
    this.key = key;
  }

  @Override
  public void routing(HttpRules rules) {
    rules
        .put("/control/faults", this::plan)
        .delete("/control/faults", this::clear)
        .get("/control/ledger", this::ledger)
        .put("/control/notifications", this::notifyThere)
        .delete("/control/notifications", this::notifyNobody)
        .get("/control/notifications", this::notifications)
        .post("/control/clock", this::clock);
  }

  private Controlled provider(ServerRequest request) {
    Http.requireKey(request, key);
    Controlled provider = providers.get(request.query().first("provider").orElse("sandbox"));
    if (provider == null) {
      throw Refused.invalid("provider", "There is no such provider.");
    }
    return provider;
  }

  private Notifier notifier(ServerRequest request) {
    Notifier notifier = provider(request).notifier();
    if (notifier == null) {
      throw Refused.invalid("provider", "This provider notifies nobody.");
    }
    return notifier;
  }

  private void plan(ServerRequest request, ServerResponse response) {
    provider(request).faults().use(FaultPlan.read(Http.body(request)));
    Http.send(response, new Answer(200, Map.of("faults", true)));
  }

  private void clear(ServerRequest request, ServerResponse response) {
    provider(request).faults().use(null);
    Http.send(response, new Answer(200, Map.of("faults", false)));
  }

  private void notifyThere(ServerRequest request, ServerResponse response) {
    notifier(request).use(NotificationPlan.read(Http.body(request)));
    Http.send(response, new Answer(200, Map.of("notifications", true)));
  }

  private void notifyNobody(ServerRequest request, ServerResponse response) {
    notifier(request).use(null);
    Http.send(response, new Answer(200, Map.of("notifications", false)));
  }

  private void notifications(ServerRequest request, ServerResponse response) {
    Http.send(response, new Answer(200, notifier(request).state()));
  }

  private void clock(ServerRequest request, ServerResponse response) {
    Http.requireKey(request, key);
    Fields fields = Fields.of(Http.body(request)).only(Set.of("advance_seconds"));
    long seconds = fields.amount("advance_seconds", 1);
    if (seconds > MOST_SECONDS) {
      throw Refused.invalid("advance_seconds", "400 days at once are the most.");
    }
    advance.accept(Duration.ofSeconds(seconds));
    Http.send(response, new Answer(200, Map.of("advanced_seconds", seconds)));
  }

  private void ledger(ServerRequest request, ServerResponse response) {
    Controlled provider = provider(request);
    int after = number(request, "after", 0, Integer.MAX_VALUE);
    int limit = Math.max(1, number(request, "limit", 100, MAX_PAGE));
    Books.Page page = provider.acquirer().books().list(after, limit);
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("entries", page.operations().stream().map(ControlRoutes::entry).toList());
    // A cursor of its own: the next page starts behind the last entry, and stays right as it grows.
    boolean whole = page.operations().size() == limit;
    body.put("next", whole ? Integer.toString(page.cursor()) : null);
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
    if (operation.notes().alias() != null) {
      entry.put("merchant_reference", operation.notes().alias());
    }
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
      case Operation.Receipt receipt -> throw new IllegalArgumentException("a receipt");
    }
    return entry;
  }
}
