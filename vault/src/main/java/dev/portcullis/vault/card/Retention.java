package dev.portcullis.vault.card;

import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.crypto.Owner;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * Deletes cards that were not used for as long as the policy says (PCI DSS 3.2.1), and writes in
 * the same commit into the audit trail how many of which account.
 *
 * <p>No card goes that is on its way to a provider: before a card is read for that, its row says
 * that it is in use, unless it said so within the last day, and a policy is a week at least.
 */
public final class Retention {

  private static final String DELETE =
      "delete from card where last_used < ? and ctid = any (array(select ctid from card"
          + " where last_used < ? order by last_used limit ? for update skip locked))"
          + " returning account, livemode, last_used";

  private final DataSource database;
  private final AuditTrail audit;

  /** What went of one account. */
  private record Report(int cards, Instant oldest) {
    Report and(Report other) {
      return new Report(cards + other.cards, oldest.isBefore(other.oldest) ? oldest : other.oldest);
    }
  }

  public Retention(DataSource database, AuditTrail audit) {
    this.database = database;
    this.audit = audit;
  }

  /** Deletes at most that many cards that were last used before that time; how many it deleted. */
  public int deleteUnusedSince(Instant time, int most) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      boolean whole = false;
      try {
        Map<Owner, Report> reports = delete(connection, time, most);
        for (Map.Entry<Owner, Report> each : reports.entrySet()) {
          record(connection, each.getKey(), each.getValue(), time);
        }
        connection.commit();
        whole = true;
        return reports.values().stream().mapToInt(Report::cards).sum();
      } finally {
        if (!whole) {
          connection.rollback();
        }
      }
    }
  }

  private static Map<Owner, Report> delete(Connection connection, Instant time, int most)
      throws SQLException {
    Map<Owner, Report> reports =
        new TreeMap<>(Comparator.comparing(Owner::account).thenComparing(Owner::livemode));
    try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
      delete.setTimestamp(1, Timestamp.from(time));
      delete.setTimestamp(2, Timestamp.from(time));
      delete.setInt(3, most);
      try (ResultSet rows = delete.executeQuery()) {
        while (rows.next()) {
          reports.merge(
              new Owner(rows.getString(1), rows.getBoolean(2)),
              new Report(1, rows.getTimestamp(3).toInstant()),
              Report::and);
        }
      }
    }
    return reports;
  }

  private void record(Connection connection, Owner owner, Report report, Instant time)
      throws SQLException {
    audit.appendWithin(
        connection,
        "cards.purged",
        owner.account(),
        "%d %s cards not used since %s, the oldest since %s"
            .formatted(report.cards(), owner.livemode() ? "live" : "test", time, report.oldest()));
  }
}
