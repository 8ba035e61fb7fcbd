package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.portcullis.gateway.Gateway.Answer;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The wire's conventions, seen from a client. */
class ApiTest {

  private final Gateway gateway = Gateway.IT;

  @Test
  void every_answer_carries_a_request_id_and_the_version() {
    for (Answer answer :
        List.of(
            gateway.get("/v1/customers"),
            gateway.get("/nowhere"),
            gateway.delete("/v1/customers"),
            gateway.get("/v1/customers?limit=x"))) {
      assertThat(answer.header("Request-Id")).startsWith("req_");
      assertThat(answer.header("Stripe-Version")).isEqualTo("2026-10-28.endive");
      assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
      assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(answer.http().headers().firstValue("Server")).isEmpty();
    }
    assertThat(gateway.get("/nowhere").status()).isEqualTo(404);
    Answer notAllowed = gateway.delete("/v1/customers");
    assertThat(notAllowed.status()).isEqualTo(405);
    assertThat(notAllowed.header("Allow")).contains("GET").contains("POST");
    Answer older =
        gateway.send(gateway.request("/v1/customers").header("Stripe-Version", "2024-06-20"));
    assertThat(older.header("Stripe-Version")).isEqualTo("2024-06-20");
    Answer wrong = gateway.send(gateway.request("/v1/customers").header("Stripe-Version", "new"));
    assertThat(wrong.status()).isEqualTo(400);
  }

