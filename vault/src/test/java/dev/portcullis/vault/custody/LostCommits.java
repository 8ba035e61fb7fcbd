package dev.portcullis.vault.custody;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A database whose commits succeed and, when it is told to, are not heard of. */
final class LostCommits {

  private final DataSource real;
  private volatile boolean lost;
  private volatile boolean down;

  LostCommits(DataSource real) {
    this.real = real;
  }

  /** From now on. */
  void lose(boolean now) {
    lost = now;
  }

  /** From now on nothing connects. */
  void down(boolean now) {
    down = now;
  }

  DataSource source() {
    return proxy(
        DataSource.class,
        real,
        (method, result) -> {
          if (down) {
            throw new SQLException("there is no database", "08001");
          }
          return result instanceof Connection connection ? connection(connection) : result;
        });
  }

  private Connection connection(Connection connection) {
    return proxy(
        Connection.class,
        connection,
        (method, result) -> {
          if (method.equals("commit") && lost) {
            throw new SQLException("the connection is gone", "08006");
          }
          return result;
        });
  }

  private interface After {
    Object then(String method, Object result) throws SQLException;
  }

  private static <T> T proxy(Class<T> type, T target, After after) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              try {
                return after.then(method.getName(), method.invoke(target, arguments));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
