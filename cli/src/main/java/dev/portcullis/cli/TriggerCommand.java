package dev.portcullis.cli;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.webhooks.Triggers;
import dev.portcullis.wire.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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

/** {@code trigger}: makes something happen in test mode of which an event tells. */
@Command(
    name = "trigger",
    description = {
      "Make something happen in test mode, such as a payment, and print the event of it.",
      "It is the real thing, with test cards, and leaves its objects behind."
    })
final class TriggerCommand implements Callable<Integer> {

  @Mixin private ApiOption instance = new ApiOption();

  @Parameters(
      paramLabel = "TYPE",
      arity = "0..*",
      description = "Types of events, as in payment_intent.succeeded.")
  private List<String> types = new ArrayList<>();

  @Option(names = "--list", description = "Say which types there are.")
  private boolean list;

  @Option(names = "--json", description = "One JSON object for each event.")
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    if (list) {
      Triggers.types().forEach(type -> Lines.toOut(spec, type));
      return 0;
    }
    if (types.isEmpty()) {
      throw new Refusal("Name a type of event; --list shows them.");
    }
    Triggers triggers = new Triggers(instance.api());
    types.forEach(Triggers::require);
    for (String type : types) {
      Triggers.Happened happened = triggers.fire(type);
      Map<String, @Nullable Object> tree = new LinkedHashMap<>();
      tree.put("type", type);
      tree.put("event", happened.event());
      tree.put("object", happened.object());
      Lines.toOut(
          spec,
          json
              ? Json.writeString(tree)
              : "%-42s %s  of %s".formatted(type, happened.event(), happened.object()));
    }
    return 0;
  }
}
