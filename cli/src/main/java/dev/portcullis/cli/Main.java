package dev.portcullis.cli;

import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Objects;
import picocli.CommandLine;

/** The {@code portcullis} command. */
public final class Main {
  private static final int FAILED = 1;

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    CommandLine root = new CommandLine(new Portcullis());
    helpful(root);
    return root.setExecutionExceptionHandler(Main::tell)
        .setExecutionStrategy(Main::run)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** Whoever asks for the help of a command that is not there is not given another one's. */
  private static int run(CommandLine.ParseResult parsed) {
    CommandLine.ParseResult last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    boolean group = !last.commandSpec().subcommands().isEmpty();
    if (group && !last.unmatched().isEmpty()) {
      throw new CommandLine.UnmatchedArgumentException(
          last.commandSpec().commandLine(), last.unmatched());
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  /** Every command takes {@code --help}; the command {@code help} has one of its own. */
  private static void helpful(CommandLine command) {
    if (!(command.getCommand() instanceof CommandLine.HelpCommand)) {
      command
          .getCommandSpec()
          .addOption(
              CommandLine.Model.OptionSpec.builder("-h", "--help")
                  .usageHelp(true)
                  .type(boolean.class)
                  .description("Say how this is used.")
                  .build());
      command.getSubcommands().values().forEach(Main::helpful);
    }
  }

  /** One sentence for what a person can mend; the whole story only for a defect of ours. */
  private static int tell(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    switch (e) {
      case Refusal refusal -> err.println("portcullis: " + refusal.getMessage());
      case UncheckedIOException io -> {
        IOException cause = Objects.requireNonNull(io.getCause());
        err.println("portcullis: " + HomeFiles.failure("go on", cause).getMessage());
      }
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
