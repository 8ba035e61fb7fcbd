package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.provider.FakeProvider.Fault;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code confirmation_method=manual}: no money is taken but by a confirmation of the server. */
class ManualConfirmationTest {

  private static final Gateway GATEWAY = Gateway.IT;

  @Test
  void without_a_challenge_one_confirmation_pays() {
    HttpRequest.Builder request =
        GATEWAY.form("/v1/payment_intents", form(9101)).header("Idempotency-Key", "by-hand-9101");
    Answer paid = GATEWAY.send(request);
    assertThat(paid.body())
        .as(paid.text())
        .containsEntry("status", "succeeded")
        .containsEntry("confirmation_method", "manual")
        .containsEntry("amount_received", 9101L)
        .containsEntry("amount_capturable", 0L);
    assertThat(GATEWAY.provider.entries("sandbox.authorize", 9101)).hasSize(1);
    assertThat(GATEWAY.provider.entries("sandbox.capture", 9101)).hasSize(1);
    assertThat(eventsOf(paid.string("id")))
        .containsExactly("payment_intent.created", "payment_intent.succeeded");
    assertThat(eventsOf(paid.string("latest_charge")))
        .containsExactly("charge.succeeded", "charge.captured");
    Answer again = GATEWAY.send(request);
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(again.body()).isEqualTo(paid.body());
    assertThat(GATEWAY.provider.entries("sandbox.capture", 9101)).hasSize(1);
  }

  @Test
  void after_a_challenge_the_server_confirms_again() {
    Answer agreed = agreed(9102);
    String path = path(agreed);
    assertThat(agreed.body())
        .containsEntry("amount_received", 0L)
        .containsEntry("amount_capturable", 0L)
        .containsEntry("next_action", null);
    assertThat(GATEWAY.provider.entries("sandbox.capture", 9102)).isEmpty();
    Answer page =
        GATEWAY.send(
            GATEWAY
                .form(path + "/confirm", "client_secret", agreed.string("client_secret"))
                .setHeader("Authorization", "Bearer " + GATEWAY.publishableKey.text()));
    assertThat(page.error()).containsEntry("code", "secret_key_required");
    Answer more = GATEWAY.post(path, "amount", "9999");
    assertThat(more.error()).containsEntry("code", "payment_intent_unexpected_state");
    Answer other = GATEWAY.post(path + "/confirm", "payment_method", "pm_card_visa");
    assertThat(other.status()).as(other.text()).isEqualTo(400);
    assertThat(other.error())
        .containsEntry("code", "payment_intent_unexpected_state")
        .containsKey("payment_intent");
    assertThat(GATEWAY.post(path, "metadata[order]", "1").status()).isEqualTo(200);
    assertThat(GATEWAY.provider.entries("sandbox.capture", 9102)).isEmpty();

    Answer paid = GATEWAY.post(path + "/confirm");
    assertThat(paid.body())
        .as(paid.text())
        .containsEntry("status", "succeeded")
        .containsEntry("amount_received", 9102L);
    assertThat(GATEWAY.provider.entries("sandbox.capture", 9102)).hasSize(1);
    assertThat(GATEWAY.provider.entries("sandbox.authorize", 9102)).hasSize(1);
    assertThat(eventsOf(paid.string("id")))
        .containsExactly(
            "payment_intent.created", "payment_intent.requires_action", "payment_intent.succeeded");
    assertThat(GATEWAY.post(path + "/confirm").error())
        .containsEntry("code", "payment_intent_unexpected_state");
  }

  @Test
  void the_second_confirmation_of_a_capture_by_hand_reserves() {
    Answer agreed = agreed(9103, "capture_method", "manual");
    Answer reserved = GATEWAY.post(path(agreed) + "/confirm");
    assertThat(reserved.body())
        .as(reserved.text())
        .containsEntry("status", "requires_capture")
        .containsEntry("amount_capturable", 9103L);
    assertThat(GATEWAY.provider.entries("sandbox.capture", 9103)).isEmpty();
    Answer taken = GATEWAY.post(path(agreed) + "/capture", "amount_to_capture", "9000");
    assertThat(taken.body())
        .containsEntry("status", "succeeded")
        .containsEntry("amount_received", 9000L);
  }

