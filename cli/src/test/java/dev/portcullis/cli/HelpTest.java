package dev.portcullis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {

  static Stream<String> commands() {
    return Stream.concat(
        Stream.of("", "audit verify", "providers scorecard"),
        Main.commandLine().getSubcommands().keySet().stream().filter(name -> !name.equals("help")));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandSaysHowItIsUsed(String command) {
    for (String option : new String[] {"--help", "-h"}) {
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      String[] arguments = (command + " " + option).strip().split(" ");

      int exit =
          Main.commandLine()
              .setOut(new PrintWriter(out, true))
              .setErr(new PrintWriter(err, true))
              .execute(arguments);

      assertThat(err.toString()).isEmpty();
      assertThat(exit).isZero();
      assertThat(out.toString()).startsWith(("Usage: portcullis " + command).strip());
    }
  }

  /** The help of a command that is not there is not its parent's. */
  @ParameterizedTest
  @ValueSource(strings = {"scorecard", "routing scorecard", "operations end"})
  void whatIsNotThereHasNoHelp(String command) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();

    int exit =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute((command + " --help").split(" "));

    assertThat(exit).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .contains("Unmatched argument")
        .contains(command.substring(command.lastIndexOf(' ') + 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"operations ask", "operations settle", "reconcile settle"})
  void whatDoesNothingIsNoOption(String command) {
    StringWriter out = new StringWriter();

    int exit =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .execute((command + " --help").split(" "));

    assertThat(exit).isZero();
    assertThat(out.toString()).contains("--account").doesNotContain("--live");
  }
}
