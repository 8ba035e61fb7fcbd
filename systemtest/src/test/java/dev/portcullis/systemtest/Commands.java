package dev.portcullis.systemtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs with a deadline. */
final class Commands {
  private Commands() {}

  static CommandResult run(Duration limit, String... command) {
    return run(limit, Map.of(), List.of(command));
  }

  /**
   * Runs a program to its end. Its output goes through files, so that a background process that
   * keeps the streams open cannot hold the caller.
   *
   * @param environment added to the caller's; an empty value removes a variable
   * @throws AssertionError when it does not end in time
   */
  static CommandResult run(Duration limit, Map<String, String> environment, List<String> command) {
    try {
      Path out = Files.createTempFile("portcullis-systemtest", ".out");
      Path err = Files.createTempFile("portcullis-systemtest", ".err");
      try {
        ProcessBuilder builder = new ProcessBuilder(command);
        environment.forEach(
            (name, value) -> {
              if (value.isEmpty()) {
                builder.environment().remove(name);
              } else {
                builder.environment().put(name, value);
              }
            });
        Process process =
            builder
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly();
          throw new AssertionError(
              command + " did not end within " + limit + "\n" + text(out) + "\n" + text(err));
        }
        return new CommandResult(process.exitValue(), text(out), text(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new AssertionError("could not run " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while running " + command, e);
    }
  }

  /** Whether a program of this name is on the path. */
  static boolean exists(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String folder : path.split(":")) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.UTF_8);
  }
}
