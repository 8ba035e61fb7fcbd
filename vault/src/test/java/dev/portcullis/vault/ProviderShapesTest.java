package dev.portcullis.vault;

import static dev.portcullis.vault.RunningVault.VISA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.RunningVault.Got;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Requests in the shapes that real providers' APIs have, as they arrive there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProviderShapesTest {

  private static final String LOGIN = "login \"of\" acme/\u00fc";
  private static final String KEY = "k3y+of acme & \u20acsons";
  private static final AtomicInteger OPERATION = new AtomicInteger();

  private static final String FORMED =
      """
      {"provider":"formed","mode":"test","origin":"https://localhost:PORT","allow_loopback":true,
       "credential":{"header":"Authorization","format":"Bearer {{secret}}","secret":"secret://formed-key"},
       "headers":{"Acme-Version":"2026-10-28"},
       "operations":{
        "pay":{"method":"POST","path":"/v1/payments","idempotency_header":"Idempotency-Key",
         "headers":{"Prefer":"return=representation"},
         "encoding":"form","fixed":{"/capture":false},
         "slots":{"/data/card/number":"card.number","/data/card/exp_month":"card.exp_month",
          "/data/card/exp_year":"card.exp_year","/data/card/expiry":"card.exp as mm/yyyy","/data/card/cvc":"card.cvc?"},
         "answer":["/id","/note","/errors/-/code"],
         "definite":[{"pointer":"/status","values":["done"]},{"pointer":"/errors/-/code","values":["declined"]}]},
        "find":{"method":"GET","path":"/v1/payments/search",
         "query":{"query":"metadata['operation']:'{id}'","limit":"1"},"answer":["/data/-/id"]}}}
      """;

  private static final String ENVELOPED =
      """
      {"provider":"enveloped","mode":"test","origin":"https://localhost:PORT","allow_loopback":true,
       "credential":{"kind":"body","members":{"/merchantAuthentication/name":"secret://enveloped-login",
        "/merchantAuthentication/transactionKey":"secret://enveloped-key"}},
       "probe":"ping",
       "operations":{
        "ping":{"method":"POST","path":"/api","envelope":"authenticateTestRequest","answer":[],
         "definite":{"pointer":"/messages/resultCode","values":["Ok"]}},
        "pay":{"method":"POST","path":"/api","envelope":"createTransactionRequest",
         "fixed":{"/transactionRequest/transactionType":"authOnlyTransaction"},
         "slots":{"/transactionRequest/card/number":"card.number",
          "/transactionRequest/card/expiry":"card.exp as yyyy-mm",
          "/transactionRequest/card/month":"card.exp_month as number","/transactionRequest/card/year":"card.exp_year as number"},
         "answer":["/note","/messages/-/text"]}}}
      """;

  private RunningVault vault;
  private Administrators people;
  private String card;

  @BeforeAll
  void start(@TempDir Path home) throws IOException {
    TestDatabase.shared().execute("truncate pending_change, provider_secret, forward_policy");
    vault = new RunningVault(home);
    people = Administrators.of(vault, "ann");
    people.add("bob", "administrator", "ann");
    vault.clock.advance(Duration.ofHours(25));
    String ann = people.token("ann");
    enter(ann, "formed", "formed-key", KEY.replaceAll("[^a-z0-9]", "-"));
    enter(ann, "enveloped", "enveloped-login", LOGIN);
    enter(ann, "enveloped", "enveloped-key", KEY);
    install(ann, "formed", FORMED);
    install(ann, "enveloped", ENVELOPED);
    card = vault.paymentMethod(VISA);
  }

  private void enter(String token, String provider, String name, String value) {
    Map<String, Object> body = new HashMap<>();
    body.put("name", name);
    body.put("value", value);
    body.put("account", vault.account);
    body.put("livemode", false);
    body.put("provider_account", provider);
    body.put("host", "localhost:" + vault.provider.port());
    Got entered = people.post("secrets", token, body);
    assertThat(entered.status()).as(entered.json().toString()).isEqualTo(200);
  }

  private void install(String token, String name, String policy) {
    Got change =
        people.post(
            "policies",
            token,
            Map.of("name", name, "policy", policy.replace("PORT", "" + vault.provider.port())));
    Got applied =
        people.post(
            "changes/" + change.text("id") + "/confirm",
            people.token("bob"),
            Map.of("hash", change.text("hash")));
    assertThat(applied.text("status")).as(change.json().toString()).isEqualTo("applied");
  }

  @AfterAll
  void stop() {
    vault.close();
    TestDatabase.shared().execute("truncate pending_change, provider_secret, forward_policy");
  }

  @BeforeEach
  void answerNothing() {
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of()));
  }

  private Got forward(
      String provider, String operation, @Nullable Object body, Map<String, String> path) {
    Map<String, Object> command = new HashMap<>();
    command.put("operation", operation);
    command.put("operation_id", "op_shape_" + OPERATION.incrementAndGet());
    command.put("account", vault.account);
    command.put("livemode", false);
    command.put("provider_account", provider);
    command.put("token", card);
    command.put("timeout_ms", 60_000);
    command.put("path", path);
    command.put("idempotency_key", "key-1");
    if (body != null) {
      command.put("body", body);
    }
    Got got = vault.call("/internal/v1/forward", command);
    assertThat(got.status()).as(got.json().toString()).isEqualTo(200);
    return got;
  }

  private static Map<String, Object> slots(String... names) {
    Map<String, Object> slots = new LinkedHashMap<>();
    for (int at = 0; at < names.length; at += 2) {
      slots.put(names[at], "{{card." + names[at + 1] + "}}");
    }
    return slots;
  }

  private Got payByForm() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("amount", 1999);
    body.put(
        "data",
        Map.of(
            "card",
            slots(
                "number",
                "number",
                "exp_month",
                "exp_month",
                "exp_year",
                "exp_year",
                "expiry",
                "exp",
                "cvc",
                "cvc")));
    body.put("metadata", Map.of("what_why", "{{literal}}{{card.cvc}} = 1"));
    return forward("formed", "pay", body, Map.of());
  }

  @Test
  void aFormArrivesAsStripeReadsIt() {
    card = vault.paymentMethod(VISA);
    payByForm();
    var received = vault.provider.received.getLast();
    assertThat(received.body())
        .isEqualTo(
            "capture=false&amount=1999&data[card][number]="
                + VISA
                + "&data[card][exp_month]=12&data[card][exp_year]=2034&data[card][expiry]=12%2F2034"
                + "&data[card][cvc]=123&metadata[what_why]=%7B%7Bcard.cvc%7D%7D%20%3D%201");
    assertThat(received.headers())
        .containsEntry("Content-Type", "application/x-www-form-urlencoded")
        .containsEntry("Acme-Version", "2026-10-28")
        .containsEntry("Prefer", "return=representation")
        .containsEntry("Idempotency-Key", "key-1")
        .containsEntry("Accept", "application/json");
  }

  @Test
  void aDeclineInAListIsDefinite() {
    card = vault.paymentMethod(VISA);
    vault.provider.behave(
        e ->
            FakeProvider.answer(
                e,
                402,
                Map.of("errors", List.of(Map.of("code", "x"), Map.of("code", "declined")))));
    assertThat(payByForm().at("body.errors"))
        .isEqualTo(List.of(Map.of("code", "x"), Map.of("code", "declined")));
    payByForm();
    assertThat(vault.provider.received.getFirst().body()).contains("[cvc]=123");
    assertThat(vault.provider.received.getLast().body()).contains(VISA).doesNotContain("[cvc]");
  }

  @Test
  void aFormThatComesBackIsScrubbed() {
    for (String echo :
        List.of(
            "data[card][number]=" + VISA,
            "data%5Bcard%5D%5Bnumber%5D%3D" + VISA,
            "number=4242+4242+4242+4242",
            "number=%34%32%34%32%34%32%34%32%34%32%34%32%34%32%34%32")) {
      vault.provider.behave(e -> FakeProvider.answer(e, 400, Map.of("id", "p_1", "note", echo)));
      Got got = payByForm();
      assertThat(got.text("body.id")).isEqualTo("p_1");
      assertThat(got.text("body.note")).as(echo).contains("[REDACTED]");
      assertThat(got.json().toString()).doesNotContain(VISA, "4242+4242");
    }
  }

  @Test
  void aQueryArrivesEncoded() {
    forward("formed", "find", null, Map.of("id", "op_9"));
    var received = vault.provider.received.getLast();
    assertThat(received.path()).isEqualTo("/v1/payments/search");
    assertThat(received.query())
        .isEqualTo("query=metadata%5B%27operation%27%5D%3A%27op_9%27&limit=1");
    assertThat(received.body()).isEmpty();
    assertThat(received.headers())
        .containsEntry("Acme-Version", "2026-10-28")
        .doesNotContainKeys("Content-Type", "Prefer", "Idempotency-Key");
  }

  private Got payInEnvelope() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("refId", "op_1");
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("amount", "5.00");
    request.put(
        "card",
        slots("number", "number", "expiry", "exp", "month", "exp_month", "year", "exp_year"));
    body.put("transactionRequest", request);
    return forward("enveloped", "pay", body, Map.of());
  }

  @Test
  void credentialsAndFixedMembersComeFirst() {
    payInEnvelope();
    var received = vault.provider.received.getLast();
    assertThat(received.body())
        .isEqualTo(
            "{\"createTransactionRequest\":{\"merchantAuthentication\":{\"name\":\"login"
                + " \\\"of\\\" acme/\u00fc\",\"transactionKey\":\"k3y+of acme & \u20acsons\"},"
                + "\"refId\":\"op_1\",\"transactionRequest\":{\"transactionType\":"
                + "\"authOnlyTransaction\",\"amount\":\"5.00\",\"card\":{\"number\":\""
                + VISA
                + "\",\"expiry\":\"2034-12\",\"month\":12,\"year\":2034}}}}");
    assertThat(received.headers())
        .containsEntry("Content-Type", "application/json")
        .doesNotContainKey("Authorization");
  }

  @Test
  void credentialsOfTheBodyAreScrubbedInEveryEncoding() {
    for (String secret : List.of(LOGIN, KEY)) {
      for (String echo :
          List.of(
              secret,
              URLEncoder.encode(secret, StandardCharsets.UTF_8),
              URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("+", "%20"),
              secret.replace("&", "%26").replace("\"", "%22").replace("+", "%2b"),
              java.util.Base64.getEncoder()
                  .encodeToString(secret.getBytes(StandardCharsets.UTF_8)))) {
        vault.provider.behave(
            e ->
                FakeProvider.answer(
                    e,
                    200,
                    Map.of("note", "is " + echo, "messages", List.of(Map.of("text", echo)))));
        Got got = payInEnvelope();
        assertThat(got.text("body.note")).as(echo).contains("[REDACTED]").doesNotContain(echo);
        assertThat(got.at("body.messages")).asString().doesNotContain(echo);
      }
    }
  }

  /** RFC 8259, 8.1: not to be written, and to be read over where it is. */
  @Test
  void anAnswerMayBeginWithAByteOrderMark() {
    vault.provider.behave(
        e -> {
          byte[] json = "\ufeff{\"note\":\"read\"}".getBytes(StandardCharsets.UTF_8);
          e.getResponseHeaders().add("Content-Type", "application/json; charset=utf-8");
          e.sendResponseHeaders(200, json.length);
          e.getResponseBody().write(json);
        });
    assertThat(payInEnvelope().text("body.note")).isEqualTo("read");
  }

  @Test
  void anEmptyAnswerHasNoBody() {
    vault.provider.behave(e -> e.sendResponseHeaders(204, -1));
    Got got = payInEnvelope();
    assertThat(got.json()).containsEntry("status", 204L).containsEntry("body", null);
  }

  private String probe(Map<String, ?> answer, int status) {
    vault.provider.behave(e -> FakeProvider.answer(e, status, answer));
    return vault
        .call(
            "/internal/v1/providers/test",
            Map.of("account", vault.account, "livemode", false, "provider_account", "enveloped"))
        .text("outcome");
  }

  /** Such a provider says 200 to whomever it does not know. */
  @Test
  void aTestCallIsJudgedByItsAnswer() {
    assertThat(probe(Map.of("messages", Map.of("resultCode", "Ok")), 200)).isEqualTo("works");
    assertThat(vault.provider.received.getLast().body())
        .startsWith("{\"authenticateTestRequest\":{\"merchantAuthentication\":{\"name\":\"login")
        .endsWith("}}}");
    assertThat(probe(Map.of("messages", Map.of("resultCode", "Error")), 200)).isEqualTo("refused");
    assertThat(probe(Map.of(), 200)).isEqualTo("refused");
    assertThat(probe(Map.of("messages", Map.of("resultCode", "Ok")), 503)).isEqualTo("answered");
  }
}
