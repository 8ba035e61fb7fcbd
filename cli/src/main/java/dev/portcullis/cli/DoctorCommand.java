package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Ports;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code doctor}: exit code 0 when nothing is wrong, 1 otherwise. */
@Command(name = "doctor", description = "Say what is wrong and how to mend it.")
final class DoctorCommand implements Callable<Integer> {
  @Mixin private HomeOption home = new HomeOption();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "4242",
      description = "The ports that a start would want (${DEFAULT-VALUE}).")
  private int port;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Home place = home.home();
    List<Finding> findings = new Examination(place, new Ports(port), Clock.systemUTC()).findings();
    for (Finding finding : findings) {
      print((finding.well() ? "  well   " : "  WRONG  ") + finding.sentence());
    }
    long wrong = findings.stream().filter(finding -> !finding.well()).count();
    print(wrong == 0 ? "Nothing is wrong." : wrong + " to mend.");
    return wrong == 0 ? 0 : 1;
  }

  private void print(String text) {
    if (spec != null) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(text);
      out.flush();
    }
  }
}
