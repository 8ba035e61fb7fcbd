package dev.portcullis.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.InstanceState.ProcessMark;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SupervisorTest {
  @TempDir private Path folder;
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final BlockingQueue<ProcessMark> started = new LinkedBlockingQueue<>();
  private final Supervisor supervisor =
      new Supervisor(said::add, (zone, mark) -> started.add(mark));

  @Test
  void startsAgainWhatWasKilledAndSaysSo() throws Exception {
    supervisor.start(List.of(program(Zone.GATEWAY, "touch ready; sleep 100 & wait")));
    ProcessMark first = next();
    ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();
    ProcessMark second = next();
    assertThat(second.pid()).isNotEqualTo(first.pid());
    assertThat(said.poll(10, TimeUnit.SECONDS))
        .isEqualTo("The gateway was ended by signal 9; starting it again.");
    assertThat(said.poll(10, TimeUnit.SECONDS)).isEqualTo("The gateway is back.");
    supervisor.stop();
    assertThat(second.find()).isEmpty();
  }

  @Test
  void aProgramThatCannotStartFailsTheStartWithItsLastWords() {
    assertThatThrownBy(() -> supervisor.start(List.of(program(Zone.VAULT, "exit 3"))))
        .isInstanceOf(Refusal.class)
        .hasMessage("The vault ended with exit code 3; its last words:\nlast words of the vault");
    supervisor.stop();
  }

  @Test
  void stopsWhoTakesPaymentsFirstAndTheDatabaseLast() throws Exception {
    String script =
        "trap 'echo %s >>order; exit 0' TERM; touch ready; while :; do sleep 0.05; done";
    supervisor.start(
        List.of(
            program(Zone.POSTGRES, script.formatted("postgres")),
            program(Zone.VAULT, script.formatted("vault")),
            program(Zone.SIMULATOR, script.formatted("simulator")),
            program(Zone.GATEWAY, script.formatted("gateway"))));
    supervisor.stop();
    supervisor.stop();
    assertThat(Files.readAllLines(folder.resolve("order")))
        .containsExactly("gateway", "simulator", "vault", "postgres");
  }

  @Test
  void endsWhatDoesNotListen() throws Exception {
    supervisor.start(
        List.of(program(Zone.GATEWAY, "trap '' TERM; touch ready; while :; do sleep 0.05; done")));
    supervisor.stop();
    assertThat(next().find()).isEmpty();
    assertThat(said).containsExactly("The gateway did not stop within 2 s and was ended.");
  }

  @Test
  void startsNothingAfterItWasStopped() {
    supervisor.stop();
    supervisor.start(List.of(program(Zone.GATEWAY, "touch ready; sleep 100")));
    assertThat(started).isEmpty();
  }

  @Test
  void findsAnOrphanBehindALongCommandLine() throws Exception {
    Home home = Home.at(folder);
    String settings = home.properties(Zone.GATEWAY).toString();
    Process orphan =
        new ProcessBuilder("/bin/sh", "-c", "read held", "x".repeat(9_000), settings).start();
    try {
      assertThat(new ProcessTable(home).of(Zone.GATEWAY)).containsExactly(orphan.toHandle());
      assertThat(new ProcessTable(home).of(Zone.VAULT)).isEmpty();
    } finally {
      orphan.destroyForcibly().waitFor();
    }
    assertThat(new ProcessTable(home).of(Zone.GATEWAY)).isEmpty();
  }

  private ProcessMark next() throws InterruptedException {
    ProcessMark mark = started.poll(10, TimeUnit.SECONDS);
    assertThat(mark).isNotNull();
    return mark;
  }

  private Program program(Zone zone, String script) {
    return new Scripted(zone, script, folder);
  }

  /** A shell script that is ready when it has made the file {@code ready}. */
  private record Scripted(Zone zone, String script, Path folder) implements Program {
    @Override
    public Process start() throws IOException {
      Files.deleteIfExists(folder.resolve("ready"));
      return new ProcessBuilder("/bin/sh", "-c", script)
          .directory(folder.toFile())
          .inheritIO()
          .start();
    }

    @Override
    public boolean isReady(Process process) {
      return Files.exists(folder.resolve("ready"));
    }

    @Override
    public String stopSignal() {
      return "TERM";
    }

    @Override
    public Duration stopGrace() {
      return Duration.ofSeconds(2);
    }

    @Override
    public String lastWords() {
      return "last words of the " + zone.label();
    }
  }
}
