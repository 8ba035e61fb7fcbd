package dev.portcullis.simulator.stripe;

import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Hooks.Hook;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Tree;
import java.util.List;

/** Stripe's webhook endpoints (docs.stripe.com/api/webhook_endpoints). */
final class StripeHooks {
  private static final String PATH = "/v1/webhook_endpoints";
  private final Desk desk;

  StripeHooks(Desk desk) {
    this.desk = desk;
  }

  void routes() {
    desk.post(PATH, "webhook_register", this::create)
        .get(PATH, "webhooks", this::list)
        .delete(PATH + "/{id}", "webhook_remove", this::delete);
  }

  private Answer create(Call call) {
    Tree sent = new Tree(call.body());
    if (sent.at("enabled_events").isAbsent()) {
      throw StripeErrors.invalid(
          "parameter_missing", "enabled_events", "Missing required param: enabled_events.");
    }
    String secret = "whsec_" + call.reference();
    Hook hook = desk.hooks().add("we_" + call.reference(), sent.at("url").text(), secret);
    return new Answer(200, shown(hook).put("secret", secret).build());
  }

  private static Members shown(Hook hook) {
    return new Members()
        .put("id", hook.id())
        .put("object", "webhook_endpoint")
        .put("status", "enabled")
        .put("url", hook.url().toString());
  }

  /** The newest first; what comes after one is older. */
  private Answer list(Call call) {
    List<Hook> all = desk.hooks().all().reversed();
    List<String> ids = all.stream().map(Hook::id).toList();
    int from = ids.indexOf(call.query("starting_after")) + 1;
    int page = call.query("limit").isEmpty() ? 10 : Integer.parseInt(call.query("limit"));
    List<?> shown = all.stream().skip(from).limit(page).map(hook -> shown(hook).build()).toList();
    return new Answer(
        200, StripeObjects.list("/v1/webhook_endpoints", shown, from + shown.size() < all.size()));
  }

  private Answer delete(Call call) {
    String id = call.variable("id");
    if (!desk.hooks().remove(id)) {
      throw StripeErrors.missing("webhook endpoint", id, "id");
    }
    return new Answer(
        200,
        new Members().put("id", id).put("object", "webhook_endpoint").put("deleted", true).build());
  }
}
