package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Payments at providers that want more than one request for one. */
class ProviderStepsTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);
  private static String token = "";

  @BeforeAll
  static void connect() {
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
    token = PEOPLE.token("margaret");
    for (String connector : List.of("adyen", "braintree", "paypal")) {
      Answer added =
          PEOPLE.call(
              "POST",
              "providers",
              token,
              Map.of(
                  "account",
                  "acct_first",
                  "name",
                  connector + "_shop",
                  "connector",
                  connector,
                  "paused",
                  true));
      assertThat(added.status()).as(added.text()).isEqualTo(200);
    }
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  /** New payments go to that one from now on. */
  private static void use(String name) {
    for (String each : List.of("adyen_shop", "braintree_shop", "paypal_shop")) {
      Map<String, Object> change = Map.of("account", "acct_first", "paused", !each.equals(name));
      Answer changed = PEOPLE.call("POST", "providers/" + each, token, change);
      if (changed.status() == 401) {
        // Another test has moved the clock past the session's end.
        token = PEOPLE.token("margaret");
        changed = PEOPLE.call("POST", "providers/" + each, token, change);
      }
      assertThat(changed.status()).as(changed.text()).isEqualTo(200);
    }
    GATEWAY.clock.advance(Duration.ofSeconds(2));
  }

  private static Answer pay(long amount, String... more) {
    String[] form =
        Gateway.payment(amount, "currency", "eur", "return_url", "https://shop.example/done");
    return GATEWAY.post("/v1/payment_intents", Gateway.both(form, more));
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return (Map<?, ?>) Objects.requireNonNull(value);
  }

  private static String returnUrl(Map<String, @Nullable Object> command) {
    return String.valueOf(map(command.get("body")).get("returnUrl"));
  }

  private static Map<String, Object> amount(Map<?, ?> body) {
    Map<?, ?> amount = map(body.get("amount"));
    return Map.of(
        "value", Objects.requireNonNull(amount.get("value")),
        "currency", Objects.requireNonNull(amount.get("currency")));
  }

  private static Map<String, Object> redirect(String psp, String operation, String url) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("pspReference", psp);
    body.put("merchantReference", operation);
    body.put("resultCode", "RedirectShopper");
    body.put("action", Map.of("type", "redirect", "method", "GET", "url", url));
    return body;
  }

  private static Answer open(String url) {
    String local = url.replaceFirst("^http://127\\.0\\.0\\.1(?=/)", GATEWAY.base.toString());
    return GATEWAY.send(HttpRequest.newBuilder(URI.create(local)));
  }

  @Test
  void whatTheShopperBroughtCompletesThePayment() {
    use("adyen_shop");
    AtomicInteger completed = new AtomicInteger();
    StringBuilder back = new StringBuilder();
    StringBuilder operation = new StringBuilder();
    Map<String, Object> asked = new LinkedHashMap<>();
    GATEWAY.provider.script(
        "adyen.authorize",
        command -> {
          back.append(returnUrl(command));
          operation.append(command.get("operation_id"));
          asked.putAll(amount(map(command.get("body"))));
          return redirect("PSP5101", operation.toString(), "https://issuer.example/one");
        });
    GATEWAY.provider.script(
        "adyen.complete",
        command -> {
          String result =
              String.valueOf(map(map(command.get("body")).get("details")).get("redirectResult"));
          if (completed.incrementAndGet() == 1) {
            assertThat(result).isEqualTo("first");
            return redirect("PSP5101", operation.toString(), "https://issuer.example/two");
          }
          assertThat(result).isEqualTo("second");
          return Map.of(
              "pspReference",
              "PSP5102",
              "merchantReference",
              operation.toString(),
              "resultCode",
              "Authorised",
              "amount",
              asked);
        });
    Answer begun = pay(5_101);
    assertThat(begun.string("status")).as(begun.text()).isEqualTo("requires_action");
    assertThat(begun.text()).contains("https://issuer.example/one");
    String intent = "/v1/payment_intents/" + begun.string("id");

    Answer further = open(back + "?redirectResult=first");
    assertThat(further.status()).as(further.text()).isEqualTo(303);
    assertThat(further.header("Location")).isEqualTo("https://issuer.example/two");
    assertThat(GATEWAY.get(intent).string("status")).isEqualTo("requires_action");

    Answer done = open(back + "?redirectResult=second");
    assertThat(done.header("Location"))
        .startsWith("https://shop.example/done?")
        .endsWith("redirect_status=succeeded");
    assertThat(GATEWAY.get(intent).string("status")).isEqualTo("succeeded");

    // The page loaded once more asks nobody for anything.
    assertThat(open(back + "?redirectResult=second").header("Location"))
        .endsWith("redirect_status=succeeded");
    assertThat(completed).hasValue(2);
    assertThat(GATEWAY.provider.requests(operation.toString())).hasSize(1);
  }

  /** Whoever only opens the address has brought nothing, and must not end the challenge. */
  @Test
  void whoBringsNothingCompletesNothing() {
    use("adyen_shop");
    AtomicInteger completed = new AtomicInteger();
    StringBuilder back = new StringBuilder();
    GATEWAY.provider.script(
        "adyen.authorize",
        command -> {
          back.append(returnUrl(command));
          return redirect(
              "PSP5131", String.valueOf(command.get("operation_id")), "https://issuer.example/y");
        });
    GATEWAY.provider.script(
        "adyen.complete",
        command -> {
          completed.incrementAndGet();
          return null;
        });
    Answer begun = pay(5_131);
    for (String query : List.of("", "?redirectResult=", "?other=1")) {
      assertThat(open(back + query).header("Location")).endsWith("redirect_status=pending");
    }
    assertThat(completed).hasValue(0);
    assertThat(GATEWAY.get("/v1/payment_intents/" + begun.string("id")).string("status"))
        .isEqualTo("requires_action");
  }

  @Test
  void aPaymentThatWasGivenUpIsNotCompleted() {
    use("adyen_shop");
    AtomicInteger completed = new AtomicInteger();
    StringBuilder back = new StringBuilder();
    GATEWAY.provider.script(
        "adyen.authorize",
        command -> {
          back.append(returnUrl(command));
          return redirect(
              "PSP5111", String.valueOf(command.get("operation_id")), "https://issuer.example/x");
        });
    GATEWAY.provider.script(
        "adyen.complete",
        command -> {
          completed.incrementAndGet();
          return null;
        });
    Answer begun = pay(5_111);
    assertThat(
            GATEWAY.post("/v1/payment_intents/" + begun.string("id") + "/cancel").string("status"))
        .isEqualTo("canceled");
    assertThat(open(back + "?redirectResult=late").header("Location"))
        .endsWith("redirect_status=failed");
    assertThat(completed).hasValue(0);
  }

  /** What tells whether it is one payment or two: the request, once it is known, never changes. */
  @Test
  void whatWasPreparedIsSentByteForByteAndPreparedNoMore() {
    use("braintree_shop");
    AtomicInteger tokens = new AtomicInteger();
    AtomicInteger charges = new AtomicInteger();
    GATEWAY.provider.script(
        "braintree.tokenize",
        command -> {
          assertThat(command.get("idempotency_key")).isNull();
          assertThat(String.valueOf(command.get("operation_id"))).startsWith("prep_op_");
          int number = tokens.incrementAndGet();
          return number == 1
              ? null
              : Map.of(
                  "data",
                  Map.of(
                      "tokenizeCreditCard",
                      Map.of("paymentMethod", Map.of("id", "tokencc_" + number))));
        });
    GATEWAY.provider.script(
        "braintree.charge_eur",
        command -> charges.incrementAndGet() == 1 ? null : charged(command));
    Answer begun = pay(5_121);
    String intent = "/v1/payment_intents/" + begun.string("id");
    assertThat(begun.string("status")).as("nothing was sent yet").isEqualTo("processing");
    Eventually.until(() -> charges.get() >= 1);
    String operation =
        GATEWAY.database.text(
            "SELECT id FROM provider_operations WHERE object = ?", begun.string("id"));
    // Nothing is found, so it is sent again once it can no longer be under way.
    GATEWAY.provider.script(
        "braintree.transactions",
        command ->
            Map.of("data", Map.of("search", Map.of("transactions", Map.of("edges", List.of())))));
    Eventually.asTimePasses(
        GATEWAY.clock,
        Duration.ofMinutes(3),
        () -> GATEWAY.get(intent).string("status").equals("succeeded"));
    assertThat(tokens).as("a token is asked for until there is one").hasValue(2);
    List<String> sent = GATEWAY.provider.requests(operation);
    assertThat(sent).hasSizeGreaterThan(1);
    assertThat(sent.stream().distinct()).as("byte for byte").hasSize(1);
    assertThat(sent.getFirst()).contains("tokencc_2");
  }

  /** Whoever knows nothing of it says so after a quarter of an hour; nobody was charged. */
  @Test
  void whatCouldNotBePreparedIsGivenUpOnceTheProviderHasNothingOfIt() {
    use("braintree_shop");
    Answer begun = neverPrepared(5_141, List.of());
    GATEWAY.clock.advance(Duration.ofMinutes(20));
    Eventually.asTimePasses(
        GATEWAY.clock,
        Duration.ofMinutes(1),
        () -> GATEWAY.get(intent(begun)).string("status").equals("requires_confirmation"));
    Map<?, ?> error = map(GATEWAY.get(intent(begun)).body().get("last_payment_error"));
    assertThat(String.valueOf(error.get("message"))).contains("Nothing was charged");
  }

  /** A gateway that was set back remembers a preparation only, and its provider the payment. */
  @Test
  void whatTheProviderHasIsNotGivenUp() {
    use("braintree_shop");
    Answer begun = neverPrepared(5_142, List.of("51.42"));
    GATEWAY.clock.advance(Duration.ofMinutes(20));
    Eventually.asTimePasses(
        GATEWAY.clock,
        Duration.ofMinutes(1),
        () -> GATEWAY.get(intent(begun)).string("status").equals("succeeded"));
  }

  /** A provider that does not answer may have it. */
  @Test
  void whatNobodyCanBeAskedOfIsNotGivenUp() {
    use("braintree_shop");
    Answer begun = neverPrepared(5_143, List.of());
    AtomicInteger looks = new AtomicInteger();
    GATEWAY.provider.script(
        "braintree.transactions",
        command -> {
          looks.incrementAndGet();
          return null;
        });
    GATEWAY.clock.advance(Duration.ofMinutes(20));
    Eventually.asTimePasses(GATEWAY.clock, Duration.ofMinutes(1), () -> looks.get() > 2);
    assertThat(GATEWAY.get(intent(begun)).string("status")).isEqualTo("processing");
  }

  /** A vault whose database is away says nothing of the provider that it could not ask. */
  @Test
  void whatTheVaultCouldNotDoKeepsNoProviderOutOfTheRoute() {
    use("braintree_shop");
    AtomicBoolean away = new AtomicBoolean(true);
    GATEWAY.provider.instead(
        "braintree.tokenize",
        () -> away.get() ? Map.of("outcome", "not_sent", "reason", "database") : null);
    for (int i = 0; i < 8; i++) {
      assertThat(pay(5_151).string("status")).isEqualTo("processing");
    }
    away.set(false);
    assertThat(
            GATEWAY
                .context
                .getBean(MeterRegistry.class)
                .get("portcullis.routing.circuits.open")
                .gauge()
                .value())
        .isZero();
  }

  private static String intent(Answer begun) {
    return "/v1/payment_intents/" + begun.string("id");
  }

  /** A payment whose token never comes, at a provider that has transactions of those amounts. */
  private static Answer neverPrepared(long amount, List<String> known) {
    GATEWAY.provider.script("braintree.tokenize", command -> null);
    GATEWAY.provider.script("braintree.charge_eur", command -> Map.of());
    Answer begun = pay(amount);
    assertThat(begun.string("status")).isEqualTo("processing");
    String operation =
        GATEWAY.database.text(
            "SELECT id FROM provider_operations WHERE object = ?", begun.string("id"));
    GATEWAY.provider.script(
        "braintree.transactions",
        command ->
            Map.of(
                "data",
                Map.of(
                    "search",
                    Map.of(
                        "transactions",
                        Map.of(
                            "edges",
                            known.stream()
                                .map(value -> Map.of("node", transaction(operation, value)))
                                .toList())))));
    return begun;
  }

  private static Map<String, Object> transaction(String operation, String value) {
    return Map.of(
        "id",
        "dHJhbnNhY3Rpb24",
        "orderId",
        operation,
        "status",
        "SUBMITTED_FOR_SETTLEMENT",
        "amount",
        Map.of("value", value, "currencyCode", "EUR"));
  }

  private static Map<String, Object> charged(Map<String, @Nullable Object> command) {
    String id = String.valueOf(command.get("operation_id"));
    Map<String, Object> charge =
        Map.of("clientMutationId", id, "transaction", transaction(id, "51.21"));
    return Map.of("data", Map.of("chargeCreditCard", charge));
  }

  /** The name that the preparation told is enough to ask by: nothing is sent twice. */
  @Test
  void whatWasPreparedIsAskedForByItsNameWhenItsAnswerIsLost() {
    use("paypal_shop");
    AtomicInteger sent = new AtomicInteger();
    Order order = new Order("ORD5141", "51.41");
    GATEWAY.provider.script("paypal.create_to_pay", order::made);
    GATEWAY.provider.script(
        "paypal.pay",
        command -> {
          sent.incrementAndGet();
          assertThat(map(command.get("path")).get("order")).isEqualTo("ORD5141");
          order.status = "COMPLETED";
          return null;
        });
    GATEWAY.provider.script("paypal.order", _ -> order.shown());
    Answer begun = pay(5_141);
    assertThat(begun.string("status")).as(begun.text()).isEqualTo("processing");
    eventually(begun, "succeeded");
    assertThat(sent).hasValue(1);
  }

  /** Whoever closes the page after the challenge has done all that was asked of them. */
  @Test
  void aPaymentGoesOnWhoseShopperDoesNotComeBack() {
    use("paypal_shop");
    AtomicInteger completed = new AtomicInteger();
    Order order = new Order("ORD5151", "51.51");
    GATEWAY.provider.script("paypal.create_to_pay", order::made);
    GATEWAY.provider.script(
        "paypal.pay",
        _ -> {
          order.status = "PAYER_ACTION_REQUIRED";
          return order.shown();
        });
    GATEWAY.provider.script("paypal.order", _ -> order.shown());
    GATEWAY.provider.script(
        "paypal.complete_pay",
        _ -> {
          completed.incrementAndGet();
          order.status = "COMPLETED";
          return order.shown();
        });
    Answer begun = pay(5_151);
    assertThat(begun.string("status")).as(begun.text()).isEqualTo("requires_action");
    order.looks.set(0);
    GATEWAY.clock.advance(Duration.ofMinutes(1));
    Eventually.until(() -> order.looks.get() > 0);
    assertThat(completed).as("the shopper has not been there").hasValue(0);
    order.status = "APPROVED";
    eventually(begun, "succeeded");
    assertThat(completed).hasValue(1);
  }

  private static void eventually(Answer begun, String status) {
    Eventually.asTimePasses(
        GATEWAY.clock,
        Duration.ofSeconds(5),
        () ->
            GATEWAY
                .get("/v1/payment_intents/" + begun.string("id"))
                .string("status")
                .equals(status));
  }

  /** An order at PayPal. */
  private static final class Order {
    private final String id;
    private final String value;
    private final AtomicInteger looks = new AtomicInteger();
    private volatile String status = "CREATED";
    private volatile String operation = "";

    Order(String id, String value) {
      this.id = id;
      this.value = value;
    }

    Map<String, Object> made(Map<String, @Nullable Object> command) {
      List<?> units =
          (List<?>) Objects.requireNonNull(map(command.get("body")).get("purchase_units"));
      operation = String.valueOf(map(units.getFirst()).get("custom_id"));
      return shown();
    }

    Map<String, Object> shown() {
      looks.incrementAndGet();
      Map<String, Object> unit = new LinkedHashMap<>(Map.of("custom_id", operation));
      Map<String, Object> shown = new LinkedHashMap<>(Map.of("id", id, "status", status));
      if (status.equals("PAYER_ACTION_REQUIRED")) {
        shown.put(
            "links", List.of(Map.of("rel", "payer-action", "href", "https://issuer.example/z")));
      }
      if (status.equals("APPROVED")) {
        shown.put(
            "payment_source",
            Map.of(
                "card",
                Map.of(
                    "authentication_result",
                    Map.of(
                        "liability_shift",
                        "POSSIBLE",
                        "three_d_secure",
                        Map.of("enrollment_status", "Y", "authentication_status", "Y")))));
      }
      if (status.equals("COMPLETED")) {
        Map<String, Object> capture =
            Map.of(
                "id",
                "CAP" + id,
                "status",
                "COMPLETED",
                "invoice_id",
                operation,
                "amount",
                Map.of("currency_code", "EUR", "value", value));
        unit.put("payments", Map.of("captures", List.of(capture)));
      }
      shown.put("purchase_units", List.of(unit));
      return shown;
    }
  }
}
