package dev.portcullis.gateway.routing;

import dev.portcullis.gateway.admin.AdminRoutes;
import dev.portcullis.gateway.admin.OnlyAccount;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.routing.RulesTable.Activation;
import dev.portcullis.gateway.routing.RulesTable.Version;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** How payments are routed, what other rules would have done, and why a payment went where. */
@Component
final class RoutingRoutes implements AdminRoutes {

  private static final String ROUTING = "/admin/v1/routing";
  private static final int SHOWN = 20;
  private static final int MOST_RETRIES = 100;
  private static final int MOST_DAYS = 90;
  private static final int USUAL_DAYS = 30;
  private static final int USUAL_PAYMENTS = 100_000;

  private static final Param ACCOUNT = Param.id("account");
  private static final Param LIVEMODE = Param.bool("livemode");
  private static final Param VERSION =
      Param.integer("version").range(0, Integer.MAX_VALUE).required();
  private static final Param EXPECTED =
      Param.integer("expected").range(0, Integer.MAX_VALUE).required();
  private static final Shape OF_ACCOUNT = Shape.of(ACCOUNT, LIVEMODE);
  private static final Shape ONE = OF_ACCOUNT.and(VERSION);
  private static final Shape DOCUMENT =
      OF_ACCOUNT.and(Param.lines("document").max(Rules.MOST_BYTES).required());
  private static final Shape ACTIVATE = OF_ACCOUNT.and(VERSION, EXPECTED);
  private static final Shape ROLLBACK = OF_ACCOUNT.and(EXPECTED);
  private static final Shape REPLAY =
      ONE.and(
          Param.integer("days").range(1, MOST_DAYS),
          Param.integer("payments").range(1, Replayer.MOST));
  private static final Shape EXPLAIN = OF_ACCOUNT.and(Param.id("payment").required());

  private final RuleBook book;
  private final RulesTable table;
  private final DecisionStore decisions;
  private final Replayer replayer;
  private final RetryStore plans;
  private final Circuits circuits;
  private final OnlyAccount accounts;

  RoutingRoutes(
      RuleBook book,
      RulesTable table,
      DecisionStore decisions,
      Replayer replayer,
      RetryStore plans,
      Circuits circuits,
      OnlyAccount accounts) {
    this.plans = plans;
    this.book = book;
    this.table = table;
    this.decisions = decisions;
    this.replayer = replayer;
    this.circuits = circuits;
    this.accounts = accounts;
  }

  @Override
  public List<AdminRoute> routes() {
    return List.of(
        AdminRoute.get(ROUTING, Right.READ_PROVIDERS, OF_ACCOUNT, this::show),
        AdminRoute.get(ROUTING + "/version", Right.READ_PROVIDERS, ONE, this::version),
        AdminRoute.get(ROUTING + "/replay", Right.READ_PROVIDERS, REPLAY, this::replay),
        AdminRoute.get(ROUTING + "/decisions", Right.READ_PROVIDERS, EXPLAIN, this::explain),
        AdminRoute.get(ROUTING + "/retries", Right.READ_PROVIDERS, OF_ACCOUNT, this::retries),
        AdminRoute.post(ROUTING + "/check", Right.READ_PROVIDERS, DOCUMENT, this::check),
        AdminRoute.post(ROUTING + "/propose", Right.MANAGE_PROVIDERS, DOCUMENT, this::propose),
        AdminRoute.post(ROUTING + "/activate", Right.MANAGE_PROVIDERS, ACTIVATE, this::activate),
        AdminRoute.post(ROUTING + "/rollback", Right.MANAGE_PROVIDERS, ROLLBACK, this::rollback));
  }

  private Tenant tenant(AdminRequest request) {
    Arguments sent = request.arguments();
    return new Tenant(accounts.of(sent), sent.isTrue("livemode"));
  }

  private static Actor actor(AdminRequest request) {
    return new Actor(request.session().person(), request.address());
  }

  private static int number(AdminRequest request, String name) {
    return Math.toIntExact(request.arguments().requiredInteger(name));
  }

