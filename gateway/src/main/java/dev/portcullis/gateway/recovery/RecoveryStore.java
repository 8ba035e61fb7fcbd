package dev.portcullis.gateway.recovery;

import dev.portcullis.connectors.spi.ProviderRecord;
import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.payments.ProviderGate.Books;
import dev.portcullis.wire.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The restores that wait, and what was found of them. */
@Component
public final class RecoveryStore {

  private final Database database;

  RecoveryStore(Database database) {
    this.database = database;
  }

  /**
   * A reconciliation that this process alone works on until its lease is over.
   *
   * @param id the backup's
   * @param backupAt of which moment the backup is
   * @param lease until when; it is also what the row must still say when it is written
   */
  record Ordered(String id, Instant backupAt, Instant lease) {}

  /**
   * How the gateway knows an operation.
   *
   * @param amount minor units, or null where it has none
   * @param approved whether it moved, or reserved, money here; null where that is open or not known
   */
  record Known(@Nullable Long amount, @Nullable String currency, @Nullable Boolean approved) {}

  /**
   * A restore that payments wait for.
   *
   * @param id the backup's
   * @param state {@code paused}, {@code reconciling} or {@code reconciled}
   * @param differences how many things a person has to accept
   */
  record Standing(String id, String state, long differences) {}

  /**
   * The restore that payments wait for, which nobody else changes until the transaction is over.
   */
  Optional<Standing> lock() {
    return database
        .shared()
        .sql(
            "SELECT id, state, coalesce((report->>'differences')::bigint, 0) FROM recoveries"
                + " WHERE state <> 'resumed' ORDER BY restored_at LIMIT 1 FOR UPDATE")
        .query((row, _) -> new Standing(row.getString(1), row.getString(2), row.getLong(3)))
        .optional();
  }

  void resume(String id) {
    database
        .shared()
        .sql("UPDATE recoveries SET state = 'resumed' WHERE id = ?")
        .param(id)
        .update();
  }

  /** Takes a reconciliation that was ordered and that nobody works on. */
  Optional<Ordered> claim(Instant now, Instant lease) {
    return database
        .shared()
        .sql(
            "UPDATE recoveries SET due = ? WHERE id = (SELECT id FROM recoveries"
                + " WHERE state = 'reconciling' AND due <= ? LIMIT 1 FOR UPDATE SKIP LOCKED)"
                + " RETURNING id, backup_at")
        .params(utc(lease), utc(now))
        .query(
            (row, _) ->
                new Ordered(
                    row.getString(1), row.getObject(2, OffsetDateTime.class).toInstant(), lease))
        .optional();
  }

  /** Keeps it for longer; false when it is somebody else's by now. */
  boolean extend(Ordered ordered, Instant lease) {
    return database
            .shared()
            .sql("UPDATE recoveries SET due = ? WHERE id = ? AND state = 'reconciling' AND due = ?")
            .params(utc(lease), ordered.id, utc(ordered.lease))
            .update()
        == 1;
  }

  /** Ends it; false when it is somebody else's by now. */
  boolean finish(Ordered ordered, String state, Map<String, @Nullable Object> report) {
    return database
            .shared()
            .sql(
                "UPDATE recoveries SET state = ?, report = ?::jsonb"
                    + " WHERE id = ? AND state = 'reconciling' AND due = ?")
            .params(state, Json.writeString(report), ordered.id, utc(ordered.lease))
            .update()
        == 1;
  }

  List<String> accounts() {
    return database
        .across(AllAccounts.RECONCILIATION)
        .sql("SELECT id FROM accounts ORDER BY id")
        .query(String.class)
        .list();
  }

  /** Those of the operations that the gateway knows, of whichever account. */
  Map<String, Known> known(List<ProviderRecord> records) {
    Map<String, Known> known = new HashMap<>();
    database
        .across(AllAccounts.RECONCILIATION)
        .sql(
            "SELECT o.id, (o.doc->>'amount')::bigint, o.doc->>'currency', "
                + OperationOutcome.APPROVED
                + " FROM unnest(?::text[], ?::text[]) t (reference, provider_id), accounts a"
                + " JOIN provider_operations o ON o.account = a.id WHERE o.id = t.reference")
        .params(
            records.stream().map(ProviderRecord::reference).toArray(String[]::new),
            records.stream().map(ProviderRecord::providerId).toArray(String[]::new))
        .query((ResultSet row) -> read(row, known));
    return known;
  }

  private static void read(ResultSet row, Map<String, Known> known) throws SQLException {
    long amount = row.getLong(2);
    known.put(
        row.getString(1),
        new Known(row.wasNull() ? null : amount, row.getString(3), (Boolean) row.getObject(4)));
  }

  /** Whether any operation that is known here went there. */
  boolean hasOperations(Books books) {
    return database
        .of(books.account())
        .sql(
            "SELECT EXISTS (SELECT FROM provider_operations WHERE account = ? AND livemode = ?"
                + " AND coalesce(doc->>'provider', doc->>'connector') = ?)")
        .params(books.account(), books.livemode(), books.provider().name())
        .query(Boolean.class)
        .single();
  }

  /** What was found before is found again, or is no difference any more. */
  void forgetFindings(String recovery) {
    database
        .across(AllAccounts.RECONCILIATION)
        .sql("DELETE FROM recovery_findings WHERE recovery = ?")
        .param(recovery)
        .update();
  }

  void add(String recovery, Books books, String verdict, ProviderRecord found) {
    database
        .of(books.account())
        .sql(
            "INSERT INTO recovery_findings (account, livemode, recovery, connector, reference,"
                + " verdict, kind, status, amount, currency, last4, at, provider_id, belongs_to)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
        .params(
            Arrays.<@Nullable Object>asList(
                books.account(),
                books.livemode(),
                recovery,
                books.provider().name(),
                found.reference(),
                verdict,
                word(found.kind()),
                word(found.status()),
                found.amount().minorUnits(),
                found.amount().currency().code(),
                found.last4(),
                utc(found.at()),
                found.providerId(),
                found.belongsTo()))
        .update();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Has the resolver ask now what became of every operation whose answer is open. */
  int hurryOpenOperations(Instant now) {
    return database
        .across(AllAccounts.RECONCILIATION)
        .sql("UPDATE provider_operations SET due = ? WHERE due > ?")
        .params(utc(now), utc(now))
        .update();
  }

  /** How many operations have no definite answer. */
  long openOperations() {
    return database
        .across(AllAccounts.RECONCILIATION)
        .sql("SELECT count(*) FROM provider_operations WHERE due IS NOT NULL")
        .query(Long.class)
        .single();
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