  @Test
  void what_is_not_confirmed_again_can_be_given_up() {
    Answer agreed = agreed(9104);
    Answer canceled = GATEWAY.post(path(agreed) + "/cancel");
    assertThat(canceled.body()).as(canceled.text()).containsEntry("status", "canceled");
    assertThat(
            GATEWAY.database.number(
                "SELECT count(*) FROM provider_operations WHERE object = ?"
                    + " AND doc->>'kind' = 'CANCEL' AND state = 'done'",
                agreed.string("id")))
        .isEqualTo(1);
    assertThat(GATEWAY.get("/v1/charges/" + agreed.string("latest_charge")).body())
        .containsEntry("captured", false)
        .containsEntry("amount_captured", 0L);
    assertThat(GATEWAY.post(path(agreed) + "/confirm").status()).isEqualTo(400);
    assertThat(GATEWAY.provider.entries("sandbox.capture", 9104)).isEmpty();
  }

  @Test
  void a_second_confirmation_whose_answer_is_lost_is_found_out() {
    long amount = 9110;
    for (Fault fault : List.of(Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.NOT_SENT)) {
      amount++;
      Answer agreed = agreed(amount);
      GATEWAY.provider.fail(amount, fault);
      assertThat(GATEWAY.post(path(agreed) + "/confirm").body())
          .containsEntry("status", "processing");
      await(agreed, "succeeded");
      assertThat(GATEWAY.provider.entries("sandbox.capture", amount)).hasSize(1);
    }
  }

  @Test
  void a_reservation_that_is_not_given_out_may_be_asked_for_again() {
    Answer agreed = agreed(9105);
    GATEWAY.provider.decide(9105, "generic_decline");
    Answer declined = GATEWAY.post(path(agreed) + "/confirm");
    assertThat(declined.status()).as(declined.text()).isEqualTo(402);
    assertThat(GATEWAY.get(path(agreed)).body())
        .containsEntry("status", "requires_confirmation")
        .containsEntry("amount_received", 0L);
    GATEWAY.provider.decide(9105, "approved");
    assertThat(GATEWAY.post(path(agreed) + "/confirm").body()).containsEntry("status", "succeeded");
  }

  @Test
  void a_capture_that_is_refused_says_that_the_money_is_still_reserved() {
    GATEWAY.provider.decide("sandbox.capture", 9108, "generic_decline");
    Answer declined = GATEWAY.post("/v1/payment_intents", form(9108));
    assertThat(declined.status()).as(declined.text()).isEqualTo(402);
    assertThat(String.valueOf(declined.error().get("message"))).contains("still reserved");
    Map<?, ?> intent = (Map<?, ?>) Objects.requireNonNull(declined.error().get("payment_intent"));
    assertThat(intent.get("status")).isEqualTo("requires_confirmation");
    assertThat(intent.get("last_payment_error")).isNotNull();
    String id = String.valueOf(intent.get("id"));
    assertThat(eventsOf(id))
        .containsExactly("payment_intent.created", "payment_intent.payment_failed");
    Answer canceled = GATEWAY.post("/v1/payment_intents/" + id + "/cancel");
    assertThat(canceled.body()).as(canceled.text()).containsEntry("status", "canceled");
  }

  @Test
  void a_void_that_is_refused_is_no_confirmation() {
    Answer agreed = agreed(9109, "capture_method", "manual");
    GATEWAY.provider.decide("sandbox.void", -1, "generic_decline");
    Answer refused = GATEWAY.post(path(agreed) + "/cancel");
    GATEWAY.provider.decide("sandbox.void", -1, null);
    assertThat(refused.status()).as(refused.text()).isEqualTo(402);
    assertThat(GATEWAY.get(path(agreed)).body())
        .containsEntry("status", "requires_confirmation")
        .containsEntry("cancellation_reason", null);
  }

  @Test
  void a_card_that_is_given_up_meanwhile_does_not_matter_to_what_is_reserved() {
    String customer = GATEWAY.post("/v1/customers", "name", "Ada").string("id");
    Answer agreed = agreed(9120, "customer", customer, "setup_future_usage", "off_session");
    String card = agreed.string("payment_method");
    assertThat(GATEWAY.post("/v1/payment_methods/" + card + "/detach").status()).isEqualTo(200);
    Answer paid = GATEWAY.post(path(agreed) + "/confirm");
    assertThat(paid.body()).as(paid.text()).containsEntry("status", "succeeded");
    Answer late =
        GATEWAY.post(
            path(agreed(9121)) + "/confirm", "mandate_data[customer_acceptance][type]", "offline");
    assertThat(late.error()).containsEntry("param", "mandate_data");
  }

