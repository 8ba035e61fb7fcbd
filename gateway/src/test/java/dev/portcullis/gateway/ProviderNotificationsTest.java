package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.notifications.RegistrationWatch;
import dev.portcullis.gateway.provider.FakeProvider;
import dev.portcullis.gateway.store.Purge;
import dev.portcullis.wire.json.Json;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What providers tell by themselves, and what a stranger says in their name. */
class ProviderNotificationsTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);
  private static final String SHOP = "/webhooks/adyen/acct_first/test/adyen_shop";
  private static final String SIGNED = FakeProvider.signature("acct_first", false, "adyen_shop");

  @BeforeAll
  static void connect() {
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
    String token = PEOPLE.token("margaret");
    for (String account : List.of("acct_first", "acct_second")) {
      add(token, account, "adyen_shop", "adyen");
    }
    add(token, "acct_first", "stripe_shop", "stripe");
    add(token, "acct_first", "adyen_second", "adyen");
    GATEWAY.provider.script("adyen.authorize", ProviderNotificationsTest::authorised);
    GATEWAY.provider.script("adyen.capture", ProviderNotificationsTest::received);
    GATEWAY.provider.script("adyen.refund", ProviderNotificationsTest::received);
  }

  private static void add(String token, String account, String name, String connector) {
    Map<String, Object> body =
        Map.of(
            "account",
            account,
            "name",
            name,
            "connector",
            connector,
            "place",
            name.equals("adyen_shop") ? 1 : name.equals("stripe_shop") ? 2 : 3);
    Answer added = PEOPLE.call("POST", "providers", token, body);
    assertThat(added.status()).as(added.text()).isEqualTo(200);
    assertThat(added.string("notifications_url"))
        .isEqualTo("http://127.0.0.1/webhooks/" + connector + "/" + account + "/test/" + name);
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  @AfterEach
  void theVaultIsBack() {
    GATEWAY.provider.failToVerify(null);
    GATEWAY.provider.script("adyen.capture", ProviderNotificationsTest::received);
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return (Map<?, ?>) Objects.requireNonNull(value);
  }

  private static Object amount(Map<String, @Nullable Object> command) {
    return Objects.requireNonNull(map(command.get("body")).get("amount"));
  }

  private static Map<String, Object> authorised(Map<String, @Nullable Object> command) {
    String id = String.valueOf(command.get("operation_id"));
    return Map.of(
        "pspReference",
        "PSP" + id.substring(3),
        "merchantReference",
        id,
        "resultCode",
        "Authorised",
        "amount",
        amount(command));
  }

  private static Map<String, Object> received(Map<String, @Nullable Object> command) {
    String id = String.valueOf(command.get("operation_id"));
    return Map.of(
        "pspReference",
        "MOD" + id.substring(3),
        "paymentPspReference",
        Objects.requireNonNull(map(command.get("path")).get("payment")),
        "reference",
        id,
        "status",
        "received",
        "amount",
        amount(command));
  }

  private static Answer post(String path, String signature, byte[] body) {
    return GATEWAY.send(
        HttpRequest.newBuilder(URI.create(GATEWAY.base + path))
            .header(FakeProvider.SIGNATURE, signature)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  private static Map<String, Object> item(
      String event, String operation, String psp, boolean success, long amount) {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("eventCode", event);
    item.put("merchantReference", operation);
    item.put("pspReference", psp);
    item.put("success", Boolean.toString(success));
    item.put("amount", Map.of("value", amount, "currency", "EUR"));
    return Map.of("NotificationRequestItem", item);
  }

  private static byte[] body(List<Map<String, Object>> items) {
    return Json.write(Map.of("live", "false", "notificationItems", items));
  }

  /** Adyen tells of a modification by its own name and with the payment's reference. */
  private static void tell(String event, String operation, boolean success, long amount) {
    Answer told =
        post(
            SHOP,
            SIGNED,
            body(
                List.of(
                    item(
                        event,
                        "op_0000000000000000000000",
                        "MOD" + operation.substring(3),
                        success,
                        amount))));
    assertThat(told.status()).as(told.text()).isEqualTo(200);
    assertThat(told.text()).isEqualTo("[accepted]");
  }

  private static String pay(long amount) {
    Answer paid =
        GATEWAY.post(
            "/v1/payment_intents",
            "amount",
            Long.toString(amount),
            "currency",
            "eur",
            "payment_method",
            "pm_card_visa",
            "confirm",
            "true",
            "capture_method",
            "manual",
            "return_url",
            "https://shop.example/done");
    assertThat(paid.string("status")).as(paid.text()).isEqualTo("requires_capture");
    return paid.string("id");
  }

  private static String capture(long amount) {
    String intent = pay(amount);
    Answer captured = GATEWAY.post("/v1/payment_intents/" + intent + "/capture");
    assertThat(captured.string("status")).as(captured.text()).isEqualTo("processing");
    return intent;
  }

  private static String status(String intent) {
    return GATEWAY.get("/v1/payment_intents/" + intent).string("status");
  }

  private static String operation(String object, String kind) {
    return GATEWAY.database.text(
        "SELECT id FROM provider_operations WHERE object = ? AND doc->>'kind' = ?"
            + " ORDER BY id DESC LIMIT 1",
        object,
        kind);
  }

  private static long rows(String condition, Object... parameters) {
    return GATEWAY.database.number(
        "SELECT count(*) FROM provider_notifications WHERE " + condition, parameters);
  }

  private static void eventually(String intent, String status) {
    Eventually.until(() -> status(intent).equals(status));
  }

  /** All that has come is worked on; the clock goes ahead for what waits. */
  private static void quiet() {
    Eventually.asTimePasses(
        GATEWAY.clock, Duration.ofSeconds(20), () -> rows("due IS NOT NULL") == 0);
  }

  private static long movements(String intent) {
    return GATEWAY.database.number(
        "SELECT count(*) FROM balance_transactions WHERE source ="
            + " (SELECT id FROM charges WHERE payment_intent = ?)",
        intent);
  }

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
          return received(command);
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
    Eventually.asTimePasses(
        GATEWAY.clock, Duration.ofSeconds(5), () -> status(paid.string("id")).equals("succeeded"));
    GATEWAY.provider.script("adyen.authorize", ProviderNotificationsTest::authorised);
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
          back.set(String.valueOf(map(command.get("body")).get("returnUrl")));
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
    GATEWAY.provider.script("adyen.authorize", ProviderNotificationsTest::authorised);
    assertThat(paid.string("status")).as(paid.text()).isEqualTo("requires_action");
    String url = back.get().replaceFirst("^http://127\\.0\\.0\\.1(?=/)", GATEWAY.base.toString());
    GATEWAY.send(HttpRequest.newBuilder(URI.create(url + "?redirectResult=yes")));
    assertThat(status(paid.string("id"))).isEqualTo("processing");
    byte[] told = body(List.of(item("AUTHORISATION", first.get(), "PSP6048", true, 6_048)));
    assertThat(post(SHOP, SIGNED, told).status()).isEqualTo(200);
    Eventually.asTimePasses(
        GATEWAY.clock, Duration.ofSeconds(5), () -> status(paid.string("id")).equals("succeeded"));
    assertThat(movements(paid.string("id"))).isEqualTo(1);
  }

  @Test
  void whatIsOldIsForgotten() throws SQLException {
    assertThat(post(SHOP, SIGNED, Json.write(Map.of("no", "items"))).status()).isEqualTo(200);
    quiet();
    GATEWAY.database.execute(
        "UPDATE provider_notifications SET created = now() - interval '91 days'");
    GATEWAY.context.getBean(Purge.class).round();
    assertThat(rows("true")).isZero();
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

  @Test
  void whatAnotherAccountOrAnotherProviderIsToldFindsNothing() {
    String intent = capture(6_061);
    String operation = operation(intent, "CAPTURE");
    byte[] told =
        body(List.of(item("CAPTURE", operation, "MOD" + operation.substring(3), true, 6_061)));
    String path = "/webhooks/adyen/acct_second/test/adyen_shop";
    assertThat(post(path, SIGNED, told).status()).as("signed for the first").isEqualTo(400);
    String signed = FakeProvider.signature("acct_second", false, "adyen_shop");
    assertThat(post(path, signed, told).status()).isEqualTo(200);
    String second = FakeProvider.signature("acct_first", false, "adyen_second");
    assertThat(post("/webhooks/adyen/acct_first/test/adyen_second", second, told).status())
        .isEqualTo(200);
    String others = "(account = 'acct_second' OR provider = 'adyen_second')";
    Eventually.until(() -> rows(others + " AND tries > 0") == 2);
    GATEWAY.clock.advance(Duration.ofHours(1));
    Eventually.until(() -> rows(others + " AND state = 'unmatched'") == 2);
    assertThat(status(intent)).isEqualTo("processing");
  }

  @Test
  void whateverIsWrongHasOneAnswerAndLeavesNothing() {
    byte[] told = body(List.of(item("CAPTURE", "op_1", "MOD1", true, 1)));
    long before = rows("true");
    List<Answer> refused =
        List.of(
            post(SHOP, "", told),
            post(SHOP, "acct_first false other_shop", told),
            post("/webhooks/adyen/acct_nobody/test/adyen_shop", SIGNED, told),
            post("/webhooks/adyen/acct_first/test/nothing", SIGNED, told),
            post("/webhooks/adyen/acct_first/live/adyen_shop", SIGNED, told),
            post("/webhooks/stripe/acct_first/test/adyen_shop", SIGNED, told),
            post("/webhooks/sandbox/acct_first/test/sandbox", SIGNED, told),
            post("/webhooks/adyen/acct_first/test/adyen_shop/more", SIGNED, told),
            post("/webhooks/", SIGNED, told),
            post(SHOP, SIGNED, new byte[2 << 20]),
            post(SHOP, SIGNED, "{\"notificationItems\"".getBytes(StandardCharsets.UTF_8)));
    for (Answer answer : refused) {
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text()).isEqualTo(refused.getFirst().text());
    }
    assertThat(refused.getFirst().error()).containsEntry("type", "invalid_request_error");
    GATEWAY.provider.failToVerify(404);
    assertThat(post(SHOP, SIGNED, told).status()).isEqualTo(400);
    assertThat(rows("true")).isEqualTo(before);
  }

  @Test
  void whileTheVaultCannotVerifyTheProviderSendsAgain() {
    String intent = capture(6_071);
    String operation = operation(intent, "CAPTURE");
    byte[] told =
        body(List.of(item("CAPTURE", operation, "MOD" + operation.substring(3), true, 6_071)));
    GATEWAY.provider.failToVerify(503);
    assertThat(post(SHOP, SIGNED, told).status()).isEqualTo(503);
    assertThat(status(intent)).isEqualTo("processing");
    GATEWAY.provider.failToVerify(null);
    assertThat(post(SHOP, SIGNED, told).status()).isEqualTo(200);
    eventually(intent, "succeeded");
  }

  @Test
  void whatIsNotUnderstoodIsAcknowledgedAndLeftOnce() {
    long before = rows("state = 'left'");
    for (int i = 0; i < 2; i++) {
      assertThat(post(SHOP, SIGNED, body(List.of())).status()).isEqualTo(200);
    }
    assertThat(rows("state = 'left'") - before).isEqualTo(1);
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

  @Test
  void whoeverDoesNotSendHereAnyMoreIsNoticed() {
    RegistrationWatch watch = GATEWAY.context.getBean(RegistrationWatch.class);
    GATEWAY.provider.registrations.putAll(
        Map.of("adyen_shop", "registered", "stripe_shop", "not_there", "adyen_second", "inactive"));
    watch.round();
    assertThat(GATEWAY.provider.askedFor)
        .containsEntry(
            "stripe_shop",
            "acct_first http://127.0.0.1/webhooks/stripe/acct_first/test/stripe_shop");
    assertThat(unregistered()).isEqualTo(2);
    GATEWAY.provider.registrations.put("adyen_shop", "half_registered");
    watch.round();
    assertThat(unregistered()).as("two accounts' whose secret is not kept").isEqualTo(4);
    GATEWAY.provider.registrations.putAll(
        Map.of("adyen_shop", "registered", "stripe_shop", "by_hand", "adyen_second", "failed"));
    watch.round();
    assertThat(unregistered()).as("nobody says that it is not").isZero();
    GATEWAY.provider.registrations.clear();
    watch.round();
    assertThat(unregistered()).as("the vault knows none of them").isZero();
  }

  private static double unregistered() {
    return GATEWAY
        .context
        .getBean(MeterRegistry.class)
        .get("portcullis.notifications.unregistered")
        .gauge()
        .value();
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
