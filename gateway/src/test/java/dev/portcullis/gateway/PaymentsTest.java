package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.provider.FakeProvider.Fault;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Payments over HTTP, with a real database and a provider that misbehaves as told. */
class PaymentsTest {

  private static final Gateway GATEWAY = Gateway.IT;

  @Test
  void a_card_pays_and_everything_agrees() {
    Answer paid = GATEWAY.pay(2001);
    assertThat(paid.status()).as(paid.text()).isEqualTo(200);
    Map<String, @Nullable Object> intent = paid.body();
    assertThat(intent)
        .containsEntry("object", "payment_intent")
        .containsEntry("status", "succeeded")
        .containsEntry("amount", 2001L)
        .containsEntry("amount_received", 2001L)
        .containsEntry("amount_capturable", 0L)
        .containsEntry("last_payment_error", null)
        .containsEntry("livemode", false);
    String id = paid.string("id");
    assertThat(paid.string("client_secret")).startsWith(id + "_secret_");
    assertThat(GATEWAY.get("/v1/payment_intents/" + id).body()).isEqualTo(intent);
    Answer charge = GATEWAY.get("/v1/charges/" + paid.string("latest_charge"));
    assertThat(charge.body())
        .containsEntry("status", "succeeded")
        .containsEntry("captured", true)
        .containsEntry("amount_captured", 2001L)
        .containsEntry("payment_intent", id);
    assertThat(GATEWAY.provider.entries("sandbox.authorize", 2001)).hasSize(1);
    assertThat(eventsOf(id)).containsExactly("payment_intent.created", "payment_intent.succeeded");
    assertThat(eventsOf(paid.string("latest_charge"))).containsExactly("charge.succeeded");
    assertThat(ledger(paid.string("latest_charge")))
        .isEqualTo("merchant_balance -1913, processing_fees -88, provider_receivable 2001");
  }

  @Test
  void a_decline_answers_402_and_the_payment_waits_for_another_card() {
    GATEWAY.provider.decide(2002, "insufficient_funds");
    Answer declined = GATEWAY.pay(2002);
    assertThat(declined.status()).isEqualTo(402);
    assertThat(declined.error())
        .containsEntry("type", "card_error")
        .containsEntry("code", "card_declined")
        .containsEntry("decline_code", "insufficient_funds");
    Map<?, ?> intent = (Map<?, ?>) require(declined.error().get("payment_intent"));
    assertThat(intent.get("status")).isEqualTo("requires_payment_method");
    assertThat(intent.get("payment_method")).isNull();
    assertThat(intent.get("last_payment_error")).isNotNull();
    String id = String.valueOf(intent.get("id"));
    assertThat(eventsOf(id))
        .containsExactly("payment_intent.created", "payment_intent.payment_failed");
    GATEWAY.provider.decide(2002, "approved");
    Answer again =
        GATEWAY.post("/v1/payment_intents/" + id + "/confirm", "payment_method", "pm_card_visa");
    assertThat(again.string("status")).isEqualTo("succeeded");
  }

  @Test
  void money_is_reserved_then_taken_in_part() {
    Answer reserved = GATEWAY.pay(2003, "capture_method", "manual");
    assertThat(reserved.body())
        .containsEntry("status", "requires_capture")
        .containsEntry("amount_capturable", 2003L);
    String id = reserved.string("id");
    Answer tooMuch =
        GATEWAY.post("/v1/payment_intents/" + id + "/capture", "amount_to_capture", "2004");
    assertThat(tooMuch.status()).isEqualTo(400);
    assertThat(tooMuch.error()).containsEntry("param", "amount_to_capture");
    Answer captured =
        GATEWAY.post("/v1/payment_intents/" + id + "/capture", "amount_to_capture", "1503");
    assertThat(captured.body())
        .as(captured.text())
        .containsEntry("status", "succeeded")
        .containsEntry("amount_received", 1503L)
        .containsEntry("amount_capturable", 0L);
    assertThat(GATEWAY.get("/v1/charges/" + captured.string("latest_charge")).body())
        .containsEntry("captured", true)
        .containsEntry("amount_captured", 1503L);
    Answer twice = GATEWAY.post("/v1/payment_intents/" + id + "/capture");
    assertThat(twice.status()).isEqualTo(400);
    assertThat(twice.error()).containsEntry("code", "payment_intent_unexpected_state");
  }

