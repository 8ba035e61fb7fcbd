package dev.portcullis.cli.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portcullis.cli.TestHome;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.process.Accounts;
import dev.portcullis.cli.process.Launch;
import dev.portcullis.cli.process.ProcessTable;
import dev.portcullis.cli.setup.ZoneFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.assertj.core.api.ThrowableTypeAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that stand elsewhere than in the home, as a distribution's do. */
@Timeout(120)
final class DatabaseProgramsTest {
  private static final String PASSWORD = "only-for-this-test";
  private static final String STRANGER = "nobody";

  private static TestHome machine;
  private static Path programs;

  private final Accounts accounts = Accounts.detect();
  private TestHome test;
  private Home home;
  private Path fake;

  /** What comes along, unpacked where no home is, stands in for what a distribution installs. */
  @BeforeAll
  static void installMachines() throws IOException {
    machine = new TestHome();
    Path folder = machine.home().zone(Zone.POSTGRES);
    HomeFiles.folder(folder, "rwxr-xr-x", null, null);
    new PostgresBinaries(machine.home()).install();
    programs = folder.resolve("bin");
  }

  @AfterAll
  static void removeMachines() throws IOException {
    machine.close();
  }

  @BeforeEach
  void makeHome() throws IOException {
    accounts.ensure();
    test = new TestHome();
    home = made(test);
    fake = home.root().resolve("fake");
    HomeFiles.folder(fake, "rwxr-xr-x", null, null);
  }

  @AfterEach
  void removeHome() throws IOException {
    stop(home);
    test.close();
  }

  @Test
  void runsWithThemFromThenOn() throws Exception {
    PostgresProgram first = program(home, programs.toString());
    first.prepare(PASSWORD);
    Process process = start(first);
    assertThat(process.info().command()).hasValue(programs.resolve("postgres").toString());
    execute("CREATE TABLE kept (n int)");
    execute("INSERT INTO kept SELECT generate_series(1, 1000)");

    // Nobody names them again, and only the postmaster has died.
    ProcessTable.signal(process.toHandle(), "KILL");
    process.waitFor();
    PostgresProgram second = program(home, null);
    second.prepare(PASSWORD);
    Process again = start(second);
    assertThat(again.info().command()).hasValue(programs.resolve("postgres").toString());
    assertThat(count()).isEqualTo("1000");
    assertThat(home.databaseProgram("postgres")).doesNotExist();

    // One that was left running is ended by whoever starts with other programs.
    PostgresProgram third = program(home, DatabasePrograms.BUNDLED);
    third.prepare(PASSWORD);
    assertThat(again.waitFor(60, TimeUnit.SECONDS)).isTrue();
    Process bundled = start(third);
    assertThat(bundled.info().command()).hasValue(home.databaseProgram("postgres").toString());
    assertThat(count()).isEqualTo("1000");
    stop(home);
    assertThat(bundled.isAlive()).isFalse();
    assertThat(home.databaseProgramsNote()).doesNotExist();
  }

  @Test
  void leavesAnotherHomesServerAlone() throws Exception {
    try (TestHome beside = new TestHome()) {
      Home other = made(beside);
      try {
        PostgresProgram theirs = program(other, programs.toString());
        theirs.prepare(PASSWORD);
        Process running = start(theirs);
        PostgresProgram own = program(home, programs.toString());
        own.prepare(PASSWORD);
        port = freePort();
        Process ours = start(program(home, null));
        assertThat(new ProcessTable(home).of(Zone.POSTGRES)).contains(ours.toHandle());
        stop(home);
        assertThat(ours.isAlive()).isFalse();
        assertThat(running.isAlive()).isTrue();
        // Nor does the home whose programs they are.
        assertThat(new ProcessTable(machine.home()).of(Zone.POSTGRES)).isEmpty();
        stop(machine.home());
        assertThat(running.isAlive()).isTrue();
        assertThat(new ProcessTable(other).of(Zone.POSTGRES)).contains(running.toHandle());
      } finally {
        stop(other);
      }
    }
  }

  @Test
  void refusesAFolderWithoutThem() throws IOException {
    refuses(fake).withMessageContaining("There is no program initdb in " + fake);
    says("initdb", "initdb (PostgreSQL) 18.0");
    Files.writeString(fake.resolve("postgres"), "not executable");
    refuses(fake).withMessageContaining("There is no program postgres in " + fake);
    Path missing = fake.resolve("nowhere");
    refuses(missing).withMessageContaining(missing + " is not there");
    refuses(fake.resolve("initdb")).withMessageContaining("is not a folder");
  }

