package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.certs.Authority;
import dev.portcullis.cli.certs.Identity;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.postgres.DatabaseServer;
import dev.portcullis.cli.postgres.Databases.Laid;
import dev.portcullis.cli.postgres.PostgresProgram;
import dev.portcullis.cli.process.Accounts;
import dev.portcullis.cli.process.Supervisor;
import dev.portcullis.cli.setup.ZoneFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** An instance on a PostgreSQL that somebody else runs: here a second server, over TLS. */
@Order(51)
class OutsideDatabaseTest {
  private static final String SUPERUSER_PASSWORD = "of-the-superuser-for-this-test";
  private static final String PASSWORD = "of-the-administrator-for-this-test";
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private Path folder;
  private Path authority;
  private int port;
  private Supervisor server;

  @BeforeEach
  void startServer() throws Exception {
    folder = Portcullis.freshFolder("portcullis-outside");
    Files.createDirectory(folder.resolve("run"));
    port = Portcullis.freePort();
    Home home = Home.at(folder);
    Accounts accounts = Accounts.detect();
    accounts.ensure();
    new ZoneFiles(home, accounts).folders();
    PostgresProgram program = new PostgresProgram(home, accounts, port);
    program.prepare(SUPERUSER_PASSWORD);
    switchTlsOn(home.databaseData());
    server = new Supervisor(System.out::println, (zone, mark) -> {});
    server.start(List.of(program));
    try (Connection connection = connect("postgres", "postgres", SUPERUSER_PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE keeper LOGIN CREATEROLE CREATEDB PASSWORD '" + PASSWORD + "'");
      statement.execute("CREATE ROLE visitor LOGIN PASSWORD '" + PASSWORD + "'");
    }
  }

  private void switchTlsOn(Path data) throws IOException {
    Authority made = Authority.create(InstantSource.system());
    Identity identity = made.issue("database", Authority.Purpose.SERVER);
    authority = Files.writeString(folder.resolve("authority.pem"), made.identity().chainPem());
    for (Map.Entry<String, String> file :
        Map.of("server.crt", identity.chainPem(), "server.key", identity.keyPem()).entrySet()) {
      Path path = Files.writeString(data.resolve(file.getKey()), file.getValue());
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      Files.setOwner(path, Files.getOwner(data));
    }
    Files.writeString(data.resolve("postgresql.conf"), "\nssl = on\n", StandardOpenOption.APPEND);
  }

  @AfterEach
  void stopServer() throws IOException {
    server.stop();
    Portcullis.delete(folder);
  }

  @Test
  void takesPaymentsOnItAndLeavesItRunning() throws Exception {
    Path home = Portcullis.freshFolder("portcullis-home");
    int free = Portcullis.freePort();
    refused(home, free, url("keeper", port), "wrong", "did not take the password of keeper");
    refused(home, free, url("keeper", free + 9), PASSWORD, "could not be used", "refused");
    refused(home, free, url("visitor", port), PASSWORD, "may not make roles and databases");
    refused(home, free, "postgresql://keeper:x@127.0.0.1/postgres", PASSWORD, "holds a password");
    refused(home, free, "postgresql://keeper@192.0.2.1/postgres", PASSWORD, "sslmode=verify-full");

    try (Portcullis portcullis =
        Portcullis.start(
            home,
            Map.of("PORTCULLIS_DATABASE_PASSWORD", PASSWORD),
            "--database-url",
            url("keeper", port))) {
      assertThat(portcullis.status().pids()).doesNotContainKey("postgres");
      String paid = LifecycleTest.pay(portcullis);
      assertThat(connections()).contains("vault_app true", "gateway_app true");
      assertThat(connections()).noneMatch(connection -> connection.endsWith(" false"));
      assertThat(commandLines()).noneMatch(line -> line.contains(PASSWORD));
      CommandResult doctor =
          portcullis.run(LIMIT, "doctor", "--port", Integer.toString(portcullis.port()));
      assertThat(doctor.exitCode()).as(doctor.said()).isZero();

      portcullis.stop().succeeded();
      assertThat(connections()).noneMatch(connection -> connection.contains("_app"));
      Path other = Portcullis.freshFolder("portcullis-home");
      for (int attempt = 0; attempt < 2; attempt++) {
        refused(other, free, url("keeper", port), PASSWORD, "made for another home");
      }
      Portcullis.delete(other);

      portcullis.up();
      assertThat(
              Http.get(portcullis.api() + "/v1/payment_intents/" + paid, portcullis.secretKey())
                  .status())
          .isEqualTo(200);
      LifecycleTest.pay(portcullis);
      CommandResult embedded = upWithoutUrl(portcullis);
      assertThat(embedded.exitCode()).as(embedded.said()).isNotZero();
      if (Boolean.getBoolean("portcullis.long")) {
        isRestoredOnAServerThatLostIt(portcullis, paid);
      }
    }
  }

  /** Both servers run the same programs under the same account; each home ends its own alone. */
  @Test
  void runsItsOwnDatabaseWithProgramsFromElsewhere() throws Exception {
    Path installed = Home.at(folder).zone(Zone.POSTGRES);
    Files.setPosixFilePermissions(installed, PosixFilePermissions.fromString("rwxr-xr-x"));
    String programs = installed.resolve("bin").toString();
    Path home = Portcullis.freshFolder("portcullis-home");
    try (Portcullis portcullis =
        Portcullis.start(home, Map.of(), "--database-programs", programs)) {
      String paid = LifecycleTest.pay(portcullis);
      assertThat(home.resolve("postgres/bin")).doesNotExist();
      portcullis.stop().succeeded();
      assertThat(connections()).isEmpty();

      portcullis
          .run(LIMIT, "up", "--detach", "--port", Integer.toString(portcullis.port()))
          .succeeded();
      assertThat(home.resolve("postgres/bin")).doesNotExist();
      assertThat(
              Http.get(portcullis.api() + "/v1/payment_intents/" + paid, portcullis.secretKey())
                  .status())
          .isEqualTo(200);
      assertThat(
              portcullis.run(LIMIT, "doctor", "--port", Integer.toString(portcullis.port())).out())
          .contains(" with the programs in " + programs);
    }
  }

  private void isRestoredOnAServerThatLostIt(Portcullis lost, String paid) throws Exception {
    Path recovery = folder.resolve("recovery.json");
    lost.run(LIMIT, "backup-key", "create", "--to", recovery.toString()).succeeded();
    String[] backup = {"backup", "--to", folder.toString(), "--database-url", url("keeper", port)};
    String file = lost.run(LIMIT, backup).succeeded().strip();
    Path keys = Files.createDirectory(folder.resolve("keys"));
    for (String secrets : List.of("vault/secrets", "gateway/secrets", "operator")) {
      Files.createDirectories(keys.resolve(secrets));
      try (Stream<Path> files = Files.list(lost.home().resolve(secrets))) {
        for (Path each : files.filter(Files::isRegularFile).toList()) {
          Files.copy(each, keys.resolve(secrets).resolve(each.getFileName()));
        }
      }
    }
    try (Connection connection = connect("postgres", "postgres", SUPERUSER_PASSWORD);
        Statement statement = connection.createStatement()) {
      for (String zone : List.of("vault", "gateway")) {
        statement.execute("DROP DATABASE portcullis_" + zone);
        statement.execute("DROP ROLE " + zone + "_app, " + zone + "_owner");
      }
    }
    Path home = Portcullis.freshFolder("portcullis-home");
    Map<String, String> password = Map.of("PORTCULLIS_DATABASE_PASSWORD", PASSWORD);
    Portcullis.launch(
            LIMIT,
            password,
            List.of(
                "restore",
                file,
                "--home",
                home.toString(),
                "--key",
                recovery.toString(),
                "--keys",
                keys.toString(),
                "--database-url",
                url("keeper", port)))
        .succeeded();
    try (Portcullis restored =
        Portcullis.start(home, password, "--database-url", url("keeper", port))) {
      assertThat(
              Http.get(restored.api() + "/v1/payment_intents/" + paid, restored.secretKey())
                  .status())
          .isEqualTo(200);
      assertThat(restored.run(LIMIT, "status").out()).contains("Payments are PAUSED");
    }
  }

  /** Two operators bring the next version's schema at once: one does, and the other waits. */
  @Test
  void aSchemaIsLaidOnceWhoeverElseLaysIt() throws Exception {
    DatabaseServer outside = DatabaseServer.outside(url("keeper", port), PASSWORD);
    var databases = new dev.portcullis.cli.postgres.Databases(outside, Home.at(folder));
    databases.create(Zone.SIMULATOR, PASSWORD);
    String first = "CREATE TABLE first (id int)";
    var before = databases.withSchemasOf(version("before", List.of(first)));
    assertThat(before.lay(Zone.SIMULATOR)).isEqualTo(new Laid("", "1", 1));
    String second = "SELECT pg_sleep(1); CREATE TABLE second (id int)";
    var after = databases.withSchemasOf(version("after", List.of(first, second)));
    List<CompletableFuture<Laid>> both =
        Stream.of(1, 2)
            .map(_ -> CompletableFuture.supplyAsync(() -> after.lay(Zone.SIMULATOR)))
            .toList();
    assertThat(both.stream().map(CompletableFuture::join))
        .containsExactlyInAnyOrder(new Laid("1", "2", 1), new Laid("2", "2", 0));
  }

  /** A checkout whose simulator, which has no schema of its own, has these migrations. */
  private Path version(String name, List<String> migrations) throws IOException {
    Path checkout = folder.resolve(name);
    Path jar = Files.createDirectories(checkout.resolve("simulator/target"));
    try (FileSystem zip =
        FileSystems.newFileSystem(jar.resolve("simulator-1.jar"), Map.of("create", true))) {
      Files.createDirectories(zip.getPath("db/simulator"));
      for (int at = 0; at < migrations.size(); at++) {
        Files.writeString(
            zip.getPath("db/simulator", "V" + (at + 1) + "__step.sql"), migrations.get(at));
      }
    }
    return checkout;
  }

  /** A running home is refused anyhow, so it is stopped first. */
  private static CommandResult upWithoutUrl(Portcullis portcullis) {
    portcullis.stop().succeeded();
    CommandResult result =
        portcullis.run(LIMIT, "up", "--detach", "--port", Integer.toString(portcullis.port()));
    assertThat(result.said()).contains("keeps its data in the database 127.0.0.1:");
    return result;
  }

  private static void refused(Path home, int port, String url, String password, String... words) {
    CommandResult result =
        Portcullis.launch(
            LIMIT,
            Map.of("PORTCULLIS_DATABASE_PASSWORD", password),
            List.of(
                "up",
                "--detach",
                "--home",
                home.toString(),
                "--port",
                Integer.toString(port),
                "--database-url",
                url));
    LifecycleTest.requireLastSentence(result, words);
    assertThat(result.said()).doesNotContain(PASSWORD);
  }

  private String url(String user, int at) {
    return "postgresql://%s@127.0.0.1:%d/postgres?sslmode=verify-full&sslrootcert=%s"
        .formatted(user, at, authority);
  }

  private Connection connect(String database, String user, String password) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + database, user, password);
  }

  /** Every connection of the zones: the role, and whether it goes over TLS. */
  private List<String> connections() throws SQLException {
    List<String> all = new ArrayList<>();
    try (Connection connection = connect("postgres", "postgres", SUPERUSER_PASSWORD);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT usename || ' ' || ssl FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)"
                    + " WHERE usename <> 'postgres'")) {
      while (rows.next()) {
        all.add(rows.getString(1));
      }
    }
    return all;
  }

  private static List<String> commandLines() {
    List<String> all = new ArrayList<>();
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      try {
        all.add(
            new String(
                Files.readAllBytes(Path.of("/proc/" + process.pid() + "/cmdline")),
                StandardCharsets.UTF_8));
      } catch (IOException gone) {
        all.add(process.info().commandLine().orElse(""));
      }
    }
    return all;
  }
}
