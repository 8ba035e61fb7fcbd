package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.provider.FakeProvider;
import dev.portcullis.wire.json.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What providers tell by themselves of operations. */
class ProviderNotificationsTest extends ProviderShops {

  @Test
  void aCaptureIsPendingUntilItsNotificationHoweverOftenThatComes() {
    String intent = capture(6_001);
    String operation = operation(intent, "CAPTURE");
    long before = rows("true");
    for (int i = 0; i < 3; i++) {
      tell("CAPTURE", operation, true, 6_001);
    }
    eventually(intent, "succeeded");
    tell("CAPTURE", operation, true, 6_001);
    quiet();
    assertThat(rows("true") - before).as("all copies are one").isEqualTo(1);
    assertThat(movements(intent)).isEqualTo(1);
    assertThat(rows("state = 'left' AND note LIKE ?", "%" + operation + "%")).isZero();
  }

  @Test
  void aRefusedCaptureLeavesTheMoneyReserved() {
    String intent = capture(6_011);
    tell("CAPTURE_FAILED", operation(intent, "CAPTURE"), true, 6_011);
    eventually(intent, "requires_capture");
    assertThat(movements(intent)).isZero();
  }

  @Test
  void aNotificationThatOutrunsTheAnswerWaitsForIt() {
    String intent = pay(6_021);
    GATEWAY.provider.script(
        "adyen.capture",
        command -> {
          String operation = String.valueOf(command.get("operation_id"));
          tell("CAPTURE", operation, true, 6_021);
          // The gateway has looked at it, and put it off, before it has the answer.
          String called = "MOD" + operation.substring(3);
          Eventually.until(() -> rows("tries > 1 AND doc->>'called' = ?", called) == 1);
          return AdyenAnswers.received(command);
        });
    Answer captured = GATEWAY.post("/v1/payment_intents/" + intent + "/capture");
    assertThat(captured.string("status")).as(captured.text()).isEqualTo("processing");
    eventually(intent, "succeeded");
    assertThat(movements(intent)).isEqualTo(1);
  }

  /** Nothing but the operation's own id tells which one it is. */
  @Test
  void aNotificationTellsWhatALostAnswerDid() {
    GATEWAY.provider.script("adyen.authorize", _ -> null);
    Answer paid =
        GATEWAY.post(
            "/v1/payment_intents",
            "amount",
            "6031",
            "currency",
            "eur",
            "payment_method",
            "pm_card_visa",
            "confirm",
            "true",
            "return_url",
            "https://shop.example/done");
    assertThat(paid.string("status")).as(paid.text()).isEqualTo("processing");
    String operation = operation(paid.string("id"), "AUTHORIZE");
    byte[] told = body(List.of(item("AUTHORISATION", operation, "PSP6031", true, 6_031)));
    assertThat(post(SHOP, SIGNED, told).status()).isEqualTo(200);
    eventually(paid.string("id"), "succeeded");
    GATEWAY.provider.script("adyen.authorize", AdyenAnswers::authorised);
    assertThat(movements(paid.string("id"))).isEqualTo(1);
  }

  /** A notification says less than the answer to what is sent again a second later. */
  @Test
  void whatIsSentAgainAtOnceAnswersBeforeItsNotification() {
    AtomicReference<String> operation = new AtomicReference<>("");
    AtomicInteger sends = new AtomicInteger();
    GATEWAY.provider.script(
        "adyen.authorize",
        command -> {
          operation.set(String.valueOf(command.get("operation_id")));
          return sends.incrementAndGet() == 1 ? null : AdyenAnswers.authorised(command);
        });
    Answer paid =
        GATEWAY.post(
            "/v1/payment_intents",
            "amount",
            "6033",
            "currency",
            "eur",
            "payment_method",
            "pm_card_visa",
            "confirm",
            "true",
            "return_url",
            "https://shop.example/done");
    assertThat(paid.string("status")).as(paid.text()).isEqualTo("processing");
    String psp = "PSP" + operation.get().substring(3);
    byte[] told = body(List.of(item("AUTHORISATION", operation.get(), psp, true, 6_033)));
    assertThat(post(SHOP, SIGNED, told).status()).isEqualTo(200);
    eventually(paid.string("id"), "succeeded");
    GATEWAY.provider.script("adyen.authorize", AdyenAnswers::authorised);
    assertThat(sends).hasValue(2);
    assertThat(movements(paid.string("id"))).isEqualTo(1);
  }

  @Test
  void anApprovalOfAnotherAmountIsLeftToAPerson() {
    String intent = capture(6_041);
    String operation = operation(intent, "CAPTURE");
    tell("CAPTURE", operation, true, 6_040);
    Eventually.until(() -> rows("state = 'left' AND note LIKE ?", "%" + operation + "%") == 1);
    assertThat(status(intent)).isEqualTo("processing");
    assertThat(movements(intent)).isZero();
  }

  @Test
  void aRefundIsPendingUntilItsNotification() {
    String intent = capture(6_045);
    tell("CAPTURE", operation(intent, "CAPTURE"), true, 6_045);
    eventually(intent, "succeeded");
    Answer refund = GATEWAY.post("/v1/refunds", "payment_intent", intent, "amount", "45");
    assertThat(refund.string("status")).as(refund.text()).isEqualTo("pending");
    String operation = operation(refund.string("id"), "REFUND");
    String path = "/v1/refunds/" + refund.string("id");
    tell("REFUND", operation, true, 45);
    Eventually.until(() -> GATEWAY.get(path).string("status").equals("succeeded"));
    tell("REFUND_FAILED", operation, true, 45);
    Eventually.until(
        () -> rows("state = 'left' AND note LIKE ?", "%" + operation + "%undone%") == 1);
    assertThat(GATEWAY.get(path).string("status")).isEqualTo("succeeded");
  }

