package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Ports;
import dev.portcullis.wire.json.Json;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.Map;
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
      description = "The ports that a start would want (as the last time, or 4242).")
  private @Nullable Integer port;

  @Option(
      names = "--production",
      description = "Say what must be mended before live payments are served.")
  private boolean production;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Home place = home.home();
    return production ? production(place) : everyday(place);
  }

  private int production(Home place) {
    List<Production.Defect> defects =
        new Production(place, System.getenv(), new LiveSurroundings(place), Clock.systemUTC())
            .defects();
    if (json) {
      print(
          Json.writeString(
              Map.of(
                  "ready",
                  defects.isEmpty(),
                  "findings",
                  defects.stream()
                      .map(defect -> Map.of("name", defect.name(), "sentence", defect.sentence()))
                      .toList())));
    } else {
      defects.forEach(defect -> print("  " + defect.name() + ": " + defect.sentence()));
      print(
          defects.isEmpty()
              ? "Nothing here stands against live payments. Who takes them says "
                  + place.command("providers list --live")
                  + "."
              : defects.size() + " to mend before live payments.");
    }
    return defects.isEmpty() ? 0 : 1;
  }

  private int everyday(Home place) {
    List<Finding> findings =
        new Examination(place, Ports.of(place, port), Clock.systemUTC()).findings();
    long wrong = findings.stream().filter(finding -> !finding.well()).count();
    if (json) {
      print(
          Json.writeString(
              Map.of(
                  "well",
                  wrong == 0,
                  "findings",
                  findings.stream()
                      .map(f -> Map.of("well", f.well(), "sentence", f.sentence()))
                      .toList())));
      return wrong == 0 ? 0 : 1;
    }
    for (Finding finding : findings) {
      print((finding.well() ? "  well   " : "  WRONG  ") + finding.sentence());
    }
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
