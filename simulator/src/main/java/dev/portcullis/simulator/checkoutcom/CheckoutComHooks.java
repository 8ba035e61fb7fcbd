package dev.portcullis.simulator.checkoutcom;

import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Hooks.Hook;
import dev.portcullis.simulator.Refused;
import dev.portcullis.simulator.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checkout.com's workflows with an action that calls a webhook (checkout.com/docs, "Workflows").
 * The secret is the caller's; a list says names, and no URLs.
 */
final class CheckoutComHooks {
  private static final String PATH = "/workflows";
  private final Map<String, String> names = new LinkedHashMap<>();
  private final Desk desk;

  CheckoutComHooks(Desk desk) {
    this.desk = desk;
  }

  void routes() {
    desk.post(PATH, "workflow_create", this::create)
        .get(PATH, "workflows", _ -> list())
        .get(PATH + "/{id}", "workflow", this::read)
        .delete(PATH + "/{id}", "workflow_remove", this::delete);
  }

  private synchronized Answer create(Call call) {
    Tree sent = new Tree(call.body());
    Tree action = sent.at("actions").each().stream().findFirst().orElse(new Tree(null));
    String key = action.at("signature", "key").text();
    String name = sent.at("name").text();
    if (key == null
        || name == null
        || !"HMACSHA256".equals(action.at("signature", "method").text())) {
      throw new Refused(422, "request_invalid", "The workflow has no webhook.", "actions");
    }
    String id = "wf_" + call.reference();
    desk.hooks().add(id, action.at("url").text(), key);
    names.put(id, name);
    return new Answer(201, Map.of("id", id));
  }

  private synchronized Answer list() {
    List<Map<String, @Nullable Object>> data =
        desk.hooks().all().stream().map(hook -> shown(hook.id())).toList();
    return new Answer(200, Map.of("data", data));
  }

  private synchronized Answer read(Call call) {
    String id = call.variable("id");
    Hook hook = desk.hooks().find(id);
    if (hook == null) {
      throw missing();
    }
    Map<String, @Nullable Object> whole = shown(id);
    whole.put("actions", List.of(Map.of("type", "webhook", "url", hook.url().toString())));
    return new Answer(200, whole);
  }

  private static Refused missing() {
    return new Refused(404, "not_found", "There is no such workflow.", null);
  }

  private Map<String, @Nullable Object> shown(String id) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("id", id);
    shown.put("name", names.get(id));
    shown.put("active", true);
    return shown;
  }

  private synchronized Answer delete(Call call) {
    String id = call.variable("id");
    if (!desk.hooks().remove(id)) {
      throw missing();
    }
    names.remove(id);
    return new Answer(204, Map.of(), null);
  }
}
