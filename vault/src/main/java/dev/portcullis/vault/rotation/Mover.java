package dev.portcullis.vault.rotation;

import dev.portcullis.vault.crypto.DataKey;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.crypto.TamperedException;
import dev.portcullis.vault.rotation.SealedTable.Column;
import dev.portcullis.vault.store.Sql;
import dev.portcullis.wire.error.ApiErrors;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Seals anew, under today's keys, what retired keys have sealed. Each small batch is one
 * transaction, so that it can be cut off anywhere; after each it rests as long as it worked, so
 * that payments have the machine for at least half of the time.
 */
final class Mover {

  private static final Logger LOG = Logger.getLogger(Mover.class.getName());
  private static final int BATCH = 100;
  private static final int FETCH = 1_000;

  private final DataSource database;
  private final DataKeys keys;
  private final Pace pace;

  /** Told after each batch; it may rest. */
  interface Pace {
    /**
     * @param nanos how long the batch took
     */
    void rest(long nanos);
  }

  /** Told of rows that were moved, within their transaction. */
  interface Progress {
    void moved(Connection connection, int rows) throws SQLException;
  }

  Mover(DataSource database, DataKeys keys, Pace pace) {
    this.database = database;
    this.keys = keys;
    this.pace = pace;
  }

  /**
   * Goes once over everything.
   *
   * @param stop asked between batches
   * @return how many rows it moved
   */
  long pass(Progress progress, BooleanSupplier stop) throws SQLException {
    long moved = people(progress);
    for (SealedTable table : SealedTable.ALL) {
      moved += pass(table, progress, stop);
    }
    return moved;
  }

  private long pass(SealedTable table, Progress progress, BooleanSupplier stop)
      throws SQLException {
    long moved = 0;
    try (Connection reading = database.getConnection()) {
      // Only within a transaction does the driver fetch a few rows at a time.
      reading.setAutoCommit(false);
      try (Statement select = reading.createStatement()) {
        select.setFetchSize(FETCH);
        try (ResultSet places = select.executeQuery(table.places())) {
          List<String> batch = new ArrayList<>();
          while (places.next() && !stop.getAsBoolean()) {
            batch.add(places.getString(1));
            if (batch.size() == BATCH) {
              moved += paced(table, batch, progress);
              batch.clear();
            }
          }
          moved += stop.getAsBoolean() || batch.isEmpty() ? 0 : paced(table, batch, progress);
        }
      } finally {
        reading.rollback();
      }
    }
    return moved;
  }

  private long paced(SealedTable table, List<String> places, Progress progress)
      throws SQLException {
    long begin = System.nanoTime();
    long moved = move(table, places, progress);
    pace.rest(System.nanoTime() - begin);
    return moved;
  }

  private int move(SealedTable table, List<String> places, Progress progress) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try {
        int moved = moveWithin(connection, table, places);
        progress.moved(connection, moved);
        connection.commit();
        return moved;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  private int moveWithin(Connection connection, SealedTable table, List<String> places)
      throws SQLException {
    Array wanted = connection.createArrayOf("text", places.toArray());
    int moved = 0;
    try (PreparedStatement select = connection.prepareStatement(table.rows());
        PreparedStatement update = connection.prepareStatement(table.update())) {
      select.setArray(1, wanted);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          moved += seal(table, rows, update) ? 1 : 0;
        }
      }
      if (moved > 0) {
        update.executeBatch();
      }
    } finally {
      wanted.free();
    }
    return moved;
  }

  /** Whether the row could be opened; one that somebody changed stays as it is, and is named. */
  private boolean seal(SealedTable table, ResultSet row, PreparedStatement update)
      throws SQLException {
    Owner owner = new Owner(row.getString(2), row.getBoolean(3));
    String bound = row.getString(5);
    DataKey now = keys.current(owner);
    try {
      DataKey before = keys.byId(owner, row.getString(4));
      update.setString(1, now.id());
      int at = 0;
      for (Column column : table.columns()) {
        update.setBytes(at + 2, anew(before, now, column, bound, SealedTable.sealed(row, at)));
        at++;
      }
      update.setString(at + 2, row.getString(1));
      update.addBatch();
      return true;
    } catch (TamperedException e) {
      LOG.log(
          Level.SEVERE,
          "a row of {0} does not open and stays under its old key: {1} of {2}: {3}",
          new Object[] {table.name(), ApiErrors.shown(bound), owner.account(), e.getMessage()});
      return false;
    }
  }

  private static byte @org.jspecify.annotations.Nullable [] anew(
      DataKey before,
      DataKey now,
      Column column,
      String bound,
      byte @org.jspecify.annotations.Nullable [] sealed) {
    if (sealed == null || sealed.length == 0) {
      return sealed;
    }
    byte[] clear = before.open(column.purpose(), bound, sealed);
    try {
      return now.seal(column.purpose(), bound, clear);
    } finally {
      Arrays.fill(clear, (byte) 0);
    }
  }

  /** The secrets of people's codes: few, and each names its key in its own text. */
  private int people(Progress progress) throws SQLException {
    Set<String> retired = RotationStore.retiredOf(database, Owner.ADMINISTRATION);
    if (retired.isEmpty()) {
      return 0;
    }
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try {
        int moved = 0;
        for (String[] person :
            Sql.query(
                connection,
                "select name, totp from person where totp is not null for update",
                row -> new String[] {row.getString(1), row.getString(2)})) {
          int colon = person[1].indexOf(':');
          if (retired.contains(person[1].substring(0, colon))) {
            Sql.update(
                connection,
                "update person set totp = ? where name = ?",
                anew(person[0], person[1], colon),
                person[0]);
            moved++;
          }
        }
        progress.moved(connection, moved);
        connection.commit();
        return moved;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    }
  }

  private String anew(String person, String sealed, int colon) throws SQLException {
    DataKey now = keys.current(Owner.ADMINISTRATION);
    byte[] clear =
        keys.byId(Owner.ADMINISTRATION, sealed.substring(0, colon))
            .open(
                DataKey.Purpose.TOTP,
                person,
                Base64.getDecoder().decode(sealed.substring(colon + 1)));
    try {
      return now.id()
          + ":"
          + Base64.getEncoder().encodeToString(now.seal(DataKey.Purpose.TOTP, person, clear));
    } finally {
      Arrays.fill(clear, (byte) 0);
    }
  }
}
