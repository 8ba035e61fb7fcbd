package dev.portcullis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How {@code ./portcullis} builds: the real script in a checkout whose Maven only pretends. */
@Timeout(60)
final class LauncherBuildTest {
  /** A session of its own, and Ctrl-C as a terminal's program sees it, whoever runs this test. */
  private static final String AT_A_TERMINAL =
      "use POSIX (); POSIX::setsid(); $SIG{INT} = \"DEFAULT\"; exec @ARGV or die $!;";

  private static final String MAKES_JARS =
      """
      mkdir building || echo "two at once" >>builds
      echo built >>builds
      sleep 0.5
      for module in cli vault gateway simulator; do
        mkdir -p $module/target/lib
        : >$module/target/$module-1.jar
        : >$module/target/lib/library.jar
      done
      rmdir building
      """;

  @TempDir private Path folder;
  private Path checkout;

  @BeforeEach
  void makeCheckout() throws IOException {
    checkout = Files.createDirectories(folder.toRealPath().resolve("checkout"));
    Files.copy(
        Path.of("..", "portcullis").toRealPath(),
        checkout.resolve("portcullis"),
        StandardCopyOption.COPY_ATTRIBUTES);
    Files.createDirectories(checkout.resolve(".mvn"));
    Files.createDirectories(checkout.resolve("cli/src/main"));
    Files.createFile(checkout.resolve("pom.xml"));
    Files.createFile(checkout.resolve("cli/pom.xml"));
    Path jdk = Files.createDirectories(folder.resolve("jdk/bin"));
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25\"\n");
    program(jdk.resolve("javac"), "exit 1");
    program(jdk.resolve("java"), "echo the command line runs");
  }

  @Test
  void ofManyAtOnceOneBuilds() throws Exception {
    program(checkout.resolve("mvnw"), MAKES_JARS);
    List<Process> launchers = new ArrayList<>();
    for (int n = 0; n < 6; n++) {
      launchers.add(launch("up", n));
    }
    for (int n = 0; n < launchers.size(); n++) {
      assertThat(launchers.get(n).waitFor()).as(said(n)).isZero();
      assertThat(said(n)).endsWith("the command line runs\n");
    }
    assertThat(Files.readString(checkout.resolve("builds"))).isEqualTo("built\n");
  }

  @Test
  void buildsAgainWhenASourceIsNewer() throws Exception {
    program(checkout.resolve("mvnw"), MAKES_JARS);
    assertThat(launch("status", 0).waitFor()).as(said(0)).isZero();
    Files.createFile(checkout.resolve("cli/src/main/New.java"));
    assertThat(launch("status", 1).waitFor()).isZero();
    assertThat(Files.readString(checkout.resolve("builds"))).isEqualTo("built\n");
    assertThat(launch("up", 2).waitFor()).isZero();
    assertThat(Files.readString(checkout.resolve("builds"))).isEqualTo("built\nbuilt\n");
  }

  @Test
  void helpBuildsNothingAnew() throws Exception {
    program(checkout.resolve("mvnw"), MAKES_JARS);
    assertThat(launch("status", 0).waitFor()).as(said(0)).isZero();
    Files.createFile(checkout.resolve("cli/src/main/New.java"));
    for (String help : List.of("up --help", "bench -h")) {
      assertThat(launch(help, 1).waitFor()).isZero();
      assertThat(said(1)).isEqualTo("the command line runs\n");
    }
  }

  @Test
  void ctrlCEndsABuildAndStartsNothing() throws Exception {
    // As Maven does, it ends by exit code, from which a shell would go on.
    program(
        checkout.resolve("mvnw"),
        "exec perl -e '$SIG{INT} = sub { exit 130 }; open(F, \">begun\"); sleep 100'");
    Process first = launch("up", 0);
    Process second = launch("up", 1);
    while (Files.notExists(checkout.resolve("begun")) || !said(0, 1).contains("Waiting for")) {
      assertThat(first.waitFor(10, TimeUnit.MILLISECONDS)).as(said(0, 1)).isFalse();
    }
    for (Process launcher : List.of(first, second)) {
      new ProcessBuilder("kill", "-INT", "--", "-" + launcher.pid()).start().waitFor();
    }
    assertThat(first.waitFor()).as(said(0)).isEqualTo(130);
    assertThat(second.waitFor()).as(said(1)).isEqualTo(130);
    assertThat(said(0, 1)).doesNotContain("the build failed", "the command line runs");
    for (ProcessHandle left :
        ProcessHandle.allProcesses().filter(p -> runsIn(checkout, p)).toList()) {
      left.onExit().get(60, TimeUnit.SECONDS);
    }
    program(checkout.resolve("mvnw"), MAKES_JARS);
    assertThat(launch("up", 2).waitFor()).as(said(2)).isZero();
  }

  private static boolean runsIn(Path folder, ProcessHandle process) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd")).equals(folder);
    } catch (IOException e) {
      // Ended, somebody else's, or no such file system here.
      return false;
    }
  }

  private Process launch(String command, int number) throws IOException {
    List<String> line = new ArrayList<>(List.of("perl", "-e", AT_A_TERMINAL));
    line.add(checkout.resolve("portcullis").toString());
    line.addAll(List.of(command.split(" ")));
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said" + number).toFile());
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().remove("PORTCULLIS_BUILD");
    return builder.start();
  }

  private String said(int... numbers) throws IOException {
    StringBuilder all = new StringBuilder();
    for (int number : numbers) {
      all.append(Files.readString(folder.resolve("said" + number)));
    }
    return all.toString();
  }

  private static void program(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