  /** What is read by its first value here could be read by its last elsewhere. */
  @ParameterizedTest
  @ValueSource(strings = {"Stripe-Account", "Stripe-Context", "Stripe-Version", "Idempotency-Key"})
  void a_header_that_stands_once_is_refused_twice(String header) {
    Answer answer =
        gateway.send(
            gateway.request("/v1/customers").header(header, "acct_a").header(header, "acct_b"));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text()).contains("The header " + header + " is given more than once.");
  }

  @Test
  void a_key_is_asked_for_before_anything_else() {
    HttpRequest.Builder without =
        HttpRequest.newBuilder(gateway.base.resolve("/v1/customers?limit=x"));
    Answer answer = gateway.send(without);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.header("WWW-Authenticate")).startsWith("Basic");
    String wrong = gateway.secretKey.text().replace("sk_test_", "sk_live_");
    Answer unknown =
        gateway.send(
            HttpRequest.newBuilder(gateway.base.resolve("/v1/customers"))
                .header("Authorization", "Bearer " + wrong));
    assertThat(unknown.status()).isEqualTo(401);
    assertThat(unknown.text()).doesNotContain(wrong);
    Answer publishable =
        gateway.send(
            HttpRequest.newBuilder(gateway.base.resolve("/v1/customers"))
                .header("Authorization", "Bearer " + gateway.publishableKey.text()));
    assertThat(publishable.status()).isEqualTo(403);
    String basic =
        java.util.Base64.getEncoder()
            .encodeToString(
                (gateway.secretKey.text() + ":")
                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    Answer byBasic =
        gateway.send(
            HttpRequest.newBuilder(gateway.base.resolve("/v1/customers"))
                .header("Authorization", "Basic " + basic));
    assertThat(byBasic.status()).isEqualTo(200);
  }

  @Test
  void a_restricted_key_is_no_secret_key() {
    for (String path : List.of("/v1/customers", "/v1/payment_intents/pi_1")) {
      Answer answer =
          gateway.send(
              HttpRequest.newBuilder(gateway.base.resolve(path))
                  .header("Authorization", "Bearer " + gateway.restrictedKey.text()));
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.error().get("message")).asString().contains("permission");
    }
  }

  @Test
  void attaching_again_uses_its_idempotency_key() {
    String customer = gateway.post("/v1/customers").string("id");
    String path = "/v1/payment_methods/" + gateway.vault.card(gateway.principal, null) + "/attach";
    assertThat(gateway.post(path, "customer", customer).status()).isEqualTo(200);
    HttpRequest.Builder again =
        gateway.form(path, "customer", customer).header("Idempotency-Key", "attach-again");
    assertThat(gateway.send(again).status()).isEqualTo(200);
    assertThat(gateway.send(again).header("Idempotent-Replayed")).isEqualTo("true");
    Answer other =
        gateway.send(gateway.form("/v1/customers").header("Idempotency-Key", "attach-again"));
    assertThat(other.error()).containsEntry("type", "idempotency_error");
    gateway.send(gateway.form("/v1/customers").header("Idempotency-Key", "attach-other"));
    Answer taken =
        gateway.send(
            gateway.form(path, "customer", customer).header("Idempotency-Key", "attach-other"));
    assertThat(taken.error()).containsEntry("type", "idempotency_error");
  }

  @Test
  void what_a_card_is_does_not_change() {
    String token = gateway.vault.token();
    String id =
        gateway.post("/v1/payment_methods", "type", "card", "card[token]", token).string("id");
    Answer refused = gateway.post("/v1/payment_methods/" + id, "card[exp_year]", "2040");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.error()).containsEntry("param", "card");
  }

  @Test
  void a_customer_lives_from_creation_to_deletion() {
    Answer created =
        gateway.post(
            "/v1/customers",
            "name",
            "Ada",
            "email",
            "ada@example.com",
            "metadata[a]",
            "1",
            "metadata[b]",
            "2");
    assertThat(created.status()).isEqualTo(200);
    String id = created.string("id");
    assertThat(id).startsWith("cus_");
    assertThat(created.body()).containsKeys("address", "shipping", "default_source", "created");
    Answer updated =
        gateway.post("/v1/customers/" + id, "metadata[a]", "", "metadata[c]", "3", "name", "");
    assertThat(updated.body().get("metadata")).isEqualTo(Map.of("b", "2", "c", "3"));
    assertThat(updated.body().get("name")).isNull();
    assertThat(gateway.get("/v1/customers/" + id).body()).isEqualTo(updated.body());
    Answer events = gateway.get("/v1/events?type=customer.updated&limit=1");
    Map<String, @Nullable Object> data = map(events.data().getFirst().get("data"));
    assertThat(map(data.get("object")).get("id")).isEqualTo(id);
    assertThat(map(data.get("previous_attributes")).get("name")).isEqualTo("Ada");
    String event = String.valueOf(events.data().getFirst().get("id"));
    assertThat(gateway.get("/v1/events/" + event).body()).isEqualTo(events.data().getFirst());
    Answer deleted = gateway.delete("/v1/customers/" + id);
    assertThat(deleted.body()).isEqualTo(Map.of("id", id, "object", "customer", "deleted", true));
    assertThat(gateway.get("/v1/customers/" + id).body()).isEqualTo(deleted.body());
    assertThat(gateway.post("/v1/customers/" + id, "name", "x").status()).isEqualTo(404);
    assertThat(gateway.get("/v1/customers?email=ada@example.com").data()).isEmpty();
  }

  @SuppressWarnings("unchecked") // the wire's objects are maps
  private static Map<String, @Nullable Object> map(@Nullable Object value) {
    return (Map<String, @Nullable Object>) java.util.Objects.requireNonNull(value);
  }

  @Test
  void lists_go_by_pages_in_both_directions() {
    String[] ids = new String[5];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = gateway.post("/v1/customers", "email", "page@example.com").string("id");
    }
    String path = "/v1/customers?email=page@example.com&limit=2";
    Answer first = gateway.get(path);
    assertThat(first.data()).extracting(c -> c.get("id")).containsExactly(ids[4], ids[3]);
    assertThat(first.body()).containsEntry("has_more", true).containsEntry("url", "/v1/customers");
    Answer last = gateway.get(path + "&starting_after=" + ids[1]);
    assertThat(last.data()).extracting(c -> c.get("id")).containsExactly(ids[0]);
    assertThat(last.body()).containsEntry("has_more", false);
    Answer back = gateway.get(path + "&ending_before=" + ids[1]);
    assertThat(back.data()).extracting(c -> c.get("id")).containsExactly(ids[3], ids[2]);
    assertThat(gateway.get(path + "&created[gt]=9999999999").data()).isEmpty();
    assertThat(gateway.get(path + "&created[lte]=9999999999").data()).hasSize(2);
    assertThat(gateway.get("/v1/customers?limit=101").error()).containsEntry("param", "limit");
    Answer noCursor = gateway.get("/v1/customers?starting_after=cus_none");
    assertThat(noCursor.error()).containsEntry("code", "resource_missing");
  }

  @Test
  void a_post_with_one_key_is_done_once() {
    HttpRequest.Builder post =
        gateway.form("/v1/customers", "email", "once@example.com").header("Idempotency-Key", "k-1");
    Answer first = gateway.send(post);
    Answer second = gateway.send(post);
    assertThat(second.http().body()).isEqualTo(first.http().body());
    assertThat(first.header("Idempotent-Replayed")).isEmpty();
    assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(gateway.get("/v1/customers?email=once@example.com").data()).hasSize(1);
    Answer other =
        gateway.send(
            gateway
                .form("/v1/customers", "email", "b@example.com")
                .header("Idempotency-Key", "k-1"));
    assertThat(other.status()).isEqualTo(400);
    assertThat(other.error()).containsEntry("type", "idempotency_error");
    HttpRequest.Builder invalid =
        gateway.form("/v1/customers", "email", "none").header("Idempotency-Key", "k-2");
    assertThat(gateway.send(invalid).status()).isEqualTo(400);
    Answer mended =
        gateway.send(
            gateway
                .form("/v1/customers", "email", "c@example.com")
                .header("Idempotency-Key", "k-2"));
    assertThat(mended.status()).isEqualTo(200);
  }

  @Test
  void a_payment_method_comes_from_the_vault_on_first_use() {
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("name", "Ada Lovelace");
    String id = gateway.vault.card(gateway.principal, details);
    String customer = gateway.post("/v1/customers").string("id");
    Answer attached = gateway.post("/v1/payment_methods/" + id + "/attach", "customer", customer);
    assertThat(attached.status()).isEqualTo(200);
    assertThat(map(attached.body().get("billing_details"))).containsEntry("name", "Ada Lovelace");
    assertThat(gateway.vault.released).contains(id);
    Answer listed = gateway.get("/v1/customers/" + customer + "/payment_methods");
    assertThat(listed.data()).hasSize(1);
    Answer expanded = gateway.get("/v1/payment_methods/" + id + "?expand[]=customer");
    assertThat(map(expanded.body().get("customer"))).containsEntry("id", customer);
    Answer cannot = gateway.get("/v1/payment_methods/" + id + "?expand[]=cards");
    assertThat(cannot.error()).containsEntry("param", "expand");
    Answer twice = gateway.post("/v1/payment_methods/" + id + "/detach");
    assertThat(twice.body().get("customer")).isNull();
    assertThat(gateway.post("/v1/payment_methods/" + id + "/detach").status()).isEqualTo(400);
  }

  @Test
  void test_payment_methods_and_tokens_are_minted_in_the_vault() {
    String customer = gateway.post("/v1/customers", "payment_method", "pm_card_visa").string("id");
    assertThat(gateway.get("/v1/payment_methods?customer=" + customer).data()).hasSize(1);
    String token = gateway.vault.token();
    Answer made = gateway.post("/v1/payment_methods", "type", "card", "card[token]", token);
    assertThat(made.status()).isEqualTo(200);
    Answer again = gateway.post("/v1/payment_methods", "type", "card", "card[token]", token);
    assertThat(again.error()).containsEntry("code", "token_already_used");
    Answer update =
        gateway.post(
            "/v1/payment_methods/" + made.string("id"), "billing_details[address][city]", "Paris");
    assertThat(update.text()).contains("Paris");
  }

  @Test
  void another_account_or_mode_sees_nothing() {
    String id = gateway.post("/v1/customers").string("id");
    String method = gateway.vault.card(gateway.principal, null);
    String event = String.valueOf(gateway.get("/v1/events?limit=1").data().getFirst().get("id"));
    for (var key : List.of(gateway.otherKey, gateway.liveKey)) {
      for (String path :
          List.of("/v1/customers/" + id, "/v1/payment_methods/" + method, "/v1/events/" + event)) {
        Answer answer =
            gateway.send(
                HttpRequest.newBuilder(gateway.base.resolve(path))
                    .header("Authorization", "Bearer " + key.text()));
        assertThat(answer.status()).as(path).isEqualTo(404);
        assertThat(answer.error()).containsEntry("code", "resource_missing");
      }
    }
  }

  @Test
  void the_vault_is_told_of_every_key_and_health_says_so() throws Exception {
    var management = gateway.context.getBean(Management.class);
    var health =
        HttpRequest.newBuilder(
            java.net.URI.create("http://127.0.0.1:" + management.port() + "/health"));
    // Late for a moment, where another test has moved the clock.
    Answer answer =
        Eventually.eventually()
            .until(() -> gateway.send(health), said -> said.text().equals("{\"status\":\"up\"}"));
    assertThat(answer.text()).isEqualTo("{\"status\":\"up\"}");
    // Those of the sandbox; other tests make more.
    assertThat(gateway.vault.keys.values())
        .extracting(key -> key.account() + " " + key.livemode() + " " + key.kind())
        .contains(
            "acct_first false SECRET",
            "acct_first false PUBLISHABLE",
            "acct_first false RESTRICTED",
            "acct_first true SECRET",
            "acct_second false SECRET");
    gateway.get("/v1/balance");
    Answer metrics =
        gateway.send(
            HttpRequest.newBuilder(
                java.net.URI.create("http://127.0.0.1:" + management.port() + "/metrics")));
    assertThat(metrics.text()).contains("portcullis_api_requests").contains("/v1/balance");
    Answer trail =
        gateway.send(
            HttpRequest.newBuilder(
                java.net.URI.create("http://127.0.0.1:" + management.port() + "/audit")));
    assertThat(trail.status()).isEqualTo(200);
    assertThat(trail.body().get("broken")).isNull();
    assertThat(String.valueOf(trail.body().get("head"))).matches("[0-9a-f]{64}");
  }

  @Test
  void strangers_fill_no_log_and_who_has_a_key_is_always_in_it() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger access = (Logger) LoggerFactory.getLogger("access");
    access.addAppender(log);
    try {
      for (int n = 0; n < 50; n++) {
        Answer answer =
            gateway.send(
                java.net.http.HttpRequest.newBuilder(gateway.base.resolve("/v1/nothing_" + n))
                    .header("X-Forwarded-For", "203.0.113.77"));
        assertThat(answer.status()).isEqualTo(404);
      }
      assertThat(log.list).hasSize(20);
      for (int n = 0; n < 30; n++) {
        assertThat(gateway.get("/v1/customers/cus_none").status()).isEqualTo(404);
      }
      assertThat(log.list).hasSize(50);
    } finally {
      access.detachAppender(log);
    }
  }

  @Test
  void the_line_of_a_request_names_its_objects_and_nothing_else_of_its_path() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger access = (Logger) LoggerFactory.getLogger("access");
    access.addAppender(log);
    try {
      String made = gateway.post("/v1/customers").string("id");
      assertThat(objects(log)).isEqualTo(made);
      gateway.get("/v1/customers/" + made);
      assertThat(objects(log)).isEqualTo(made);
      String unknown = made.substring(0, made.length() - 1) + (made.endsWith("0") ? "1" : "0");
      assertThat(gateway.get("/v1/customers/" + unknown).status()).isEqualTo(404);
      assertThat(objects(log)).isEqualTo(unknown);
      gateway.get("/v1/customers/margaret_hamilton");
      gateway.get("/v1/customers/cus_4242424242424242");
      assertThat(objects(log)).isEmpty();
    } finally {
      access.detachAppender(log);
    }
  }

  /** Of the last line, so far; a test beside this one has its own gateway. */
  private static String objects(ListAppender<ILoggingEvent> log) {
    return log.list.getLast().getKeyValuePairs().stream()
        .filter(pair -> pair.key.equals("objects"))
        .map(pair -> String.valueOf(pair.value))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void balance_and_account_are_there() {
    assertThat(gateway.get("/v1/balance").body()).containsEntry("object", "balance");
    assertThat(gateway.get("/v1/account").body()).containsEntry("id", "acct_first");
    assertThat(gateway.get("/v1/accounts/acct_second").status()).isEqualTo(404);
  }
}