  @Test
  void what_was_stored_as_a_detail_is_confirmed_by_hand_too() throws Exception {
    Answer created =
        GATEWAY.post(
            "/v1/payment_intents",
            "amount",
            "9122",
            "currency",
            "usd",
            "confirmation_method",
            "manual");
    GATEWAY.database.execute(
        "UPDATE payment_intents SET doc = jsonb_set(doc - 'manual_confirmation',"
            + " '{details,confirmation_method}', '\"manual\"') WHERE id = '"
            + created.string("id")
            + "'");
    assertThat(GATEWAY.get(path(created)).body()).containsEntry("confirmation_method", "manual");
    Answer page =
        GATEWAY.send(
            GATEWAY
                .form(
                    path(created) + "/confirm",
                    "client_secret",
                    created.string("client_secret"),
                    "payment_method",
                    "pm_card_visa")
                .setHeader("Authorization", "Bearer " + GATEWAY.publishableKey.text()));
    assertThat(page.error()).containsEntry("code", "secret_key_required");
  }

  @Test
  void a_first_confirmation_whose_answer_is_lost_pays_all_the_same() {
    GATEWAY.provider.fail(9106, Fault.LOST_AFTER);
    Answer lost = GATEWAY.post("/v1/payment_intents", form(9106));
    assertThat(lost.body()).containsEntry("status", "processing");
    await(lost, "succeeded");
    assertThat(GATEWAY.provider.entries("sandbox.authorize", 9106)).hasSize(1);
    assertThat(GATEWAY.provider.entries("sandbox.capture", 9106)).hasSize(1);
  }

  @Test
  void many_second_confirmations_take_the_money_once() throws Exception {
    Answer agreed = agreed(9107);
    List<Callable<Answer>> calls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      calls.add(() -> GATEWAY.post(path(agreed) + "/confirm"));
    }
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Answer> each : pool.invokeAll(calls)) {
        assertThat(each.get().status()).as(each.get().text()).isIn(200, 400, 409);
      }
    }
    await(agreed, "succeeded");
    assertThat(GATEWAY.provider.entries("sandbox.capture", 9107)).hasSize(1);
  }

  /** A payment whose shopper has passed the challenge. */
  private static Answer agreed(long amount, String... more) {
    GATEWAY.provider.decide(amount, "requires_action");
    List<String> form = new ArrayList<>(List.of(form(amount)));
    form.addAll(List.of(more));
    Answer asked = GATEWAY.post("/v1/payment_intents", form.toArray(String[]::new));
    assertThat(asked.body()).as(asked.text()).containsEntry("status", "requires_action");
    GATEWAY.provider.decide(amount, "approved");
    String operation =
        GATEWAY.database.text(
            "SELECT id FROM provider_operations WHERE object = ?", asked.string("id"));
    GATEWAY.provider.settle(operation, "approved", null);
    String back =
        GATEWAY.database.text(
            "SELECT doc->>'return_url' FROM provider_operations WHERE id = ?", operation);
    Answer home =
        GATEWAY.send(
            HttpRequest.newBuilder(GATEWAY.base.resolve(java.net.URI.create(back).getPath())));
    assertThat(home.header("Location")).endsWith("redirect_status=succeeded");
    await(asked, "requires_confirmation");
    return GATEWAY.get(path(asked));
  }

  private static String[] form(long amount) {
    return new String[] {
      "amount",
      Long.toString(amount),
      "currency",
      "usd",
      "payment_method",
      "pm_card_visa",
      "confirmation_method",
      "manual",
      "return_url",
      "https://shop.example/done",
      "confirm",
      "true"
    };
  }

  private static String path(Answer intent) {
    return "/v1/payment_intents/" + intent.string("id");
  }

  private static List<String> eventsOf(String object) {
    @Nullable String joined =
        GATEWAY.database.text(
            "SELECT string_agg(type, ',' ORDER BY id) FROM events WHERE object = ?", object);
    return List.of(Objects.requireNonNull(joined).split(","));
  }

  private static void await(Answer intent, String status) {
    eventually().until(() -> GATEWAY.get(path(intent)).string("status").equals(status));
  }
}
