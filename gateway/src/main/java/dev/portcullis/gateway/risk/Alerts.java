package dev.portcullis.gateway.risk;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.http.Resource;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.gateway.sealing.PersonalData;
import dev.portcullis.gateway.sealing.Place;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.ApiResource;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells the merchant and the operator when card testing is noticed, and when it has ended. */
@Component
final class Alerts implements Resource {

  static final String OBJECT = "portcullis.card_testing_alert";

  private static final Logger LOG = Logger.getLogger(Alerts.class.getName());
  static final Table TABLE =
      Table.of("risk_alerts", "fixed scope text", "active boolean", "personal doc jsonb");

  private final Journal journal;
  private final Database database;
  private final PersonalData personal;
  private final MeterRegistry meters;
  private final Ids ids;
  private final InstantSource clock;

  Alerts(
      Journal journal,
      Database database,
      PersonalData personal,
      MeterRegistry meters,
      Ids ids,
      InstantSource clock) {
    this.journal = journal;
    this.database = database;
    this.personal = personal;
    this.meters = meters;
    this.ids = ids;
    this.clock = clock;
  }

  /** Tells of those changes that begin or end an alarm. */
  void tell(List<Observer.Change> changes) {
    for (Observer.Change change : changes) {
      boolean calmBefore = change.before().isCalm();
      boolean calmAfter = change.after().isCalm();
      if (calmBefore && !calmAfter) {
        begin(change);
      } else if (!calmBefore && calmAfter) {
        active(change.scope()).ifPresent(alert -> end(change.scope(), alert));
      }
    }
  }

  private void begin(Observer.Change change) {
    Scope scope = change.scope();
    LOG.log(
        Level.WARNING,
        "card testing in account {0}: unknown cards are refused by {1}",
        new Object[] {scope.account(), scope.kind().wire()});
    Counter.builder("portcullis.card.testing.detected")
        .description("Alarms of card testing")
        .tag("scope", scope.kind().wire())
        .register(meters)
        .increment();
    if (active(scope).isPresent()) {
      return;
    }
    Instant now = clock.instant();
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("id", ids.next("alert"));
    doc.put("object", OBJECT);
    doc.put("created", now.getEpochSecond());
    doc.put("ended_at", null);
    doc.put("livemode", scope.livemode());
    doc.put("scope", shown(change));
    doc.put("status", "active");
    commit(scope, doc, 1, now, "portcullis.card_testing.detected");
  }

  /** An address stands under a name of its own, since it is personal, and sealed. */
  static Map<String, String> shown(Observer.Change change) {
    Scope scope = change.scope();
    String network = change.network();
    return network == null
        ? Map.of("kind", scope.kind().wire(), "value", scope.value())
        : Map.of("kind", scope.kind().wire(), "address", network);
  }

  private void end(Scope scope, Stored alert) {
    Map<String, @Nullable Object> doc = Json.readObject(alert.doc());
    doc.put("ended_at", clock.instant().getEpochSecond());
    doc.put("status", "ended");
    commit(scope, doc, alert.version() + 1, alert.created(), "portcullis.card_testing.ended");
  }

  private Optional<Stored> active(Scope scope) {
    return database
        .of(scope.account())
        .sql(
            "SELECT id, livemode, version, created, doc FROM risk_alerts WHERE account = ? AND"
                + " livemode = ? AND scope = ? AND active ORDER BY id DESC LIMIT 1")
        .params(scope.account(), scope.livemode(), name(scope))
        .query(
            (row, _) ->
                new Stored(
                    row.getString(1),
                    row.getBoolean(2),
                    row.getInt(3),
                    row.getObject(4, OffsetDateTime.class).toInstant(),
                    personal.open(place(scope, row.getString(1)), row.getString(5))))
        .optional();
  }

  private static Place place(Scope scope, String id) {
    return Place.of(scope.account(), scope.livemode(), TABLE, TABLE.column("doc"), id);
  }

  private static String name(Scope scope) {
    return scope.kind().wire() + " " + scope.value();
  }

  private void commit(
      Scope scope, Map<String, @Nullable Object> doc, int version, Instant created, String type) {
    String id = String.valueOf(doc.get("id"));
    String json = Json.writeString(doc);
    Row row = Row.of(id, version, created, name(scope), "active".equals(doc.get("status")), json);
    Change.Builder change = Change.in(scope.account(), scope.livemode());
    if (version == 1) {
      change.insert(TABLE, row);
    } else {
      change.update(TABLE, row);
    }
    change.event(
        new Event(
            ids.next("evt"), clock.instant(), type, OBJECT, id, version, null, null, null, json));
    if (!(journal.commit(change.build()) instanceof Verdict.Committed)) {
      LOG.log(Level.WARNING, "an alert of card testing could not be stored: {0}", id);
    }
  }

  @Override
  public String object() {
    return OBJECT;
  }

  @Override
  public ApiResource resource() {
    return ApiResource.RADAR;
  }

  @Override
  public Table table() {
    return TABLE;
  }

  @Override
  public Map<String, String> expandable() {
    return Map.of();
  }

  @Override
  public Map<String, @Nullable Object> render(Stored stored) {
    return Json.readObject(stored.doc());
  }
}
