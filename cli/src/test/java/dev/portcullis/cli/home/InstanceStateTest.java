package dev.portcullis.cli.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.TestHome;
import dev.portcullis.cli.home.InstanceState.Phase;
import dev.portcullis.cli.home.InstanceState.ProcessMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class InstanceStateTest {

  @Test
  void comesBackAsItWasWrittenAndOnlyItsOwnerCanReadIt() throws IOException {
    try (TestHome test = new TestHome()) {
      Home home = test.home();
      Map<String, @Nullable Object> facts = new LinkedHashMap<>();
      facts.put("api", "http://127.0.0.1:4242");
      facts.put("port", 4242L);
      InstanceState state =
          new InstanceState(
              Phase.READY, facts, Map.of("supervisor", ProcessMark.of(ProcessHandle.current())));
      state.save(home);
      assertThat(InstanceState.load(home)).contains(state);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.state())))
          .isEqualTo("rw-------");
      assertThat(state.processes().values()).allMatch(mark -> mark.find().isPresent());
    }
  }

  @Test
  void aLaterProcessWithTheSameIdIsAnother() {
    ProcessMark now = ProcessMark.of(ProcessHandle.current());
    assertThat(new ProcessMark(now.pid(), now.started() + "1").find()).isEmpty();
  }

  @Test
  void oneHolderAtATime() throws Exception {
    try (TestHome test = new TestHome()) {
      Path file = test.home().lock();
      InstanceLock lock = InstanceLock.take(file).orElseThrow();
      Process other =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  LockTaker.class.getName(),
                  file.toString())
              .inheritIO()
              .start();
      assertThat(other.waitFor()).isEqualTo(LockTaker.REFUSED);
      lock.release();
      assertThat(InstanceLock.take(file)).isPresent();
    }
  }

  @Test
  void portsThatDoNotExistAreRefused() {
    assertThatThrownBy(() -> new Ports(65_530)).isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> new Ports(80)).isInstanceOf(Refusal.class);
    assertThat(new Ports(4242).named().keySet()).hasSize(11).contains(4242, 4252);
  }

  @Test
  void aFullDiskIsCalledThat() {
    assertThat(HomeFiles.failure("write x", new IOException("No space left on device")))
        .hasMessage("The disk is full: could not write x; free some space.");
  }

  /** Tries to take a lock that another process holds. */
  static final class LockTaker {
    static final int REFUSED = 7;

    public static void main(String[] arguments) {
      System.exit(InstanceLock.take(Path.of(arguments[0])).isPresent() ? 0 : REFUSED);
    }
  }
}
