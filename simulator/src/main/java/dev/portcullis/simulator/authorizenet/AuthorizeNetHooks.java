package dev.portcullis.simulator.authorizenet;

import dev.portcullis.kit.Secret;
import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Hooks.Hook;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.ProviderApi;
import dev.portcullis.simulator.Refused;
import dev.portcullis.simulator.Tree;
import dev.portcullis.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Authorize.Net's webhooks (developer.authorize.net, "Webhooks"): an API of its own, with the login
 * and the key as a name and a password. What is signed with is made in its pages alone.
 */
final class AuthorizeNetHooks {
  private static final String PATH = "/rest/v1/webhooks";
  private static final String BASIC = "Basic ";

  /** The one member of an answer that is sent as a list. */
  private static final String LIST = "[]";

  private final Desk desk;

  AuthorizeNetHooks(Desk desk) {
    this.desk = desk;
  }

  void routes() {
    desk.post(PATH, "webhook_register", this::create)
        .get(PATH, "webhooks", _ -> list())
        .delete(PATH + "/{id}", "webhook_remove", this::delete);
  }

  static boolean isOne(Call call) {
    return call.path().startsWith(PATH);
  }

  static void authenticate(Call call, Secret key) {
    String header = call.header("Authorization");
    String pair = "";
    if (header.startsWith(BASIC)) {
      try {
        byte[] decoded = Base64.getDecoder().decode(header.substring(BASIC.length()));
        pair = new String(decoded, StandardCharsets.UTF_8);
      } catch (IllegalArgumentException _) {
        pair = "";
      }
    }
    int colon = pair.indexOf(':');
    if (colon < 1 || !key.equals(Secret.of(pair.substring(colon + 1)))) {
      throw new Refused(401, "UNAUTHORIZED", "The request is unauthorized.", null);
    }
  }

  static ProviderApi.Message write(Answer answer, Map<String, ? extends @Nullable Object> body) {
    return body.containsKey(LIST)
        ? new ProviderApi.Message(
            Map.of("Content-Type", "application/json"), Json.write(body.get(LIST)))
        : ProviderApi.json(answer);
  }

  private Answer create(Call call) {
    Tree sent = new Tree(call.body());
    if (sent.at("eventTypes").each().isEmpty()) {
      throw new Refused(400, "MISSING_DATA", "There are no event types.", "eventTypes");
    }
    return new Answer(200, shown(desk.hooks().add(call.reference(), sent.at("url").text(), null)));
  }

  private static Map<String, @Nullable Object> shown(Hook hook) {
    return new Members()
        .put("webhookId", hook.id())
        .put("url", hook.url().toString())
        .put("status", "active")
        .build();
  }

  private Answer list() {
    List<Map<String, @Nullable Object>> all =
        desk.hooks().all().stream().map(AuthorizeNetHooks::shown).toList();
    return new Answer(200, Map.of(LIST, all));
  }

  private Answer delete(Call call) {
    if (!desk.hooks().remove(call.variable("id"))) {
      throw new Refused(404, "NOT_FOUND", "There is no such webhook.", null);
    }
    return new Answer(200, Map.of(), null);
  }
}
