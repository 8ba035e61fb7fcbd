package dev.portcullis.simulator.paypal;

import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Hooks.Hook;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Tree;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PayPal's webhooks (developer.paypal.com/docs/api/webhooks/v1). The id is what is signed. */
final class PayPalHooks {
  private static final String PATH = "/v1/notifications/webhooks";
  private final Desk desk;

  PayPalHooks(Desk desk) {
    this.desk = desk;
  }

  void routes() {
    desk.post(PATH, "webhook_register", this::create)
        .get(PATH, "webhooks", _ -> list())
        .delete(PATH + "/{id}", "webhook_remove", this::delete);
  }

  private Answer create(Call call) {
    Tree sent = new Tree(call.body());
    if (sent.at("event_types").isAbsent()) {
      throw PayPalErrors.field("MISSING_REQUIRED_PARAMETER", "event_types");
    }
    String id = call.reference();
    return new Answer(201, shown(desk.hooks().add(id, sent.at("url").text(), id)));
  }

  private static Map<String, @Nullable Object> shown(Hook hook) {
    return new Members().put("id", hook.id()).put("url", hook.url().toString()).build();
  }

  private Answer list() {
    return new Answer(
        200,
        new Members()
            .put("webhooks", desk.hooks().all().stream().map(PayPalHooks::shown).toList())
            .build());
  }

  private Answer delete(Call call) {
    if (!desk.hooks().remove(call.variable("id"))) {
      throw PayPalErrors.missing();
    }
    return new Answer(204, Map.of(), null);
  }
}