  @Test
  void refusesAnOldVersion() throws IOException {
    both("14.19 (Debian 14.19-1)");
    refuses(fake)
        .withMessageStartingWith(
            "%s is PostgreSQL 14; 15 or newer is needed".formatted(fake.resolve("postgres")));
    says("postgres", "postgres (PostgreSQL) 15.1");
    refuses(fake).withMessageContaining("are of different versions");
  }

  @Test
  void refusesWhatSaysNoVersion() throws IOException {
    both("18.0");
    says("postgres", "something else 18.0");
    refuses(fake).withMessageContaining("did not say PostgreSQL's version");
    script("postgres", "echo 'postgres (PostgreSQL) 18.0'; exit 1");
    refuses(fake).withMessageContaining("did not say PostgreSQL's version");
  }

  @Test
  @Timeout(30)
  void waitsForNoProgramForLong() throws IOException {
    both("18.0");
    script("postgres", "echo 'postgres (PostgreSQL) 18.0'; sleep 600; echo late");
    DatabasePrograms hanging =
        DatabasePrograms.of(home, fake.toString()).within(Duration.ofSeconds(1));
    assertThatThrownBy(() -> hanging.prepare(new Launch(home, accounts), accounts))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("within 1 s");
    // Nor for a child that outlives it and keeps its output open.
    script("postgres", "echo 'postgres (PostgreSQL) 18.0'; sleep 600 & exit 0");
    assertThatThrownBy(() -> hanging.prepare(new Launch(home, accounts), accounts))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("within 1 s");
  }

  /** Nor for one that has said all it had to say. */
  @Test
  @Timeout(30)
  void waitsForNoSilentProgramForLong() throws IOException {
    both("18.0");
    script("postgres", "echo 'postgres (PostgreSQL) 18.0'; exec >/dev/null 2>&1; sleep 600");
    DatabasePrograms silent =
        DatabasePrograms.of(home, fake.toString()).within(Duration.ofSeconds(1));
    assertThatThrownBy(() -> silent.prepare(new Launch(home, accounts), accounts))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("within 1 s");
  }

  /** What is no process's number is nobody's. */
  @Test
  void anUnreadableLockKeepsNobodyFromStarting() throws IOException {
    both("18.0");
    Files.createDirectory(home.databaseData());
    Files.writeString(home.databaseData().resolve("PG_VERSION"), "18\n");
    for (String lock : List.of("nobody\n", "99999999999999999999\n", "")) {
      Files.writeString(home.databaseData().resolve("postmaster.pid"), lock);
      program(home, fake.toString()).preparePrograms();
    }
  }

  /** The data's folder belongs to the account, not to us. */
  @Test
  @Timeout(30)
  void readsNothingButAFileInTheData() throws Exception {
    both("18.0");
    Files.createDirectory(home.databaseData());
    Path version = home.databaseData().resolve("PG_VERSION");
    refuses(fake).withMessageContaining("Is its disk mounted?");
    assertThat(new ProcessBuilder("mkfifo", version.toString()).start().waitFor()).isZero();
    refuses(fake).withMessageContaining("does not say of which version it is");
    Files.delete(version);
    Files.createSymbolicLink(version, Path.of("/dev/zero"));
    refuses(fake).withMessageContaining("does not say of which version it is");
    Files.delete(version);
    Files.writeString(version, "18\n");
    program(home, fake.toString()).preparePrograms();
  }

