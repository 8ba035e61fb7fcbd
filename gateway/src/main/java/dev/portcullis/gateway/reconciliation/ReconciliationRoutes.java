package dev.portcullis.gateway.reconciliation;

import dev.portcullis.gateway.admin.AdminRoutes;
import dev.portcullis.gateway.admin.OnlyAccount;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.reconciliation.Reconciliation.Step;
import dev.portcullis.gateway.reconciliation.ReconciliationItem.Difference;
import dev.portcullis.gateway.reconciliation.ReconciliationItem.Settled;
import dev.portcullis.gateway.reconciliation.ReconciliationRun.Whose;
import dev.portcullis.gateway.reconciliation.ReconciliationStore.Wanted;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reconciliation for people.
 *
 * <p>Errors: 400 {@code resource_missing}, {@code parameter_invalid}, {@code report_unreadable},
 * {@code reconciliation_state}, {@code no_operation_feed}, {@code provider_not_connected}, {@code
 * provider_unavailable}.
 */
@Component
final class ReconciliationRoutes implements AdminRoutes {

  private static final String RUNS = "/admin/v1/reconciliations";
  private static final String ITEMS = "/admin/v1/reconciliation_items";
  private static final int LONGEST_PART = 128 << 10;
  private static final int SHOWN = 100;

  private static final Param ACCOUNT = Param.id("account");
  private static final Param LIVEMODE = Param.bool("livemode");
  private static final Shape BEGIN =
      Shape.of(
          ACCOUNT,
          LIVEMODE,
          Param.string("provider").max(49).required(),
          Param.string("day", Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}"), "a day, as 2026-01-31")
              .required(),
          Param.choice(
                  "source",
                  Stream.concat(
                          Stream.of(ReconciliationRun.FEED),
                          Stream.of(ReportFormat.values()).map(ReportFormat::wire))
                      .toArray(String[]::new))
              .required());
  private static final Shape OF_ACCOUNT = Shape.of(ACCOUNT);
  private static final Shape PART =
      Shape.of(
          ACCOUNT,
          Param.integer("from").range(0, Reconciliation.MOST_RECORDS).required(),
          Param.lines("csv").max(LONGEST_PART).required());
  private static final Shape LIST =
      Shape.of(ACCOUNT, LIVEMODE, Param.integer("limit").range(1, SHOWN));
  private static final Shape WANTED =
      Shape.of(
          ACCOUNT,
          LIVEMODE,
          Param.choice("state", "open", "explained", "settled"),
          Param.string("provider").max(49),
          Param.id("before"),
          Param.integer("limit").range(1, SHOWN));
  private static final Shape SETTLE = Shape.of(ACCOUNT, Param.string("reason").max(500).required());

  private final Reconciliation reconciliation;
  private final ReconciliationStore store;
  private final OnlyAccount accounts;

  ReconciliationRoutes(
      Reconciliation reconciliation, ReconciliationStore store, OnlyAccount accounts) {
    this.reconciliation = reconciliation;
    this.store = store;
    this.accounts = accounts;
  }

  @Override
  public List<AdminRoute> routes() {
    return List.of(
        AdminRoute.get(RUNS, Right.READ_PROVIDERS, LIST, this::runs),
        AdminRoute.post(RUNS, Right.RECONCILE, BEGIN, this::begin),
        AdminRoute.post(RUNS + "/{id}/records", Right.RECONCILE, PART, this::take),
        AdminRoute.post(RUNS + "/{id}/read", Right.RECONCILE, OF_ACCOUNT, this::read),
        AdminRoute.post(RUNS + "/{id}/compare", Right.RECONCILE, OF_ACCOUNT, this::compare),
        AdminRoute.get(ITEMS, Right.READ_PROVIDERS, WANTED, this::items),
        AdminRoute.post(ITEMS + "/{id}/settle", Right.RECONCILE, SETTLE, this::settle));
  }

  private Map<String, ? extends @Nullable Object> runs(AdminRequest request) {
    Arguments sent = request.arguments();
    return list(
        store.newest(accounts.of(sent), sent.isTrue("livemode"), limit(sent)).stream()
            .map(run -> body(run, false))
            .toList());
  }

