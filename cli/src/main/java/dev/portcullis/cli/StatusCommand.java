package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.wire.json.Json;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code status}: exit code 0 when anything of the instance runs, 1 when nothing does. */
@Command(
    name = "status",
    description = "Say what runs, where, and how it is.",
    footer =
        "Exit code 0 when anything runs, 1 when nothing does. Whether it serves says \"ready\" of"
            + " --json, and \"sealed\", \"payments_paused\" what it waits for.")
final class StatusCommand implements Callable<Integer> {
  @Mixin private HomeOption home = new HomeOption();

  @Option(names = "--json", description = "One JSON object, with the sandbox's keys.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Home place = home.home();
    InstanceReport report = InstanceReport.of(place);
    Standing standing = Standing.of(place, report, Clock.systemUTC().instant());
    print(json ? Json.writeString(tree(place, report, standing)) : people(place, report, standing));
    return report.alive().isEmpty() ? 1 : 0;
  }

  private static Map<String, @Nullable Object> tree(
      Home home, InstanceReport report, Standing standing) {
    Map<String, @Nullable Object> tree = report.tree(home);
    tree.put("payments_paused", standing.paused().orElse(null));
    tree.put("sealed", standing.sealed().isPresent());
    if (tree.containsKey("secret_key")) {
      tree.put("secret_key_refused", standing.keyRefused());
    }
    tree.put("certificate_days", new TreeMap<String, @Nullable Object>(standing.certificates()));
    return tree;
  }

  private static String people(Home home, InstanceReport report, Standing standing) {
    if (!report.running() && report.alive().isEmpty()) {
      return "Nothing runs in %s; start it with %s. An instance elsewhere is named with --home."
          .formatted(home.root(), home.command("up"));
    }
    StringBuilder text = new StringBuilder();
    text.append(headline(report, standing));
    text.append(home.root()).append(System.lineSeparator());
    report
        .state()
        .ifPresent(
            state ->
                text.append(
                    "  API %s, cards %s, account %s%n"
                        .formatted(
                            state.facts().get("api"),
                            state.facts().get("cards"),
                            state.facts().getOrDefault("account", "not there yet"))));
    report
        .health()
        .forEach(
            (name, health) -> {
              Object pid = report.alive().containsKey(name) ? report.alive().get(name).pid() : "-";
              text.append("  %-12s %-8s process %s%n".formatted(name, health, pid));
            });
    if (standing.keyRefused()) {
      text.append(
          "  The secret key that the sandbox began with was revoked, rolled, or has expired; another: %s%n"
              .formatted(home.command("keys create")));
    }
    standing.sealed().ifPresent(line -> text.append("  ").append(line).append("\n"));
    standing
        .paused()
        .ifPresent(
            state ->
                text.append(
                    "  Payments are PAUSED since a restore (%s): %s, and resume%n"
                        .formatted(state, home.command("reconcile"))));
    standing
        .first()
        .ifPresent(
            soonest ->
                text.append(
                    "  The certificate %s has %d days left, the others as many or more%n"
                        .formatted(soonest.getKey(), soonest.getValue())));
    return text.toString().stripTrailing();
  }

  private static String headline(InstanceReport report, Standing standing) {
    if (!report.running()) {
      return "Without a supervisor: ";
    }
    if (report.ready()) {
      return "Portcullis is ready in ";
    }
    return standing.sealed().isPresent()
        ? "Portcullis runs, and its vault is SEALED, in "
        : "Portcullis is not ready in ";
  }

  private void print(String text) {
    if (spec != null) {
      spec.commandLine().getOut().println(text);
      spec.commandLine().getOut().flush();
    }
  }
}
