package dev.portcullis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is refused before anything is made. */
final class DatabaseProgramsOptionTest {
  private static final String URL = "postgresql://keeper@127.0.0.1:1/postgres";

  private TestHome test;
  private Path home;

  @BeforeEach
  void nameHome() throws IOException {
    test = new TestHome();
    home = test.home().root().resolve("none");
  }

  @AfterEach
  void removeHome() throws IOException {
    test.close();
  }

  @Test
  void isForNoOutsideServer() {
    String place = home.toString();
    String refusal = "leave it or --database-url out";
    refused(
        refusal, "up", "--home", place, "--database-programs", "/usr/bin", "--database-url", URL);
    refused(
        refusal,
        "restore",
        "backup",
        "--home",
        place,
        "--database-programs",
        "/usr/bin",
        "--database-url",
        URL);
  }

  @Test
  void isAnAbsolutePath() {
    refused(
        "must be an absolute path",
        "up",
        "--home",
        home.toString(),
        "--database-programs",
        "usr/bin");
  }

  @Test
  void isForNoBenchOfWhatRunsAlready() {
    refused(
        "With --home the database runs already",
        "bench",
        "--home",
        home.toString(),
        "--database-programs",
        "/usr/bin");
  }

  private void refused(String words, String... arguments) {
    StringWriter err = new StringWriter();
    int exit = Main.commandLine().setErr(new PrintWriter(err, true)).execute(arguments);
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains(words);
    assertThat(home).doesNotExist();
  }
}
