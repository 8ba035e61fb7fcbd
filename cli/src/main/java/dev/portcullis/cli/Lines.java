package dev.portcullis.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Lines for a person, as they come. */
final class Lines {
  private Lines() {}

  /** What was asked for. */
  static void toOut(@Nullable CommandSpec spec, String line) {
    if (spec != null) {
      print(spec.commandLine().getOut(), line);
    }
  }

  /** How far it has come: no part of the result. */
  static void toErr(@Nullable CommandSpec spec, String line) {
    if (spec != null) {
      print(spec.commandLine().getErr(), line);
    }
  }

  private static void print(PrintWriter to, String line) {
    to.println(line);
    to.flush();
  }
}
