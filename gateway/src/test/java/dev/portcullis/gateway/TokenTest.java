package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tokens on the origin that takes no cards. */
class TokenTest {

  private final Gateway gateway = Gateway.IT;

  @Test
  void a_token_is_shown_and_tells_when_it_is_used() {
    String token = gateway.vault.token();
    Answer fresh = gateway.get("/v1/tokens/" + token);
    assertThat(fresh.body()).containsEntry("id", token).containsEntry("used", false);
    Answer made = gateway.post("/v1/payment_methods", "type", "card", "card[token]", token);
    assertThat(made.status()).isEqualTo(200);
    assertThat(gateway.get("/v1/tokens/" + token).body()).containsEntry("used", true);
    Answer again = gateway.post("/v1/payment_methods", "type", "card", "card[token]", token);
    assertThat(again.status()).isEqualTo(400);
    assertThat(again.error())
        .containsEntry("code", "token_already_used")
        .containsEntry("param", "card[token]");
  }

  @Test
  void a_token_of_another_account_or_none_at_all_is_not_there() {
    String path = "/v1/tokens/" + gateway.vault.token();
    Answer other =
        gateway.send(
            gateway.request(path).setHeader("Authorization", "Bearer " + gateway.otherKey.text()));
    assertThat(other.status()).isEqualTo(404);
    assertThat(gateway.get("/v1/tokens/tok_none").error())
        .containsEntry("code", "resource_missing")
        .containsEntry("param", "token");
    assertThat(gateway.get("/v1/tokens/" + gateway.vault.card(gateway.principal, null)).status())
        .isEqualTo(404);
  }

  @Test
  void a_card_is_refused_with_where_to_send_it() {
    Answer number = gateway.post("/v1/tokens", "card[number]", "4242424242424242");
    assertThat(number.status()).isEqualTo(400);
    assertThat(number.error())
        .containsEntry("param", "card[number]")
        .containsEntry("code", "card_data_not_allowed");
    assertThat(number.error().get("message")).asString().contains("http://cards.example/v1/tokens");
    Answer rest = gateway.post("/v1/tokens", "card[exp_month]", "12", "card[exp_year]", "2034");
    assertThat(rest.error())
        .containsEntry("param", "card")
        .containsEntry("code", "card_data_not_allowed");
    assertThat(gateway.post("/v1/tokens", "pii[id_number]", "1").error())
        .containsEntry("code", "parameter_unsupported")
        .containsEntry("param", "pii");
  }

  @Test
  void a_payment_method_has_one_alias_and_is_found_by_it_in_its_account() {
    String id = gateway.vault.card(gateway.principal, null);
    Answer made = gateway.post("/v1/payment_methods/" + id + "/alias");
    assertThat(made.status()).as(made.text()).isEqualTo(200);
    assertThat(made.body())
        .containsEntry("object", "card_alias")
        .containsEntry("payment_method", id);
    assertThat(gateway.post("/v1/payment_methods/" + id + "/alias").body()).isEqualTo(made.body());
    String path = "/v1/card_aliases/" + made.string("id");
    assertThat(gateway.get(path).body()).isEqualTo(made.body());
    Answer other =
        gateway.send(
            gateway.request(path).setHeader("Authorization", "Bearer " + gateway.otherKey.text()));
    assertThat(other.status()).isEqualTo(404);
    assertThat(gateway.get("/v1/card_aliases/1").error())
        .containsEntry("code", "resource_missing")
        .containsEntry("param", "id");
    assertThat(gateway.post("/v1/payment_methods/pm_none/alias").status()).isEqualTo(404);
  }

  @Test
  void an_intent_takes_a_token_and_what_goes_beside_it() {
    Answer paid =
        gateway.post(
            "/v1/payment_intents",
            "amount",
            "1200",
            "currency",
            "usd",
            "confirm",
            "true",
            "payment_method_data[type]",
            "card",
            "payment_method_data[card][token]",
            "tok_visa",
            "payment_method_data[billing_details][name]",
            "Ada",
            "payment_method_data[allow_redisplay]",
            "always",
            "payment_method_data[metadata][k]",
            "v");
    assertThat(paid.body()).as(paid.text()).containsEntry("status", "succeeded");
    Map<String, @Nullable Object> method =
        gateway.get("/v1/payment_methods/" + paid.string("payment_method")).body();
    assertThat(method).containsEntry("allow_redisplay", "always");
    assertThat(String.valueOf(method.get("billing_details"))).contains("name=Ada");
    assertThat(String.valueOf(method.get("metadata"))).contains("k=v");
    String charge = gateway.get("/v1/charges/" + paid.string("latest_charge")).text();
    assertThat(charge).contains("\"name\":\"Ada\"");
  }

  @Test
  void an_intent_refuses_a_used_token_by_its_parameter() {
    String token = gateway.vault.token();
    gateway.post("/v1/payment_methods", "type", "card", "card[token]", token);
    Answer refused =
        gateway.post(
            "/v1/payment_intents",
            "amount",
            "1200",
            "currency",
            "usd",
            "payment_method_data[type]",
            "card",
            "payment_method_data[card][token]",
            token);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.error()).containsEntry("param", "payment_method_data[card][token]");
  }

  /** What was sent to the cards origin beside the card is not lost on the way. */
  @Test
  void a_card_of_the_cards_origin_keeps_its_metadata() {
    String id = gateway.vault.card(gateway.principal, null);
    assertThat(gateway.get("/v1/payment_methods/" + id).body())
        .containsEntry("metadata", Map.of("source", "page"))
        .containsEntry("allow_redisplay", "limited");
  }
}
