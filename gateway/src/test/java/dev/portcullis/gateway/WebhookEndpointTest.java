package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Webhook endpoints as objects of the API. */
class WebhookEndpointTest {

  private static final String PATH = "/v1/webhook_endpoints";
  private static final String URL = "https://shop.example.com/hooks";

  private final Gateway gateway = Gateway.IT;

  @AfterEach
  void clear() {
    for (Map<String, @Nullable Object> endpoint : gateway.get(PATH + "?limit=100").data()) {
      gateway.delete(PATH + "/" + endpoint.get("id"));
    }
  }

  private Answer create(String... events) {
    List<String> form = new ArrayList<>(List.of("url", URL));
    for (String event : events) {
      form.add("enabled_events[]");
      form.add(event);
    }
    return gateway.post(PATH, form.toArray(String[]::new));
  }

  private long audited(String id, String action, String detail) {
    return gateway.database.number(
        "SELECT count(*) FROM audit WHERE subject = ? AND action = ? AND detail LIKE ?"
            + " AND actor <> '' AND account = 'acct_first'",
        id,
        "webhook_endpoint." + action,
        detail);
  }

  /** What an address has behind its host may be the receiver's secret. */
  @Test
  void who_changes_where_events_go_can_be_asked() {
    Answer created =
        gateway.post(PATH, "url", URL + "?token=hush", "enabled_events[]", "customer.created");
    String id = created.string("id");
    assertThat(
            audited(id, "created", "enabled, [customer.created] to https://shop.example.com (%)"))
        .isEqualTo(1);
    gateway.post(PATH + "/" + id, "description", "no matter");
    gateway.post(PATH + "/" + id, "url", "https://elsewhere.example.com/hush");
    gateway.post(PATH + "/" + id, "url", "https://elsewhere.example.com/hush/2");
    gateway.post(PATH + "/" + id, "disabled", "true");
    assertThat(
            gateway.database.number(
                "SELECT count(*) FROM audit WHERE subject = ?"
                    + " AND action = 'webhook_endpoint.updated'",
                id))
        .as("where to, another path there, and that it is disabled")
        .isEqualTo(3);
    gateway.delete(PATH + "/" + id);
    assertThat(
            audited(
                id, "deleted", "disabled, [customer.created] to https://elsewhere.example.com (%)"))
        .isEqualTo(1);
    assertThat(gateway.database.number("SELECT count(*) FROM audit WHERE detail LIKE '%hush%'"))
        .isZero();
  }

  @Test
  void an_endpoint_lives_from_creation_to_deletion() {
    Answer created =
        gateway.post(
            PATH,
            "url",
            URL,
            "enabled_events[]",
            "customer.created",
            "enabled_events[]",
            "customer.created",
            "description",
            "The shop",
            "metadata[team]",
            "blue",
            "api_version",
            "2026-10-28.endive");
    assertThat(created.status()).as(created.text()).isEqualTo(200);
    assertThat(created.string("id")).startsWith("we_");
    assertThat(created.string("secret")).matches("whsec_[0-9A-Za-z+/]{40}");
    assertThat(created.body())
        .containsEntry("object", "webhook_endpoint")
        .containsEntry("status", "enabled")
        .containsEntry("url", URL)
        .containsEntry("enabled_events", List.of("customer.created"))
        .containsEntry("api_version", "2026-10-28.endive")
        .containsEntry("application", null)
        .containsEntry("livemode", false)
        .containsEntry("metadata", Map.of("team", "blue"));
    String one = PATH + "/" + created.string("id");
    Answer retrieved = gateway.get(one);
    assertThat(retrieved.body()).doesNotContainKey("secret");
    assertThat(created.body()).containsAllEntriesOf(retrieved.body());
    assertThat(gateway.get(PATH).data()).containsExactly(retrieved.body());
    Answer updated =
        gateway.post(one, "url", "http://127.0.0.1:9/", "disabled", "true", "description", "");
    assertThat(updated.body())
        .containsEntry("status", "disabled")
        .containsEntry("url", "http://127.0.0.1:9/")
        .containsEntry("description", null)
        .doesNotContainKey("secret");
    assertThat(gateway.get(one).body()).isEqualTo(updated.body());
    Answer deleted = gateway.delete(one);
    assertThat(deleted.body())
        .isEqualTo(
            Map.of("id", created.string("id"), "object", "webhook_endpoint", "deleted", true));
    assertThat(gateway.get(one).status()).isEqualTo(404);
    assertThat(gateway.post(one, "disabled", "false").status()).isEqualTo(404);
    assertThat(gateway.delete(one).status()).isEqualTo(404);
    assertThat(gateway.get(PATH).data()).isEmpty();
  }

