package dev.portcullis.vault.rotation;

import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/**
 * Goes over rows in small batches, each in a transaction of its own, so that it can be cut off
 * anywhere; after each it rests as long as it worked, so that payments have the machine for at
 * least half of the time.
 */
final class Batches {

  private static final int BATCH = 100;
  private static final int FETCH = 1_000;

  private final DataSource database;
  private final Pace pace;

  /** Told after each batch; it may rest. */
  interface Pace {
    /**
     * @param nanos how long the batch took
     */
    void rest(long nanos);
  }

  /** Told of rows that were done, within their transaction. */
  interface Progress {
    void done(Connection connection, int rows) throws SQLException;
  }

  /** Does the rows at those places, an array of {@code ctid} as text; how many it could do. */
  interface Work {
    int at(Connection connection, Array places) throws SQLException;
  }

  Batches(DataSource database, Pace pace) {
    this.database = database;
    this.pace = pace;
  }

  /**
   * Goes once over what the query finds.
   *
   * @param places the query for places, {@code ctid} as text
   * @param stop asked between batches
   * @return how many rows were done
   */
  long pass(String places, Work work, Progress progress, BooleanSupplier stop) throws SQLException {
    long done = 0;
    try (Connection reading = database.getConnection()) {
      // Only within a transaction does the driver fetch a few rows at a time.
      reading.setAutoCommit(false);
      try (Statement select = reading.createStatement()) {
        select.setFetchSize(FETCH);
        try (ResultSet found = select.executeQuery(places)) {
          List<String> batch = new ArrayList<>();
          while (found.next() && !stop.getAsBoolean()) {
            batch.add(found.getString(1));
            if (batch.size() == BATCH) {
              done += paced(batch, work, progress);
              batch.clear();
            }
          }
          done += stop.getAsBoolean() || batch.isEmpty() ? 0 : paced(batch, work, progress);
        }
      } finally {
        reading.rollback();
      }
    }
    return done;
  }

  private long paced(List<String> places, Work work, Progress progress) throws SQLException {
    long begin = System.nanoTime();
    long done = within(places, work, progress);
    pace.rest(System.nanoTime() - begin);
    return done;
  }

  private int within(List<String> places, Work work, Progress progress) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try {
        Array array = connection.createArrayOf("text", places.toArray());
        int done = work.at(connection, array);
        array.free();
        progress.done(connection, done);
        connection.commit();
        return done;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }
}
