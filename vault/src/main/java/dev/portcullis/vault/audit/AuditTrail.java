package dev.portcullis.vault.audit;

import dev.portcullis.wire.audit.ChainHash;
import dev.portcullis.wire.audit.TrailEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import javax.sql.DataSource;

/**
 * The append-only trail of what the vault's administration did. The vault's role may read it and
 * append to it and nothing else, and each entry's hash covers the one before, so that a change by
 * whoever owns the database shows. {@link HeadSigner} signs what it is from time to time.
 */
public final class AuditTrail {

  /** One writer at a time: entries have an order. */
  private static final long LOCK = 7_110_001L;

  private final DataSource database;
  private final InstantSource clock;

  public AuditTrail(DataSource database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * Appends an entry; it is committed when this returns.
   *
   * @param action what was done, for instance {@code policy.loaded}
   * @param subject to what
   * @param detail more of it; never a secret
   */
  public void append(String action, String subject, String detail) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try {
        appendWithin(connection, action, subject, detail);
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  /**
   * Appends an entry within a transaction, so that an act and its entry are durable together.
   *
   * @param connection with its transaction begun
   */
  public void appendWithin(Connection connection, String action, String subject, String detail)
      throws SQLException {
    lock(connection);
    long seq = 1;
    byte[] previous = ChainHash.start();
    try (Statement statement = connection.createStatement();
        ResultSet last =
            statement.executeQuery("select seq, hash from audit_entry order by seq desc limit 1")) {
      if (last.next()) {
        seq = last.getLong(1) + 1;
        previous = last.getBytes(2);
      }
    }
    Instant at = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    insert(connection, TrailEntry.following(previous, seq, at, List.of(action, subject, detail)));
  }

  /** Until the transaction's end nobody else appends an entry or a head. */
  static void lock(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("select pg_advisory_xact_lock(" + LOCK + ")");
    }
  }

  private static void insert(Connection connection, TrailEntry entry) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into audit_entry (seq, at, action, subject, detail, previous, hash)"
                + " values (?, ?, ?, ?, ?, ?, ?)")) {
      insert.setLong(1, entry.seq());
      insert.setTimestamp(2, Timestamp.from(entry.at()));
      insert.setString(3, entry.texts().get(0));
      insert.setString(4, entry.texts().get(1));
      insert.setString(5, entry.texts().get(2));
      insert.setBytes(6, entry.previous());
      insert.setBytes(7, entry.hash());
      insert.executeUpdate();
    }
  }
}
