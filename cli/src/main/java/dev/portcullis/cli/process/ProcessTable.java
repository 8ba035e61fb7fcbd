package dev.portcullis.cli.process;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds the processes of an instance in the operating system's own table, so that one whose
 * supervisor was killed, even between starting it and writing that down, is found all the same.
 */
public final class ProcessTable {
  /** What Linux adds to a path that is no longer there, such as a replaced program's. */
  private static final String REPLACED = " (deleted)";

  private final Home home;
  private final Accounts accounts = Accounts.detect();

  public ProcessTable(Home home) {
    this.home = home;
  }

  /** Every living process of a zone of this home, and no other's. */
  public List<ProcessHandle> of(Zone zone) {
    return ProcessHandle.allProcesses().filter(handle -> belongs(zone, handle)).toList();
  }

  /**
   * A zone's process is known by what a stranger cannot have: the account it runs under. Within the
   * account it is known by the program it is and by how it was started, so that an editor with a
   * zone's settings open is not taken for the zone.
   */
  private boolean belongs(Zone zone, ProcessHandle handle) {
    if (!handle.isAlive() || !owner(handle).equals(Optional.of(account(zone)))) {
      return false;
    }
    List<String> arguments = arguments(handle);
    // The vault lets nobody but root see which file it was started from.
    Optional<Path> program =
        handle.info().command().or(() -> arguments.stream().findFirst()).map(Path::of);
    return switch (zone) {
      // PostgreSQL's children rewrite their arguments, but not where they work.
      case POSTGRES -> isDatabase(program, handle, arguments);
      case VAULT, SIMULATOR, GATEWAY ->
          program.map(Path::getFileName).equals(Optional.of(Path.of("java")))
              && endsAs(arguments, mainClass(zone), home.properties(zone).toString());
    };
  }

  /**
   * A server works in its data's folder, whatever its program is called: several homes may share
   * programs, one may even use another's.
   */
  private boolean isDatabase(Optional<Path> program, ProcessHandle handle, List<String> arguments) {
    Path folder = Path.of("/proc", Long.toString(handle.pid()), "cwd");
    Optional<Path> file = program.map(ProcessTable::withoutMark);
    boolean named = file.map(Path::getFileName).equals(Optional.of(Path.of("postgres")));
    try {
      Path place = withoutMark(Files.readSymbolicLink(folder));
      // A server begins in the zone's folder for temporary files, where others of it work too.
      return place.equals(home.databaseData())
          || place.equals(realData())
          || (named && place.startsWith(home.zone(Zone.POSTGRES)));
    } catch (IOException e) {
      // Not everybody is told, as in a container without that capability; or it just ended.
      return file.equals(Optional.of(home.databaseProgram("postgres")))
          || (named
              && arguments.size() > 2
              && arguments.subList(1, 3).equals(List.of("-D", home.databaseData().toString())));
    }
  }

  /** A distribution mends its programs while they run. */
  private static Path withoutMark(Path shown) {
    String path = shown.toString();
    return path.endsWith(REPLACED)
        ? Path.of(path.substring(0, path.length() - REPLACED.length()))
        : shown;
  }

  /** Where the data really is: somebody may have put it on another disk, with a link to it. */
  private Path realData() {
    try {
      return home.databaseData().toRealPath();
    } catch (IOException e) {
      return home.databaseData();
    }
  }

  private static boolean endsAs(List<String> arguments, String... end) {
    int from = arguments.size() - end.length;
    return from >= 0 && arguments.subList(from, arguments.size()).equals(List.of(end));
  }

  /** The class that a zone of ours starts with; its settings are the one argument. */
  static String mainClass(Zone zone) {
    return switch (zone) {
      case VAULT -> "dev.portcullis.vault.VaultMain";
      case GATEWAY -> "dev.portcullis.gateway.GatewayMain";
      case SIMULATOR -> "dev.portcullis.simulator.SimulatorMain";
      case POSTGRES -> throw new IllegalArgumentException("PostgreSQL is no Java program");
    };
  }

  private String account(Zone zone) {
    String own = accounts.of(zone);
    return own == null ? owner(ProcessHandle.current()).orElse("") : own;
  }

  /** The name of a process's account; its number where the system has no name for it. */
  private static Optional<String> owner(ProcessHandle handle) {
    Optional<String> name = handle.info().user();
    if (name.isPresent()) {
      return name;
    }
    try {
      return Optional.of(Files.getOwner(Path.of("/proc", Long.toString(handle.pid()))).getName());
    } catch (IOException e) {
      // It just ended.
      return Optional.empty();
    }
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
