package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a page's key, which everybody can read, sees and may do: never more than it needs. */
class PageTest {

  private static final Gateway GATEWAY = Gateway.IT;

  @Test
  void a_decline_and_its_replay_show_nothing_of_the_merchants() {
    GATEWAY.provider.decide(3001, "lost_card");
    Intent intent = intent(3001);
    HttpRequest.Builder confirm =
        intent.confirm("payment_method", "pm_card_visa").setHeader("Idempotency-Key", "page-1");
    Answer first = GATEWAY.send(confirm);
    Answer second = GATEWAY.send(confirm);
    assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(second.body()).isEqualTo(first.body());
    for (Answer answer : List.of(first, second)) {
      assertThat(answer.status()).isEqualTo(402);
      assertThat(answer.error()).containsEntry("decline_code", "lost_card");
      assertThat(answer.error()).doesNotContainKeys("charge", "payment_method");
      assertHidden(answer);
    }
  }

  @Test
  void a_success_and_its_replay_show_nothing_of_the_merchants() {
    Intent intent = intent(3002);
    HttpRequest.Builder confirm =
        intent.confirm("payment_method", "pm_card_visa").setHeader("Idempotency-Key", "page-2");
    Answer first = GATEWAY.send(confirm);
    Answer second = GATEWAY.send(confirm);
    assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(second.body()).isEqualTo(first.body()).containsEntry("status", "succeeded");
    assertHidden(second);
  }

  @Test
  void a_refusal_shows_nothing_of_the_merchants() {
    GATEWAY.provider.decide(3003, "lost_card");
    Intent intent = intent(3003);
    GATEWAY.send(intent.confirm("payment_method", "pm_card_visa"));
    Answer missing = GATEWAY.send(intent.confirm());
    assertThat(missing.status()).isEqualTo(400);
    assertThat(missing.error()).containsKeys("payment_intent", "message");
    assertHidden(missing);
    assertThat(GATEWAY.post(intent.path() + "/cancel").status()).isEqualTo(200);
    Answer late = GATEWAY.send(intent.confirm("payment_method", "pm_card_visa"));
    assertThat(late.error()).containsEntry("code", "payment_intent_unexpected_state");
    assertHidden(late);
  }

  @Test
  void a_refused_setup_shows_nothing_of_the_merchants() {
    Answer made = GATEWAY.post("/v1/setup_intents", "metadata[internal_margin]", "0.4");
    String path = "/v1/setup_intents/" + made.string("id");
    Intent setup = new Intent(path, made.string("client_secret"));
    HttpRequest.Builder confirm =
        setup.confirm("payment_method", "pm_card_visa").setHeader("Idempotency-Key", "page-3");
    assertThat(GATEWAY.send(confirm).status()).isEqualTo(200);
    Answer replay = GATEWAY.send(confirm);
    assertThat(replay.header("Idempotent-Replayed")).isEqualTo("true");
    assertHidden(replay);
    Answer twice = GATEWAY.send(setup.confirm("payment_method", "pm_card_visa"));
    assertThat(twice.status()).isEqualTo(400);
    assertHidden(twice);
  }

  @Test
  void nothing_is_expanded() {
    Intent intent = intent(3004);
    Answer confirm =
        GATEWAY.send(intent.confirm("payment_method", "pm_card_visa", "expand[]", "customer"));
    assertThat(confirm.status()).isEqualTo(400);
    assertThat(confirm.error()).containsEntry("param", "expand");
    assertHidden(confirm);
    Answer read =
        GATEWAY.send(
            asPage(
                GATEWAY.request(
                    intent.path() + "?expand[]=customer&client_secret=" + intent.secret())));
    assertThat(read.status()).isEqualTo(400);
    assertHidden(read);
  }

  @Test
  void a_pages_idempotency_keys_are_not_the_servers() {
    Intent intent = intent(3005, "payment_method", "pm_card_visa");
    String path = intent.path() + "/confirm";
    Answer server = GATEWAY.send(GATEWAY.form(path).setHeader("Idempotency-Key", "order-3005"));
    assertThat(server.string("status")).isEqualTo("succeeded");
    Answer page =
        GATEWAY.send(asPage(GATEWAY.form(path)).setHeader("Idempotency-Key", "order-3005"));
    assertThat(page.status()).as(page.text()).isEqualTo(404);
    assertThat(page.text()).doesNotContain("_secret_");

    GATEWAY.provider.decide(3006, "lost_card");
    Intent other = intent(3006);
    Answer claimed =
        GATEWAY.send(
            other
                .confirm("payment_method", "pm_card_visa")
                .setHeader("Idempotency-Key", "order-3006"));
    assertThat(claimed.status()).isEqualTo(402);
    Answer merchant =
        GATEWAY.send(
            GATEWAY
                .form("/v1/customers", "name", "Ada")
                .setHeader("Idempotency-Key", "order-3006"));
    assertThat(merchant.status()).as(merchant.text()).isEqualTo(200);
  }