  @Test
  void a_reservation_is_given_up() {
    Answer reserved = GATEWAY.pay(2004, "capture_method", "manual");
    String path = "/v1/payment_intents/" + reserved.string("id") + "/cancel";
    Answer canceled = GATEWAY.post(path, "cancellation_reason", "duplicate");
    assertThat(canceled.body())
        .as(canceled.text())
        .containsEntry("status", "canceled")
        .containsEntry("cancellation_reason", "duplicate")
        .containsEntry("amount_capturable", 0L);
    assertThat(canceled.body().get("canceled_at")).isNotNull();
    assertThat(GATEWAY.post(path).status()).isEqualTo(400);
  }

  @Test
  void refunds_never_give_back_more_than_was_taken_however_many_come_at_once() throws Exception {
    String id = GATEWAY.pay(2005).string("id");
    List<Callable<Answer>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(() -> GATEWAY.post("/v1/refunds", "payment_intent", id, "amount", "500"));
    }
    int succeeded = 0;
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Answer> future : pool.invokeAll(calls)) {
        Answer answer = future.get();
        if (answer.status() == 200) {
          assertThat(answer.body()).containsEntry("status", "succeeded");
          succeeded++;
        } else {
          assertThat(answer.error()).as(answer.text()).containsEntry("param", "amount");
        }
      }
    }
    assertThat(succeeded).isEqualTo(4);
    Answer rest = GATEWAY.post("/v1/refunds", "payment_intent", id);
    assertThat(rest.body()).as(rest.text()).containsEntry("amount", 5L);
    assertThat(GATEWAY.post("/v1/refunds", "payment_intent", id).error())
        .containsEntry("code", "charge_already_refunded");
    assertThat(GATEWAY.get("/v1/charges/" + rest.string("charge")).body())
        .containsEntry("refunded", true)
        .containsEntry("amount_refunded", 2005L);
    assertThat(GATEWAY.get("/v1/refunds?payment_intent=" + id).data()).hasSize(5);
  }

  @Test
  void a_challenge_is_passed_and_the_shopper_comes_home() {
    GATEWAY.provider.decide(2006, "requires_action");
    Answer asked = GATEWAY.pay(2006, "return_url", "https://shop.example/done?a=1");
    assertThat(asked.string("status")).isEqualTo("requires_action");
    Map<?, ?> action = (Map<?, ?>) require(asked.body().get("next_action"));
    Map<?, ?> redirect = (Map<?, ?>) require(action.get("redirect_to_url"));
    assertThat(redirect.get("url")).asString().startsWith("http://127.0.0.1:1/challenge/op_");
    assertThat(redirect.get("return_url")).isEqualTo("https://shop.example/done?a=1");
    String reference = reference(2006);
    GATEWAY.provider.settle(reference, "approved", null);
    Answer back = GATEWAY.send(HttpRequest.newBuilder(GATEWAY.base.resolve(returnPath(reference))));
    assertThat(back.status()).as(back.text()).isEqualTo(303);
    assertThat(back.header("Location"))
        .isEqualTo(
            "https://shop.example/done?a=1&payment_intent="
                + asked.string("id")
                + "&payment_intent_client_secret="
                + asked.string("client_secret")
                + "&redirect_status=succeeded");
    assertThat(GATEWAY.get("/v1/payment_intents/" + asked.string("id")).body())
        .containsEntry("status", "succeeded")
        .containsEntry("next_action", null);
  }

  /** The page around the frame has the secret and asks by it. */
  @Test
  void a_challenge_in_a_frame_ends_without_a_secret() {
    String framed = "http://127.0.0.1/redirect/framed";
    GATEWAY.provider.decide(2069, "requires_action");
    GATEWAY.pay(2069, "return_url", framed);
    String reference = reference(2069);
    GATEWAY.provider.settle(reference, "approved", null);
    HttpRequest.Builder back = HttpRequest.newBuilder(GATEWAY.base.resolve(returnPath(reference)));
    assertThat(GATEWAY.send(back).header("Location")).isEqualTo(framed);
  }

  @ParameterizedTest
  @CsvSource({
    "de, Vielen Dank",
    "'nl, fr-CH;q=0.8', Merci",
    "es-MX, Gracias",
    "pt-BR, Obrigado",
    "ja, ありがとうございます",
    "sv, Thank you",
    "'en;q=x;;', Thank you"
  })
  void the_page_that_ends_a_framed_challenge_speaks_the_shoppers_language(
      String wishes, String heading) {
    Answer page =
        GATEWAY.send(
            HttpRequest.newBuilder(GATEWAY.base.resolve("/redirect/framed"))
                .header("Accept-Language", wishes));
    assertThat(page.text()).contains("<h1>" + heading + "</h1>");
    assertThat(page.header("Vary")).isEqualTo("Accept-Language");
  }

  @Test
  void a_return_needs_more_than_the_operations_id_and_ages() throws Exception {
    GATEWAY.provider.decide(2060, "requires_action");
    Answer asked = GATEWAY.pay(2060, "return_url", "https://shop.example/done");
    String reference = reference(2060);
    String path = returnPath(reference);
    String short_ = "/redirect/acct_first/" + reference;
    assertThat(path).startsWith(short_ + "/");
    for (String guess : List.of(short_, short_ + "/", short_ + "/x", path + "x")) {
      Answer answer = GATEWAY.send(HttpRequest.newBuilder(GATEWAY.base.resolve(guess)));
      assertThat(answer.status()).as(guess).isEqualTo(404);
      assertThat(answer.header("Location")).isEmpty();
    }
    GATEWAY.provider.settle(reference, "approved", null);
    HttpRequest.Builder home = HttpRequest.newBuilder(GATEWAY.base.resolve(path));
    assertThat(GATEWAY.send(home).header("Location")).contains(asked.string("client_secret"));
    assertThat(GATEWAY.send(home).header("Location"))
        .as("reloaded")
        .contains(asked.string("client_secret"));
    sql(
        "UPDATE provider_operations SET created = created - interval '25 hours',"
            + " doc = jsonb_set(doc, '{created}', to_jsonb((doc->>'created')::bigint - 90000))"
            + " WHERE id = '"
            + reference
            + "'");
    assertThat(GATEWAY.send(home).header("Location"))
        .isEqualTo(
            "https://shop.example/done?payment_intent="
                + asked.string("id")
                + "&redirect_status=succeeded");
  }

  @Test
  void what_would_be_ignored_is_refused_by_name() {
    String reserved = GATEWAY.pay(2061, "capture_method", "manual").string("id");
    String capture = "/v1/payment_intents/" + reserved + "/capture";
    Answer partly = GATEWAY.post(capture, "amount_to_capture", "61", "final_capture", "false");
    assertThat(partly.status()).isEqualTo(400);
    assertThat(partly.error()).containsEntry("param", "final_capture");
    assertThat(GATEWAY.post(capture, "final_capture", "true").status()).isEqualTo(200);
    Answer both =
        GATEWAY.pay(
            2062,
            "payment_method_data[type]",
            "card",
            "payment_method_data[card][token]",
            "tok_visa");
    assertThat(both.status()).isEqualTo(400);
    assertThat(both.error()).containsEntry("param", "payment_method_data");
    assertThat(GATEWAY.provider.entries("sandbox.authorize", 2062)).isEmpty();
  }

  @Test
  void a_failed_challenge_asks_for_another_card() {
    GATEWAY.provider.decide(2007, "requires_action");
    Answer asked = GATEWAY.pay(2007);
    GATEWAY.provider.settle(reference(2007), "declined", "authentication_failed");
    await(asked.string("id"), "requires_payment_method");
    Map<?, ?> error =
        (Map<?, ?>)
            require(
                GATEWAY
                    .get("/v1/payment_intents/" + asked.string("id"))
                    .body()
                    .get("last_payment_error"));
    assertThat(error.get("code")).isEqualTo("payment_intent_authentication_failure");
  }

  @Test
  void without_the_shopper_a_challenge_is_a_decline() {
    GATEWAY.provider.decide(2008, "requires_action");
    Answer declined = GATEWAY.pay(2008, "off_session", "true");
    assertThat(declined.status()).isEqualTo(402);
    assertThat(declined.error()).containsEntry("code", "authentication_required");
  }

  @Test
  void an_approval_after_a_cancellation_is_voided() {
    GATEWAY.provider.decide(2009, "requires_action");
    Answer asked = GATEWAY.pay(2009);
    String id = asked.string("id");
    assertThat(GATEWAY.post("/v1/payment_intents/" + id + "/cancel").string("status"))
        .isEqualTo("canceled");
    String reference = reference(2009);
    GATEWAY.provider.settle(reference, "approved", null);
    until(
        () ->
            GATEWAY.database.number(
                    "SELECT count(*) FROM provider_operations WHERE object = ?"
                        + " AND doc->>'kind' = 'CANCEL' AND state = 'done'",
                    id)
                == 1);
    assertThat(GATEWAY.get("/v1/payment_intents/" + id).string("status")).isEqualTo("canceled");
  }

  @Test
  void a_lost_answer_is_found_out_and_charged_once() {
    long amount = 2010;
    for (Fault fault : List.of(Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.NOT_SENT)) {
      amount++;
      GATEWAY.provider.fail(amount, fault);
      Answer answer = GATEWAY.pay(amount);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.string("status")).as(fault.name()).isEqualTo("processing");
      String id = answer.string("id");
      Answer refused = GATEWAY.post("/v1/payment_intents/" + id + "/cancel");
      assertThat(refused.status()).isIn(200, 400);
      if (refused.status() == 400) {
        assertThat(refused.error()).containsEntry("code", "payment_intent_unexpected_state");
      }
      await(id, "succeeded");
      String reference = reference(amount);
      assertThat(GATEWAY.provider.entries("sandbox.authorize", amount)).hasSize(1);
      List<String> requests = GATEWAY.provider.requests(reference);
      assertThat(requests).hasSize(fault == Fault.LOST_AFTER ? 1 : 2);
      assertThat(requests).allMatch(requests.getFirst()::equals);
    }
  }

  @Test
  void what_can_neither_be_found_nor_sent_again_waits_for_a_person() throws Exception {
    GATEWAY.provider.fail(2019, Fault.LOST_BEFORE);
    String id = GATEWAY.pay(2019).string("id");
    String operation = reference(2019);
    // As if the process had been away until the provider no longer knew the key.
    sql(
        "UPDATE provider_operations SET created = created - interval '25 hours',"
            + " doc = doc || '{\"sent_at_ms\": 1}' WHERE id = '"
            + operation
            + "'");
    until(
        () ->
            GATEWAY
                .database
                .text("SELECT state FROM provider_operations WHERE id = ?", operation)
                .equals("parked"));
    assertThat(GATEWAY.provider.requests(operation)).as("never sent again").hasSize(1);
    assertThat(GATEWAY.get("/v1/payment_intents/" + id).string("status")).isEqualTo("processing");
    assertThat(GATEWAY.post("/v1/payment_intents/" + id + "/cancel").status()).isEqualTo(400);
  }

  @Test
  void a_refused_request_is_no_decline() {
    GATEWAY.provider.fail(2020, Fault.REFUSED);
    Answer answer = GATEWAY.pay(2020);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error())
        .containsEntry("type", "invalid_request_error")
        .containsEntry("code", "provider_rejected");
    Map<?, ?> intent = (Map<?, ?>) require(answer.error().get("payment_intent"));
    assertThat(intent.get("status")).isEqualTo("requires_confirmation");
  }

  @Test
  void a_card_that_is_not_stored_any_more_is_asked_for_again() {
    GATEWAY.provider.fail(2023, Fault.CARD_GONE);
    Answer answer = GATEWAY.pay(2023);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error())
        .containsEntry("type", "invalid_request_error")
        .containsEntry("code", "payment_method_unexpected_state")
        .containsEntry("param", "payment_method");
    Map<?, ?> intent = (Map<?, ?>) require(answer.error().get("payment_intent"));
    assertThat(intent.get("status")).isEqualTo("requires_payment_method");
    assertThat(intent.get("payment_method")).isNull();
    String confirm = "/v1/payment_intents/" + intent.get("id") + "/confirm";
    assertThat(GATEWAY.post(confirm, "payment_method", "pm_card_visa").string("status"))
        .isEqualTo("succeeded");
  }

  @Test
  void the_same_key_pays_once_and_answers_the_same() {
    for (String verdict : List.of("approved", "lost_card")) {
      long amount = verdict.equals("approved") ? 2021 : 2022;
      GATEWAY.provider.decide(amount, verdict);
      HttpRequest.Builder request =
          GATEWAY
              .form("/v1/payment_intents", Gateway.payment(amount))
              .header("Idempotency-Key", "pay-" + verdict);
      Answer first = GATEWAY.send(request);
      Answer second = GATEWAY.send(request);
      assertThat(second.status()).isEqualTo(first.status());
      assertThat(second.body()).isEqualTo(first.body());
      assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
      assertThat(GATEWAY.provider.entries("sandbox.authorize", amount)).hasSize(1);
    }
  }

  @Test
  void a_crash_after_the_attempt_was_stored_is_resolved_and_the_retry_answered() throws Exception {
    // The first half of a payment, as a process that then died would have left it.
    GATEWAY.provider.fail(2030, Fault.LOST_AFTER);
    HttpRequest.Builder request =
        GATEWAY
            .form("/v1/payment_intents", Gateway.payment(2030))
            .header("Idempotency-Key", "crash");
    Answer first = GATEWAY.send(request);
    String id = first.string("id");
    await(id, "succeeded");
    assertThat(GATEWAY.send(request).string("status"))
        .as("the answer that was given is the answer that is given again")
        .isEqualTo("processing");
    // Undone to the state before anybody was answered.
    sql("UPDATE idempotency_keys SET version = 1, status = NULL, body = NULL WHERE id = 't:crash'");
    String operation = reference(2030);
    sql(
        "UPDATE provider_operations SET version = 1, state = 'sent', due = now(),"
            + " doc = doc || jsonb_build_object('request_id',"
            + " (SELECT request FROM idempotency_keys WHERE id = 't:crash'),"
            + " 'idempotency_key', 'crash', 'looks', 0, 'fingerprint',"
            + " (SELECT fingerprint FROM idempotency_keys WHERE id = 't:crash'))"
            + " WHERE id = '"
            + operation
            + "'");
    sql(
        "UPDATE payment_intents SET version = 1, status = 'processing',"
            + " doc = (doc - 'latest_charge') || '{\"status\":\"processing\",\"received\":0}'"
            + " WHERE id = '"
            + id
            + "'");
    sql("DELETE FROM charges WHERE payment_intent = '" + id + "'");
    until(() -> GATEWAY.send(request).status() != 409);
    Answer retry = GATEWAY.send(request);
    assertThat(retry.status()).as(retry.text()).isEqualTo(200);
    assertThat(retry.string("status")).isEqualTo("succeeded");
    assertThat(retry.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(GATEWAY.provider.entries("sandbox.authorize", 2030)).hasSize(1);
  }

  @Test
  void a_refund_that_fails_later_gives_the_amount_back_to_the_charge() {
    String id = GATEWAY.pay(2031).string("id");
    GATEWAY.provider.decide(777, "pending");
    Answer refund = GATEWAY.post("/v1/refunds", "payment_intent", id, "amount", "777");
    assertThat(refund.string("status")).isEqualTo("pending");
    String charge = refund.string("charge");
    assertThat(GATEWAY.get("/v1/charges/" + charge).body()).containsEntry("amount_refunded", 777L);
    String operation =
        GATEWAY.database.text(
            "SELECT id FROM provider_operations WHERE object = ?", refund.string("id"));
    GATEWAY.provider.settle(operation, "declined", "generic_decline");
    until(
        () -> GATEWAY.get("/v1/refunds/" + refund.string("id")).string("status").equals("failed"));
    assertThat(GATEWAY.get("/v1/charges/" + charge).body()).containsEntry("amount_refunded", 0L);
    assertThat(eventsOf(refund.string("id")))
        .containsExactlyInAnyOrder(
            "refund.created", "refund.updated", "refund.failed", "charge.refund.updated");
  }

  @Test
  void a_card_is_set_up_and_belongs_to_the_customer() {
    String customer = GATEWAY.post("/v1/customers", "name", "Ada").string("id");
    Answer set =
        GATEWAY.post(
            "/v1/setup_intents",
            "customer",
            customer,
            "payment_method",
            "pm_card_visa",
            "confirm",
            "true");
    assertThat(set.body()).as(set.text()).containsEntry("status", "succeeded");
    String card = set.string("payment_method");
    assertThat(GATEWAY.get("/v1/payment_methods/" + card).body())
        .containsEntry("customer", customer);
    Answer paid =
        GATEWAY.post(
            "/v1/payment_intents",
            "amount",
            "2040",
            "currency",
            "usd",
            "customer",
            customer,
            "payment_method",
            card,
            "confirm",
            "true",
            "off_session",
            "true");
    assertThat(paid.body()).as(paid.text()).containsEntry("status", "succeeded");
    Answer foreign =
        GATEWAY.post(
            "/v1/payment_intents",
            "amount",
            "2041",
            "currency",
            "usd",
            "payment_method",
            card,
            "confirm",
            "true");
    assertThat(foreign.status()).isEqualTo(400);
    assertThat(GATEWAY.get("/v1/setup_intents?customer=" + customer).data()).hasSize(1);
  }

  @Test
  void a_page_sees_its_payment_with_the_client_secret_alone() {
    Answer created = GATEWAY.post("/v1/payment_intents", "amount", "2050", "currency", "usd");
    String path = "/v1/payment_intents/" + created.string("id");
    assertThat(asPage(path).status()).isEqualTo(404);
    assertThat(asPage(path + "?client_secret=" + created.string("id") + "_secret_x").status())
        .isEqualTo(404);
    Answer seen = asPage(path + "?client_secret=" + created.string("client_secret"));
    assertThat(seen.body()).containsEntry("status", "requires_payment_method");
    assertThat(seen.body()).doesNotContainKeys("metadata", "customer", "latest_charge");
  }

  @Test
  void another_accounts_objects_are_as_if_there_were_none() {
    Answer paid = GATEWAY.pay(2051);
    for (String path :
        List.of(
            "/v1/payment_intents/" + paid.string("id"),
            "/v1/charges/" + paid.string("latest_charge"))) {
      Answer other =
          GATEWAY.send(
              HttpRequest.newBuilder(GATEWAY.base.resolve(path))
                  .header("Authorization", "Bearer " + GATEWAY.otherKey.text()));
      assertThat(other.status()).isEqualTo(404);
    }
  }

  private static Answer asPage(String path) {
    return GATEWAY.send(
        HttpRequest.newBuilder(GATEWAY.base.resolve(path))
            .header("Authorization", "Bearer " + GATEWAY.publishableKey.text()));
  }

  @Test
  void an_operation_that_is_over_keeps_neither_what_it_sent_nor_the_card() {
    assertThat(GATEWAY.pay(2777).body()).containsEntry("status", "succeeded");
    String stored =
        GATEWAY.database.text(
            "SELECT doc->>'request' || (doc->>'payment_method') FROM provider_operations"
                + " WHERE state = 'done' AND id = ?",
            reference(2777));
    assertThat(stored).startsWith("{\"id\": \"pm_").doesNotContain("card", "billing");
  }

  /** Where the provider was told to send the shopper. */
  private static String returnPath(String reference) {
    return java.net
        .URI
        .create(
            GATEWAY.database.text(
                "SELECT doc->>'return_url' FROM provider_operations WHERE id = ?", reference))
        .getPath();
  }

  private static String reference(long amount) {
    return GATEWAY.database.text(
        "SELECT id FROM provider_operations WHERE doc->>'kind' = 'AUTHORIZE'"
            + " AND doc->>'amount' = ?",
        Long.toString(amount));
  }

  private static List<String> eventsOf(String object) {
    String joined =
        GATEWAY.database.text(
            "SELECT string_agg(type, ',' ORDER BY id) FROM events WHERE object = ?", object);
    return List.of(joined.split(","));
  }

  private static String ledger(String source) {
    return GATEWAY.database.text(
        "SELECT string_agg(ledger_account || ' ' || amount, ', ' ORDER BY ledger_account)"
            + " FROM ledger_lines WHERE source = ?",
        source);
  }

  private static void sql(String statement) throws Exception {
    try (var connection = GATEWAY.database.everything().getConnection();
        var run = connection.createStatement()) {
      assertThat(run.executeUpdate(statement)).isEqualTo(1);
    }
  }

  private static void await(String intent, String status) {
    until(() -> GATEWAY.get("/v1/payment_intents/" + intent).string("status").equals(status));
  }

  private static Object require(@Nullable Object value) {
    assertThat(value).isNotNull();
    return java.util.Objects.requireNonNull(value);
  }
}
