package dev.portcullis.cli.process;

import dev.portcullis.cli.home.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    return run(new ProcessBuilder(command), Optional.empty());
  }

  /** Runs a command to its end, or ends it with its children after the limit. */
  static Outcome run(ProcessBuilder command, Optional<Duration> limit) {
    try {
      Process process = command.redirectErrorStream(true).start();
      RUNNING.add(process);
      try {
        process.getOutputStream().close();
        CompletableFuture<Outcome> outcome =
            read(process.getInputStream())
                .thenCombine(
                    process.onExit(),
                    (output, ended) ->
                        new Outcome(ended.exitValue(), new String(output, StandardCharsets.UTF_8)));
        limit.ifPresent(most -> outcome.orTimeout(most.toMillis(), TimeUnit.MILLISECONDS));
        return outcome.get();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TimeoutException)) {
          throw new IOException(e.getCause());
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        return new Outcome(process.waitFor(), "");
      } finally {
        RUNNING.remove(process);
      }
    } catch (IOException e) {
      throw new Refusal("Could not run " + command.command().getFirst() + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal("Interrupted while running " + command.command().getFirst() + ".", e);
    }
  }

  /** On a thread of its own: a child that outlives its parent may keep the output open. */
  private static CompletableFuture<byte[]> read(InputStream output) {
    CompletableFuture<byte[]> read = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (output) {
                read.complete(output.readAllBytes());
              } catch (IOException e) {
                read.completeExceptionally(e);
              }
            });
    return read;
  }
}
