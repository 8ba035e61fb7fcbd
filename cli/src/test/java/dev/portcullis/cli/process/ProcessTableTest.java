package dev.portcullis.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.TestHome;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.setup.ZoneFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom a stop ends and whom it leaves alone, with real processes under the zones' accounts. */
@Timeout(60)
final class ProcessTableTest {
  private static final Path SLEEP = Path.of("/bin/sleep");

  private final List<Process> begun = new ArrayList<>();
  private TestHome test;
  private Home home;
  private Launch launch;
  private Path java;
  private String main;
  private String settings;

  @BeforeEach
  void makeHome() throws IOException {
    test = new TestHome();
    home = test.home();
    Accounts accounts = Accounts.detect();
    accounts.ensure();
    new ZoneFiles(home, accounts).folders();
    launch = new Launch(home, accounts);
    // A shell by the name of java: what it is told to be is up to the arguments.
    java = Files.copy(Path.of("/bin/sh").toRealPath(), home.root().resolve("java"));
    main = ProcessTable.mainClass(Zone.GATEWAY);
    settings = home.properties(Zone.GATEWAY).toString();
  }

  @AfterEach
  void endAll() throws Exception {
    for (Process process : begun) {
      process.destroyForcibly().waitFor();
    }
    test.close();
  }

  @Test
  void findsAZoneBehindALongCommandLine() throws Exception {
    Process zone = start(Zone.GATEWAY, java.toString(), "x".repeat(9_000), main, settings);
    assertThat(new ProcessTable(home).of(Zone.GATEWAY)).containsExactly(zone.toHandle());
    assertThat(new ProcessTable(home).of(Zone.VAULT)).isEmpty();
    zone.destroyForcibly().waitFor();
    assertThat(new ProcessTable(home).of(Zone.GATEWAY)).isEmpty();
  }

  @Test
  void takesNobodyForAZoneWhoOnlyNamesItsSettings() throws Exception {
    start(Zone.GATEWAY, "/bin/sh", main, settings);
    start(Zone.GATEWAY, java.toString(), settings);
    start(Zone.GATEWAY, java.toString(), main, settings, "more");
    start(Zone.GATEWAY, java.toString(), main, settings + "2");
    assertThat(new ProcessTable(home).of(Zone.GATEWAY)).isEmpty();
  }

  @Test
  void takesNobodyForAZoneWhoRunsUnderAnotherAccount() throws Exception {
    // Not root, all zones share one account and there is no other to pose from.
    if (Accounts.superuser()) {
      start(Zone.VAULT, java.toString(), main, settings);
      Process root = new ProcessBuilder(waiting(java.toString(), main, settings)).start();
      begun.add(root);
      assertThat(new ProcessTable(home).of(Zone.GATEWAY)).isEmpty();
    }
    Process own = start(Zone.GATEWAY, java.toString(), main, settings);
    assertThat(new ProcessTable(home).of(Zone.GATEWAY)).containsExactly(own.toHandle());
  }

  /** Programs that a distribution installs serve several homes, and are mended while they run. */
  @Test
  void findsADatabaseByWhereItWorks() throws Exception {
    Path elsewhere = Files.createDirectory(home.root().resolve("elsewhere"));
    Path program = Files.copy(Path.of("/bin/sh").toRealPath(), elsewhere.resolve("postgres"));
    Process database = start(Zone.POSTGRES, program.toString());
    start(Zone.POSTGRES, java.toString());
    try (TestHome other = new TestHome()) {
      assertThat(new ProcessTable(other.home()).of(Zone.POSTGRES)).isEmpty();
    }
    assertThat(new ProcessTable(home).of(Zone.POSTGRES)).containsExactly(database.toHandle());
    Files.delete(program);
    assertThat(new ProcessTable(home).of(Zone.POSTGRES)).containsExactly(database.toHandle());
  }

  /** A distribution's program may be a script that goes on as one of another name. */
  @Test
  void findsADatabaseByAnyNameInItsData() throws Exception {
    Files.createDirectory(home.databaseData());
    Path program =
        Files.copy(Path.of("/bin/sh").toRealPath(), home.root().resolve(".postgres-wrapped"));
    start(Zone.POSTGRES, program.toString());
    assertThat(new ProcessTable(home).of(Zone.POSTGRES)).isEmpty();
    Process database =
        launch.start(
            Zone.POSTGRES,
            List.of(
                "/bin/sh",
                "-c",
                "cd \"$1\" && shift && exec \"$@\"",
                "sh",
                home.databaseData().toString(),
                program.toString(),
                "-c",
                "sleep 100 & wait"),
            Map.of("PATH", "/usr/bin:/bin"));
    begun.add(database);
    while (!runs(database.toHandle(), program.toRealPath())) {
      assertThat(database.waitFor(10, TimeUnit.MILLISECONDS)).isFalse();
    }
    assertThat(new ProcessTable(home).of(Zone.POSTGRES)).contains(database.toHandle());
  }

  /** What runs under a zone's account is given nothing of whoever started it. */
  @Test
  void aCommandOfAZoneSeesNothingOfOurs() {
    assertThat(System.getenv()).containsKey("HOME");
    String seen = launch.run(Zone.POSTGRES, List.of("/bin/sh", "-c", "env; pwd")).output();
    assertThat(seen.lines().map(line -> line.replaceAll("=.*", "")))
        .contains("PATH", "LC_ALL", "/")
        .isSubsetOf("PATH", "LC_ALL", "TZ", "PWD", "OLDPWD", "SHLVL", "_", "/");
  }

  private static List<String> waiting(String program, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program, "-c", "sleep 100 & wait"));
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * Starts it under the zone's account and waits until it is the program that it was told to be.
   */
  private Process start(Zone zone, String program, String... arguments) throws Exception {
    List<String> command = waiting(program, arguments);
    Process process = launch.start(zone, command, Map.of("PATH", "/usr/bin:/bin"));
    begun.add(process);
    Path wanted = Path.of(program).toRealPath();
    Path sleep = SLEEP.toRealPath();
    // Until its child is a program of its own, that is a copy of the parent.
    while (!runs(process.toHandle(), wanted)
        || process.children().noneMatch(child -> runs(child, sleep))) {
      assertThat(process.waitFor(10, TimeUnit.MILLISECONDS)).isFalse();
    }
    return process;
  }

  private static boolean runs(ProcessHandle process, Path program) {
    return process.info().command().map(Path::of).equals(Optional.of(program));
  }
}
