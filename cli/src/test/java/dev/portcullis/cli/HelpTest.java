package dev.portcullis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HelpTest {

  static Stream<String> commands() {
    return Stream.concat(
        Stream.of("", "audit verify"),
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
}
