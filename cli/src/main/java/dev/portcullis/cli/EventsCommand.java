package dev.portcullis.cli;

import dev.portcullis.cli.webhooks.Endpoints;
import dev.portcullis.wire.json.Json;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code events}: named as in Stripe's command line; alone, it shows its commands. */
@Command(
    name = "events",
    description = "Tell of an event once more.",
    subcommands = EventsCommand.Resend.class)
final class EventsCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  /** {@code events resend}. */
  @Command(
      name = "resend",
      description = "Tell one endpoint of an event once more, or all that are enabled and want it.")
  static final class Resend implements Callable<Integer> {

    @Mixin private ApiOption instance = new ApiOption();

    @Parameters(paramLabel = "EVENT", description = "Its id, evt_...")
    private String event = "";

    @Option(
        names = "--webhook-endpoint",
        paramLabel = "ENDPOINT",
        description = "To that one alone, we_...")
    private @Nullable String endpoint;

    @Option(names = "--json", description = "One JSON object for each endpoint.")
    private boolean json;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      Endpoints endpoints = new Endpoints(instance.api());
      List<Map<String, @Nullable Object>> told =
          endpoint == null
              ? endpoints.resendToAll(event)
              : List.of(endpoints.resend(endpoint, event));
      for (Map<String, @Nullable Object> each : told) {
        Lines.toOut(
            spec,
            json
                ? Json.writeString(each)
                : WebhooksCommand.line(each) + "  to " + each.get("webhook_endpoint"));
      }
      if (told.isEmpty()) {
        Lines.toOut(
            spec,
            json
                ? ""
                : "No endpoint that is enabled wants such events; --webhook-endpoint tells one all"
                    + " the same.");
      }
      return 0;
    }
  }
}
