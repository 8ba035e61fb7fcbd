package dev.portcullis.gateway;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.UnaryOperator;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Stands between the gateway and its pool of connections: notes every statement that is prepared,
 * and can change one on its way.
 */
final class Statements implements BeanPostProcessor {

  private final Set<String> seen = new ConcurrentSkipListSet<>();
  private volatile UnaryOperator<String> change = UnaryOperator.identity();

  /** What has been prepared so far. */
  Set<String> seen() {
    return new TreeSet<>(seen);
  }

  /** Changes statements from now on. */
  void change(UnaryOperator<String> by) {
    change = by;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    return bean instanceof HikariDataSource pool ? new Pool(pool) : bean;
  }

  private interface Step {
    Object take(Object result, Object[] arguments);
  }

  /** The gateway's pool, whose connections tell what they prepare. */
  private final class Pool extends HikariDataSource {
    private final HikariDataSource pool;

    Pool(HikariDataSource pool) {
      this.pool = pool;
    }

    @Override
    public Connection getConnection() throws SQLException {
      return (Connection) proxy(Connection.class, pool.getConnection(), (made, _) -> made);
    }

    @Override
    public HikariPoolMXBean getHikariPoolMXBean() {
      return pool.getHikariPoolMXBean();
    }

    @Override
    public int getMaximumPoolSize() {
      return pool.getMaximumPoolSize();
    }

    @Override
    public void close() {
      pool.close();
    }
  }

  private Object proxy(Class<?> type, Object target, Step step) {
    InvocationHandler handler =
        (_, method, arguments) -> {
          Object[] given = arguments == null ? new Object[0] : arguments.clone();
          if (method.getName().equals("prepareStatement")) {
            String sql = (String) given[0];
            seen.add(sql);
            given[0] = change.apply(sql);
          }
          try {
            return step.take(method.invoke(target, given), given);
          } catch (InvocationTargetException e) {
            throw e.getTargetException();
          }
        };
    return Proxy.newProxyInstance(
        Statements.class.getClassLoader(), new Class<?>[] {type}, handler);
  }
}