  /** Adyen knows the first step's id alone. */
  @Test
  void whatCompletesAnAuthorizationStandsForIt() {
    AtomicReference<String> back = new AtomicReference<>("");
    AtomicReference<String> first = new AtomicReference<>("");
    GATEWAY.provider.script(
        "adyen.authorize",
        command -> {
          back.set(String.valueOf(AdyenAnswers.map(command.get("body")).get("returnUrl")));
          first.set(String.valueOf(command.get("operation_id")));
          return Map.of(
              "pspReference",
              "PSP6048",
              "merchantReference",
              first.get(),
              "resultCode",
              "RedirectShopper",
              "action",
              Map.of(
                  "type", "redirect", "method", "GET", "url", "https://issuer.example/challenge"));
        });
    GATEWAY.provider.script("adyen.complete", _ -> null);
    Answer paid =
        GATEWAY.post(
            "/v1/payment_intents",
            "amount",
            "6048",
            "currency",
            "eur",
            "payment_method",
            "pm_card_visa",
            "confirm",
            "true",
            "return_url",
            "https://shop.example/done");
    GATEWAY.provider.script("adyen.authorize", AdyenAnswers::authorised);
    assertThat(paid.string("status")).as(paid.text()).isEqualTo("requires_action");
    String url = back.get().replaceFirst("^http://127\\.0\\.0\\.1(?=/)", GATEWAY.base.toString());
    GATEWAY.send(HttpRequest.newBuilder(URI.create(url + "?redirectResult=yes")));
    assertThat(status(paid.string("id"))).isEqualTo("processing");
    byte[] told = body(List.of(item("AUTHORISATION", first.get(), "PSP6048", true, 6_048)));
    assertThat(post(SHOP, SIGNED, told).status()).isEqualTo(200);
    eventually(paid.string("id"), "succeeded");
    assertThat(movements(paid.string("id"))).isEqualTo(1);
  }

  @Test
  void whatIsUndoneOrDoneAllTheSameIsLeftToAPersonAndChangesNothing() {
    String taken = capture(6_051);
    String refused = capture(6_052);
    String first = operation(taken, "CAPTURE");
    String second = operation(refused, "CAPTURE");
    tell("CAPTURE", first, true, 6_051);
    tell("CAPTURE_FAILED", second, true, 6_052);
    eventually(taken, "succeeded");
    eventually(refused, "requires_capture");
    tell("CAPTURE_FAILED", first, true, 6_051);
    tell("CAPTURE", second, true, 6_052);
    Eventually.until(
        () ->
            rows("state = 'left' AND note LIKE ?", "%" + first + "%undone%") == 1
                && rows("state = 'left' AND note LIKE ?", "%" + second + "%refused%") == 1);
    assertThat(status(taken)).isEqualTo("succeeded");
    assertThat(status(refused)).isEqualTo("requires_capture");
    assertThat(movements(taken)).isEqualTo(1);
    assertThat(movements(refused)).isZero();
  }

  /** Where the provider can be asked, what a notification says counts for nothing by itself. */
  @Test
  void aProviderThatCanBeAskedIsAsked() {
    AtomicReference<String> operation = new AtomicReference<>("");
    AtomicReference<String> standing = new AtomicReference<>("processing");
    GATEWAY.provider.script(
        "stripe.authorize",
        command -> {
          operation.set(String.valueOf(command.get("operation_id")));
          return intent(operation.get(), standing.get());
        });
    GATEWAY.provider.script("stripe.payment", _ -> intent(operation.get(), standing.get()));
    pauseAdyen(true);
    Answer paid =
        GATEWAY.post(
            "/v1/payment_intents",
            "amount",
            "6081",
            "currency",
            "eur",
            "payment_method",
            "pm_card_visa",
            "confirm",
            "true",
            "return_url",
            "https://shop.example/done");
    pauseAdyen(false);
    assertThat(operation.get()).as("it went to Stripe: " + paid.text()).isNotEmpty();
    String id = paid.string("id");
    event("evt_1", intent(operation.get(), "succeeded"));
    Eventually.until(() -> rows("provider = 'stripe_shop' AND tries > 0") == 1);
    assertThat(status(id)).as("the provider itself says otherwise").isEqualTo("processing");
    standing.set("succeeded");
    event("evt_2", intent(operation.get(), "processing"));
    eventually(id, "succeeded");
    assertThat(movements(id)).isEqualTo(1);
  }

  private static void pauseAdyen(boolean paused) {
    Answer changed =
        PEOPLE.call(
            "POST",
            "providers/adyen_shop",
            PEOPLE.token("margaret"),
            Map.of("account", "acct_first", "paused", paused));
    assertThat(changed.status()).as(changed.text()).isEqualTo(200);
    GATEWAY.clock.advance(Duration.ofSeconds(2));
  }

  private static Map<String, Object> intent(String operation, String status) {
    return Map.of(
        "object",
        "payment_intent",
        "id",
        "pi_6081",
        "status",
        status,
        "amount",
        6_081L,
        "amount_received",
        status.equals("succeeded") ? 6_081L : 0L,
        "currency",
        "eur",
        "metadata",
        Map.of("operation", operation));
  }

  private static void event(String id, Map<String, Object> object) {
    Map<String, Object> event =
        Map.of(
            "id",
            id,
            "type",
            "payment_intent." + object.get("status"),
            "created",
            1_750_000_000L,
            "data",
            Map.of("object", object));
    Answer told =
        post(
            "/webhooks/stripe/acct_first/test/stripe_shop",
            FakeProvider.signature("acct_first", false, "stripe_shop"),
            Json.write(event));
    assertThat(told.status()).as(told.text()).isEqualTo(200);
  }
}