  private static int limit(Arguments sent) {
    return Math.toIntExact(sent.integer("limit").orElse(SHOWN));
  }

  private static Map<String, @Nullable Object> list(List<Map<String, @Nullable Object>> data) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "list");
    body.put("data", data);
    return body;
  }

  private Map<String, ? extends @Nullable Object> begin(AdminRequest request) {
    Arguments sent = request.arguments();
    Whose whose =
        new Whose(accounts.of(sent), sent.isTrue("livemode"), sent.requiredString("provider"));
    return told(
        reconciliation.begin(
            actor(request), whose, day(sent.requiredString("day")), sent.requiredString("source")));
  }

  private static LocalDate day(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new ApiException(
          ApiErrors.invalid("day", "parameter_invalid", "There is no such day."));
    }
  }

  private Map<String, ? extends @Nullable Object> take(AdminRequest request) {
    Arguments sent = request.arguments();
    return told(
        reconciliation.take(
            accounts.of(sent),
            request.variable("id"),
            Math.toIntExact(sent.requiredInteger("from")),
            sent.requiredString("csv")));
  }

  private Map<String, ? extends @Nullable Object> read(AdminRequest request) {
    return told(reconciliation.read(accounts.of(request.arguments()), request.variable("id")));
  }

  private Map<String, ? extends @Nullable Object> compare(AdminRequest request) {
    return told(
        reconciliation.finish(
            actor(request), accounts.of(request.arguments()), request.variable("id")));
  }

  private Map<String, ? extends @Nullable Object> items(AdminRequest request) {
    Arguments sent = request.arguments();
    Wanted wanted =
        new Wanted(
            sent.string("state").orElse(null),
            sent.string("provider").orElse(null),
            sent.string("before").orElse(null),
            limit(sent));
    return list(
        store.items(accounts.of(sent), sent.isTrue("livemode"), wanted).stream()
            .map(ReconciliationRoutes::body)
            .toList());
  }

  private Map<String, ? extends @Nullable Object> settle(AdminRequest request) {
    Arguments sent = request.arguments();
    String id = request.variable("id");
    return reconciliation
        .settle(actor(request), accounts.of(sent), id, sent.requiredString("reason"))
        .map(ReconciliationRoutes::body)
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch("reconciliation item", id, "id")));
  }

  private static Actor actor(AdminRequest request) {
    return new Actor(request.session().person(), request.address());
  }

  private static Map<String, ? extends @Nullable Object> told(Step step) {
    return switch (step) {
      case Step.Taken(ReconciliationRun run, boolean more) -> body(run, more);
      case Step.Refused(String param, String code, String message) ->
          throw new ApiException(ApiErrors.invalid(param, code, message));
    };
  }

  private static Map<String, @Nullable Object> body(ReconciliationRun run, boolean more) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "reconciliation");
    body.put("id", run.id());
    body.put("account", run.whose().account());
    body.put("livemode", run.whose().livemode());
    body.put("provider", run.whose().provider());
    body.put("day", run.day().toString());
    body.put("source", run.source());
    body.put("status", run.done() ? "done" : "reading");
    body.put("records", (long) run.read());
    body.put("more", more);
    if (run.done()) {
      body.put("report", run.report());
    }
    return body;
  }

  private static Map<String, @Nullable Object> body(ReconciliationItem item) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    Difference difference = item.difference();
    body.put("object", "reconciliation_item");
    body.put("id", item.id());
    body.put("created", item.created().getEpochSecond());
    body.put("provider", item.provider());
    body.put("day", item.day().toString());
    body.put("verdict", difference.verdict().wire());
    body.put("kind", difference.kind());
    body.put("operation", difference.operation());
    body.put("provider_reference", difference.providerId());
    body.put("our_amount", difference.ours().amount());
    body.put("our_currency", difference.ours().currency());
    body.put("their_amount", difference.theirs().amount());
    body.put("their_currency", difference.theirs().currency());
    body.put("action", difference.action());
    body.put("status", item.state());
    Settled settled = item.settled();
    body.put("settled_by", settled == null ? null : settled.by());
    body.put("settled_at", settled == null ? null : settled.at().getEpochSecond());
    body.put("reason", settled == null ? null : settled.reason());
    return body;
  }
}
