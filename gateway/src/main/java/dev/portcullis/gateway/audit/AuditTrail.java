package dev.portcullis.gateway.audit;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.wire.audit.ChainHash;
import dev.portcullis.wire.audit.TrailCheck;
import dev.portcullis.wire.audit.TrailEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The append-only trail of what administration and people did. The gateway's role may read it and
 * append to it and nothing else, and each entry's hash covers the one before, so that a change by
 * whoever owns the database shows.
 */
@Component
public final class AuditTrail {

  private static final int PAGE = 500;

  /** One writer at a time: entries have an order. */
  private static final long LOCK = 7_110_002L;

  private static final String COLUMNS =
      "seq, at, actor, address, action, account, subject, detail, previous, hash";

  private record Head(long seq, byte[] hash) {}

  private final Database database;
  private final TransactionTemplate transactions;
  private final InstantSource clock;

  AuditTrail(Database database, TransactionTemplate transactions, InstantSource clock) {
    this.database = database;
    this.transactions = transactions;
    this.clock = clock;
  }

  /**
   * Appends an entry: with the transaction that is open, so that an act and its entry are durable
   * together, or else with one of its own, committed when this returns.
   *
   * @param actor who did it
   * @param action what, for instance {@code key.created}
   * @param account the account that it is about, or an empty text
   * @param subject the object's id, or an empty text
   * @param detail more of it; never a secret
   */
  public void append(Actor actor, String action, String account, String subject, String detail) {
    transactions.executeWithoutResult(
        _ -> {
          database
              .across(AllAccounts.AUDIT_TRAIL)
              .sql("SELECT pg_advisory_xact_lock(?)")
              .param(LOCK)
              .query((_, _) -> "")
              .list();
          Head head =
              database
                  .across(AllAccounts.AUDIT_TRAIL)
                  .sql("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
                  .query((row, _) -> new Head(row.getLong(1), row.getBytes(2)))
                  .optional()
                  .orElseGet(() -> new Head(0, ChainHash.start()));
          Instant at = clock.instant().truncatedTo(ChronoUnit.MILLIS);
          insert(
              new AuditEntry(head.seq() + 1, at, actor, action, account, subject, detail),
              head.hash());
        });
  }

  private void insert(AuditEntry entry, byte[] previous) {
    TrailEntry stored = TrailEntry.following(previous, entry.seq(), entry.at(), texts(entry));
    database
        .across(AllAccounts.AUDIT_TRAIL)
        .sql("INSERT INTO audit (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .params(
            entry.seq(),
            entry.at().atOffset(ZoneOffset.UTC),
            entry.actor().name(),
            entry.actor().address(),
            entry.action(),
            entry.account(),
            entry.subject(),
            entry.detail(),
            stored.previous(),
            stored.hash())
        .update();
  }

  /**
   * A part of the trail, newest first.
   *
   * @param before only entries with a smaller number; {@link Long#MAX_VALUE} for the newest
   * @param limit at most so many, 1 to 1,000
   */
  public List<AuditEntry> newest(long before, int limit) {
    return database
        .across(AllAccounts.AUDIT_TRAIL)
        .sql("SELECT " + COLUMNS + " FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?")
        .params(before, Math.clamp(limit, 1, 1_000))
        .query((row, _) -> entry(row))
        .list();
  }

  /**
   * What a look at the whole trail found.
   *
   * @param entries how many entries follow from one another, from the first on
   * @param head the hash of the last of them, in hexadecimal; zeros where there is none. Whoever
   *     notes it elsewhere sees later whether entries were cut off at the end, which no chain tells
   * @param firstBroken the number of the first entry that does not follow from the one before
   */
  public record Verdict(long entries, String head, OptionalLong firstBroken) {}

  /** Computes every entry's hash anew, in one pass and in little memory. */
  public Verdict verify() {
    TrailCheck check = new TrailCheck(List.of());
    List<TrailEntry> page;
    do {
      page =
          database
              .across(AllAccounts.AUDIT_TRAIL)
              .sql("SELECT " + COLUMNS + " FROM audit WHERE seq > ? ORDER BY seq LIMIT ?")
              .params(check.entries(), PAGE)
              .query((row, _) -> stored(row))
              .list();
      page.forEach(check::entry);
    } while (page.size() == PAGE && check.fault().isEmpty());
    return new Verdict(
        check.entries(),
        check.root(),
        check.fault().isPresent()
            ? OptionalLong.of(check.fault().get().entry())
            : OptionalLong.empty());
  }

  private static TrailEntry stored(ResultSet row) throws SQLException {
    AuditEntry entry = entry(row);
    return new TrailEntry(
        entry.seq(), entry.at(), texts(entry), row.getBytes("previous"), row.getBytes("hash"));
  }

  private static AuditEntry entry(ResultSet row) throws SQLException {
    return new AuditEntry(
        row.getLong(1),
        row.getObject(2, OffsetDateTime.class).toInstant(),
        new Actor(row.getString(3), row.getString(4)),
        row.getString(5),
        row.getString(6),
        row.getString(7),
        row.getString(8));
  }

  /** What it says beyond number and time, in the order in which it is hashed. */
  private static List<String> texts(AuditEntry entry) {
    return List.of(
        entry.actor().name(),
        entry.actor().address(),
        entry.action(),
        entry.account(),
        entry.subject(),
        entry.detail());
  }
}
