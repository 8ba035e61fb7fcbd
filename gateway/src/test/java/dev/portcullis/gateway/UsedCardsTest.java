package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.provider.FakeProvider.Fault;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which cards may be used again, and which may become a customer's. */
class UsedCardsTest {

  private static final Gateway GATEWAY = Gateway.IT;
  private static final String UNUSABLE = "payment_method_unexpected_state";

  @AfterEach
  void the_provider_is_itself_again() {
    GATEWAY.provider.decide(0, "approved");
    GATEWAY.provider.fail(0, Fault.NONE);
  }

  private static Answer ok(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer;
  }

  private static void unusable(Answer answer, String because) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.error())
        .containsEntry("code", UNUSABLE)
        .containsEntry("param", "payment_method");
    assertThat(String.valueOf(answer.error().get("message"))).contains(because);
  }

  private static String card() {
    return GATEWAY.vault.card(GATEWAY.principal, null);
  }

  private static String customer() {
    return ok(GATEWAY.post("/v1/customers")).string("id");
  }

  private static Answer pay(int amount, String card, String... more) {
    return GATEWAY.post(
        "/v1/payment_intents", Gateway.both(Gateway.payment(amount, "payment_method", card), more));
  }

  private static Answer attach(String card, String customer) {
    return GATEWAY.post("/v1/payment_methods/" + card + "/attach", "customer", customer);
  }

  @Test
  void a_card_of_nobody_pays_once() {
    String card = card();
    Answer paid = ok(pay(9301, card));
    assertThat(paid.string("status")).isEqualTo("succeeded");
    assertThat(GATEWAY.get("/v1/payment_methods/" + card).text()).doesNotContain("spent");
    unusable(pay(9301, card), "previously used");
    unusable(
        GATEWAY.post(
            "/v1/payment_intents", "amount", "9301", "currency", "usd", "payment_method", card),
        "previously used");
    unusable(GATEWAY.post("/v1/setup_intents", "payment_method", card), "previously used");
    unusable(attach(card, customer()), "may not be used again");
    assertThat(GATEWAY.provider.entries("sandbox.authorize", 9301)).hasSize(1);
  }

  @Test
  void a_stored_card_of_nobody_pays_once_too() {
    String card = card();
    ok(GATEWAY.get("/v1/payment_methods/" + card));
    ok(pay(9302, card));
    unusable(pay(9302, card), "previously used");
  }

  @Test
  void the_payment_that_was_declined_may_try_the_card_again() {
    String card = card();
    GATEWAY.provider.decide(9303, "insufficient_funds");
    Answer declined = pay(9303, card);
    assertThat(declined.status()).isEqualTo(402);
    Map<?, ?> failed = (Map<?, ?>) Objects.requireNonNull(declined.error().get("payment_intent"));
    String intent = String.valueOf(failed.get("id"));
    GATEWAY.provider.decide(9303, "approved");
    assertThat(
            ok(GATEWAY.post("/v1/payment_intents/" + intent + "/confirm", "payment_method", card))
                .string("status"))
        .isEqualTo("succeeded");
    unusable(pay(9303, card), "previously used");
  }

  @Test
  void a_card_that_may_be_kept_is_not_used_up() {
    String card = card();
    ok(pay(9304, card, "setup_future_usage", "off_session"));
    String customer = customer();
    assertThat(ok(attach(card, customer)).body()).containsEntry("customer", customer);
    ok(pay(9304, card, "customer", customer));
    ok(pay(9304, card, "customer", customer, "off_session", "true"));
  }

  @Test
  void a_card_that_was_detached_is_gone() {
    String card = card();
    String customer = customer();
    ok(attach(card, customer));
    assertThat(ok(GATEWAY.post("/v1/payment_methods/" + card + "/detach")).body())
        .containsEntry("customer", null);
    unusable(attach(card, customer), "detached");
    unusable(pay(9305, card), "detached");
    unusable(pay(9305, card, "customer", customer), "detached");
    String other = card();
    ok(attach(other, customer));
    ok(GATEWAY.delete("/v1/customers/" + customer));
    unusable(attach(other, customer()), "detached");
  }

  @Test
  void a_card_that_is_declined_does_not_become_a_customers() {
    String customer = customer();
    String card = card();
    GATEWAY.provider.decide(0, "insufficient_funds");
    Answer declined = attach(card, customer);
    assertThat(declined.status()).as(declined.text()).isEqualTo(402);
    assertThat(declined.error())
        .containsEntry("type", "card_error")
        .containsEntry("code", "card_declined")
        .containsEntry("decline_code", "insufficient_funds");
    Answer created = GATEWAY.post("/v1/customers", "payment_method", card);
    assertThat(created.status()).isEqualTo(402);
    assertThat(GATEWAY.get("/v1/customers/" + customer + "/payment_methods").data()).isEmpty();
    GATEWAY.provider.decide(0, "requires_action");
    ok(attach(card, customer));
  }

  @Test
  void what_nobody_can_tell_is_tried_again() {
    String customer = customer();
    String card = card();
    GATEWAY.provider.fail(0, Fault.LOST_AFTER);
    assertThat(attach(card, customer).status()).isEqualTo(503);
    GATEWAY.provider.fail(0, Fault.NONE);
    ok(attach(card, customer));
  }
}
