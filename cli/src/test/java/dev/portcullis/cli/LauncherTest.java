package dev.portcullis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The search for a JDK in {@code ./portcullis}, over folders that only look like one. */
final class LauncherTest {
  @TempDir private Path folder;

  @Test
  void takesJavaHomeWhenItIsNewEnough() throws Exception {
    Path mine = jdk("mine", "JAVA_VERSION=\"25.0.1\"");
    jdk("places/other", "JAVA_VERSION=\"26\"");
    assertThat(launch(mine)).isEqualTo("0 " + mine);
  }

  @Test
  void passesOverAnOldJavaHome() throws Exception {
    Path old = jdk("old", "JAVA_VERSION=\"17.0.15\"");
    Path good = jdk("places/good", "JAVA_VERSION=\"25\"");
    assertThat(launch(old)).isEqualTo("0 " + good);
  }

  /** As under a service manager; the launcher is done with the candidates at the first of them. */
  @Test
  void saysNothingOfABrokenPipeWhereThatSignalIsIgnored() throws Exception {
    for (int n = 0; n < 300; n++) {
      Files.createDirectories(folder.resolve("places/other" + n));
    }
    Path good = jdk("good", "JAVA_VERSION=\"25\"");
    assertThat(launch(good)).isEqualTo("0 " + good);
  }

  @Test
  void passesOverAJreWithoutACompiler() throws Exception {
    Path jre = jdk("places/a-jre", "JAVA_VERSION=\"25\"");
    Files.delete(jre.resolve("bin/javac"));
    Path good = jdk("places/b-jdk", "JAVA_VERSION=\"25.0.2\"");
    assertThat(launch(null)).isEqualTo("0 " + good);
  }

  @Test
  void findsTheHomeInsideAMacBundle() throws Exception {
    Path good = jdk("places/temurin-25.jdk/Contents/Home", "JAVA_VERSION=\"25\"");
    assertThat(launch(null)).isEqualTo("0 " + good);
  }

  @Test
  void asksTheProgramWhenThereIsNoReleaseFile() throws Exception {
    Path good = jdk("places/plain", "");
    assertThat(launch(null)).isEqualTo("0 " + good);
  }

  @Test
  void readsAnOldVersionNumberAsOld() throws Exception {
    jdk("places/ancient", "JAVA_VERSION=\"1.8.0_392\"");
    assertThat(launch(null)).startsWith("1 ").contains("the newest one found is 8 in");
  }

  @Test
  void saysInOneSentenceWhatToInstall() throws Exception {
    Path old = jdk("places/old", "JAVA_VERSION=\"17.0.15\"");
    String said = launch(null);
    assertThat(said)
        .startsWith("1 portcullis: a JDK 25 or newer is needed and the newest one found is 17 in ")
        .contains(old.toString())
        .contains("install one");
    assertThat(said.lines()).hasSize(1);
  }

  private Path jdk(String name, String release) throws IOException {
    Path home = folder.toRealPath().resolve(name);
    Files.createDirectories(home.resolve("bin"));
    if (!release.isEmpty()) {
      Files.writeString(home.resolve("release"), release + "\n");
    }
    for (String program : new String[] {"java", "javac"}) {
      Path file = home.resolve("bin").resolve(program);
      Files.writeString(file, "#!/bin/sh\necho 'openjdk version \"25.0.3\" 2026-01-01' >&2\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return home;
  }

  /** Exit code and what was said, with no java on the path. */
  private String launch(@org.jspecify.annotations.Nullable Path javaHome) throws Exception {
    Path tools = folder.resolve("tools");
    Files.createDirectories(tools);
    for (String tool : new String[] {"dirname", "readlink", "sed"}) {
      if (!Files.exists(tools.resolve(tool))) {
        Files.createSymbolicLink(tools.resolve(tool), which(tool));
      }
    }
    Path script = Path.of("..", "portcullis").toRealPath();
    ProcessBuilder builder =
        new ProcessBuilder(
            "/bin/bash", "-c", "trap '' PIPE; exec /bin/bash \"$0\" jdk", script.toString());
    builder.environment().clear();
    builder.environment().put("PATH", tools.toString());
    builder.environment().put("PORTCULLIS_JDK_PLACES", folder.resolve("places").toString());
    if (javaHome != null) {
      builder.environment().put("JAVA_HOME", javaHome.toString());
    }
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + " " + said.strip();
  }

  private static Path which(String tool) {
    Path usr = Path.of("/usr/bin", tool);
    return Files.exists(usr) ? usr : Path.of("/bin", tool);
  }
}