  /** initdb runs the server that lies beside it, which would be another one. */
  @Test
  void refusesProgramsOfTwoFolders() throws IOException {
    both("18.0");
    Path other = fake.resolve("other");
    HomeFiles.folder(other, "rwxr-xr-x", null, null);
    Path moved = Files.move(fake.resolve("initdb"), other.resolve("initdb"));
    Files.createSymbolicLink(fake.resolve("initdb"), moved);
    refuses(fake).withMessageContaining("lead to more than one folder");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxr-x", "rwxr-xrwx"})
  void refusesWhatOthersMayChange(String mode) throws IOException {
    both("18.0");
    for (Path open : List.of(fake, fake.resolve("postgres"), fake.resolve("initdb"))) {
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString(mode));
      refuses(fake).withMessageContaining("Others may write into the programs " + open);
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Path above = fake.getParent();
    Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxrwxrwx"));
    refuses(fake).withMessageContaining("goes through " + above + ", which others may change");
    Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwx--x--x"));
    // No fault is left but that they are no programs.
    program(home, fake.toString()).preparePrograms();
  }

  @Test
  void refusesWhatIsAnothersOrOutOfReach() throws IOException {
    // Who is not root can give nothing away, and runs everything as one account.
    assumeTrue(accounts.separate());
    both("18.0");
    Files.setPosixFilePermissions(fake, PosixFilePermissions.fromString("rwx------"));
    refuses(fake).withMessageContaining("because " + fake + " is closed to them");
    Files.setPosixFilePermissions(fake, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(
        fake.resolve("postgres"), PosixFilePermissions.fromString("rwx------"));
    refuses(fake).withMessageContaining("see that portcullis-postgres may run it");
    var names = fake.getFileSystem().getUserPrincipalLookupService();
    Files.setOwner(fake.resolve("postgres"), names.lookupPrincipalByName(STRANGER));
    refuses(fake).withMessageContaining("belongs to " + STRANGER);
  }

  @Test
  void followsLinksToProgramsOfTheirName() throws Exception {
    Path link = Files.createSymbolicLink(home.root().resolve("link"), programs);
    PostgresProgram linked = program(home, link.toString());
    linked.prepare(PASSWORD);
    assertThat(start(linked).info().command()).hasValue(programs.resolve("postgres").toString());
    stop(home);

    both("18.0");
    Path postgres = fake.resolve("postgres");
    Path renamed = Files.move(postgres, fake.resolve("wrapped"));
    Files.createSymbolicLink(postgres, renamed);
    refuses(fake).withMessageContaining("leads to " + renamed);
  }

  @Test
  void refusesOtherProgramsThanTheDataIsOf() throws IOException {
    program(home, programs.toString()).prepare(PASSWORD);
    String data = Files.readString(home.databaseData().resolve("PG_VERSION")).strip();
    both("17.2");
    refuses(fake)
        .withMessageStartingWith(
            "The data in %s is of PostgreSQL %s, and %s is 17"
                .formatted(home.databaseData(), data, fake.resolve("postgres")));
    // What was refused is not what the home keeps to.
    assertThat(Files.readString(home.databaseProgramsNote())).isEqualTo(programs + "\n");

    // A distribution's next version in the place of the last one; nothing is named.
    HomeFiles.writePrivate(home.databaseProgramsNote(), fake + "\n");
    Assertions.assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> program(home, null).prepare(PASSWORD))
        .withMessageContaining("and %s is 17".formatted(fake.resolve("postgres")));

    // Data of another version under the programs that come along.
    Files.writeString(home.databaseData().resolve("PG_VERSION"), "15\n");
    Assertions.assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> program(home, DatabasePrograms.BUNDLED).prepare(PASSWORD))
        .withMessageContaining("is of PostgreSQL 15, and " + home.databaseProgram("postgres"));
    Files.writeString(home.databaseData().resolve("PG_VERSION"), "a secret\n");
    Assertions.assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> program(home, programs.toString()).prepare(PASSWORD))
        .withMessageContaining("does not say of which version it is")
        .withMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bin", "", "~/bin", "Bundled", "/usr/bin\n/tmp"})
  void refusesWhatIsNoAbsolutePath(String given) {
    assertThatThrownBy(() -> DatabasePrograms.of(home, given))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("must be an absolute path");
  }

  @Test
  void makesDataThatOlderVersionsKnowToo() {
    assertThat(PostgresProgram.form(16))
        .contains("--locale-provider=libc", "--locale=C", "--encoding=UTF8", "--data-checksums")
        .noneMatch(option -> option.contains("builtin"));
    assertThat(PostgresProgram.form(17))
        .contains("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8");
  }

  private int port = freePort();

  private Home made(TestHome folder) {
    new ZoneFiles(folder.home(), accounts).folders();
    return folder.home();
  }

  private PostgresProgram program(Home of, @org.jspecify.annotations.Nullable String given) {
    return new PostgresProgram(of, accounts, DatabasePrograms.of(of, given), port);
  }

  private ThrowableAssertAlternative<Refusal> refuses(Path folder) {
    ThrowableTypeAssert<Refusal> refusal = Assertions.assertThatExceptionOfType(Refusal.class);
    return refusal.isThrownBy(() -> program(home, folder.toString()).preparePrograms());
  }

  private void both(String version) throws IOException {
    says("postgres", "postgres (PostgreSQL) " + version);
    says("initdb", "initdb (PostgreSQL) " + version);
  }

  private void says(String name, String words) throws IOException {
    script(name, "echo '" + words + "'");
  }

  private void script(String name, String command) throws IOException {
    Path file = Files.writeString(fake.resolve(name), "#!/bin/sh\n" + command + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Process start(PostgresProgram program) throws Exception {
    Process process = program.start();
    while (!program.isReady(process)) {
      assertThat(process.waitFor(20, TimeUnit.MILLISECONDS)).as(program.lastWords()).isFalse();
    }
    return process;
  }

  private void stop(Home of) {
    new PostgresProgram(of, accounts, DatabasePrograms.of(of, DatabasePrograms.BUNDLED), port)
        .stopLeftovers();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = DatabaseServer.embedded(port, PASSWORD).connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String count() throws SQLException {
    try (Connection connection = DatabaseServer.embedded(port, PASSWORD).connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM kept")) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
