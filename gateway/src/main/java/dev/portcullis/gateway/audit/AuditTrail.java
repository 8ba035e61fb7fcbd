package dev.portcullis.gateway.audit;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.wire.audit.ChainHash;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The append-only trail of what administration and people did. The database refuses to change an
 * entry, and each entry's hash covers the one before, so that a change from outside shows.
 */
@Component
public final class AuditTrail {

  private static final int PAGE = 500;

  /** One writer at a time: entries have an order. */
  private static final long LOCK = 7_110_002L;

  private static final String COLUMNS =
      "seq, at, actor, address, action, account, subject, detail, previous, hash";

  private record Link(AuditEntry entry, byte[] previous, byte[] hash) {}

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
            previous,
            hash(entry, previous))
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
        .query(AuditTrail::link)
        .list()
        .stream()
        .map(Link::entry)
        .toList();
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
    long good = 0;
    byte[] previous = ChainHash.start();
    while (true) {
      List<Link> links =
          database
              .across(AllAccounts.AUDIT_TRAIL)
              .sql("SELECT " + COLUMNS + " FROM audit WHERE seq > ? ORDER BY seq LIMIT ?")
              .params(good, PAGE)
              .query(AuditTrail::link)
              .list();
      for (Link link : links) {
        byte[] hash = hash(link.entry(), previous);
        if (link.entry().seq() != good + 1
            || !MessageDigest.isEqual(previous, link.previous())
            || !MessageDigest.isEqual(hash, link.hash())) {
          return new Verdict(good, HexFormat.of().formatHex(previous), OptionalLong.of(good + 1));
        }
        previous = hash;
        good++;
      }
      if (links.size() < PAGE) {
        return new Verdict(good, HexFormat.of().formatHex(previous), OptionalLong.empty());
      }
    }
  }

  private static Link link(ResultSet row, int number) throws SQLException {
    return new Link(
        new AuditEntry(
            row.getLong(1),
            row.getObject(2, OffsetDateTime.class).toInstant(),
            new Actor(row.getString(3), row.getString(4)),
            row.getString(5),
            row.getString(6),
            row.getString(7),
            row.getString(8)),
        row.getBytes(9),
        row.getBytes(10));
  }

  private static byte[] hash(AuditEntry entry, byte[] previous) {
    return ChainHash.of(
        previous,
        Long.toString(entry.seq()),
        entry.at().toString(),
        entry.actor().name(),
        entry.actor().address(),
        entry.action(),
        entry.account(),
        entry.subject(),
        entry.detail());
  }
}