  @Test
  void the_terms_are_the_merchants() {
    Intent intent = intent(3007);
    for (String[] term :
        new String[][] {
          {"capture_method", "manual"},
          {"capture_method", "automatic"},
          {"error_on_requires_action", "true"},
          {"off_session", "true"},
          {"off_session", "false"}
        }) {
      Answer answer =
          GATEWAY.send(intent.confirm("payment_method", "pm_card_visa", term[0], term[1]));
      assertThat(answer.status()).as(term[0]).isEqualTo(400);
      assertThat(answer.error()).containsEntry("param", term[0]);
    }
    Intent told =
        intent(
            3010,
            "setup_future_usage",
            "on_session",
            "receipt_email",
            "ada@example.com",
            "shipping[name]",
            "Ada",
            "shipping[address][line1]",
            "1 Paid Street");
    for (String[] word :
        new String[][] {
          {"setup_future_usage", ""},
          {"receipt_email", "mallory@example.com"},
          {"receipt_email", ""},
          {"shipping[name]", "Mallory"}
        }) {
      Answer answer =
          GATEWAY.send(told.confirm("payment_method", "pm_card_visa", word[0], word[1]));
      assertThat(answer.status()).as(word[0]).isEqualTo(400);
      assertThat(String.valueOf(answer.error().get("param"))).startsWith(word[0].split("\\[")[0]);
    }
    Answer more =
        GATEWAY.send(
            told.confirm("payment_method", "pm_card_visa", "setup_future_usage", "off_session"));
    assertThat(more.body()).as(more.text()).containsEntry("status", "succeeded");
    Intent manual = intent(3008, "confirmation_method", "manual");
    Answer refused = GATEWAY.send(manual.confirm("payment_method", "pm_card_visa"));
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.error()).containsEntry("code", "secret_key_required");
    Answer byServer = GATEWAY.post(manual.path() + "/confirm", "payment_method", "pm_card_visa");
    assertThat(byServer.string("status")).isEqualTo("succeeded");
  }

  /** To be told to use a secret key would be to be told to put one into the page. */
  @Test
  void a_card_that_came_to_the_wrong_origin_is_sent_to_the_right_one() {
    for (String path : List.of("/v1/payment_methods", "/v1/tokens")) {
      Answer answer = GATEWAY.send(asPage(GATEWAY.form(path, "card[number]", "4242424242424242")));
      assertThat(answer.status()).as(path).isEqualTo(403);
      assertThat(answer.error()).containsEntry("code", "card_data_not_allowed");
      assertThat(String.valueOf(answer.error().get("message")))
          .contains("cards origin", path)
          .doesNotContain("secret", "4242");
    }
    assertThat(GATEWAY.send(asPage(GATEWAY.form("/v1/refunds"))).error())
        .containsEntry("code", "secret_key_required");
  }

  private record Intent(String path, String secret) {
    HttpRequest.Builder confirm(String... more) {
      String[] form = new String[more.length + 2];
      form[0] = "client_secret";
      form[1] = secret;
      System.arraycopy(more, 0, form, 2, more.length);
      return asPage(GATEWAY.form(path + "/confirm", form));
    }
  }

  private static Intent intent(long amount, String... more) {
    String customer =
        GATEWAY
            .post("/v1/customers", "name", "Hidden Name", "email", "hidden@example.com")
            .string("id");
    String[] form = new String[more.length + 8];
    String[] first = {
      "amount",
      Long.toString(amount),
      "currency",
      "usd",
      "customer",
      customer,
      "metadata[internal_margin]",
      "0.4"
    };
    System.arraycopy(first, 0, form, 0, 8);
    System.arraycopy(more, 0, form, 8, more.length);
    Answer made = GATEWAY.post("/v1/payment_intents", form);
    assertThat(made.status()).as(made.text()).isEqualTo(200);
    return new Intent("/v1/payment_intents/" + made.string("id"), made.string("client_secret"));
  }

  private static HttpRequest.Builder asPage(HttpRequest.Builder request) {
    return request.setHeader("Authorization", "Bearer " + GATEWAY.publishableKey.text());
  }

  private static void assertHidden(Answer answer) {
    assertThat(answer.text())
        .doesNotContain(
            "fingerprint", "internal_margin", "cus_", "ch_", "hidden@example.com", "Hidden Name");
  }
}
