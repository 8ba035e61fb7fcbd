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
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Seals anew, under today's keys, what retired keys have sealed. */
final class Mover {

  private static final Logger LOG = Logger.getLogger(Mover.class.getName());

  private final DataSource database;
  private final Batches batches;
  private final DataKeys keys;

  Mover(DataSource database, Batches batches, DataKeys keys) {
    this.database = database;
    this.batches = batches;
    this.keys = keys;
  }

  /**
   * Goes once over everything.
   *
   * @param stop asked between batches
   * @return how many rows it moved
   */
  long pass(Batches.Progress progress, BooleanSupplier stop) throws SQLException {
    long moved = people(progress);
    for (SealedTable table : SealedTable.ALL) {
      moved += pass(table, progress, stop);
    }
    return moved;
  }

  private long pass(SealedTable table, Batches.Progress progress, BooleanSupplier stop)
      throws SQLException {
    return batches.pass(
        table.places(), (connection, places) -> move(connection, table, places), progress, stop);
  }

  private int move(Connection connection, SealedTable table, Array places) throws SQLException {
    int moved = 0;
    try (PreparedStatement select = connection.prepareStatement(table.rows());
        PreparedStatement update = connection.prepareStatement(table.update())) {
      select.setArray(1, places);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          moved += seal(table, rows, update) ? 1 : 0;
        }
      }
      if (moved > 0) {
        update.executeBatch();
      }
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
  private int people(Batches.Progress progress) throws SQLException {
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
        progress.done(connection, moved);
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
