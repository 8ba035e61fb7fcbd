package dev.portcullis.gateway.database;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A prepared statement that goes to the server together with what sets its scope, in one round trip
 * and one transaction: {@code BEGIN; SELECT set_config(...); ...; COMMIT}, or without the first and
 * the last where a transaction is open. The server itself forgets the scope at the transaction's
 * end, so nothing is left on a pooled connection.
 *
 * <p>The bracket is written out since the driver may send a part of several statements ahead of the
 * others (it does so to avoid a deadlock of buffers), and without it each part would be a
 * transaction of its own.
 */
final class ScopedStatement implements InvocationHandler {

  private final Connection connection;
  private final PreparedStatement statement;
  private final boolean bracketed;

  private ScopedStatement(Connection connection, PreparedStatement statement, boolean bracketed) {
    this.connection = connection;
    this.statement = statement;
    this.bracketed = bracketed;
  }

  /**
   * Prepares a statement.
   *
   * @param sql one statement
   */
  static PreparedStatement prepare(Connection connection, String sql, Scope scope)
      throws SQLException {
    boolean bracketed = connection.getAutoCommit();
    String scoped = Scope.SQL + ";\n" + sql;
    PreparedStatement statement =
        connection.prepareStatement(bracketed ? "BEGIN;\n" + scoped + ";\nCOMMIT" : scoped);
    try {
      scope.bind(statement);
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
    return (PreparedStatement)
        Proxy.newProxyInstance(
            ScopedStatement.class.getClassLoader(),
            new Class<?>[] {PreparedStatement.class},
            new ScopedStatement(connection, statement, bracketed));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    return switch (method.getName()) {
      case "executeQuery" -> {
        run();
        yield statement.getResultSet();
      }
      case "executeUpdate" -> {
        run();
        yield statement.getUpdateCount();
      }
      case "execute", "executeBatch", "addBatch", "getParameterMetaData" ->
          throw new SQLFeatureNotSupportedException(method.getName());
      default -> pass(method, arguments);
    };
  }

  /** To the statement; a parameter's number comes after those of the scope. */
  private @Nullable Object pass(Method method, Object @Nullable [] arguments) throws Throwable {
    Object @Nullable [] given = arguments;
    if (arguments != null
        && arguments.length > 1
        && method.getName().startsWith("set")
        && arguments[0] instanceof Integer parameter) {
      given = arguments.clone();
      given[0] = parameter + Scope.PARAMETERS;
    }
    try {
      return method.invoke(statement, given);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  /** Executes all of it, and goes on to the result of the statement itself. */
  private void run() throws SQLException {
    try {
      statement.execute();
      for (int before = bracketed ? 2 : 1; before > 0; before--) {
        statement.getMoreResults();
      }
    } catch (SQLException e) {
      if (bracketed) {
        rollBack(e);
      }
      throw e;
    }
  }

  /** A connection that stays in a failed transaction is no use to anybody: it is thrown away. */
  private void rollBack(SQLException reason) {
    try (Statement end = connection.createStatement()) {
      end.execute("ROLLBACK");
    } catch (SQLException e) {
      reason.addSuppressed(e);
      try {
        connection.abort(Runnable::run);
      } catch (SQLException again) {
        reason.addSuppressed(again);
      }
    }
  }
}