  private static Map<String, @Nullable Object> body(Tenant tenant, String object) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", object);
    body.put("account", tenant.account());
    body.put("livemode", tenant.livemode());
    return body;
  }

  private Map<String, ? extends @Nullable Object> show(AdminRequest request) {
    Tenant tenant = tenant(request);
    int active = book.active(tenant);
    Map<String, @Nullable Object> body = body(tenant, "routing");
    body.put("active", active);
    body.put("document", active == 0 ? null : Json.read(book.find(tenant, active).document()));
    body.put(
        "versions", table.versions(tenant, SHOWN).stream().map(RoutingRoutes::version).toList());
    body.put(
        "activations",
        table.activations(tenant, SHOWN).stream().map(RoutingRoutes::activation).toList());
    body.put("circuits_open", List.copyOf(circuits.open(tenant)));
    return body;
  }

  private static Map<String, @Nullable Object> version(Version version) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("version", version.number());
    body.put("created", version.created().getEpochSecond());
    body.put("author", version.author());
    return body;
  }

  private static Map<String, @Nullable Object> activation(Activation activation) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("version", activation.version());
    body.put("at", activation.at().getEpochSecond());
    body.put("author", activation.author());
    return body;
  }

  private Map<String, ? extends @Nullable Object> version(AdminRequest request) {
    Tenant tenant = tenant(request);
    Version version = book.find(tenant, number(request, "version"));
    Map<String, @Nullable Object> body = body(tenant, "routing_version");
    body.putAll(version(version));
    body.put("document", Json.read(version.document()));
    return body;
  }

  private Map<String, ? extends @Nullable Object> check(AdminRequest request) {
    Tenant tenant = tenant(request);
    Rules rules = book.check(tenant, request.arguments().requiredString("document"));
    Map<String, @Nullable Object> body = body(tenant, "routing_check");
    body.put("rules", rules.rules().size());
    return body;
  }

  private Map<String, ? extends @Nullable Object> propose(AdminRequest request) {
    Tenant tenant = tenant(request);
    Map<String, @Nullable Object> body = body(tenant, "routing_version");
    body.putAll(
        version(
            book.propose(actor(request), tenant, request.arguments().requiredString("document"))));
    return body;
  }

  private Map<String, ? extends @Nullable Object> activate(AdminRequest request) {
    return told(
        tenant(request),
        book.activate(
            actor(request),
            tenant(request),
            number(request, "version"),
            number(request, "expected")));
  }

  private Map<String, ? extends @Nullable Object> rollback(AdminRequest request) {
    return told(
        tenant(request),
        book.rollback(actor(request), tenant(request), number(request, "expected")));
  }

  private static Map<String, @Nullable Object> told(Tenant tenant, Activation activation) {
    Map<String, @Nullable Object> body = body(tenant, "routing_activation");
    body.putAll(activation(activation));
    return body;
  }

  private Map<String, ? extends @Nullable Object> replay(AdminRequest request) {
    Tenant tenant = tenant(request);
    int version = number(request, "version");
    Duration window = Duration.ofDays(request.arguments().integer("days").orElse(USUAL_DAYS));
    int most = Math.toIntExact(request.arguments().integer("payments").orElse(USUAL_PAYMENTS));
    Map<String, @Nullable Object> body = body(tenant, "routing_replay");
    body.put("version", version);
    body.put("days", window.toDays());
    body.putAll(ReplayBody.of(replayer.run(tenant, version, window, most)));
    return body;
  }

  private Map<String, ? extends @Nullable Object> explain(AdminRequest request) {
    String account = accounts.of(request.arguments());
    String payment = request.arguments().requiredString("payment");
    List<DecisionStore.Made> made = decisions.ofPayment(account, payment);
    if (made.isEmpty()) {
      throw new ApiException(ApiErrors.noSuch("routed payment", payment, "payment"));
    }
    List<Object> data = new ArrayList<>();
    List<RetryStore.Made> retries = plans.ofPayment(account, payment);
    for (DecisionStore.Made each : made) {
      Tenant tenant = new Tenant(account, each.livemode());
      data.add(Explanations.of(each, rules(tenant, each.decision().version()), retries));
    }
    return Map.of("object", "list", "data", data);
  }

  private Map<String, ? extends @Nullable Object> retries(AdminRequest request) {
    List<Object> data = new ArrayList<>();
    for (RetryPlan plan : plans.planned(tenant(request), MOST_RETRIES)) {
      Map<String, @Nullable Object> body = new LinkedHashMap<>();
      body.put("object", "routing_retry");
      body.put("payment", plan.payment());
      body.putAll(Explanations.retry(plan));
      data.add(body);
    }
    return Map.of("object", "list", "data", data);
  }

  private @Nullable Rules rules(Tenant tenant, int version) {
    return version == 0 ? null : ActiveRules.read(book.find(tenant, version).document());
  }
}
