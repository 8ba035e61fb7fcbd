package dev.portcullis.cli;

import dev.portcullis.cli.webhooks.Endpoints;
import dev.portcullis.wire.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code webhooks}: who is told of events, and what came of it; alone, it shows its commands. */
@Command(
    name = "webhooks",
    description = "See who is told of events and what came of it; tell again, try, roll a secret.",
    subcommands = {
      WebhooksCommand.ListEndpoints.class,
      WebhooksCommand.Deliveries.class,
      WebhooksCommand.Resend.class,
      WebhooksCommand.Test.class,
      WebhooksCommand.Roll.class
    })
final class WebhooksCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  /** A command that asks the API and shows what it says. */
  abstract static class Asking implements Callable<Integer> {

    @Mixin private ApiOption instance = new ApiOption();

    @Option(names = "--json", description = "What the API says, as it says it.")
    private boolean json;

    @Spec private @Nullable CommandSpec spec;

    Endpoints endpoints() {
      return new Endpoints(instance.api());
    }

    void show(Map<String, @Nullable Object> answer, String lines) {
      Lines.toOut(spec, json ? Json.writeString(answer) : lines);
    }
  }

  /** A command about one endpoint. */
  abstract static class OfEndpoint extends Asking {

    @Parameters(index = "0", paramLabel = "ENDPOINT", description = "Its id, we_...")
    private String endpoint = "";

    String endpoint() {
      return endpoint;
    }
  }

  /** {@code webhooks list}. */
  @Command(name = "list", description = "Say which endpoints there are.")
  static final class ListEndpoints extends Asking {

    @Override
    public Integer call() {
      Map<String, @Nullable Object> list = endpoints().list();
      List<String> lines = new ArrayList<>();
      for (Map<?, ?> each : data(list)) {
        lines.add(
            "%-28s  %-8s  %-8s  %s"
                .formatted(
                    each.get("id"), each.get("status"), each.get("payload"), each.get("url")));
      }
      show(list, lines.isEmpty() ? "Nobody is told of events." : String.join("\n", lines));
      return 0;
    }
  }

  /** {@code webhooks deliveries}. */
  @Command(
      name = "deliveries",
      description = "Show the newest deliveries to an endpoint, or one with its attempts.")
  static final class Deliveries extends OfEndpoint {

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "EVENT",
        description = "The event's id, evt_..., to see each attempt.")
    private @Nullable String event;

    @Option(
        names = "--status",
        paramLabel = "STATUS",
        description = "Those alone that are waiting, delivered, failed or canceled.")
    private @Nullable String status;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "20",
        description = "So many, 1 to 100; ${DEFAULT-VALUE} unless given.")
    private int limit;

    @Override
    public Integer call() {
      if (event != null) {
        Map<String, @Nullable Object> delivery = endpoints().delivery(endpoint(), event);
        List<String> lines = new ArrayList<>(List.of(line(delivery)));
        if (delivery.get("attempts") instanceof List<?> attempts) {
          attempts.forEach(each -> lines.add(attempt((Map<?, ?>) each)));
        }
        show(delivery, String.join("\n", lines));
        return 0;
      }
      Map<String, @Nullable Object> list = endpoints().deliveries(endpoint(), status, limit);
      List<String> lines = data(list).stream().map(WebhooksCommand::line).toList();
      show(list, lines.isEmpty() ? "Nothing was told." : String.join("\n", lines));
      return 0;
    }

    private static String attempt(Map<?, ?> attempt) {
      Object status = attempt.get("http_status");
      return String.format(
          Locale.ROOT,
          "  %s  attempt %s  %s  %s ms",
          time(attempt.get("created")),
          attempt.get("number"),
          status == null ? attempt.get("reason") : status,
          attempt.get("duration_ms"));
    }
  }

  /** {@code webhooks resend}. */
  @Command(
      name = "resend",
      description = "Tell an endpoint of an event once more, or of all that failed or happened.")
  static final class Resend extends OfEndpoint {

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "EVENT",
        description = "The event's id, evt_...; without it, what failed.")
    private @Nullable String event;

    @Option(
        names = "--since",
        paramLabel = "TIME",
        description = "All that happened since, as in 2026-03-01T12:00:00Z.")
    private @Nullable Instant since;

    @Override
    public Integer call() {
      if (event != null) {
        Map<String, @Nullable Object> delivery = endpoints().resend(endpoint(), event);
        show(delivery, line(delivery));
        return 0;
      }
      Map<String, @Nullable Object> begun =
          endpoints().resendMany(endpoint(), since == null ? null : since.getEpochSecond());
      show(begun, "Begun in the background: " + begun.get("id"));
      return 0;
    }
  }

  /** {@code webhooks test}. */
  @Command(name = "test", description = "Send an endpoint a test event.")
  static final class Test extends OfEndpoint {

    @Override
    public Integer call() {
      Map<String, @Nullable Object> delivery = endpoints().test(endpoint());
      show(
          delivery,
          "%s is on its way; see it by webhooks deliveries %s %s"
              .formatted(delivery.get("id"), endpoint(), delivery.get("id")));
      return 0;
    }
  }

  /** {@code webhooks roll}. */
  @Command(
      name = "roll",
      description =
          "Give an endpoint a new secret, shown once, or a new key pair; for a while both sign.")
  static final class Roll extends OfEndpoint {

    @Option(
        names = "--overlap",
        paramLabel = "HOURS",
        defaultValue = "24",
        description =
            "For so long the one before signs too, 0 to 168; ${DEFAULT-VALUE} unless given.")
    private int hours;

    @Option(
        names = "--key",
        description = "The pair of which receivers have the public half, not the secret.")
    private boolean pair;

    @Override
    public Integer call() {
      long overlap = Duration.ofHours(hours).toSeconds();
      Map<String, @Nullable Object> rolled =
          pair ? endpoints().rollKey(endpoint(), overlap) : endpoints().roll(endpoint(), overlap);
      show(rolled, String.valueOf(rolled.get(pair ? "public_key" : "secret")));
      return 0;
    }
  }

  static List<? extends Map<?, ?>> data(Map<String, @Nullable Object> list) {
    return list.get("data") instanceof List<?> data
        ? data.stream().map(each -> (Map<?, ?>) each).toList()
        : List.of();
  }

  static String line(Map<?, ?> delivery) {
    Object attempts = delivery.get("attempt_count");
    return "%s  %-28s  %-9s  %s  %s"
        .formatted(
            time(delivery.get("created")),
            delivery.get("id"),
            delivery.get("status"),
            attempts + (Long.valueOf(1).equals(attempts) ? " attempt" : " attempts"),
            delivery.get("event_type"));
  }

  private static String time(@Nullable Object seconds) {
    return seconds instanceof Long since ? Instant.ofEpochSecond(since).toString() : "-";
  }
}
