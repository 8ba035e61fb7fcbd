package dev.portcullis.gateway.testing;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.wire.audit.AppendOnly;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A real PostgreSQL for the module's tests: one server for the whole run, with durability on as in
 * operation, and a fresh database with the gateway's schema for each caller. Roles are those of
 * operation, too: one that owns the tables, and one for the gateway, which row-level security
 * binds.
 */
public final class TestDatabase {

  private static final AtomicInteger NEXT = new AtomicInteger();

  /** The gateway's role. */
  public static final String GATEWAY = "gateway_app";

  private static final String OWNER = "gateway_owner";

  private final String name;

  private TestDatabase(String name) {
    this.name = name;
  }

  /** One server, stopped with the JVM. */
  private static final class Server {
    static final EmbeddedPostgres POSTGRES = start();

    private static EmbeddedPostgres start() {
      try {
        EmbeddedPostgres server =
            EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "100")
                .start();
        try (Connection connection = server.getPostgresDatabase().getConnection();
            Statement statement = connection.createStatement()) {
          statement.execute("CREATE ROLE " + OWNER + " NOLOGIN");
          statement.execute("CREATE ROLE " + GATEWAY + " LOGIN");
        }
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** A fresh database with the schema. */
  public static TestDatabase fresh() {
    String name = "gateway_" + NEXT.incrementAndGet();
    try (Connection connection = Server.POSTGRES.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name + " OWNER " + OWNER);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    TestDatabase database = new TestDatabase(name);
    Flyway.configure()
        .dataSource(database.everything())
        .initSql("SET ROLE " + OWNER)
        .locations("db/gateway")
        .load()
        .migrate();
    try {
      database.execute(
          "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + GATEWAY);
      database.execute(AppendOnly.restrict(GATEWAY));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return database;
  }

  /** Plain connections to it, as the gateway: they see rows of the accounts that they name. */
  public PGSimpleDataSource dataSource() {
    return as(GATEWAY);
  }

  /** Plain connections to it, as the superuser, who sees and changes all rows. */
  public PGSimpleDataSource everything() {
    return as("postgres");
  }

  private PGSimpleDataSource as(String role) {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setServerNames(new String[] {"localhost"});
    dataSource.setPortNumbers(new int[] {Server.POSTGRES.getPort()});
    dataSource.setDatabaseName(name);
    dataSource.setUser(role);
    return dataSource;
  }

  /** What the gateway's parts ask, as the gateway. */
  public Database rows() {
    return new Database(dataSource());
  }

  /** Takes the second lock away, so that a test can tell what the first one does alone. */
  public void dropRowLevelSecurity() throws SQLException {
    execute(
        """
        DO $$
        DECLARE secured record;
        BEGIN
          FOR secured IN SELECT oid::regclass AS name FROM pg_class WHERE relrowsecurity LOOP
            EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', secured.name);
          END LOOP;
          FOR secured IN SELECT viewname AS name FROM pg_views WHERE schemaname = 'search' LOOP
            EXECUTE format('CREATE OR REPLACE VIEW search.%1$I AS SELECT * FROM %1$I', secured.name);
          END LOOP;
        END
        $$
        """);
  }

  /** Executes a statement as the superuser. */
  public void execute(String sql) throws SQLException {
    try (Connection connection = everything().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of the query's single row, as a number. */
  public long number(String sql, Object... parameters) {
    return Long.parseLong(text(sql, parameters));
  }

  /** The first column of the query's single row, as text. */
  public String text(String sql, Object... parameters) {
    try (Connection connection = everything().getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          throw new IllegalStateException("no row: " + sql);
        }
        return String.valueOf(rows.getString(1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
