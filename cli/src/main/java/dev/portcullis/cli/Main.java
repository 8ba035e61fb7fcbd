package dev.portcullis.cli;

import dev.portcullis.cli.home.Refusal;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine;

/** The {@code portcullis} command. */
public final class Main {
  private static final int FAILED = 1;

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Portcullis())
        .setExecutionExceptionHandler(Main::tell)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** One sentence for what a person can mend; the whole story only for a defect of ours. */
  private static int tell(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    switch (e) {
      case Refusal refusal -> err.println("portcullis: " + refusal.getMessage());
      case UncheckedIOException io -> err.println("portcullis: " + io.getMessage());
      default -> {
        err.println(
            "portcullis: a defect of Portcullis itself; please report it with these lines:");
        e.printStackTrace(err);
      }
    }
    err.flush();
    return FAILED;
  }
}