  @Test
  void what_cannot_be_is_refused_by_name() {
    refused("enabled_events", "url", URL);
    refused("url", "enabled_events[]", "*");
    refused("url", "url", "http://shop.example.com/", "enabled_events[]", "*");
    refused("url", "url", "https://10.0.0.1/", "enabled_events[]", "*");
    refused("url", "url", "https://2130706433/", "enabled_events[]", "*");
    refused("url", "url", "https://user:word@shop.example.com/", "enabled_events[]", "*");
    refused("enabled_events[1]", "url", URL, "enabled_events[]", "*", "enabled_events[]", "a.b");
    refused("enabled_events", "url", URL, "enabled_events", "");
    refused("api_version", "url", URL, "enabled_events[]", "*", "api_version", "2020-08-27");
    refused("connect", "url", URL, "enabled_events[]", "*", "connect", "true");
    Answer empty =
        gateway.send(
            gateway
                .request(PATH)
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"url\":\"" + URL + "\",\"enabled_events\":[]}")));
    assertThat(empty.error()).containsEntry("param", "enabled_events");
    assertThat(gateway.get(PATH).data()).isEmpty();
  }

  private void refused(String param, String... form) {
    Answer answer = gateway.post(PATH, form);
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.error()).containsEntry("param", param);
  }

  @Test
  void live_mode_never_sends_to_this_machine() {
    HttpRequest.Builder live =
        gateway
            .form(PATH, "url", "http://127.0.0.1:9/", "enabled_events[]", "*")
            .setHeader("Authorization", "Bearer " + gateway.liveKey.text());
    assertThat(gateway.send(live).error()).containsEntry("param", "url");
  }

  @Test
  void another_account_does_not_see_it() {
    String one = PATH + "/" + create("*").string("id");
    for (String key : List.of(gateway.otherKey.text(), gateway.liveKey.text())) {
      assertThat(
              gateway
                  .send(gateway.request(one).setHeader("Authorization", "Bearer " + key))
                  .status())
          .isEqualTo(404);
    }
    assertThat(
            gateway
                .send(
                    gateway
                        .request(PATH)
                        .setHeader("Authorization", "Bearer " + gateway.publishableKey.text()))
                .status())
        .isEqualTo(403);
  }

  @Test
  void the_secret_is_nowhere_in_the_database_and_given_again_to_the_same_request() {
    HttpRequest.Builder request =
        gateway
            .form(PATH, "url", URL, "enabled_events[]", "*")
            .header("Idempotency-Key", "endpoint-once");
    Answer first = gateway.send(request);
    Answer second = gateway.send(request);
    assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(second.body()).isEqualTo(first.body());
    String secret = first.string("secret");
    assertThat(secret).startsWith("whsec_");
    for (String sql :
        List.of(
            "SELECT doc::text FROM webhook_endpoints WHERE id = '" + first.string("id") + "'",
            "SELECT body FROM idempotency_keys WHERE id = 't:endpoint-once'")) {
      assertThat(gateway.database.text(sql)).contains("sealed:1:").doesNotContain(secret);
    }
    gateway.delete(PATH + "/" + first.string("id"));
    assertThat(
            gateway.database.text(
                "SELECT doc::text FROM webhook_endpoints WHERE id = ?", first.string("id")))
        .doesNotContain("sealed:1:");
  }

  @Test
  void there_are_so_many_at_most_also_at_the_same_moment() throws Exception {
    List<Integer> statuses = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        answers.add(threads.submit(() -> create("*").status()));
      }
      for (Future<Integer> answer : answers) {
        statuses.add(answer.get());
      }
    }
    assertThat(statuses).isSubsetOf(200, 400, 409).contains(200);
    while (create("*").status() == 200) {
      statuses.add(200);
    }
    assertThat(statuses.stream().filter(status -> status == 200)).hasSize(32);
    assertThat(gateway.get(PATH + "?limit=100").data()).hasSize(32);
    Answer full = create("*");
    assertThat(full.status()).isEqualTo(400);
    assertThat(full.error()).containsEntry("code", "webhook_endpoint_limit_reached");
    gateway.delete(PATH + "/" + gateway.get(PATH).data().getFirst().get("id"));
    assertThat(create("*").status()).isEqualTo(200);
  }

  @Test
  void an_event_counts_those_who_wanted_it_when_it_happened() {
    gateway.post("/v1/customers", "email", "before@example.com");
    String all = create("*").string("id");
    create("customer.created");
    create("customer.deleted");
    String off = create("customer.created").string("id");
    gateway.post(PATH + "/" + off, "disabled", "true");
    gateway.post("/v1/customers", "email", "after@example.com");
    assertThat(pending()).containsExactly(2L, 0L);
    gateway.post(PATH + "/" + off, "disabled", "false");
    gateway.post(PATH + "/" + all, "enabled_events[]", "refund.created");
    gateway.post("/v1/customers");
    assertThat(pending()).containsExactly(2L, 2L);
    String event = String.valueOf(events().getFirst().get("id"));
    assertThat(gateway.get("/v1/events/" + event).body()).containsEntry("pending_webhooks", 2L);
    gateway.delete(PATH + "/" + off);
    eventually().untilAsserted(() -> assertThat(pending()).containsExactly(1L, 2L));
  }

  private List<Map<String, @Nullable Object>> events() {
    return gateway.get("/v1/events?type=customer.created&limit=2").data();
  }

  private List<Object> pending() {
    return events().stream().<Object>map(event -> event.get("pending_webhooks")).toList();
  }
}
