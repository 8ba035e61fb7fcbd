package dev.portcullis.cli.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.TestHome;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.postgres.Databases.Laid;
import dev.portcullis.cli.process.Accounts;
import dev.portcullis.cli.process.ProcessTable;
import dev.portcullis.cli.setup.ZoneFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real server: its durability, its doors, and what a kill leaves. */
@Timeout(120)
final class EmbeddedPostgresTest {
  private static final String PASSWORD = "only-for-this-test";
  private TestHome test;
  private Home home;
  private PostgresProgram program;
  private int port;

  @BeforeEach
  void makeHome() throws IOException {
    test = new TestHome();
    home = test.home();
    Accounts accounts = Accounts.detect();
    accounts.ensure();
    new ZoneFiles(home, accounts).folders();
    port = freePort();
    program = new PostgresProgram(home, accounts, port);
    program.prepare(PASSWORD);
  }

  @AfterEach
  void removeHome() throws IOException {
    program.stopLeftovers();
    test.close();
  }

  @ParameterizedTest
  @CsvSource({"268435456, 64MB", "2147483648, 128MB", "17179869184, 512MB", "1099511627776, 512MB"})
  void keepsAsMuchOfItsTablesAsTheMachineCanSpare(long memory, String cache) {
    assertThat(PostgresProgram.settings(port, memory)).containsEntry("shared_buffers", cache);
  }

  @Test
  void keepsWhatItAcknowledgedThroughAKillOfEverything() throws Exception {
    Process first = start();
    try (Connection connection = superuser();
        Statement statement = connection.createStatement()) {
      for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
        assertThat(one(statement, "SELECT current_setting('" + setting + "')")).isEqualTo("on");
      }
      assertThat(one(statement, "SELECT current_setting('data_checksums')")).isEqualTo("on");
      assertThat(
              one(
                  statement,
                  "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'"))
          .isEqualTo("0");
      statement.execute("CREATE TABLE kept (n int)");
      statement.execute("INSERT INTO kept SELECT generate_series(1, 1000)");
    }
    assertThatThrownBy(() -> connect("postgres", "postgres", "wrong"))
        .isInstanceOf(SQLException.class);

    // Only the postmaster dies: its children and its lock file stay behind.
    ProcessTable.signal(first.toHandle(), "KILL");
    first.waitFor();
    assertThat(Files.exists(home.databaseData().resolve("postmaster.pid"))).isTrue();
    Process second = start();
    assertThat(second.pid()).isNotEqualTo(first.pid());
    assertThat(count()).isEqualTo("1000");

