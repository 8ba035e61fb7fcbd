package dev.portcullis.vault.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Statements with their values, and transactions around several of them. */
public final class Sql {

  private final DataSource database;

  /** Statements on that database. */
  public Sql(DataSource database) {
    this.database = database;
  }

  /** Work within a transaction; a result of null rolls it back. */
  public interface Work<T> {
    @Nullable T in(Connection connection) throws SQLException;
  }

  /** One row. */
  public interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  /**
   * Does all of it or nothing; empty if the work gave null.
   *
   * @throws StoreFailure if the database cannot be used
   */
  public <T> Optional<T> within(Work<T> work) {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      boolean whole = false;
      try {
        @Nullable T result = work.in(connection);
        whole = result != null;
        return Optional.ofNullable(result);
      } finally {
        if (whole) {
          connection.commit();
        } else {
          connection.rollback();
        }
      }
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }

  /** One statement in a transaction of its own; how many rows it changed. */
  public int update(String sql, @Nullable Object... values) {
    return within(connection -> update(connection, sql, values)).orElseThrow();
  }

  /** One statement within a transaction; how many rows it changed. */
  public static int update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      return statement.executeUpdate();
    }
  }

  /** The rows of a query in a transaction of its own. */
  public <T> List<T> query(String sql, Row<T> row, @Nullable Object... values) {
    return within(connection -> query(connection, sql, row, values)).orElseThrow();
  }

  /** The rows of a query within a transaction. */
  public static <T> List<T> query(
      Connection connection, String sql, Row<T> row, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      List<T> list = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          list.add(row.of(rows));
        }
      }
      return list;
    }
  }

  // Every statement is a constant of its caller; what comes from outside is a value.
  private static void bind(PreparedStatement statement, @Nullable Object... values)
      throws SQLException {
    for (int at = 0; at < values.length; at++) {
      statement.setObject(
          at + 1,
          values[at] instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : values[at]);
    }
  }

  /** A time that is there. */
  public static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
