package dev.portcullis.vault;

import static dev.portcullis.vault.RunningVault.VISA;
import static dev.portcullis.vault.RunningVault.card;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Luhn;
import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.wire.egress.Names;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.log.Redaction;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Somebody who has the gateway, with its certificate and all that it knows, and wants cards or
 * providers' secrets: whatever is tried is refused, reaches no provider, and stands in the log.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TakenOverGatewayTest {

  private static final Logger LOGS = Logger.getLogger("dev.portcullis.vault");

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        private final SimpleFormatter form = new SimpleFormatter();

        @Override
        public void publish(LogRecord entry) {
          // Scrubbed, as every line is.
          lines.add(Redaction.scrub(entry.getLevel() + " " + form.formatMessage(entry)));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  /** A provider whose API wants all that a policy can say. */
  private static final String SHAPED =
      """
      {"provider":"shaped","mode":"test","origin":"https://localhost:PORT","allow_loopback":true,
       "credential":{"kind":"body","members":{"/login/name":"provider.shaped.key","/login/word":"provider.shaped.key"}},
       "headers":{"Shaped-Version":"1"},
       "operations":{"sandbox.authorize":{"method":"POST","path":"/shaped/{id}",
         "query":{"query":"id:'{id}'"},"encoding":"form","envelope":"order",
         "fixed":{"/type":"authorize","/options/capture":false},
         "slots":{"/card/number":"card.number","/card/expiry":"card.exp as mm/yy"},"answer":["/id"]}}}
      """;

  private RunningVault vault;
  private String token;
  private String liveToken;
  private String othersToken;

  @BeforeAll
  void start(@TempDir Path home) {
    vault =
        new RunningVault(
            home,
            Names.SYSTEM,
            (starting, policies) -> {
              // The same provider for somebody else, and this account's for live payments.
              provider(policies, "other", false, starting.provider.port());
              provider(policies, "sandbox-live", true, 1);
              String here = "localhost:" + starting.provider.port();
              Files.writeString(
                  policies.resolve("shaped.json"),
                  SHAPED.replace("PORT", "" + starting.provider.port()));
              return Stream.of(
                      settings("other", "acct_other", "test", here),
                      settings("sandbox-live", starting.account, "live", "api.acme.test"),
                      settings("shaped", starting.account, "test", here))
                  .flatMap(lines -> lines)
                  .toList();
            });
    token = vault.paymentMethod(VISA);
    liveToken = vault.post("/v1/payment_methods", vault.liveKey, card(VISA)).text("id");
    othersToken =
        vault
            .call(
                "/internal/v1/test_payment_methods",
                Map.of("account", "acct_other", "livemode", false, "name", "pm_card_visa"))
            .text("id");
    LOGS.addHandler(handler);
  }

  private static void provider(Path policies, String name, boolean live, int port)
      throws IOException {
    String policy =
        RunningVault.POLICY
            .replace("PORT", "" + port)
            .replace("\"provider\":\"sandbox\"", "\"provider\":\"" + name + "\"")
            .replace("provider.sandbox.key", "provider." + name + ".key");
    if (live) {
      policy =
          policy
              .replace("\"mode\":\"test\"", "\"mode\":\"live\"")
              .replace("https://localhost:" + port, "https://api.acme.test")
              .replace(",\"allow_loopback\":true", "");
    }
    Files.writeString(policies.resolve(name + ".json"), policy);
  }

  private static Stream<String> settings(String name, String account, String mode, String host) {
    String prefix = "provider." + name + ".";
    return Stream.of(
        prefix + "key=secret://provider-sandbox",
        prefix + "account=" + account,
        prefix + "mode=" + mode,
        prefix + "host=" + host);
  }

  @AfterAll
  void stop() {
    LOGS.removeHandler(handler);
    vault.close();
  }

  @BeforeEach
  void begin() {
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("status", "approved")));
    vault.clock.advance(Duration.ofMinutes(2)); // what is written of each kind begins anew
    lines.clear();
  }

  @AfterEach
  void nothingIsSaid() {
    assertThat(lines).noneMatch(line -> line.contains(VISA));
    assertThat(lines).noneMatch(line -> line.contains(RunningVault.PROVIDER_KEY));
  }

  private Map<String, Object> command() {
    Map<String, Object> command = vault.authorization(token);
    command.put("body", Map.of("card", Map.of("number", "{{card.number}}")));
    return command;
  }

  /** Something to try, what the vault says, and why. */
  private record Attack(String name, Map<String, Object> changes, String code) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Attack attack(String name, String code, Object... changes) {
    Map<String, Object> changed = new HashMap<>();
    for (int at = 0; at < changes.length; at += 2) {
      changed.put((String) changes[at], changes[at + 1]);
    }
    return new Attack(name, changed, code);
  }

  private static Attack body(String name, Object body) {
    return attack(name, "policy_violation", "body", body);
  }

  private static Attack path(String name, String code, String place, String value) {
    return attack(
        name,
        code,
        "operation",
        "sandbox.capture",
        "path",
        Map.of(place, value),
        "body",
        Map.of("amount", 1));
  }

  List<Attack> attacks() {
    List<Attack> attacks = new ArrayList<>();
    for (String member :
        List.of(
            "host",
            "origin",
            "url",
            "uri",
            "method",
            "headers",
            "port",
            "query",
            "encoding",
            "envelope",
            "fixed")) {
      attacks.add(attack("another " + member, "invalid_request", member, "https://evil.test"));
    }
    for (String value :
        List.of(
            "..", "../x", "a/b", "a%2fb", "%2e%2e", "a?b", "a#b", "a\\b", "a;b", "a b", "a\r\nb")) {
      attacks.add(
          path("path value " + Json.write(value).length + value, "invalid_request", "id", value));
    }
    attacks.add(path("path place", "policy_violation", "id}/../{x", "x"));
    attacks.add(path("no such place", "policy_violation", "other", "x"));
    attacks.add(attack("another path", "unknown_operation", "operation", "sandbox.steal"));
    for (String name :
        List.of("Authorization", "api_key", "X-Api-Key", "client_secret", "access_token")) {
      attacks.add(body("literal credential " + name, Map.of("deep", List.of(Map.of(name, "x")))));
    }
    attacks.add(body("secret slot", Map.of("card", Map.of("number", "{{secret}}"))));
    attacks.add(body("slot in an echoed field", Map.of("note", "{{card.number}}")));
    attacks.add(body("slot in metadata", Map.of("metadata", Map.of("x", "{{card.number}}"))));
    attacks.add(body("slot within text", Map.of("card", Map.of("number", "4{{card.number}}"))));
    attacks.add(body("slot in a name", Map.of("{{card.number}}", 1)));
    attacks.add(body("slot in a list", Map.of("card", List.of("{{card.number}}"))));
    attacks.add(body("cvc as the number", Map.of("card", Map.of("number", "{{card.cvc}}"))));
    attacks.add(body("slash in a name", Map.of("card/number", "{{card.number}}")));
    shapedAttacks(attacks);
    attacks.add(attack("slots and no token", "policy_violation", "token", ""));
    attacks.add(attack("another's token", "no_such_token", "token", othersToken));
    attacks.add(attack("another's secret", "account_mismatch", "provider_account", "other"));
    attacks.add(attack("in another's name", "account_mismatch", "account", "acct_other"));
    attacks.add(attack("live token in test", "no_such_token", "token", liveToken));
    attacks.add(
        attack(
            "test token at a live host",
            "no_such_token",
            "provider_account",
            "sandbox-live",
            "livemode",
            true));
    attacks.add(
        attack("test mode at a live host", "mode_mismatch", "provider_account", "sandbox-live"));
    attacks.add(attack("live mode at a test host", "mode_mismatch", "livemode", true));
    for (String key : List.of("a\r\nAuthorization: x", "a\nb", "a\u0000", "a b", "\u00e9", "")) {
      attacks.add(
          attack("header in the key " + key.hashCode(), "invalid_request", "idempotency_key", key));
    }
    return attacks;
  }

  private static Attack shaped(String name, Object body) {
    return attack(
        name,
        "policy_violation",
        "provider_account",
        "shaped",
        "path",
        Map.of("id", "x"),
        "body",
        body);
  }

  private static void shapedAttacks(List<Attack> attacks) {
    String number = "{{card.number}}";
    attacks.add(shaped("slot in a form's name", Map.of(number, "x")));
    attacks.add(shaped("slot at a name in brackets", Map.of("card[number]", number)));
    attacks.add(shaped("name in brackets", Map.of("card[number]", "x")));
    attacks.add(shaped("name that closes its brackets", Map.of("card", Map.of("x][number", "x"))));
    attacks.add(shaped("name of a list's next element", Map.of("card", Map.of("", number))));
    attacks.add(shaped("name with a pair in it", Map.of("card", Map.of("x]=1&type", number))));
    attacks.add(shaped("number for an expiry", Map.of("card", Map.of("expiry", number))));
    attacks.add(
        shaped(
            "form of the caller's", Map.of("card", Map.of("expiry", "{{card.exp as yyyy-mm}}"))));
    attacks.add(shaped("expiry for a number", Map.of("card", Map.of("number", "{{card.exp}}"))));
    attacks.add(shaped("fixed member", Map.of("type", "refund")));
    attacks.add(shaped("fixed member in another case", Map.of("Type", "refund")));
    attacks.add(shaped("fixed member's object as a list", Map.of("options", List.of())));
    attacks.add(shaped("fixed member through its path", Map.of("options[capture]", true)));
    attacks.add(shaped("credential member", Map.of("login", Map.of("name", "x"))));
    attacks.add(shaped("credential beside the vault's", Map.of("login", Map.of("session", "x"))));
    attacks.add(shaped("credential in another case", Map.of("LOGIN", Map.of("name", "x"))));
    attacks.add(shaped("credential by its name", Map.of("x", Map.of("transactionKey", "x"))));
    for (String value : List.of(number, "x'", "a&b", "a=b", "{id}", "%27", "x}", "")) {
      attacks.add(
          attack(
              "query value " + value.hashCode(),
              "invalid_request",
              "provider_account",
              "shaped",
              "path",
              Map.of("id", value)));
    }
  }

  /** The same without an attack in it: they are refused for what they try. */
  @Test
  void whatIsNoAttackIsSent() {
    Map<String, Object> command = command();
    command.put("provider_account", "shaped");
    command.put("path", Map.of("id", "x"));
    assertThat(vault.call("/internal/v1/forward", command).text("outcome")).isEqualTo("answered");
    assertThat(vault.provider.received.getLast().body())
        .isEqualTo(
            "order[login][name]=%s&order[login][word]=%s&order[type]=authorize"
                    .formatted(RunningVault.PROVIDER_KEY, RunningVault.PROVIDER_KEY)
                + "&order[options][capture]=false&order[card][number]="
                + VISA);
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void isRefusedAndOnRecord(Attack attack) {
    Map<String, Object> command = command();
    command.putAll(attack.changes());
    command.values().removeIf(""::equals);
    if (attack.changes().get("idempotency_key") instanceof String empty && empty.isEmpty()) {
      command.put("idempotency_key", "");
    }
    Got got = vault.call("/internal/v1/forward", command);
    assertThat(got.text("error.code")).as(got.json().toString()).isEqualTo(attack.code());
    assertThat(vault.provider.received).isEmpty();
    assertThat(lines)
        .anyMatch(
            line ->
                line.contains("refused /internal/v1/forward req_")
                    && line.contains("account " + command.get("account"))
                    && line.contains("operation " + command.get("operation"))
                    && line.contains("operation_id " + command.get("operation_id"))
                    && line.contains(": " + attack.code() + ": "));
  }

  @Test
  void administersNothing() {
    for (String command :
        List.of("policies", "changes", "secrets", "people", "sign_in", "seal", "audit", "cards")) {
      Got got = vault.call("/internal/v1/" + command, Map.of("name", "x", "policy", "{}"));
      assertThat(got.text("error.code")).isEqualTo("no_such_route");
      assertThat(lines).anyMatch(line -> line.contains("refused POST /internal/v1/" + command));
      lines.clear();
    }
    HttpClient gateway = vault.client("gateway");
    for (String command :
        List.of("GET policies", "POST policies", "POST secrets", "GET changes", "POST people")) {
      String method = command.substring(0, command.indexOf(' '));
      String path = "/admin/v1/" + command.substring(command.indexOf(' ') + 1);
      URI uri = URI.create("https://localhost:" + vault.ports().admin() + path);
      Got got =
          RunningVault.send(
              gateway,
              HttpRequest.newBuilder(uri)
                  .method(method, HttpRequest.BodyPublishers.ofString("{}"))
                  .build());
      assertThat(got.status()).as(command).isEqualTo(401);
      assertThat(lines)
          .anyMatch(line -> line.contains("administration req_") && line.contains("401 by nobody"));
      lines.clear();
    }
    assertThat(vault.database.query("select count(*) from pending_change where subject = 'x'"))
        .isEqualTo("0");
  }

  @Test
  void replaysAtOnceAreOneRequest() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    vault.provider.behave(
        e -> {
          release.await();
          FakeProvider.answer(e, 200, Map.of("status", "approved"));
        });
    Map<String, Object> command = command();
    int times = 8;
    List<Future<Got>> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch refused = new CountDownLatch(times - 1);
      Callable<Got> replay =
          () -> {
            Got got = vault.call("/internal/v1/forward", command);
            if (got.status() == 409) {
              refused.countDown();
            }
            return got;
          };
      for (int n = 0; n < times; n++) {
        all.add(threads.submit(replay));
      }
      refused.await();
      release.countDown();
    }
    int answered = 0;
    for (Future<Got> one : all) {
      answered += one.get().status() == 200 ? 1 : 0;
    }
    assertThat(answered).isEqualTo(1);
    assertThat(vault.provider.received).hasSize(1);
    assertThat(lines.stream().filter(line -> line.contains("in_flight"))).hasSize(times - 1);
  }

  @Test
  void looksUpNoNumber() {
    for (String route :
        List.of("payment_methods/lookup", "tokens/lookup", "payment_methods/from_token")) {
      for (String id : List.of(token, othersToken, liveToken, VISA, "' or 1=1 --", "pm_%")) {
        Map<String, Object> ask =
            new HashMap<>(Map.of("account", vault.account, "livemode", false));
        ask.put(route.endsWith("from_token") ? "token" : "id", id);
        Got got = vault.call("/internal/v1/" + route, ask);
        assertThat(got.json().toString()).doesNotContain(VISA);
        boolean own = id.equals(token) && route.startsWith("payment_methods/lookup");
        assertThat(got.status() == 200).as(route + " " + id + got.json()).isEqualTo(own);
        assertThat(
                own
                    || lines.stream()
                        .anyMatch(line -> line.contains("refused /internal/v1/" + route)))
            .as(route + " is on record")
            .isTrue();
        lines.clear();
      }
      for (String asked : List.of("number", "expand", "fields", "cvc", "fingerprint")) {
        Map<String, Object> ask =
            new HashMap<>(Map.of("account", vault.account, "livemode", false));
        ask.put(route.endsWith("from_token") ? "token" : "id", token);
        ask.put(asked, "x");
        assertThat(vault.call("/internal/v1/" + route, ask).status()).isEqualTo(400);
      }
    }
  }

  /** It can push a key of its own and ask the cards origin; guessing numbers is still limited. */
  @Test
  void asksTheFingerprintOfFewNumbersAlone() {
    ApiKey own = ApiKey.generate(KeyKind.SECRET, true, new SecureRandom());
    vault.push("key_of_the_intruder", 1, own, false);
    int taken = 0;
    int refused = 0;
    for (int middle = 0; taken + refused < 14; middle++) {
      String number = "424242%05d".formatted(middle) + "14242";
      if (!Luhn.isValid(number)) {
        continue;
      }
      int status = vault.post("/v1/payment_methods", own, card(number)).status();
      assertThat(status).isIn(200, 429);
      taken += status == 200 ? 1 : 0;
      refused += status == 429 ? 1 : 0;
    }
    assertThat(taken).isEqualTo(10);
    assertThat(lines).anyMatch(line -> line.contains("the limit number-ends is reached"));
  }

  @Test
  void aFloodIsFewLinesAndAllIsCounted() {
    Map<String, Object> command = command();
    command.put("body", Map.of("note", "{{card.number}}"));
    for (int n = 0; n < 100; n++) {
      vault.call("/internal/v1/forward", command);
    }
    assertThat(lines.stream().filter(line -> line.contains("policy_violation"))).hasSize(60);
    vault.clock.advance(Duration.ofMinutes(1));
    vault.call("/internal/v1/forward", command);
    assertThat(lines)
        .anyMatch(line -> line.contains("40 more calls were refused with policy_violation"));
    String metrics =
        new String(vault.get(vault.management("/metrics")).raw().body(), StandardCharsets.UTF_8);
    assertThat(metrics).contains("portcullis_vault_calls_refused_total{code=\"policy_violation\"}");
  }

  @Test
  void aCertificateOfOurAuthorityIsNotTheGateways() {
    vault.ca.issue("console");
    Got got =
        RunningVault.send(
            vault.client("console"),
            HttpRequest.newBuilder(vault.internal("/internal/v1/forward"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(command())))
                .build());
    assertThat(got.text("error.code")).isEqualTo("wrong_client");
    assertThat(lines)
        .anyMatch(line -> line.contains("refused internal req_") && line.contains("wrong_client"));
    assertThat(vault.provider.received).isEmpty();
  }
}
