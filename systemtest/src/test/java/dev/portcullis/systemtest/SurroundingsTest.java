package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What the machine and the person at the terminal do to it: Ctrl-C, a full disk, no root. */
@Order(52)
class SurroundingsTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** A session of its own, and Ctrl-C as a terminal's program sees it, whoever runs this test. */
  private static final String AT_A_TERMINAL =
      "use POSIX (); POSIX::setsid(); $SIG{INT} = \"DEFAULT\"; exec @ARGV or die $!;";

  /** A launcher in the foreground, as at a terminal. */
  private record Foreground(Process process, Path output) {

    static Foreground start(Path home, int port, String... command) throws IOException {
      Path output = Files.createTempFile("portcullis-foreground", ".out");
      List<String> all = new ArrayList<>(List.of("perl", "-e", AT_A_TERMINAL));
      all.add(Portcullis.checkout().resolve("portcullis").toString());
      all.addAll(List.of(command));
      all.addAll(List.of("--home", home.toString(), "--port", Integer.toString(port)));
      ProcessBuilder builder =
          new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.environment().put("PORTCULLIS_BUILD", "never");
      builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
      return new Foreground(builder.start(), output);
    }

    String said() throws IOException {
      return Files.readString(output);
    }

    void awaitWords(String words) {
      await(words)
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> said().contains(words) || !process.isAlive());
    }

    /** Signal 2 to the foreground process group, which is what a terminal does. */
    void ctrlC() {
      Commands.run(LIMIT, "kill", "-INT", "--", "-" + process.pid()).succeeded();
    }

    void endsInGoodOrder() throws Exception {
      assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as(said()).isTrue();
      assertThat(process.exitValue()).as(said()).isEqualTo(130);
      assertThat(said()).endsWith("Stopped.\n").doesNotContain("portcullis: ", "\tat ");
      Files.delete(output);
    }
  }

  @Test
  void ctrlCStopsEverythingAtAnyTime() throws Exception {
    Path home = Portcullis.freshFolder("portcullis-home");
    int port = Portcullis.freePort();
    interruptAt("making the database", home, port, "up");
    interruptAt("starting the vault", home, port, "up", "--detach");
    interruptAt("laying the schemas", home, port, "up");
    try (Portcullis portcullis = Portcullis.start(home, Map.of())) {
      LifecycleTest.pay(portcullis);
      portcullis.stop().succeeded();
      Foreground foreground = Foreground.start(home, portcullis.port(), "up");
      foreground.awaitWords("Portcullis is ready.");
      CompletableFuture<String> underWay = LifecycleTest.paymentUnderWay(portcullis);
      foreground.ctrlC();
      foreground.endsInGoodOrder();
      assertThat(underWay.get()).startsWith("pi_");
      assertThat(Portcullis.processesOf(home)).isEmpty();
    }
  }

  private static void interruptAt(String words, Path home, int port, String... command)
      throws Exception {
    Foreground foreground = Foreground.start(home, port, command);
    foreground.awaitWords(words);
    foreground.ctrlC();
    foreground.endsInGoodOrder();
    assertThat(Portcullis.processesOf(home)).as("after %s", words).isEmpty();
  }

  /** Where the suite itself runs as an ordinary user, all of it is this test. */
  @Test
  void anOrdinaryUserStartsPaysAndStops() throws Exception {
    if (!isRoot()) {
      return;
    }
    Path folder = Portcullis.freshFolder("portcullis-user");
    Path home = folder.resolve("home/.portcullis");
    Path checkout = folder.resolve("checkout");
    copyOfWhatIsBuilt(checkout);
    Files.createDirectory(folder.resolve("home"));
    Commands.run(LIMIT, "chown", "-R", "nobody", folder.toString()).succeeded();
    int port = Portcullis.freePort();
    String[] where = {"--home", home.toString()};
    try {
      CommandResult up =
          asNobody(folder, "up", "--detach", "--port", Integer.toString(port), where[0], where[1]);
      up.succeeded();
      Status status = Status.parse(asNobody(folder, "status", "--json", where[0], where[1]).out());
      assertThat(status.allUp()).as("%s", status.health()).isTrue();
      for (long pid : status.pids().values()) {
        assertThat(Files.getOwner(Path.of("/proc/" + pid)).getName()).isEqualTo("nobody");
      }
      Http.Answer paid =
          Http.post(
              status.api() + "/v1/payment_intents",
              status.secretKey(),
              Map.of(
                  "amount", "1999",
                  "currency", "usd",
                  "confirm", "true",
                  "payment_method", "pm_card_visa"));
      assertThat(paid.json().get("status").getAsString()).isEqualTo("succeeded");
      asNobody(folder, "doctor", "--port", Integer.toString(port), where[0], where[1]).succeeded();
      // Root would write where the user can lead it elsewhere.
      for (String command : List.of("stop", "up")) {
        LifecycleTest.requireSentence(
            Portcullis.launch(LIMIT, Map.of(), List.of(command, where[0], where[1])),
            "belongs to nobody");
      }
    } finally {
      asNobody(folder, "stop", where[0], where[1]).succeeded();
    }
    assertThat(Portcullis.processesOf(home)).isEmpty();
    Portcullis.delete(folder);
  }

  private static void copyOfWhatIsBuilt(Path to) throws IOException {
    Path from = Portcullis.checkout();
    Files.createDirectory(to);
    List<String> copy = new ArrayList<>(List.of("cp", "-r", "--parents", "portcullis"));
    for (String module : List.of("cli", "vault", "gateway", "simulator")) {
      Path target = from.resolve(module).resolve("target");
      copy.add(from.relativize(target.resolve("lib")).toString());
      try (var files = Files.newDirectoryStream(target, module + "-*.jar")) {
        files.forEach(jar -> copy.add(from.relativize(jar).toString()));
      }
    }
    copy.add(to.toString());
    List<String> there = new ArrayList<>(List.of("sh", "-c", "cd \"$0\" && exec \"$@\""));
    there.add(from.toString());
    there.addAll(copy);
    Commands.run(LIMIT, Map.of(), there).succeeded();
  }

  private static CommandResult asNobody(Path folder, String... command) {
    List<String> all =
        new ArrayList<>(
            List.of("setpriv", "--reuid=nobody", "--regid=65534", "--clear-groups", "--"));
    all.add(folder.resolve("checkout/portcullis").toString());
    all.addAll(List.of(command));
    return Commands.run(
        LIMIT,
        Map.of(
            "HOME", folder.resolve("home").toString(),
            "PORTCULLIS_BUILD", "never",
            "JAVA_HOME", System.getProperty("java.home")),
        all);
  }

  @Test
  void aFullDiskIsNamedAndLosesNothing() throws Exception {
    Path disk = Portcullis.freshFolder("portcullis-disk");
    Assumptions.assumeTrue(
        isRoot()
            && Commands.run(
                        LIMIT, "mount", "-t", "tmpfs", "-o", "size=64m,mode=711", "t", disk + "")
                    .exitCode()
                == 0,
        "only who may mount can make a small disk");
    try {
      Path home = Files.createDirectory(disk.resolve("home"));
      Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
      LifecycleTest.requireSentence(
          Portcullis.launch(LIMIT, Map.of(), List.of("up", "--detach", "--home", home.toString())),
          "The disk is full",
          home.toString());
      Commands.run(LIMIT, "mount", "-o", "remount,size=800m", disk.toString()).succeeded();
      fillWhileItRuns(disk, home);
    } finally {
      Commands.run(LIMIT, "umount", disk.toString()).succeeded();
    }
    Portcullis.delete(disk);
  }

  private static void fillWhileItRuns(Path disk, Path home) throws Exception {
    try (Portcullis portcullis = Portcullis.start(home, Map.of())) {
      List<String> acknowledged = new ArrayList<>();
      acknowledged.add(LifecycleTest.pay(portcullis));
      Path filler = fill(disk);
      useUpTheLog(portcullis);
      int refused = 0;
      for (int n = 0; n < 5; n++) {
        Http.Answer answer = tryToPay(portcullis);
        if (answer.status() == 200) {
          acknowledged.add(answer.json().get("id").getAsString());
        } else {
          assertThat(answer.status()).as(answer.body()).isGreaterThanOrEqualTo(500);
          refused++;
        }
      }
      assertThat(refused).as("payments on a full disk that were refused").isPositive();

      Files.delete(filler);
      portcullis.awaitHealthy();
      for (String id : acknowledged) {
        Http.Answer read =
            Http.get(portcullis.api() + "/v1/payment_intents/" + id, portcullis.secretKey());
        assertThat(read.status()).as(id).isEqualTo(200);
        assertThat(read.json().get("status").getAsString()).isEqualTo("succeeded");
      }
      LifecycleTest.pay(portcullis);
    }
  }

  private static Http.Answer tryToPay(Portcullis portcullis)
      throws IOException, InterruptedException {
    return Http.post(
        portcullis.api() + "/v1/payment_intents",
        portcullis.secretKey(),
        Map.of(
            "amount", "2345",
            "currency", "usd",
            "confirm", "true",
            "payment_method", "pm_card_visa"));
  }

  private static Path fill(Path disk) throws IOException {
    Path filler = disk.resolve("filler");
    FileStore store = Files.getFileStore(disk);
    Commands.run(LIMIT, "dd", "if=/dev/zero", "of=" + filler, "bs=1M", "count=2000", "status=none");
    assertThat(store.getUsableSpace()).isLessThan(1 << 20);
    return filler;
  }

  /** The database keeps some files of its log ready; it is in need of space when they are used. */
  private static void useUpTheLog(Portcullis portcullis) throws IOException {
    String password = Files.readString(portcullis.home().resolve("operator/postgres-password"));
    String url = "jdbc:postgresql://127.0.0.1:" + (portcullis.port() + 8) + "/postgres";
    try (Connection connection = DriverManager.getConnection(url, "postgres", password.strip());
        Statement statement = connection.createStatement()) {
      for (int file = 0; file < 100; file++) {
        statement.execute("SELECT pg_switch_wal(), pg_logical_emit_message(false, 'x', 'x')");
      }
    } catch (SQLException full) {
      return;
    }
    throw new AssertionError("a hundred files of the database's log found room on a full disk");
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
