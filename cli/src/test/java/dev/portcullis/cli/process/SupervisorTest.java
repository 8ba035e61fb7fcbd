package dev.portcullis.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
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
    assertThat(said.poll(60, TimeUnit.SECONDS))
        .isEqualTo("The gateway was ended by signal 9; starting it again.");
    assertThat(said.poll(60, TimeUnit.SECONDS)).isEqualTo("The gateway is back.");
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
    Program late = program(Zone.GATEWAY, "touch ready; sleep 100");
    assertThatThrownBy(() -> supervisor.start(List.of(late))).hasMessage("Stopped while starting.");
    assertThat(started).isEmpty();
  }

  @Test
  void aDefectWhileWatchingIsSaidAndTheProgramIsStartedAgain() throws Exception {
    Program sound = program(Zone.GATEWAY, "touch ready; sleep 100 & wait");
    AtomicInteger starts = new AtomicInteger();
    supervisor.start(List.of(new Faulty(sound, () -> starts.incrementAndGet() == 2)));
    ProcessMark first = next();
    ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();
    assertThat(said.poll(60, TimeUnit.SECONDS)).contains("was ended by signal 9");
    ProcessMark faulty = next();
    assertThat(said.poll(60, TimeUnit.SECONDS))
        .isEqualTo(
            "The gateway could not be kept (a defect of Portcullis itself; please report it:"
                + " java.lang.AssertionError: a defect);"
                + " starting it again.");
    ProcessMark third = next();
    assertThat(said.poll(60, TimeUnit.SECONDS)).isEqualTo("The gateway is back.");
    assertThat(faulty.find()).isEmpty();
    assertThat(third.find()).isPresent();
    supervisor.stop();
  }

  @Test
  void aDefectAtTheFirstStartFailsIt() {
    Program faulty = new Faulty(program(Zone.VAULT, "touch ready; sleep 100 & wait"), () -> true);
    assertThatThrownBy(() -> supervisor.start(List.of(faulty)))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("The vault could not be kept (a defect of Portcullis itself;");
    supervisor.stop();
    assertThat(started.poll()).isNotNull().matches(mark -> mark.find().isEmpty());
  }

  @Test
  void aRecordThatCannotBeWrittenTakesNothingDown() throws Exception {
    Supervisor full =
        new Supervisor(
            said::add,
            (zone, mark) -> {
              started.add(mark);
              throw new Refusal("The disk is full.");
            });
    full.start(List.of(program(Zone.GATEWAY, "touch ready; sleep 100 & wait")));
    assertThat(next().find()).isPresent();
    assertThat(said).containsExactly("The disk is full.");
    full.stop();
  }

  private ProcessMark next() throws InterruptedException {
    ProcessMark mark = started.poll(60, TimeUnit.SECONDS);
    assertThat(mark).isNotNull();
    return mark;
  }

  private Program program(Zone zone, String script) {
    return new Scripted(zone, script, folder);
  }

  /** A program whose readiness cannot be looked at when {@code fails} says so. */
  private record Faulty(Program sound, BooleanSupplier fails) implements Program {
    @Override
    public Zone zone() {
      return sound.zone();
    }

    @Override
    public Process start() throws IOException {
      return sound.start();
    }

    @Override
    public boolean isReady(Process process) {
      if (sound.isReady(process) && fails.getAsBoolean()) {
        throw new AssertionError("a defect");
      }
      return sound.isReady(process);
    }

    @Override
    public String stopSignal() {
      return sound.stopSignal();
    }

    @Override
    public Duration stopGrace() {
      return sound.stopGrace();
    }

    @Override
    public String lastWords() {
      return sound.lastWords();
    }
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
