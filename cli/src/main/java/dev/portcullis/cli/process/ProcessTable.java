package dev.portcullis.cli.process;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds the processes of an instance in the operating system's own table, so that one whose
 * supervisor was killed, even between starting it and writing that down, is found all the same.
 */
public final class ProcessTable {
  private final Home home;

  public ProcessTable(Home home) {
    this.home = home;
  }

  /** Every living process of a zone of this home, and no other's. */
  public List<ProcessHandle> of(Zone zone) {
    return ProcessHandle.allProcesses().filter(handle -> belongs(zone, handle)).toList();
  }

  private boolean belongs(Zone zone, ProcessHandle handle) {
    return switch (zone) {
      // PostgreSQL's children rewrite their arguments, but not the program they are.
      case POSTGRES ->
          handle
              .info()
              .command()
              .map(command -> Path.of(command).equals(home.databaseProgram("postgres")))
              .orElse(false);
      case VAULT, SIMULATOR, GATEWAY ->
          arguments(handle).contains(home.properties(zone).toString());
    };
  }

  /** All of them: the JDK's own answer ends at 4096 bytes, which a long class path fills. */
  private static List<String> arguments(ProcessHandle handle) {
    Path whole = Path.of("/proc", Long.toString(handle.pid()), "cmdline");
    try {
      String text = new String(Files.readAllBytes(whole), StandardCharsets.UTF_8);
      return List.of(text.split("\0"));
    } catch (IOException e) {
      // No such file system here, or the process just ended.
      return List.of(handle.info().arguments().orElse(new String[0]));
    }
  }

  /**
   * Asks a process to end; when it has not after the grace, ends it. True when it went by itself.
   */
  public static boolean stop(ProcessHandle handle, String signal, Duration grace) {
    signal(handle, signal);
    if (awaitEnd(handle, grace)) {
      return true;
    }
    handle.destroyForcibly();
    awaitEnd(handle, Duration.ofSeconds(10));
    return false;
  }

  /** Sends a signal by name, such as {@code INT}. */
  public static void signal(ProcessHandle handle, String signal) {
    Commands.run(List.of("kill", "-" + signal, Long.toString(handle.pid())));
  }

  /** Waits for the end of any process, not only of a child. True when it came in time. */
  public static boolean awaitEnd(ProcessHandle handle, Duration limit) {
    try {
      handle.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return !handle.isAlive();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
