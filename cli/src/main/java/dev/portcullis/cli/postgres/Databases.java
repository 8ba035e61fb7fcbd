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
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
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
  private static final String LAYING = "7110065";

  /** Which transactions hold tables of this database; one keeps its name until it ends. */
  private static final String HOLDING =
      """
      SELECT coalesce(array_agg(DISTINCT virtualtransaction), '{}') FROM pg_locks
        WHERE granted AND relation >= 16384
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      """;

  /**
   * Which of those transactions hold tables still, and which tables. An administrator who is no
   * superuser sees no times of others: what was there before, and is there now, is known without
   * them. One that was prepared is held by no process. What is asked in them is not told: values
   * stand in it.
   */
  private static final String STILL_HOLDING =
      """
      SELECT coalesce(string_agg(holder || since || ' on ' || tables, ', '), 'none any more')
        FROM (SELECT coalesce('process ' || a.pid || coalesce(' of ' || a.usename, ''),
              format('prepared transaction %L of %s', p.gid, p.owner)) AS holder,
            coalesce(' since ' || coalesce(a.xact_start, p.prepared), '') AS since,
            string_agg(DISTINCT c.relname, ' and ') AS tables
          FROM pg_locks l JOIN pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p')
            LEFT JOIN pg_stat_activity a ON a.pid = l.pid
            LEFT JOIN pg_locks own ON l.pid IS NULL AND own.virtualtransaction = l.virtualtransaction
              AND own.locktype = 'transactionid'
            LEFT JOIN pg_prepared_xacts p ON p.transaction = own.transactionid
          WHERE l.granted AND l.virtualtransaction = ANY (?)
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          GROUP BY holder, since ORDER BY since, holder LIMIT 5) used
      """;

  private static final String LAID =
      """
      SELECT count(*) AS steps, coalesce((array_agg(version ORDER BY installed_rank DESC))[1], '')
          AS version FROM flyway_schema_history WHERE success AND version IS NOT NULL
      """;

  private static final String BROKEN_OFF =
      """
      SELECT coalesce(string_agg(format(
          ' The index %s broke off; laying the schema again makes it anew.', indexrelid::regclass),
          ''), '') FROM pg_index WHERE NOT indisvalid
      """;

  /** A lock that was given up, and a deadlock that ended so (PostgreSQL, Appendix A). */
  private static final Set<String> NO_LOCK = Set.of("55P03", "40P01");

  /** Its next try, after what has queued behind it went through. */
  private static final String PAUSE = "SELECT pg_sleep(1)";

  /**
   * How long a step of a schema waits for a lock. All who want the table wait behind it, and with
   * them all payments, until it gives up; then it tries again.
   *
   * @param each of the tries
   * @param tries how many, one or more
   */
  record Patience(Duration each, int tries) {
    private static final Patience USUAL = new Patience(Duration.ofSeconds(2), 10);
  }

  private final DatabaseServer server;
  private final Function<Zone, Path> jars;
  private final Patience patience;

  public Databases(DatabaseServer server, Home home) {
    this(server, home::jars, Patience.USUAL);
  }

  private Databases(DatabaseServer server, Function<Zone, Path> jars, Patience patience) {
    this.server = server;
    this.jars = jars;
    this.patience = patience;
  }

  /** The same databases with the schemas that a checkout has built, whatever the home runs. */
  public Databases withSchemasOf(Path checkout) {
    return new Databases(
        server, zone -> checkout.resolve(zone.label()).resolve("target"), patience);
  }

  /** The same databases, for whose locks a step waits that long. */
  Databases with(Patience other) {
    return new Databases(server, jars, other);
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
    try {
      migrate(zone, version);
    } catch (FlywayException e) {
      throw notLaid(zone, e, "");
    }
  }

  /**
   * What laying a schema did.
   *
   * @param before the version that there was; empty for none
   * @param after the version that there is
   * @param steps how many migrations led there, in all tries
   */
  public record Laid(String before, String after, int steps) {}

  /**
   * Brings one zone's database to the schema in the zone's jar. A newer one stays as it is; whoever
   * else does the same meanwhile is waited for. What uses the tables is let through.
   *
   * @throws Refusal if a step could not be made, or found its table in use at each try: then it
   *     names the processes, and the steps before it stay
   */
  public Laid lay(Zone zone) {
    try (Connection connection = server.connect(database(zone))) {
      execute(connection, "SET statement_timeout = 0");
      // A statement that waited for the lock would be waited for by an index that is built
      // concurrently.
      while (!exists(connection, "SELECT 1 WHERE pg_try_advisory_lock(?::bigint)", LAYING)) {
        execute(connection, PAUSE);
      }
      Laid laid = lay(connection, zone);
      grant(connection, zone);
      return laid;
    } catch (FlywayException e) {
      throw notLaid(zone, e, "");
    } catch (SQLException e) {
      throw failure(zone, e);
    }
  }

  private Laid lay(Connection connection, Zone zone) throws SQLException {
    Laid before = laid(connection, zone);
    for (int tries = 1; ; tries++) {
      try {
        forgetBrokenOff(connection, zone);
        migrate(zone, "latest");
        Laid after = laid(connection, zone);
        return new Laid(before.after, after.after, after.steps - before.steps);
      } catch (FlywayException e) {
        if (!gaveUpLock(e)) {
          throw notLaid(zone, e, brokenOff(connection));
        }
        if (tries == patience.tries) {
          throw inUse(connection, zone, e);
        }
        execute(connection, PAUSE);
      }
    }
  }

  /** What there is by now, whatever laid it. */
  private static Laid laid(Connection connection, Zone zone) throws SQLException {
    if (!hasHistory(connection)) {
      return new Laid("", "", 0);
    }
    execute(connection, "SET ROLE " + owner(zone));
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(LAID)) {
      row.next();
      return new Laid("", String.valueOf(row.getString("version")), row.getInt("steps"));
    } finally {
      execute(connection, "RESET ROLE");
    }
  }

  /**
   * A step without a transaction leaves a note where it failed. Such a one first takes away what it
   * has left, and can be made again (CONTRIBUTING, "Changing the schema").
   */
  private static void forgetBrokenOff(Connection connection, Zone zone) throws SQLException {
    if (hasHistory(connection)) {
      execute(connection, "SET ROLE " + owner(zone));
      execute(connection, "DELETE FROM flyway_schema_history WHERE NOT success");
      execute(connection, "RESET ROLE");
    }
  }

  private static boolean hasHistory(Connection connection) throws SQLException {
    return exists(
        connection, "SELECT 1 FROM pg_tables WHERE tablename = ?", "flyway_schema_history");
  }

  private static boolean gaveUpLock(FlywayException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && NO_LOCK.contains(sql.getSQLState())) {
        return true;
      }
    }
    return false;
  }

  private Refusal inUse(Connection connection, Zone zone, FlywayException e) throws SQLException {
    return new Refusal(
        ("The %s's schema could not be laid yet: a table that a step changes was in use at each of"
                + " %d tries. Transactions that hold tables for longer than one waits: %s. Steps"
                + " before it stay, and nothing else was changed; end those and do it again.")
            .formatted(zone.label(), patience.tries, holders(connection)),
        e);
  }

  private String holders(Connection connection) throws SQLException {
    try (Statement first = connection.createStatement();
        ResultSet holding = first.executeQuery(HOLDING);
        PreparedStatement second = connection.prepareStatement(STILL_HOLDING)) {
      holding.next();
      second.setArray(1, holding.getArray(1));
      execute(connection, "SELECT pg_sleep(%d * 0.001)".formatted(patience.each.toMillis()));
      try (ResultSet still = second.executeQuery()) {
        return still.next() ? String.valueOf(still.getString(1)) : "";
      }
    }
  }

  /** Which indexes were begun concurrently and are none: they cost what each write costs one. */
  private static String brokenOff(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(BROKEN_OFF)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  private static Refusal notLaid(Zone zone, FlywayException e, String also) {
    return new Refusal(
        "The %s's schema could not be laid: %s%s".formatted(zone.label(), e.getMessage(), also), e);
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

  private void migrate(Zone zone, String target) {
    try (URLClassLoader jar =
        new URLClassLoader(new URL[] {migrationJar(zone)}, Databases.class.getClassLoader())) {
      Flyway.configure(jar)
          .dataSource(server.url(database(zone), null), server.administrator(), server.password())
          .initSql(
              "SET ROLE %s; SET lock_timeout = %d; SET statement_timeout = 0"
                  .formatted(owner(zone), patience.each.toMillis()))
          .callbacks(new LockTimeout(patience.each))
          // Its own lock's open transaction would be waited for by an index that is built
          // concurrently.
          .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
          .locations("classpath:db/" + zone.label())
          .failOnMissingLocations(true)
          .target(target)
          .load()
          .migrate();
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
