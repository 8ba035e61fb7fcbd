package dev.portcullis.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.TestHome;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.logs.LogSearch;
import dev.portcullis.cli.setup.ZoneFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LogRotationTest {

  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:30Z");

  @Test
  void aLogIsPutAsideCompressedAndFoundAgain() throws IOException {
    try (TestHome test = new TestHome()) {
      Home home = test.home();
      Accounts accounts = Accounts.detect();
      accounts.ensure();
      new ZoneFiles(home, accounts).folders();
      Path log = home.log(Zone.VAULT);
      Launch launch = new Launch(home, accounts);
      launch.run(Zone.VAULT, List.of("touch", log.toString()));
      List<String> said = new ArrayList<>();
      Instant[] now = {BEGIN};
      try (LogRotation rotation = new LogRotation(home, launch, () -> now[0], said::add);
          OutputStream running = Files.newOutputStream(log, StandardOpenOption.APPEND)) {
        for (int n = 0; n < 12; n++) {
          running.write(line(n).getBytes(StandardCharsets.UTF_8));
          rotation.look(Zone.VAULT, 10);
          assertThat(log).isEmptyFile();
          now[0] = now[0].plusSeconds(60);
        }
        assertThat(aside(log)).hasSize(8);
        assertThat(new LogSearch(home).find("req_1234567890").stream().map(LogSearch.Line::time))
            .containsExactly("0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011");
        running.write(line(12).getBytes(StandardCharsets.UTF_8));
        rotation.look(Zone.VAULT, 1_000);
        assertThat(Files.readString(log)).as("small logs stay").isEqualTo(line(12));
        assertThat(new LogSearch(home).find("req_1234567890")).hasSize(9);
        Files.setLastModifiedTime(
            aside(log).get(3),
            FileTime.from(Files.getLastModifiedTime(log).toInstant().minus(Duration.ofDays(92))));
        rotation.look(Zone.VAULT, 10);
        assertThat(aside(log)).as("one went for its age and one for the number").hasSize(7);
      }
      assertThat(said).isEmpty();
    }
  }

  private static String line(int n) {
    return "{\"time\":\"%04d\",\"request\":\"req_1234567890\"}%n".formatted(n);
  }

  private static List<Path> aside(Path log) throws IOException {
    try (Stream<Path> files = Files.list(log.resolveSibling(""))) {
      return files.filter(file -> file.toString().endsWith(".gz")).sorted().toList();
    }
  }
}
