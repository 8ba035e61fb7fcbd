package dev.portcullis.cli.scan;

import dev.portcullis.cli.home.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs git on a repository that may be anybody's: its configuration starts no program, and nothing
 * is fetched.
 */
final class Git {

  private static final List<String> HARMLESS =
      List.of(
          "--no-pager",
          "-c",
          "core.fsmonitor=false",
          "-c",
          "core.hooksPath=/dev/null",
          "-c",
          "log.showSignature=false");

  private final Path repository;

  Git(Path repository) {
    this.repository = repository;
  }

  private ProcessBuilder command(String... arguments) {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(HARMLESS);
    command.addAll(List.of("-C", repository.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    // The repository that was named, whatever the environment says.
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    builder.environment().put("GIT_NO_LAZY_FETCH", "1");
    builder.environment().put("LC_ALL", "C");
    return builder;
  }

  /** A git that works on; its complaints go nowhere, its exit code counts. */
  Process start(String... arguments) throws IOException {
    return command(arguments).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /** All that git prints. */
  String text(String... arguments) throws IOException {
    Process process = start(arguments);
    try (InputStream in = process.getInputStream()) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      requireGood(process, "git could not " + arguments[0] + " in " + repository + ".");
      return text;
    }
  }

  /** Refuses what is no repository, with git's own first line. */
  void requireRepository() throws IOException {
    Process process = command("rev-parse", "--git-dir").redirectErrorStream(true).start();
    try (InputStream in = process.getInputStream()) {
      String said = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      requireGood(
          process,
          "%s has no git history that can be read: %s"
              .formatted(repository, said.lines().findFirst().orElse("git says nothing.")));
    }
  }

  static void requireGood(Process process, String otherwise) {
    try {
      if (process.waitFor() != 0) {
        throw new Refusal(otherwise);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal("Interrupted.", e);
    }
  }
}
