package dev.portcullis.cli.admin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A line that is typed at the terminal of this process without being shown, where standard input or
 * output is something else.
 */
final class HiddenLine {

  private static final Path TERMINAL = Path.of("/dev/tty");

  private HiddenLine() {}

  /** What was typed; empty if this process has no terminal. */
  static Optional<String> ask(PrintWriter err, String what) {
    try (BufferedReader typed = Files.newBufferedReader(TERMINAL, StandardCharsets.UTF_8)) {
      if (stty("-echo") != 0) {
        return Optional.empty();
      }
      // Whoever interrupts it must see again what they type.
      Thread showAgain = Thread.ofPlatform().unstarted(HiddenLine::echo);
      Runtime.getRuntime().addShutdownHook(showAgain);
      try {
        err.print(what + ": ");
        err.flush();
        return Optional.of(Objects.requireNonNullElse(typed.readLine(), ""));
      } finally {
        echo();
        Runtime.getRuntime().removeShutdownHook(showAgain);
        err.println();
        err.flush();
      }
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static void echo() {
    try {
      stty("echo");
    } catch (IOException _) {
      // The terminal is gone, and with it what it showed.
    }
  }

  private static int stty(String what) throws IOException {
    try {
      return new ProcessBuilder("stty", what)
          .redirectInput(TERMINAL.toFile())
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
