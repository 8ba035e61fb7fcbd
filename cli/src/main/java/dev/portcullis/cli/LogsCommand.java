package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.logs.LogSearch;
import dev.portcullis.wire.json.Json;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code logs}: exit code 0 when something was found, 1 otherwise. */
@Command(
    name = "logs",
    description =
        "Show what all zones' logs say of a request, or of the requests that name something else,"
            + " in order of time.")
final class LogsCommand implements Callable<Integer> {

  private static final List<String> HEAD = List.of("time", "level", "zone", "logger", "message");

  @Mixin private HomeOption home = new HomeOption();

  @Parameters(
      paramLabel = "REQUEST",
      description = "The Request-Id of an answer (req_...), or another id such as pi_....")
  private String name = "";

  @Option(names = "--json", description = "One JSON object a line, as it was written.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (!name.matches("[a-z]{2,12}_[0-9A-Za-z_]{4,100}")) {
      throw new Refusal("An id looks like req_ and letters and digits.");
    }
    Home place = home.existing();
    List<LogSearch.Line> lines = new LogSearch(place).find(name);
    lines.forEach(line -> print(json ? Json.writeString(line.entry()) : readable(line)));
    if (lines.size() == LogSearch.MOST_LINES && !json) {
      print("Only %d lines are shown; there may be more.".formatted(LogSearch.MOST_LINES));
    }
    if (lines.isEmpty()) {
      print("No log in " + place.root() + " names " + name + ".");
    }
    return lines.isEmpty() ? 1 : 0;
  }

  private static String readable(LogSearch.Line line) {
    Map<String, @Nullable Object> entry = line.entry();
    String more =
        entry.entrySet().stream()
            .filter(e -> !HEAD.contains(e.getKey()) && !e.getKey().equals("request"))
            .filter(e -> !String.valueOf(e.getValue()).contains("\n"))
            .map(e -> " " + e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining());
    String trace =
        entry.values().stream()
            .map(String::valueOf)
            .filter(value -> value.contains("\n"))
            .map(value -> System.lineSeparator() + "    " + value.strip().replace("\n", "\n    "))
            .collect(Collectors.joining());
    return "%s %-7s %-9s %s%s%s"
        .formatted(
            line.time(),
            String.valueOf(entry.getOrDefault("level", "")).toLowerCase(java.util.Locale.ROOT),
            entry.getOrDefault("zone", ""),
            String.valueOf(entry.get("message")).lines().findFirst().orElse(""),
            more,
            trace);
  }

  private void print(String text) {
    if (spec != null) {
      spec.commandLine().getOut().println(text);
      spec.commandLine().getOut().flush();
    }
  }
}
