package dev.portcullis.gateway.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** A writer's connection: opened when needed, kept, and thrown away as soon as it is in doubt. */
final class JournalConnection {

  private static final Logger LOG = Logger.getLogger(JournalConnection.class.getName());

  /**
   * The journal's statements touch few rows by their whole key, at every size of the tables. A plan
   * made while a table was still empty would scan it, and one made from the arrays' contents would
   * be planned anew each time. An acknowledged change must be on disk, whatever the role's default.
   * Whoever keeps a row, or a table, for long must not keep all payments with it.
   */
  private static final String SETTINGS =
      "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;"
          + " SET enable_hashjoin = off; SET enable_mergejoin = off;"
          + " SELECT set_config('synchronous_commit', 'on', false)"
          + " WHERE current_setting('synchronous_commit') = 'off'";

  private final DataSource connections;
  private final Duration lock;
  private final String writer = UUID.randomUUID().toString();
  private long batches;
  private @Nullable Connection open;

  /**
   * @param lock how long a lock is waited for
   */
  JournalConnection(DataSource connections, Duration lock) {
    this.connections = connections;
    this.lock = lock;
  }

  /** Each sorts right after the one before it, whose page its mark is laid on. */
  String newBatchId() {
    return writer + HexFormat.of().toHexDigits(batches++);
  }

  /** Connects, if need be; when it fails nothing has been sent. */
  void connect() throws SQLException {
    connection();
  }

  /** Begins a transaction, which must then be committed, rolled back, or thrown away. */
  Map<Integer, Verdict.Conflict> execute(BatchStatement batch, String batchId) throws SQLException {
    return batch.execute(connection(), batchId);
  }

  /** Runs a change and commits it; see {@link BatchStatement#executeWhole}. */
  Map<Integer, Verdict.Conflict> executeWhole(BatchStatement batch, String batchId)
      throws SQLException {
    return batch.executeWhole(connection(), batchId);
  }

  void commit() throws SQLException {
    connection().commit();
  }

  void rollback() throws SQLException {
    connection().rollback();
  }

  /** Whether the failure leaves no usable connection; otherwise the transaction is rolled back. */
  boolean isLostBy(SQLException failure) {
    String state = failure.getSQLState();
    boolean lost =
        open == null
            || state == null
            || state.startsWith("08")
            || state.startsWith("57P")
            || state.startsWith("53")
            || state.equals("25006");
    if (!lost) {
      try {
        connection().rollback();
        return false;
      } catch (SQLException e) {
        LOG.log(Level.FINE, "could not roll back", e);
      }
    }
    discard();
    return true;
  }

  /**
   * Whether the batch of that id was committed. A mark that is not there is claimed: the insert
   * waits for a transaction that still holds it, and afterwards none can commit it.
   */
  boolean wasCommitted(String batchId) throws SQLException {
    Connection connection = connection();
    try (PreparedStatement claim =
        connection.prepareStatement(
            "INSERT INTO journal_batches (id, created, void) VALUES (?, now(), true)"
                + " ON CONFLICT (id) DO NOTHING")) {
      claim.setString(1, batchId);
      claim.executeUpdate();
    }
    try (PreparedStatement read =
        connection.prepareStatement("SELECT NOT void FROM journal_batches WHERE id = ?")) {
      read.setString(1, batchId);
      try (ResultSet rows = read.executeQuery()) {
        boolean committed = rows.next() && rows.getBoolean(1);
        connection.commit();
        return committed;
      }
    }
  }

  /** Throws the connection away. */
  void discard() {
    Connection doomed = open;
    open = null;
    if (doomed != null) {
      try {
        doomed.close();
      } catch (SQLException e) {
        LOG.log(Level.FINE, "closing a lost connection", e);
      }
    }
  }

  private Connection connection() throws SQLException {
    Connection current = open;
    if (current != null) {
      return current;
    }
    Connection fresh = connections.getConnection();
    try {
      fresh.setAutoCommit(true);
      fresh.unwrap(PGConnection.class).setPrepareThreshold(1);
      try (Statement settings = fresh.createStatement();
          PreparedStatement wait =
              fresh.prepareStatement("SELECT set_config('lock_timeout', ?, false)")) {
        settings.execute(SETTINGS);
        wait.setString(1, Long.toString(lock.toMillis()));
        wait.execute();
      }
      fresh.setAutoCommit(false);
    } catch (SQLException e) {
      fresh.close();
      throw e;
    }
    open = fresh;
    return fresh;
  }
}
