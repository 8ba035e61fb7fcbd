package dev.portcullis.cli.backup;

import dev.portcullis.wire.audit.ChainHash;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;

/**
 * Appends to the gateway's audit trail what the operator does beside the gateway, in the form and
 * under the lock of the gateway's own entries, so that one check covers both.
 */
final class GatewayAudit {
  private static final String LOCK = "SELECT pg_advisory_xact_lock(7110002)";
  private static final String HEAD =
      "SELECT seq, hash, clock_timestamp() FROM"
          + " (SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1) a"
          + " RIGHT JOIN (SELECT 1) one ON true";
  private static final String INSERT =
      "INSERT INTO audit (seq, at, actor, address, action, account, subject, detail, previous,"
          + " hash) VALUES (?, ?, ?, '', ?, '', ?, ?, ?, ?)";

  private GatewayAudit() {}

  /** Appends an entry within the transaction that is open. */
  static void append(Connection connection, String action, String subject, String detail)
      throws SQLException {
    String actor = "operator:" + System.getProperty("user.name");
    try (Statement statement = connection.createStatement()) {
      statement.execute(LOCK);
      try (ResultSet head = statement.executeQuery(HEAD)) {
        head.next();
        long seq = head.getLong(1) + 1;
        byte[] stored = head.getBytes(2);
        byte[] previous = stored == null ? ChainHash.start() : stored;
        OffsetDateTime at = head.getObject(3, OffsetDateTime.class).truncatedTo(ChronoUnit.MILLIS);
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
          insert.setLong(1, seq);
          insert.setObject(2, at);
          insert.setString(3, actor);
          insert.setString(4, action);
          insert.setString(5, subject);
          insert.setString(6, detail);
          insert.setBytes(7, previous);
          insert.setBytes(
              8,
              ChainHash.of(
                  previous,
                  Long.toString(seq),
                  at.toInstant().toString(),
                  actor,
                  "",
                  action,
                  "",
                  subject,
                  detail));
          insert.executeUpdate();
        }
      }
    }
  }
}
