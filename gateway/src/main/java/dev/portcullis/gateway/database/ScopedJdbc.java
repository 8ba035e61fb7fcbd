package dev.portcullis.gateway.database;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCreator;
import org.springframework.jdbc.core.PreparedStatementSetter;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.jdbc.core.SqlProvider;

/** Runs each statement in a scope; see {@link ScopedStatement}. */
final class ScopedJdbc extends JdbcTemplate {

  private final Scope scope;

  ScopedJdbc(DataSource connections, Scope scope) {
    super(connections);
    this.scope = scope;
  }

  @Override
  public <T extends @Nullable Object> T query(
      PreparedStatementCreator creator,
      @Nullable PreparedStatementSetter setter,
      ResultSetExtractor<T> rows) {
    return super.query(new Scoped(creator, scope), setter, rows);
  }

  @Override
  protected int update(PreparedStatementCreator creator, @Nullable PreparedStatementSetter setter) {
    return super.update(new Scoped(creator, scope), setter);
  }

  /** Has the statement prepared together with what sets the scope. */
  private record Scoped(PreparedStatementCreator creator, Scope scope)
      implements PreparedStatementCreator, SqlProvider {

    @Override
    public PreparedStatement createPreparedStatement(Connection connection) throws SQLException {
      return creator.createPreparedStatement(
          (Connection)
              Proxy.newProxyInstance(
                  Scoped.class.getClassLoader(),
                  new Class<?>[] {Connection.class},
                  (_, method, arguments) -> {
                    if (method.getName().equals("prepareStatement") && arguments.length == 1) {
                      return ScopedStatement.prepare(connection, (String) arguments[0], scope);
                    }
                    throw new UnsupportedOperationException(method.getName());
                  }));
    }

    @Override
    public @Nullable String getSql() {
      return creator instanceof SqlProvider provider ? provider.getSql() : null;
    }
  }
}
