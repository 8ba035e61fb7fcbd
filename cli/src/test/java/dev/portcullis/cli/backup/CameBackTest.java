package dev.portcullis.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.TestHome;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.postgres.DatabaseServer;
import dev.portcullis.cli.postgres.Databases;
import dev.portcullis.cli.postgres.PostgresProgram;
import dev.portcullis.cli.process.Accounts;
import dev.portcullis.cli.process.Supervisor;
import dev.portcullis.cli.setup.ZoneFiles;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said of a restored home, on the zones' own schemas. */
@Timeout(120)
class CameBackTest {

  private static final String PASSWORD = "only-for-this-test";
  private static final int KEYS = 1_200;

  private static TestHome test;
  private static Databases databases;
  private static Supervisor supervisor;

  @BeforeAll
  static void startDatabase() throws IOException {
    test = new TestHome();
    Home home = test.home();
    Accounts accounts = Accounts.detect();
    accounts.ensure();
    new ZoneFiles(home, accounts).folders();
    int port = freePort();
    PostgresProgram program = new PostgresProgram(home, accounts, port);
    program.prepare(PASSWORD);
    supervisor = new Supervisor(_ -> {}, (_, _) -> {});
    supervisor.start(List.of(program));
    databases = new Databases(DatabaseServer.embedded(port, PASSWORD), home);
    for (Zone zone : List.of(Zone.VAULT, Zone.GATEWAY)) {
      migrations(home, zone);
      databases.create(zone, PASSWORD);
      databases.lay(zone);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void migrations(Home home, Zone zone) throws IOException {
    Path jar = Files.createDirectories(home.jars(zone)).resolve(zone.label() + "-1.jar");
    Path from = Path.of("..", zone.label(), "src/main/resources/db", zone.label());
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.list(from)) {
      for (Path file : files.sorted().toList()) {
        out.putNextEntry(new JarEntry("db/" + zone.label() + "/" + file.getFileName()));
        Files.copy(file, out);
      }
    }
  }

  @AfterAll
  static void stop() throws IOException {
    supervisor.stop();
    test.close();
  }

  private static void execute(Zone zone, String sql) throws SQLException {
    try (Connection connection = databases.connectToAll(zone);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> said() throws SQLException, IOException {
    StringWriter said = new StringWriter();
    CameBack.write(databases, said);
    return said.toString().lines().toList();
  }

  @Test
  void everyKeyIsNamedAndTheNewestFirst() throws Exception {
    execute(
        Zone.GATEWAY,
        "INSERT INTO accounts (id, created) VALUES ('acct_1', now());"
            + "INSERT INTO api_keys (account, livemode, id, version, created, kind, hash, hint)"
            + " SELECT 'acct_1', false, 'key_' || n, 1, '2026-01-01T00:00:00Z'::timestamptz"
            + " + n * interval '1 second', 'secret', 'hash' || n, 'sk_test_...'"
            + " FROM generate_series(1, "
            + KEYS
            + ") AS n");
    List<String> keys = said().stream().filter(line -> line.contains("key_")).toList();
    assertThat(keys).hasSize(KEYS);
    assertThat(keys.getFirst()).startsWith("  key_" + KEYS + " ");
    assertThat(keys.getLast()).startsWith("  key_1 ");
  }

  @Test
  void whoWasOnlyInvitedDidNothingAtTheRestore() throws Exception {
    execute(
        Zone.GATEWAY,
        "INSERT INTO person (name, role, created, created_by, password) VALUES"
            + " ('margaret', 'administrator', '2026-01-01Z', '', 'x'),"
            + " ('otto', 'auditor', '2026-01-02Z', 'margaret', NULL);"
            + "INSERT INTO person_enrollment (code_hash, person, role, created, expires) VALUES"
            + " (sha256('1'), 'otto', 'auditor', '2026-01-02Z', '2026-01-03Z')");
    new Revived(databases).end(Instant.parse("2026-01-02T12:00:00Z"));
    assertThat(said())
        .containsSubsequence(
            "  otto  auditor  invited 2026-01-02T00:00:00Z",
            "  margaret  administrator  changed 2026-01-01T00:00:00Z");
    try (Connection connection = databases.connectToAll(Zone.GATEWAY);
        Statement statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "SELECT used IS NULL AND expires <= '2026-01-02T12:00:00Z' FROM"
                    + " person_enrollment")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getBoolean(1)).as("void, and used by nobody").isTrue();
    }
  }

  @Test
  void accountsWhoseCardsOpenAreNamed() throws Exception {
    execute(
        Zone.VAULT,
        "INSERT INTO data_key (account, livemode, period, id, master_key, wrapped, created) VALUES"
            + " ('acct_1', true, 1, 'dk_1', '1', '', '2026-01-01Z'),"
            + " ('acct_1', true, 2, 'dk_2', '1', '', '2026-04-01Z')");
    assertThat(said()).contains("  acct_1 live  2 data keys, the newest made 2026-04-01T00:00:00Z");
  }
}
