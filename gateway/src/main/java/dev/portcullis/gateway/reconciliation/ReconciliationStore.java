package dev.portcullis.gateway.reconciliation;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.reconciliation.ReconciliationItem.Difference;
import dev.portcullis.gateway.reconciliation.ReconciliationItem.Settled;
import dev.portcullis.gateway.reconciliation.ReconciliationItem.Sum;
import dev.portcullis.gateway.reconciliation.ReconciliationItem.Verdict;
import dev.portcullis.gateway.reconciliation.ReconciliationRun.Whose;
import dev.portcullis.wire.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Runs, and what they have found. */
@Component
final class ReconciliationStore {

  private static final String RUN =
      "SELECT account, livemode, provider, id, day, source, state, read, cursor, columns, report"
          + " FROM reconciliation_runs ";

  private static final String ITEM =
      "SELECT id, created, provider, day, subject, verdict, kind, operation, provider_id,"
          + " our_amount, our_currency, their_amount, their_currency, state, settled_by,"
          + " settled_at, reason FROM reconciliation_items ";

  private final Database database;

  ReconciliationStore(Database database) {
    this.database = database;
  }

  /**
   * Begins a run.
   *
   * @return false if it is the run of a day that nobody asked for, and it was begun already
   */
  boolean begin(ReconciliationRun run, Instant now, String by) {
    Whose whose = run.whose();
    int begun =
        database
            .of(whose.account())
            .sql(
                "INSERT INTO reconciliation_runs (account, livemode, id, created, created_by,"
                    + " provider, day, source, state, cursor) VALUES (?, ?, ?, ?, ?, ?, ?, ?,"
                    + " 'reading', ?) ON CONFLICT DO NOTHING")
            .params(
                whose.account(),
                whose.livemode(),
                run.id(),
                utc(now),
                by,
                whose.provider(),
                run.day(),
                run.source(),
                run.cursor())
            .update();
    return begun == 1;
  }

  /** The run, which nobody else changes until the transaction is over. */
  Optional<ReconciliationRun> lock(String account, String id) {
    return run(account, id, " FOR UPDATE");
  }

  Optional<ReconciliationRun> find(String account, String id) {
    return run(account, id, "");
  }

  private Optional<ReconciliationRun> run(String account, String id, String lock) {
    return database
        .of(account)
        .sql(RUN + "WHERE account = ? AND id = ?" + lock)
        .params(account, id)
        .query(ReconciliationStore::readRun)
        .optional();
  }

  /** The newest runs first. */
  List<ReconciliationRun> newest(String account, boolean livemode, int limit) {
    return database
        .of(account)
        .sql(RUN + "WHERE account = ? AND livemode = ? ORDER BY id DESC LIMIT ?")
        .params(account, livemode, limit)
        .query(ReconciliationStore::readRun)
        .list();
  }

  /** Notes how far the report was read. */
  void advance(ReconciliationRun run) {
    database
        .of(run.whose().account())
        .sql(
            "UPDATE reconciliation_runs SET read = ?, cursor = ?, columns = ?::jsonb"
                + " WHERE account = ? AND id = ?")
        .params(
            Arrays.<@Nullable Object>asList(
                run.read(),
                run.cursor(),
                run.columns() == null ? null : Json.writeString(Map.of("names", run.columns())),
                run.whose().account(),
                run.id()))
        .update();
  }

  void finish(ReconciliationRun run, Map<String, @Nullable Object> report, Instant now) {
    database
        .of(run.whose().account())
        .sql(
            "UPDATE reconciliation_runs SET state = 'done', finished = ?, report = ?::jsonb"
                + " WHERE account = ? AND id = ?")
        .params(utc(now), Json.writeString(report), run.whose().account(), run.id())
        .update();
  }

  /**
   * Writes a difference down. One that is known changes nothing, whether a person has settled it or
   * not; one whose figures are others now is open again.
   */
  void put(ReconciliationRun run, Difference found, String id, Instant now) {
    Whose whose = run.whose();
    database
        .of(whose.account())
        .sql(
            "INSERT INTO reconciliation_items AS i (account, livemode, id, created, provider,"
                + " subject, run, day, verdict, kind, operation, provider_id, our_amount,"
                + " our_currency, their_amount, their_currency, state)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')"
                + " ON CONFLICT (account, livemode, provider, subject) DO UPDATE SET"
                + " run = EXCLUDED.run, verdict = EXCLUDED.verdict, kind = EXCLUDED.kind,"
                + " operation = EXCLUDED.operation, provider_id = EXCLUDED.provider_id,"
                + " our_amount = EXCLUDED.our_amount, our_currency = EXCLUDED.our_currency,"
                + " their_amount = EXCLUDED.their_amount,"
                + " their_currency = EXCLUDED.their_currency, state = 'open', settled_by = NULL,"
                + " settled_at = NULL, reason = NULL"
                + " WHERE i.state = 'explained' OR (i.verdict, i.our_amount, i.our_currency,"
                + " i.their_amount, i.their_currency) IS DISTINCT FROM (EXCLUDED.verdict,"
                + " EXCLUDED.our_amount, EXCLUDED.our_currency, EXCLUDED.their_amount,"
                + " EXCLUDED.their_currency)")
        .params(
            Arrays.<@Nullable Object>asList(
                whose.account(),
                whose.livemode(),
                id,
                utc(now),
                whose.provider(),
                found.subject(),
                run.id(),
                run.day(),
                found.verdict().wire(),
                found.kind(),
                found.operation(),
                found.providerId(),
                found.ours().amount(),
                found.ours().currency(),
                found.theirs().amount(),
                found.theirs().currency()))
        .update();
  }

