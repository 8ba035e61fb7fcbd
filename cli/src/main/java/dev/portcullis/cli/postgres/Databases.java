package dev.portcullis.cli.postgres;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.audit.AppendOnly;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Function;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateResult;
import org.postgresql.PGConnection;

/**
 * Makes the vault's and the gateway's databases, each with an owner that lays its schema and cannot
 * sign in, and a role for the zone that may change rows and nothing else. Neither zone's role can
 * connect to the other's database. Doing it again changes nothing.
 */
public final class Databases {
  private static final String OWNER_SEES_ALL =
      """
      DO $$
      DECLARE forced record;
      BEGIN
        FOR forced IN SELECT c.oid::regclass AS name FROM pg_class c WHERE c.relforcerowsecurity
          AND pg_get_userbyid(c.relowner) = current_user AND NOT EXISTS
            (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'owner_sees_all')
        LOOP
          EXECUTE format('CREATE POLICY owner_sees_all ON %s TO %I USING (true) WITH CHECK (true)',
            forced.name, current_user);
        END LOOP;
      END
      $$
      """;

  /** Whoever lays a schema holds this lock of its database, so that one does and the others see. */
  private static final long LAYING = 7_110_065;

  private final DatabaseServer server;
  private final Function<Zone, Path> jars;

  public Databases(DatabaseServer server, Home home) {
    this(server, home::jars);
  }

  private Databases(DatabaseServer server, Function<Zone, Path> jars) {
    this.server = server;
    this.jars = jars;
  }

  /** The same databases with the schemas that a checkout has built, whatever the home runs. */
  public Databases withSchemasOf(Path checkout) {
    return new Databases(server, zone -> checkout.resolve(zone.label()).resolve("target"));
  }

  public static String database(Zone zone) {
    return "portcullis_" + zone.label();
  }

  public static String role(Zone zone) {
    return zone.label() + "_app";
  }

  private static String owner(Zone zone) {
    return zone.label() + "_owner";
  }

  /** Refuses a server on which another home has made the zone's role. */
  public void requireUnused(Zone zone) {
    try (Connection connection = server.connect(server.maintenanceDatabase())) {
      if (exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", role(zone))) {
        throw new Refusal(
            "The database server already has a role %s, made for another home: start with that"
                    .formatted(role(zone))
                + " --home, or use another server.");
      }
    } catch (SQLException e) {
      throw failure(zone, e);
    }
  }

  /**
   * Makes one zone's roles and its empty database. Not to be run for two zones at once: both touch
   * the server's shared catalogues.
   *
   * @param password of the zone's role
   */
  public void create(Zone zone, String password) {
    try (Connection connection = server.connect(server.maintenanceDatabase())) {
      makeRoles(connection, zone, password);
      makeDatabase(connection, zone);
    } catch (SQLException e) {
      throw failure(zone, e);
    }
  }

  /** True when the vault's database holds data keys: what they sealed needs their master key. */
  public boolean holdsDataKeys() {
    return holds(Zone.VAULT, "data_key", "SELECT 1 FROM data_key WHERE id <> ? LIMIT 1");
  }

  /** True when the zone has somebody active who administers it. */
  public boolean holdsAdministrator(Zone zone) {
    return holds(
        zone,
        "person",
        "SELECT 1 FROM person WHERE role = 'administrator' AND password IS NOT NULL AND name <> ?"
            + " LIMIT 1");
  }

  private boolean holds(Zone zone, String table, String anyRow) {
    try (Connection connection = server.connect(server.maintenanceDatabase())) {
      if (!exists(connection, "SELECT 1 FROM pg_database WHERE datname = ?", database(zone))) {
        return false;
      }
    } catch (SQLException e) {
      throw failure(zone, e);
    }
    try (Connection connection = server.connect(database(zone))) {
      execute(connection, "SET ROLE " + owner(zone));
      return exists(connection, "SELECT 1 FROM pg_tables WHERE tablename = ?", table)
          && exists(connection, anyRow, "");
    } catch (SQLException e) {
      throw failure(zone, e);
    }
  }

  /**
   * Connects as one who sees all of a zone's rows, whatever row-level security shows others: the
   * superuser of our own server, or the owner, who is given a policy where security binds owners.
   */
  public Connection connectToAll(Zone zone) throws SQLException {
    if (server.embedded()) {
      return connect(zone);
    }
    Connection connection = connectAsOwner(zone);
    execute(connection, OWNER_SEES_ALL);
    return connection;
  }

  /** Connects as the role that owns a zone's tables. */
  public Connection connectAsOwner(Zone zone) throws SQLException {
    Connection connection = connect(zone);
    execute(connection, "SET ROLE " + owner(zone));
    return connection;
  }

  /** The text form of values hangs on none of the server's settings. */
  private Connection connect(Zone zone) throws SQLException {
    Connection connection = server.connect(database(zone));
    execute(connection, "SET timezone = 'UTC'");
    execute(connection, "SET bytea_output = 'hex'");
    execute(connection, "SET intervalstyle = 'postgres'");
    execute(connection, "SET statement_timeout = 0");
    execute(connection, "SET idle_in_transaction_session_timeout = 0");
    return connection;
  }