    // One that outlived its supervisor is replaced, not doubled.
    Process third = start();
    assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(count()).isEqualTo("1000");
    ProcessTable.stop(third.toHandle(), program.stopSignal(), Duration.ofSeconds(20));
    assertThat(new ProcessTable(home).of(Zone.POSTGRES)).isEmpty();
  }

  @Test
  void neitherZoneReachesTheOthersDatabaseNorChangesItsSchema() throws Exception {
    start();
    DatabaseServer server = DatabaseServer.embedded(port, PASSWORD);
    Databases databases = new Databases(server, home);
    for (Zone zone : List.of(Zone.VAULT, Zone.GATEWAY)) {
      migrationJar(zone);
      databases.requireUnused(zone);
      databases.create(zone, PASSWORD);
      databases.lay(zone);
      databases.create(zone, PASSWORD);
      databases.lay(zone);
    }
    try (Connection own = connect("portcullis_vault", "vault_app", PASSWORD);
        Statement statement = own.createStatement()) {
      statement.execute("INSERT INTO thing (n) VALUES (1)");
      statement.execute("UPDATE thing SET n = 2");
      assertThat(one(statement, "SELECT n FROM thing")).isEqualTo("2");
      statement.execute("DELETE FROM thing");
      refused(statement, "CREATE TABLE other (n int)");
      refused(statement, "TRUNCATE thing");
      refused(statement, "CREATE TEMPORARY TABLE other (n int)");
      refused(statement, "UPDATE flyway_schema_history SET version = '9'");
      refused(statement, "SET ROLE vault_owner");
    }
    for (String database : List.of("portcullis_gateway", "postgres", "template1")) {
      assertThatThrownBy(() -> connect(database, "vault_app", PASSWORD))
          .as(database)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("permission denied for database");
    }
    assertThatThrownBy(() -> connect("portcullis_vault", "gateway_app", PASSWORD))
        .isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> databases.requireUnused(Zone.VAULT))
        .hasMessageContaining("made for another home");
    assertThat(HomeFiles.read(home.log(Zone.POSTGRES)).orElse("")).doesNotContain(PASSWORD);
  }

  private static final String THING = "CREATE TABLE thing (n int)";

  /** Whoever uses the table is never kept up for longer than one try waits. */
  @Test
  void aStepThatFindsItsTableInUseGivesWayAndSaysWhoUsesIt() throws Exception {
    start();
    Databases databases = made();
    databases.withSchemasOf(version("before", THING)).lay(Zone.VAULT);
    Databases after =
        databases.withSchemasOf(version("after", THING, "ALTER TABLE thing ADD COLUMN m int"));
    try (Connection user = connect("portcullis_vault", "vault_app", PASSWORD);
        Statement statement = user.createStatement()) {
      user.setAutoCommit(false);
      one(statement, "SELECT count(*) FROM thing");
      assertThatThrownBy(() -> laid(after).get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(Refusal.class)
          .hasMessageContaining("at each of 2 tries")
          .hasMessageContaining(
              "process %s of vault_app since".formatted(one(statement, "SELECT pg_backend_pid()")));
      user.commit();
    }
    assertThat(laid(after).get(30, TimeUnit.SECONDS)).isEqualTo(new Laid("1", "2", 1));
  }

  private static final String INDEX =
      "DROP INDEX CONCURRENTLY IF EXISTS thing_n;\n"
          + "CREATE INDEX CONCURRENTLY thing_n ON thing (n)";

  /**
   * It waits for whoever was there before, for however long, and nobody waits for it. Nor may it
   * wait for what waits for its turn to lay a schema.
   */
  @Test
  void anIndexIsBuiltBesideWhatUsesItsTable() throws Exception {
    start();
    Databases databases = made();
    databases.withSchemasOf(version("before", THING)).lay(Zone.VAULT);
    Databases after = databases.withSchemasOf(version("after", THING, INDEX));
    List<CompletableFuture<Laid>> both;
    try (Connection user = connect("portcullis_vault", "vault_app", PASSWORD);
        Statement statement = user.createStatement()) {
      user.setAutoCommit(false);
      statement.execute("INSERT INTO thing (n) VALUES (1)");
      both = List.of(laid(after), laid(after));
      waitedFor(both, "CREATE INDEX CONCURRENTLY");
      try (Connection other = connect("portcullis_vault", "vault_app", PASSWORD);
          Statement payment = other.createStatement()) {
        payment.execute("SET lock_timeout = 100");
        payment.execute("INSERT INTO thing (n) VALUES (2)");
      }
      user.commit();
    }
    assertThat(
            List.of(both.get(0).get(30, TimeUnit.SECONDS), both.get(1).get(30, TimeUnit.SECONDS)))
        .containsExactlyInAnyOrder(new Laid("1", "2", 1), new Laid("2", "2", 0));
    assertThat(indexIsOne()).isEqualTo("t");
  }

  @Test
  void anIndexThatBrokeOffIsNamedAndMadeAgain() throws Exception {
    start();
    Databases databases = made();
    databases.withSchemasOf(version("before", THING)).lay(Zone.VAULT);
    Databases after =
        databases.withSchemasOf(
            version("after", THING, INDEX.replace("CREATE INDEX", "CREATE UNIQUE INDEX")));
    try (Connection own = connect("portcullis_vault", "vault_app", PASSWORD);
        Statement statement = own.createStatement()) {
      statement.execute("INSERT INTO thing (n) VALUES (1), (1)");
      assertThatThrownBy(() -> laid(after).get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(Refusal.class)
          .hasMessageContaining("index thing_n broke off");
      assertThat(indexIsOne()).isEqualTo("f");
      statement.execute("DELETE FROM thing");
    }
    assertThat(laid(after).get(30, TimeUnit.SECONDS)).isEqualTo(new Laid("1", "2", 1));
    assertThat(indexIsOne()).isEqualTo("t");
  }

  @Test
  void whatComesAfterAnIndexGivesWayLikeWhatComesBefore() throws Exception {
    start();
    Databases databases = made();
    String other = "CREATE TABLE other (n int)";
    databases.withSchemasOf(version("before", THING, other)).lay(Zone.VAULT);
    Databases after =
        databases.withSchemasOf(
            version("after", THING, other, INDEX, "ALTER TABLE other ADD COLUMN m int"));
    try (Connection user = connect("portcullis_vault", "vault_app", PASSWORD);
        Statement statement = user.createStatement()) {
      user.setAutoCommit(false);
      // Other than a query, it leaves no snapshot that the index would wait for.
      statement.execute("LOCK TABLE other IN ACCESS SHARE MODE");
      assertThatThrownBy(() -> laid(after).get(30, TimeUnit.SECONDS))
          .hasMessageContaining("at each of 2 tries");
    }
    assertThat(indexIsOne()).isEqualTo("t");
  }

  /** An administrator who is no superuser sees no times of others' transactions. */
  @Test
  void whoHoldsTablesIsSaidWithoutSeeingTheTimes() throws Exception {
    start();
    try (Connection connection = superuser();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE keeper LOGIN CREATEROLE CREATEDB PASSWORD '" + PASSWORD + "'");
      statement.execute("ALTER SYSTEM SET max_prepared_transactions = 2");
    }
    start();
    DatabaseServer outside =
        DatabaseServer.outside("postgresql://keeper@127.0.0.1:" + port + "/postgres", PASSWORD);
    Databases databases = made(new Databases(outside, home));
    databases.withSchemasOf(version("before", THING)).lay(Zone.VAULT);
    Databases after =
        databases.withSchemasOf(version("after", THING, "ALTER TABLE thing ADD COLUMN m int"));
    try (Connection user = connect("portcullis_vault", "vault_app", PASSWORD);
        Connection prepared = connect("portcullis_vault", "vault_app", PASSWORD);
        Statement used = user.createStatement();
        Statement left = prepared.createStatement()) {
      user.setAutoCommit(false);
      one(used, "SELECT count(*) FROM thing");
      left.execute("BEGIN");
      left.execute("INSERT INTO thing (n) VALUES (1)");
      left.execute("PREPARE TRANSACTION 'forgotten'");
      CompletableFuture<Laid> laying = laid(after);
      // Somebody is always there who uses it, and never for long.
      try (Connection other = connect("portcullis_vault", "vault_app", PASSWORD);
          Statement payment = other.createStatement()) {
        String brief = "process %s of".formatted(one(payment, "SELECT pg_backend_pid()"));
        while (!laying.isDone()) {
          payment.execute("INSERT INTO thing (n) VALUES (2)");
        }
        assertThatThrownBy(() -> laying.get(30, TimeUnit.SECONDS))
            .hasMessageContaining(
                "process %s of vault_app on thing".formatted(one(used, "SELECT pg_backend_pid()")))
            .hasMessageContaining("prepared transaction 'forgotten' of vault_app since")
            .message()
            .doesNotContain(brief);
      }
      user.rollback();
      left.execute("ROLLBACK PREPARED 'forgotten'");
    }
    assertThat(laid(after).get(30, TimeUnit.SECONDS)).isEqualTo(new Laid("1", "2", 1));
  }

  /** What the tries before have laid counts as well. */
  @Test
  void aStepThatDeadlockedIsMadeAgain() throws Exception {
    start();
    Databases databases = made();
    String tries = "CREATE SEQUENCE tries";
    databases.withSchemasOf(version("before", tries)).lay(Zone.VAULT);
    // Of what is rolled back, a sequence alone keeps that it was there.
    String deadlocks =
        "DO $$ BEGIN IF nextval('tries') = 1 THEN"
            + " RAISE EXCEPTION 'one of two' USING ERRCODE = 'deadlock_detected'; END IF; END $$";
    Databases after = databases.withSchemasOf(version("after", tries, THING, deadlocks));
    assertThat(laid(after).get(30, TimeUnit.SECONDS)).isEqualTo(new Laid("1", "3", 2));
  }

  private String indexIsOne() throws SQLException {
    try (Connection own = connect("portcullis_vault", "vault_app", PASSWORD);
        Statement statement = own.createStatement()) {
      return one(
          statement, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'thing_n'::regclass");
    }
  }

  /** Returns when a statement of theirs has waited for a lock for longer than a try may. */
  private void waitedFor(List<CompletableFuture<Laid>> laid, String words) throws SQLException {
    String waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            + " AND query LIKE '%"
            + words
            + "%' AND wait_event_type = 'Lock'"
            + " AND query_start < clock_timestamp() - interval '1 second'";
    try (Connection connection = superuser();
        Statement statement = connection.createStatement()) {
      while (!"1".equals(one(statement, waiting))) {
        assertThat(laid).noneMatch(CompletableFuture::isDone);
      }
    }
  }

  private Databases made() {
    return made(new Databases(DatabaseServer.embedded(port, PASSWORD), home));
  }

  private static Databases made(Databases databases) {
    databases.create(Zone.VAULT, PASSWORD);
    return databases.with(new Databases.Patience(Duration.ofMillis(100), 2));
  }

  private static CompletableFuture<Laid> laid(Databases databases) {
    return CompletableFuture.supplyAsync(() -> databases.lay(Zone.VAULT));
  }

  /** A checkout whose vault has these migrations. */
  private Path version(String name, String... migrations) throws IOException {
    Path checkout = home.jars(Zone.VAULT).resolve(name);
    Path target = Files.createDirectories(checkout.resolve("vault/target"));
    try (OutputStream out = Files.newOutputStream(target.resolve("vault-1.jar"));
        JarOutputStream jar = new JarOutputStream(out)) {
      for (String folder : List.of("db/", "db/vault/")) {
        jar.putNextEntry(new JarEntry(folder));
      }
      for (int n = 1; n <= migrations.length; n++) {
        jar.putNextEntry(new JarEntry("db/vault/V" + n + "__step.sql"));
        jar.write(migrations[n - 1].getBytes(StandardCharsets.UTF_8));
      }
    }
    return checkout;
  }

  private static void refused(Statement statement, String sql) {
    assertThatThrownBy(() -> statement.execute(sql)).as(sql).isInstanceOf(SQLException.class);
  }

  /** A zone's jar with one migration in it. */
  private void migrationJar(Zone zone) throws IOException {
    Path folder = home.jars(zone);
    Files.createDirectories(folder);
    try (OutputStream out = Files.newOutputStream(folder.resolve(zone.label() + "-1.jar"));
        JarOutputStream jar = new JarOutputStream(out)) {
      for (String name : List.of("db/", "db/" + zone.label() + "/")) {
        jar.putNextEntry(new JarEntry(name));
      }
      jar.putNextEntry(new JarEntry("db/" + zone.label() + "/V1__thing.sql"));
      jar.write("CREATE TABLE thing (n int);".getBytes(StandardCharsets.UTF_8));
    }
  }

  private Process start() throws Exception {
    Process process = program.start();
    while (!program.isReady(process)) {
      assertThat(process.waitFor(20, TimeUnit.MILLISECONDS)).as(program.lastWords()).isFalse();
    }
    return process;
  }

  private String count() throws SQLException {
    try (Connection connection = superuser();
        Statement statement = connection.createStatement()) {
      return one(statement, "SELECT count(*) FROM kept");
    }
  }

  private static String one(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private Connection superuser() throws SQLException {
    return connect("postgres", "postgres", PASSWORD);
  }

  private Connection connect(String database, String user, String password) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + database, user, password);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }
}
