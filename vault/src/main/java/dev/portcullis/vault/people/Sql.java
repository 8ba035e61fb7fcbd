package dev.portcullis.vault.people;

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
final class Sql {

  private final DataSource database;

  Sql(DataSource database) {
    this.database = database;
  }

  /** Work within a transaction; a result of null rolls it back. */
  interface Work<T> {
    @Nullable T in(Connection connection) throws SQLException;
  }

  /** One row. */
  interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  /** Does all of it or nothing; empty if the work gave null. */
  <T> Optional<T> within(Work<T> work) {
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
  int update(String sql, @Nullable Object... values) {
    return within(connection -> update(connection, sql, values)).orElseThrow();
  }

  static int update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      return statement.executeUpdate();
    }
  }

  <T> List<T> query(String sql, Row<T> row, @Nullable Object... values) {
    return within(connection -> query(connection, sql, row, values)).orElseThrow();
  }

  static <T> List<T> query(
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

  // Every statement is a constant of VaultPeople; what comes from outside is a value.
  private static void bind(PreparedStatement statement, @Nullable Object... values)
      throws SQLException {
    for (int at = 0; at < values.length; at++) {
      statement.setObject(
          at + 1,
          values[at] instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : values[at]);
    }
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
