package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.wire.json.Json;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code status}: exit code 0 when anything of the instance runs, 1 when nothing does. */
@Command(name = "status", description = "Say what runs, where, and how it is.")
final class StatusCommand implements Callable<Integer> {
  @Mixin private HomeOption home = new HomeOption();

  @Option(names = "--json", description = "One JSON object, with the sandbox's keys.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Home place = home.home();
    InstanceReport report = InstanceReport.of(place);
    print(json ? Json.writeString(report.tree(place)) : people(place, report));
    return report.alive().isEmpty() ? 1 : 0;
  }

  private static String people(Home home, InstanceReport report) {
    if (!report.running() && report.alive().isEmpty()) {
      return "Nothing runs in " + home.root() + "; start it with ./portcullis up.";
    }
    StringBuilder text = new StringBuilder();
    text.append(
        report.ready()
            ? "Portcullis is ready in "
            : report.running() ? "Portcullis is not ready in " : "Without a supervisor: ");
    text.append(home.root()).append(System.lineSeparator());
    report
        .state()
        .ifPresent(
            state ->
                text.append(
                    "  API %s, cards %s%n"
                        .formatted(state.facts().get("api"), state.facts().get("cards"))));
    report
        .health()
        .forEach(
            (name, health) -> {
              Object pid = report.alive().containsKey(name) ? report.alive().get(name).pid() : "-";
              text.append("  %-12s %-8s process %s%n".formatted(name, health, pid));
            });
    return text.toString().stripTrailing();
  }

  private void print(String text) {
    if (spec != null) {
      spec.commandLine().getOut().println(text);
      spec.commandLine().getOut().flush();
    }
  }
}
