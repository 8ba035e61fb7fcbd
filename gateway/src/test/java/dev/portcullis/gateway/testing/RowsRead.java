package dev.portcullis.gateway.testing;

import dev.portcullis.gateway.database.Database;
import java.sql.SQLException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Counts what the server reads of tables and indexes for the gateway's own statements, as they are:
 * rows and not time, so that a busy machine changes nothing.
 */
public final class RowsRead {

  private static final String SO_FAR =
      "SELECT (SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_user_tables)"
          + " + (SELECT coalesce(sum(idx_tup_read), 0) FROM pg_stat_user_indexes)";

  private final SingleConnectionDataSource connection;

  /** Counts on a connection of its own, as the gateway. */
  public RowsRead(TestDatabase database) {
    try {
      connection = new SingleConnectionDataSource(database.dataSource().getConnection(), true);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the gateway's parts ask, over that connection. */
  public Database rows() {
    return new Database(connection);
  }

  /** How many rows of tables and entries of indexes were read for that. */
  public long during(Runnable work) {
    long before = soFar();
    work.run();
    return soFar() - before;
  }

  private long soFar() {
    JdbcClient jdbc = JdbcClient.create(connection);
    // What this connection has counted is told to others a second later only.
    jdbc.sql("SELECT pg_stat_force_next_flush()").query((_, _) -> true).list();
    return jdbc.sql(SO_FAR).query(Long.class).single();
  }
}
