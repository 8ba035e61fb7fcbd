package dev.portcullis.vault;

import dev.portcullis.wire.audit.AppendOnly;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A real PostgreSQL, durable as in operation, with the vault's schema and a role for the vault that
 * may only read and write rows. One for all tests of the module.
 */
public final class TestDatabase {

  public static final String APP = "vault_app";
  public static final String PASSWORD = "throwaway";

  private static final TestDatabase SHARED = start();

  private final EmbeddedPostgres postgres;
  private final String name;

  private TestDatabase(EmbeddedPostgres postgres, String name) throws SQLException {
    this.postgres = postgres;
    this.name = name;
    Flyway.configure()
        .dataSource(owner())
        .locations("classpath:db/vault")
        // An index that is made concurrently waits for every transaction, also Flyway's own.
        .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
        .load()
        .migrate();
    execute(
        owner(),
        "grant select, insert, update, delete on all tables in schema public to vault_app");
    execute(owner(), AppendOnly.restrict(APP));
  }

  /** One of its own, where a test changes what all the others need. */
  public static TestDatabase fresh(String name) {
    SHARED.execute("create database " + name);
    try {
      return new TestDatabase(SHARED.postgres, name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static TestDatabase start() {
    try {
      EmbeddedPostgres postgres =
          EmbeddedPostgres.builder()
              .setServerConfig("fsync", "on")
              .setServerConfig("synchronous_commit", "on")
              .start();
      execute(postgres.getPostgresDatabase(), "create role vault_app login password 'throwaway'");
      return new TestDatabase(postgres, "postgres");
    } catch (IOException | SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  public static TestDatabase shared() {
    return SHARED;
  }

  public String url() {
    return "jdbc:postgresql://localhost:" + postgres.getPort() + "/" + name;
  }

  /** As the vault's role. */
  public DataSource app() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url());
    source.setUser(APP);
    source.setPassword(PASSWORD);
    return source;
  }

  /** As the tables' owner. */
  public DataSource owner() {
    return postgres.getDatabase("postgres", name);
  }

  public void execute(String sql) {
    try {
      execute(owner(), sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The one value of a query, as text. */
  public String query(String sql) {
    try (Connection connection = owner().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return String.valueOf(rows.getObject(1));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void execute(DataSource source, String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
