package dev.portcullis.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogTailTest {
  @TempDir private Path folder;
  private Path log;
  private LogTail tail;

  @BeforeEach
  void makeTail() {
    log = folder.resolve("zone.log");
    tail = new LogTail(log);
  }

  @Test
  void isTheSentenceThatTheZoneEndedWith() throws IOException {
    say("{\"level\":\"info\",\"message\":\"begun\"}");
    say("{\"level\":\"severe\",\"message\":\"The key is wrong.\",\"error\":\"a stack trace\"}");
    say("{\"level\":\"info\",\"message\":\"gone\"}");
    assertThat(tail.text()).isEqualTo("The key is wrong.");
  }

  @Test
  void isTheLastLinesWhenThereIsNoSentence() throws IOException {
    for (int line = 1; line <= 9; line++) {
      say("line " + line + "x".repeat(line == 9 ? 600 : 0));
    }
    assertThat(tail.text().lines())
        .hasSize(5)
        .startsWith("line 5")
        .allMatch(l -> l.length() <= 500);
  }

  @Test
  void leavesOutWhatAnEarlierRunSaid() throws IOException {
    assertThat(tail.text()).isEmpty();
    tail.begin();
    say("{\"level\":\"severe\",\"message\":\"of old\"}");
    tail.begin();
    assertThat(tail.text()).isEmpty();
    say("of now");
    assertThat(tail.text()).isEqualTo("of now");
    Files.delete(log);
    say("anew");
    assertThat(tail.text()).isEqualTo("anew");
  }

  @Test
  void readsOnlyTheEndOfALongLog() throws IOException {
    say("{\"level\":\"severe\",\"message\":\"long ago\"}");
    say("x".repeat(1 << 20));
    assertThat(tail.text()).hasSize(500);
  }

  @Test
  void followsNoLink() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "secret");
    Files.createSymbolicLink(log, secret);
    assertThat(tail.text()).isEmpty();
  }

  private void say(String line) throws IOException {
    Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
