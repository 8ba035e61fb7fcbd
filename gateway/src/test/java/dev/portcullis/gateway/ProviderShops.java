package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.provider.FakeProvider;
import dev.portcullis.wire.json.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** A gateway with accounts at Adyen and Stripe that tell of operations by themselves. */
abstract class ProviderShops {

  static final Gateway GATEWAY = new Gateway();
  static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);
  static final String SHOP = "/webhooks/adyen/acct_first/test/adyen_shop";
  static final String SIGNED = FakeProvider.signature("acct_first", false, "adyen_shop");

  static {
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
    String token = PEOPLE.token("margaret");
    for (String account : List.of("acct_first", "acct_second")) {
      add(token, account, "adyen_shop", "adyen");
    }
    add(token, "acct_first", "stripe_shop", "stripe");
    add(token, "acct_first", "adyen_second", "adyen");
    GATEWAY.provider.script("adyen.authorize", AdyenAnswers::authorised);
    GATEWAY.provider.script("adyen.capture", AdyenAnswers::received);
    GATEWAY.provider.script("adyen.refund", AdyenAnswers::received);
  }

  static void add(String token, String account, String name, String connector) {
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

  @AfterEach
  void theVaultIsBack() {
    GATEWAY.provider.failToVerify(null);
    GATEWAY.provider.script("adyen.capture", AdyenAnswers::received);
  }

  static Answer post(String path, String signature, byte[] body) {
    return GATEWAY.send(
        HttpRequest.newBuilder(URI.create(GATEWAY.base + path))
            .header(FakeProvider.SIGNATURE, signature)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  static Map<String, Object> item(
      String event, String operation, String psp, boolean success, long amount) {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("eventCode", event);
    item.put("merchantReference", operation);
    item.put("pspReference", psp);
    item.put("success", Boolean.toString(success));
    item.put("amount", Map.of("value", amount, "currency", "EUR"));
    return Map.of("NotificationRequestItem", item);
  }

  static byte[] body(List<Map<String, Object>> items) {
    return Json.write(Map.of("live", "false", "notificationItems", items));
  }

  /** Adyen tells of a modification by its own name and with the payment's reference. */
  static void tell(String event, String operation, boolean success, long amount) {
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

  static String pay(long amount) {
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

  static String capture(long amount) {
    String intent = pay(amount);
    Answer captured = GATEWAY.post("/v1/payment_intents/" + intent + "/capture");
    assertThat(captured.string("status")).as(captured.text()).isEqualTo("processing");
    return intent;
  }

  static String status(String intent) {
    return GATEWAY.get("/v1/payment_intents/" + intent).string("status");
  }

  static String operation(String object, String kind) {
    return GATEWAY.database.text(
        "SELECT id FROM provider_operations WHERE object = ? AND doc->>'kind' = ?"
            + " ORDER BY id DESC LIMIT 1",
        object,
        kind);
  }

  static long rows(String condition, Object... parameters) {
    return GATEWAY.database.number(
        "SELECT count(*) FROM provider_notifications WHERE " + condition, parameters);
  }

  static void eventually(String intent, String status) {
    Eventually.until(() -> status(intent).equals(status));
  }

  /** All that has come is worked on; the clock goes ahead for what waits. */
  static void quiet() {
    Eventually.asTimePasses(
        GATEWAY.clock, Duration.ofSeconds(20), () -> rows("due IS NOT NULL") == 0);
  }

  static long movements(String intent) {
    return GATEWAY.database.number(
        "SELECT count(*) FROM balance_transactions WHERE source ="
            + " (SELECT id FROM charges WHERE payment_intent = ?)",
        intent);
  }
}
