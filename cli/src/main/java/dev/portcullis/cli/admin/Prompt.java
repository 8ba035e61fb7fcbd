package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Reasons;
import dev.portcullis.cli.home.Refusal;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks the person at the terminal. What is asked stands on standard error: output is for pipes. */
final class Prompt {

  private static final int MAX_LINE = 1_000;

  private final PrintWriter err;
  private final BufferedReader input =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

  Prompt(PrintWriter err) {
    this.err = err;
  }

  /**
   * A secret: the first line of a file, or of standard input for {@code -}, or typed without echo.
   *
   * @param what how a person calls it
   * @param option the option that names the file
   */
  String secret(String what, @Nullable String file, String option) {
    if (file != null) {
      return file.equals("-") ? line(what) : firstLine(what, Path.of(file));
    }
    Optional<Console> console = terminal();
    String typed;
    if (console.isPresent()) {
      char[] characters = console.get().readPassword("%s: ", what);
      typed = characters == null ? "" : new String(characters);
    } else {
      // Output that is captured, as in eval "$(...)", is no terminal; who typed it sits at one.
      typed =
          HiddenLine.ask(err, what)
              .orElseThrow(
                  () ->
                      new Refusal(
                          "There is no terminal to ask at (" + what + "); use " + option + "."));
    }
    if (typed.isEmpty()) {
      throw new Refusal("Nothing was given for: " + what + ".");
    }
    return typed;
  }

  /** Where a person sits, if one does. */
  static Optional<Console> terminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal);
  }

  /** Something to know that is no answer. */
  void note(@Nullable String sentence) {
    err.println(sentence);
    err.flush();
  }

  /** Waits for the Enter key. */
  void pause(String sentence) {
    note(sentence);
    Console console = terminal().orElseThrow(() -> new Refusal("There is no terminal."));
    if (console.readPassword() == null) {
      throw new Refusal("Interrupted.");
    }
  }

  /** Shows a secret to the person at the terminal, and to no pipe. */
  void shown(String text) {
    Console console = terminal().orElseThrow(() -> new Refusal("There is no terminal."));
    console.writer().println(text);
    console.flush();
  }

  /** Takes away what was shown, what has scrolled out of sight too (ECMA-48 ED, xterm's 3). */
  void clear() {
    shown("\u001b[H\u001b[2J\u001b[3J");
  }

  /** Something that may be seen, such as a code that lives 30 seconds. */
  String plain(String what) {
    return plain(what, "");
  }

  /**
   * The same.
   *
   * @param otherwise a sentence for who cannot be asked: how else to say it
   */
  String plain(String what, String otherwise) {
    err.print(what + ": ");
    err.flush();
    try {
      return line(what).replace(" ", "");
    } catch (Refusal e) {
      // What is said next begins a line of its own.
      err.println();
      throw new Refusal((e.getMessage() + " " + otherwise).strip(), e);
    }
  }

  private String line(String what) {
    try {
      String line = input.readLine();
      if (line == null || line.isBlank() || line.length() > MAX_LINE) {
        throw new Refusal("Nothing was given for: " + what + ".");
      }
      return line.strip();
    } catch (IOException e) {
      throw new Refusal(
          "What was given for %s could not be read (%s).".formatted(what, Reasons.of(e)), e);
    }
  }

  private static String firstLine(String what, Path file) {
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      String line = reader.readLine();
      if (line == null || line.isBlank() || line.length() > MAX_LINE) {
        throw new Refusal(file + " holds nothing (" + what + ").");
      }
      return line;
    } catch (IOException e) {
      throw new Refusal(file + " could not be read (" + what + ").", e);
    }
  }
}