  /** Brings one zone's database to exactly that version of its schema, and grants nothing yet. */
  public void layTo(Zone zone, String version) {
    migrate(zone, version);
  }

  /**
   * What laying a schema did.
   *
   * @param before the version that there was; empty for none
   * @param after the version that there is
   * @param steps how many migrations led there
   */
  public record Laid(String before, String after, int steps) {}

  /**
   * Brings one zone's database to the schema in the zone's jar. A newer one stays as it is; whoever
   * else does the same meanwhile is waited for.
   */
  public Laid lay(Zone zone) {
    try (Connection connection = server.connect(database(zone))) {
      execute(connection, "SET lock_timeout = 0");
      execute(connection, "SELECT pg_advisory_lock(" + LAYING + ")");
      Laid laid = migrate(zone, "latest");
      grant(connection, zone);
      return laid;
    } catch (SQLException e) {
      throw failure(zone, e);
    }
  }

  private static Refusal failure(Zone zone, SQLException e) {
    return new Refusal(
        "The %s's database could not be prepared: %s.".formatted(zone.label(), e.getMessage()), e);
  }

  private void makeRoles(Connection connection, Zone zone, String password) throws SQLException {
    if (!exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", role(zone))) {
      execute(connection, "CREATE ROLE " + role(zone) + " LOGIN");
    }
    if (!exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", owner(zone))) {
      execute(connection, "CREATE ROLE " + owner(zone) + " NOLOGIN");
    }
    if (!server.embedded()) {
      // An administrator who is no superuser acts as the owner by being its member.
      execute(connection, "GRANT " + owner(zone) + " TO CURRENT_USER");
    }
    // The driver sends the salted verifier, so the password is in no statement and no log.
    connection
        .unwrap(PGConnection.class)
        .alterUserPassword(role(zone), password.toCharArray(), "scram-sha-256");
  }

  private void makeDatabase(Connection connection, Zone zone) throws SQLException {
    String database = database(zone);
    if (!exists(connection, "SELECT 1 FROM pg_database WHERE datname = ?", database)) {
      // An outside server's template may be of any encoding, and its sort order may change with its
      // system's libraries.
      String form =
          server.embedded()
              ? ""
              : " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'";
      execute(connection, "CREATE DATABASE " + database + " OWNER " + owner(zone) + form);
    }
    execute(connection, "REVOKE ALL ON DATABASE " + database + " FROM PUBLIC");
    execute(connection, "GRANT CONNECT ON DATABASE " + database + " TO " + role(zone));
    if (server.embedded()) {
      execute(connection, "REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC");
    }
  }

  private Laid migrate(Zone zone, String target) {
    try (URLClassLoader jar =
        new URLClassLoader(new URL[] {migrationJar(zone)}, Databases.class.getClassLoader())) {
      MigrateResult result =
          Flyway.configure(jar)
              .dataSource(
                  server.url(database(zone), null), server.administrator(), server.password())
              .initSql("SET ROLE " + owner(zone))
              .locations("classpath:db/" + zone.label())
              .failOnMissingLocations(true)
              .target(target)
              .load()
              .migrate();
      String before = result.initialSchemaVersion == null ? "" : result.initialSchemaVersion;
      String after = result.targetSchemaVersion == null ? before : result.targetSchemaVersion;
      return new Laid(before, after, result.migrationsExecuted);
    } catch (FlywayException e) {
      throw new Refusal(
          "The %s's schema could not be laid: %s".formatted(zone.label(), e.getMessage()), e);
    } catch (IOException e) {
      throw HomeFiles.failure("read the schema of the " + zone.label(), e);
    }
  }

  private URL migrationJar(Zone zone) throws IOException {
    try (Stream<Path> files = Files.list(jars.apply(zone))) {
      Path jar =
          files
              .filter(path -> path.toString().endsWith(".jar"))
              .filter(path -> !path.toString().endsWith("-tests.jar"))
              .filter(path -> String.valueOf(path.getFileName()).startsWith(zone.label() + "-"))
              .findFirst()
              .orElseThrow(() -> new IOException("no jar of the zone in " + jars.apply(zone)));
      return jar.toUri().toURL();
    }
  }

  private static void grant(Connection connection, Zone zone) throws SQLException {
    String role = role(zone);
    execute(connection, "SET ROLE " + owner(zone));
    connection.setAutoCommit(false); // at no moment has it more than it ends with
    execute(connection, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    execute(connection, "GRANT USAGE ON SCHEMA public TO " + role);
    execute(
        connection,
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + role);
    execute(connection, "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO " + role);
    // What version the schema has is a fact that a zone reads and never writes.
    execute(connection, "REVOKE INSERT, UPDATE, DELETE ON flyway_schema_history FROM " + role);
    execute(connection, AppendOnly.restrict(role));
    connection.commit();
  }

  private static boolean exists(Connection connection, String query, String name)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  // Every piece of these statements is a constant of this class: no name comes from outside.
  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
