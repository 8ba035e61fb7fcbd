package dev.portcullis.gateway;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Stands between the gateway and its database, for the pool and the journal alike: notes every
 * statement that is prepared, and can change one on its way. Statements that go to the server
 * together are taken one by one.
 */
final class Statements implements BeanPostProcessor {

  private static final String END = ";\n";

  /** What only names the accounts and brackets the transaction. */
  private static final List<String> AROUND = List.of("BEGIN", "COMMIT", "SELECT set_config(");

  private final Set<String> seen = new ConcurrentSkipListSet<>();
  private final Set<String> recent = new ConcurrentSkipListSet<>();
  private volatile UnaryOperator<String> change = UnaryOperator.identity();

  /** What has been prepared so far. */
  Set<String> seen() {
    return new TreeSet<>(seen);
  }

  /** What is prepared while that goes on. */
  Set<String> during(Work work) throws SQLException {
    recent.clear();
    work.go();
    return new TreeSet<>(recent);
  }

  /** Something that is done with the gateway. */
  interface Work {
    void go() throws SQLException;
  }

  /** Changes statements from now on. */
  void change(UnaryOperator<String> by) {
    change = by;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    return bean instanceof PGSimpleDataSource connections ? new Observed(connections) : bean;
  }

  private final class Observed extends PGSimpleDataSource {
    private static final long serialVersionUID = 1;

    private final transient PGSimpleDataSource connections;

    Observed(PGSimpleDataSource connections) {
      this.connections = connections;
    }

    @Override
    public Connection getConnection() throws SQLException {
      Connection connection = connections.getConnection();
      return (Connection)
          Proxy.newProxyInstance(
              Statements.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (_, method, arguments) -> {
                Object[] given = arguments == null ? new Object[0] : arguments.clone();
                if (method.getName().equals("prepareStatement")) {
                  given[0] = taken((String) given[0]);
                }
                try {
                  return method.invoke(connection, given);
                } catch (InvocationTargetException e) {
                  throw e.getTargetException();
                }
              });
    }
  }

  private String taken(String sql) {
    return Arrays.stream(sql.split(END, -1))
        .map(
            one -> {
              if (AROUND.stream().anyMatch(one::startsWith)) {
                return one;
              }
              seen.add(one);
              recent.add(one);
              return change.apply(one);
            })
        .collect(Collectors.joining(END));
  }
}
