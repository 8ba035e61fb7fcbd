package dev.portcullis.vault.audit;

import dev.portcullis.wire.audit.ChainHash;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.OptionalLong;
import javax.sql.DataSource;

/**
 * The append-only trail of what the vault's administration did. The database refuses to change an
 * entry, and each entry's hash covers the one before, so that a change from outside shows.
 */
public final class AuditTrail {

  private static final int FETCH = 500;

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
    long seq = 1;
    byte[] previous = ChainHash.start();
    try (Statement statement = connection.createStatement()) {
      statement.execute("select pg_advisory_xact_lock(" + LOCK + ")");
      try (ResultSet last =
          statement.executeQuery("select seq, hash from audit_entry order by seq desc limit 1")) {
        if (last.next()) {
          seq = last.getLong(1) + 1;
          previous = last.getBytes(2);
        }
      }
    }
    Instant at = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into audit_entry (seq, at, action, subject, detail, previous, hash)"
                + " values (?, ?, ?, ?, ?, ?, ?)")) {
      insert.setLong(1, seq);
      insert.setTimestamp(2, Timestamp.from(at));
      insert.setString(3, action);
      insert.setString(4, subject);
      insert.setString(5, detail);
      insert.setBytes(6, previous);
      insert.setBytes(7, hash(seq, at, action, subject, detail, previous));
      insert.executeUpdate();
    }
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
  public Verdict verify() throws SQLException {
    try (Connection connection = database.getConnection()) {
      // Only within a transaction does the driver fetch a few rows at a time.
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(FETCH);
        return verify(
            statement.executeQuery(
                "select seq, at, action, subject, detail, previous, hash from audit_entry"
                    + " order by seq"));
      } finally {
        connection.rollback();
      }
    }
  }

  private static Verdict verify(ResultSet rows) throws SQLException {
    long good = 0;
    byte[] previous = ChainHash.start();
    while (rows.next()) {
      byte[] hash =
          hash(
              rows.getLong(1),
              rows.getTimestamp(2).toInstant(),
              rows.getString(3),
              rows.getString(4),
              rows.getString(5),
              previous);
      if (rows.getLong(1) != good + 1
          || !MessageDigest.isEqual(previous, rows.getBytes(6))
          || !MessageDigest.isEqual(hash, rows.getBytes(7))) {
        return new Verdict(good, HexFormat.of().formatHex(previous), OptionalLong.of(good + 1));
      }
      previous = hash;
      good++;
    }
    return new Verdict(good, HexFormat.of().formatHex(previous), OptionalLong.empty());
  }

  private static byte[] hash(
      long seq, Instant at, String action, String subject, String detail, byte[] previous) {
    return ChainHash.of(previous, Long.toString(seq), at.toString(), action, subject, detail);
  }
}