  /** Closes what this run's lines are about and what does not differ any more. */
  int explain(ReconciliationRun run, List<Difference> stillThere) {
    Whose whose = run.whose();
    return database
        .of(whose.account())
        .sql(
            "UPDATE reconciliation_items i SET state = 'explained' WHERE i.account = ?"
                + " AND i.livemode = ? AND i.provider = ? AND i.state = 'open'"
                + " AND i.subject <> ALL (?) AND EXISTS (SELECT FROM reconciliation_lines l"
                + " WHERE l.account = i.account AND l.run = ? AND l.operation IS NOT NULL"
                + " AND (l.operation = i.operation OR 'line:' || l.line = i.subject))")
        .params(
            whose.account(),
            whose.livemode(),
            whose.provider(),
            stillThere.stream().map(Difference::subject).toArray(String[]::new),
            run.id())
        .update();
  }

  /** Items by their ids, the newest first. */
  List<ReconciliationItem> items(String account, boolean livemode, Wanted wanted) {
    return database
        .of(account)
        .sql(
            ITEM
                + "WHERE account = ? AND livemode = ? AND (?::text IS NULL OR state = ?)"
                + " AND (?::text IS NULL OR provider = ?) AND (?::text IS NULL OR id < ?)"
                + " ORDER BY id DESC LIMIT ?")
        .params(
            Arrays.<@Nullable Object>asList(
                account,
                livemode,
                wanted.state,
                wanted.state,
                wanted.provider,
                wanted.provider,
                wanted.before,
                wanted.before,
                wanted.limit))
        .query(ReconciliationStore::readItem)
        .list();
  }

  /** Which items; null for whichever. */
  record Wanted(
      @Nullable String state, @Nullable String provider, @Nullable String before, int limit) {}

  Optional<ReconciliationItem> item(String account, String id) {
    return database
        .of(account)
        .sql(ITEM + "WHERE account = ? AND id = ? FOR UPDATE")
        .params(account, id)
        .query(ReconciliationStore::readItem)
        .optional();
  }

  /** Whether it was open: what a person has settled stays as that person did. */
  boolean settle(String account, String id, Settled settled) {
    return database
            .of(account)
            .sql(
                "UPDATE reconciliation_items SET state = 'settled', settled_by = ?, settled_at = ?,"
                    + " reason = ? WHERE account = ? AND id = ? AND state = 'open'")
            .params(settled.by(), utc(settled.at()), settled.reason(), account, id)
            .update()
        == 1;
  }

  /**
   * Whose list of a day was not compared yet, though the provider has one.
   *
   * @param connectors those of providers that have a list
   * @param sandbox whether there is the simulated provider, of which no row tells
   */
  List<Whose> missing(LocalDate day, List<String> connectors, boolean sandbox) {
    return database
        .across(AllAccounts.RECONCILIATION)
        .sql(
            "WITH asked AS (SELECT account, livemode, name FROM provider_accounts"
                + " WHERE connector = ANY (?) AND created < ?"
                + " UNION ALL SELECT id, false, 'sandbox' FROM accounts WHERE ?)"
                + " SELECT account, livemode, name FROM asked a WHERE NOT EXISTS (SELECT"
                + " FROM reconciliation_runs r WHERE r.account = a.account"
                + " AND r.livemode = a.livemode AND r.provider = a.name AND r.day = ?"
                + " AND r.source = 'feed' AND r.state = 'done')"
                + " ORDER BY account, livemode, name LIMIT 10000")
        .params(
            connectors.toArray(String[]::new),
            utc(day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant()),
            sandbox,
            day)
        .query((row, number) -> new Whose(row.getString(1), row.getBoolean(2), row.getString(3)))
        .list();
  }

  /** The run of a day that nobody asked for, while it is read. */
  Optional<String> reading(Whose whose, LocalDate day) {
    return database
        .of(whose.account())
        .sql(
            "SELECT id FROM reconciliation_runs WHERE account = ? AND livemode = ?"
                + " AND provider = ? AND day = ? AND created_by = 'system' AND state = 'reading'")
        .params(whose.account(), whose.livemode(), whose.provider(), day)
        .query(String.class)
        .optional();
  }

  /** How many items are open, of all accounts. */
  long open() {
    return database
        .across(AllAccounts.METRICS)
        .sql("SELECT count(*) FROM reconciliation_items WHERE state = 'open'")
        .query(Long.class)
        .single();
  }

  private static ReconciliationRun readRun(ResultSet row, int number) throws SQLException {
    String columns = row.getString(10);
    return new ReconciliationRun(
        new Whose(row.getString(1), row.getBoolean(2), row.getString(3)),
        row.getString(4),
        row.getObject(5, LocalDate.class),
        row.getString(6),
        row.getString(7).equals("done"),
        row.getInt(8),
        row.getString(9),
        columns == null ? null : names(columns),
        Json.readObject(row.getString(11)));
  }

  private static List<String> names(String columns) {
    return Json.readObject(columns).get("names") instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  private static ReconciliationItem readItem(ResultSet row, int number) throws SQLException {
    String by = row.getString(15);
    OffsetDateTime at = row.getObject(16, OffsetDateTime.class);
    return new ReconciliationItem(
        row.getString(1),
        row.getObject(2, OffsetDateTime.class).toInstant(),
        row.getString(3),
        row.getObject(4, LocalDate.class),
        new Difference(
            row.getString(5),
            Verdict.of(row.getString(6)),
            row.getString(7),
            row.getString(8),
            row.getString(9),
            new Sum((Long) row.getObject(10), row.getString(11)),
            new Sum((Long) row.getObject(12), row.getString(13))),
        row.getString(14),
        by == null || at == null
            ? null
            : new Settled(by, at.toInstant(), String.valueOf(row.getString(17))));
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
