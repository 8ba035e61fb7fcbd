package dev.portcullis.cli.process;

import dev.portcullis.cli.home.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/** Short-lived commands of the operating system. */
public final class Commands {

  private static final Duration END_LIMIT = Duration.ofSeconds(10);
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  private Commands() {}

  /**
   * How a command ended.
   *
   * @param output both of its streams
   */
  public record Outcome(int exitCode, String output) {
    public String firstLine() {
      return output.lines().findFirst().orElse("exit code " + exitCode);
    }
  }

  /** True when a program of this name stands in one of the usual folders. */
  public static boolean exists(String program) {
    return Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin")
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** Ends the commands that still run, so that none outlives this process. */
  public static void endAll() {
    RUNNING.forEach(Process::destroy);
    for (Process process : RUNNING) {
      if (!ProcessTable.awaitEnd(process.toHandle(), END_LIMIT)) {
        process.destroyForcibly();
      }
    }
  }

  /** Runs a command to its end. */
  public static Outcome run(List<String> command) {
    return run(command, Process::onExit);
  }

  /** Runs a command to its end, or ends it with its children after the limit. */
  public static Outcome run(List<String> command, Duration limit) {
    return run(command, process -> endAfter(process, limit));
  }

  private static Outcome run(
      List<String> command, Function<Process, CompletableFuture<Process>> watch) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      RUNNING.add(process);
      CompletableFuture<Process> watched = watch.apply(process);
      try {
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output);
      } finally {
        watched.cancel(false);
        RUNNING.remove(process);
      }
    } catch (IOException e) {
      throw new Refusal("Could not run " + command.getFirst() + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal("Interrupted while running " + command.getFirst() + ".", e);
    }
  }

  private static CompletableFuture<Process> endAfter(Process process, Duration limit) {
    return process
        .onExit()
        .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (_, late) -> {
              if (late != null) {
                // A child that lived on would keep its output open.
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
              }
            });
  }
}
