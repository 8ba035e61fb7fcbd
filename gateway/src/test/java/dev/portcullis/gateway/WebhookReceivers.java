package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.Receiver.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** What tests of webhooks have: a gateway of their own, and somebody who is told. */
abstract class WebhookReceivers {

  static final String PATH = "/v1/webhook_endpoints";

  /** One for all of them: it is never closed, as {@link Gateway#IT} is not. */
  static final Gateway GATEWAY = new Gateway();

  final Receiver receiver = new Receiver();

  @AfterEach
  void clear() {
    for (Map<String, @Nullable Object> endpoint : GATEWAY.get(PATH + "?limit=100").data()) {
      GATEWAY.delete(PATH + "/" + endpoint.get("id"));
    }
    receiver.close();
  }

  Answer endpoint(String path, String... more) {
    List<String> form = new ArrayList<>(List.of("url", receiver.url(path)));
    form.addAll(List.of(more));
    Answer made = GATEWAY.post(PATH, form.toArray(String[]::new));
    assertThat(made.status()).as(made.text()).isEqualTo(200);
    return made;
  }

  Answer all(String path) {
    return endpoint(path, "enabled_events[]", "*");
  }

  static String customer() {
    return GATEWAY.post("/v1/customers", "email", "jenny.rosen@example.com").string("id");
  }

  List<Request> received(String path, int count) {
    eventually().until(() -> receiver.at(path).size() >= count);
    return receiver.at(path);
  }

  static @Nullable Object object(Request request, String member) {
    return request.event().get("data") instanceof Map<?, ?> data
            && data.get("object") instanceof Map<?, ?> object
        ? object.get(member)
        : null;
  }

  static long count(String sql, String... parameters) {
    return GATEWAY.database.number(sql, (Object[]) parameters);
  }

  static long attempts(String endpoint) {
    return count(
        "SELECT count(*) FROM webhook_attempts a JOIN webhook_deliveries d"
            + " USING (account, event, endpoint) WHERE endpoint = ? AND d.claimed_until IS NULL",
        endpoint);
  }

  static void attempted(String endpoint, long times) {
    eventually().until(() -> attempts(endpoint) >= times);
    assertThat(attempts(endpoint)).isEqualTo(times);
  }

  static String state(String endpoint) {
    return GATEWAY.database.text(
        "SELECT string_agg(DISTINCT state, ' ') FROM webhook_deliveries WHERE endpoint = ?",
        endpoint);
  }

  static void becomes(String endpoint, String state) {
    eventually().untilAsserted(() -> assertThat(state(endpoint)).isEqualTo(state));
  }
}
