package dev.portcullis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HomeOptionTest {

  /** Whoever forgot --home would believe that somebody had read the codes, or that no log is. */
  @ParameterizedTest
  @ValueSource(strings = {"people setup-code", "logs req_12345678"})
  void aHomeThatIsNotThereIsSaid(String command) throws Exception {
    try (TestHome place = new TestHome()) {
      Path none = place.home().root().resolve("none");
      for (Path home : new Path[] {none, place.home().root()}) {
        StringWriter said = new StringWriter();
        int code =
            Main.commandLine()
                .setErr(new PrintWriter(said, true))
                .execute((command + " --home " + home).split(" "));
        assertThat(code).isEqualTo(1);
        assertThat(said.toString()).contains("There is no home in " + home, "--home");
      }
      assertThat(Files.exists(none)).isFalse();
    }
  }
}
