package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A provider is told by its own API where its notifications go, and asked whether it knows. */
class RegistrationTest {

  private static final String URL = "https://pay.example.com/webhooks/acme/acct_1/test/acme";
  private static final String SIGNING = "whsec_of_the_provider";
  private static final byte[] BODY = "{\"id\":\"evt_1\"}".getBytes(StandardCharsets.UTF_8);

  /** The provider makes the secret, says it once, and reads forms. */
  private static final String THEIRS =
      """
      {"provider":"NAME","mode":"test","origin":"https://localhost:PORT","allow_loopback":true,
       "credential":{"header":"Authorization","format":"Bearer {{secret}}","secret":"secret://NAME-key"},
       "headers":{"Acme-Version":"1"},
       "notifications":{"scheme":"stripe","secret":"secret://NAME-signing"},
       "registration":{
        "register":{"method":"POST","path":"/hooks","encoding":"form","body":{"url":"{{url}}","events":["a","b"]}},
        "list":{"method":"GET","path":"/hooks","query":{"limit":"100"}},
        "remove":{"method":"DELETE","path":"/hooks/{id}"},
        "entries":{"each":"/data/-","id":"/id","url":"/url","active":"/status","active_values":["enabled"]},
        "id":"/id","secret":"/secret"},
       "operations":{"NAME.ping":{"method":"GET","path":"/ping","answer":[]}}}
      """;

  /** The vault makes the secret; another host, a name and a password, and the list by itself. */
  private static final String OURS =
      """
      {"provider":"NAME","mode":"test","origin":"https://localhost:PORT","allow_loopback":true,
       "credential":{"kind":"body","members":{"/login":"secret://NAME-login","/key":"secret://NAME-key"}},
       "notifications":{"scheme":"hmac_sha256_header","header":"X-Signature","encoding":"hex","secret":"secret://NAME-signing"},
       "registration":{
        "origin":"https://127.0.0.1:PORT",
        "credential":{"kind":"basic","username":"secret://NAME-login","password":"secret://NAME-key"},
        "register":{"method":"POST","path":"/hooks","body":{"actions":[{"url":"{{url}}","signature":{"key":"{{secret}}"}}],"on":true}},
        "list":{"method":"GET","path":"/hooks"},
        "remove":{"method":"POST","path":"/hooks/{id}/remove"},
        "entries":{"each":"/-","id":"/id","url":"/url"},
        "id":"/made/id","secret":"vault"},
       "operations":{"NAME.ping":{"method":"POST","path":"/ping","answer":[]}}}
      """;

  private static final AtomicInteger NAMES = new AtomicInteger();

  private final Map<String, String> hooks = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();
  private volatile String told = SIGNING;
  private volatile String status = "enabled";
  private RunningVault vault;
  private Administrators people;
  private String name;

  @BeforeEach
  void start(@TempDir Path home) throws IOException {
    TestDatabase.shared().execute("truncate pending_change, provider_secret, forward_policy");
    vault = new RunningVault(home);
    people = Administrators.of(vault, "ann");
    people.add("bob", "administrator", "ann");
    vault.clock.advance(Duration.ofHours(25));
    vault.provider.behave(this::provide);
    name = "acme" + NAMES.incrementAndGet();
  }

  @AfterEach
  void stop() {
    vault.close();
    TestDatabase.shared().execute("truncate pending_change, provider_secret, forward_policy");
  }

  private void provide(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    switch (exchange.getRequestMethod()) {
      case "GET" -> list(exchange);
      case "DELETE" -> {
        hooks.remove(path.substring("/hooks/".length()));
        FakeProvider.answer(exchange, 200, Map.of("deleted", true));
      }
      default -> {
        if (path.endsWith("/remove")) {
          hooks.remove(path.split("/")[2]);
          exchange.sendResponseHeaders(204, -1);
        } else {
          String id = "we_" + ids.incrementAndGet();
          hooks.put(id, URL);
          FakeProvider.answer(
              exchange, 200, Map.of("id", id, "secret", told, "made", Map.of("id", id)));
        }
      }
    }
  }

  private void list(HttpExchange exchange) throws IOException {
    List<Map<String, String>> data =
        hooks.entrySet().stream()
            .map(e -> Map.of("id", e.getKey(), "url", e.getValue(), "status", status))
            .toList();
    String query = exchange.getRequestURI().getRawQuery();
    byte[] json = Json.write(query == null ? data : Map.of("data", data));
    exchange.sendResponseHeaders(200, json.length);
    exchange.getResponseBody().write(json);
  }

  private String host() {
    return "localhost:" + vault.provider.port();
  }

  private void enter(String secret, String value, String host) {
    Map<String, Object> body = new HashMap<>();
    body.put("name", name + secret);
    body.put("value", value);
    body.put("account", vault.account);
    body.put("livemode", false);
    body.put("provider_account", name);
    body.put("host", host);
    Got entered = people.post("secrets", people.token("ann"), body);
    assertThat(entered.status()).as(entered.json().toString()).isEqualTo(200);
  }

  private Got proposed(String policy) {
    return people.post(
        "policies",
        people.token("ann"),
        Map.of(
            "name",
            name,
            "policy",
            policy.replace("NAME", name).replace("PORT", "" + vault.provider.port())));
  }

  private static Map<?, ?> accepted(Got got) {
    assertThat(got.status()).as(got.json().toString()).isEqualTo(200);
    return got.json();
  }

  private void confirm(Map<?, ?> change) {
    Got applied =
        people.post(
            "changes/" + change.get("id") + "/confirm",
            people.token("bob"),
            Map.of("hash", Objects.requireNonNull(change.get("hash"))));
    assertThat(applied.text("status")).as(applied.json().toString()).isEqualTo("applied");
  }

  private static Map<?, ?> object(@Nullable Object value) {
    return (Map<?, ?>) Objects.requireNonNull(value);
  }

  private static Object value(@Nullable Object object, String member) {
    return Objects.requireNonNull(object(object).get(member));
  }

  private void theirs() {
    enter("-key", "key-of-" + name, host());
    confirm(accepted(proposed(THEIRS)));
  }

  private void ours() {
    String hosts = host() + ",127.0.0.1:" + vault.provider.port();
    enter("-login", "login-of-" + name, hosts);
    enter("-key", "key-of-" + name, hosts);
    confirm(accepted(proposed(OURS)));
  }

  private Got ask(String what) {
    return ask(what, "ann", URL);
  }

  private Got ask(String what, String who, String url) {
    return people.post(
        "providers/notifications/" + what,
        people.token(who),
        Map.of("provider_account", name, "account", vault.account, "livemode", false, "url", url));
  }

  private Got verify(String header, String value) {
    return vault.call(
        "/internal/v1/notifications/verify",
        Map.of(
            "account",
            vault.account,
            "livemode",
            false,
            "provider_account",
            name,
            "headers",
            Map.of(header, value),
            "body",
            Base64.getEncoder().encodeToString(BODY)));
  }

  private Got stripes(String secret) {
    long time = vault.clock.instant().getEpochSecond();
    String body = new String(BODY, StandardCharsets.UTF_8);
    return verify("Stripe-Signature", "t=" + time + ",v1=" + mac(secret, time + "." + body));
  }

  private static String mac(String key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theProvidersSecretIsKeptAndVerifiesWithoutEverBeingShown() {
    theirs();
    assertThat(stripes(SIGNING).json()).containsEntry("verified", false);
    Got made = ask("register");
    assertThat(made.json()).as(made.json().toString()).containsEntry("outcome", "registered");
    assertThat(made.json().toString()).doesNotContain(SIGNING);
    FakeProvider.Received sent = vault.provider.received.getLast();
    assertThat(sent.body())
        .isEqualTo(
            "url=https%3A%2F%2Fpay.example.com%2Fwebhooks%2Facme%2Facct_1%2Ftest%2Facme"
                + "&events[0]=a&events[1]=b");
    assertThat(sent.headers())
        .containsEntry("Authorization", "Bearer key-of-" + name)
        .containsEntry("Acme-Version", "1");
    assertThat(stripes(SIGNING).json())
        .containsEntry("verified", true)
        .containsEntry("version", name + "-signing/1");
    Got secrets = people.get("secrets", people.token("ann"));
    assertThat(secrets.json().toString()).contains(name + "-signing").doesNotContain(SIGNING);
    assertThat(
            vault.database.query(
                "select detail from audit_entry where action = 'notifications.registered'"
                    + " and subject = '"
                    + name
                    + "'"))
        .isEqualTo("we_1 in test mode at " + URL + ", by ann from 127.0.0.1");
  }

  @Test
  void oneThatIsThereIsNotRegisteredAgain() {
    theirs();
    ask("register");
    vault.provider.received.clear();
    Got again = ask("register");
    assertThat(again.json())
        .containsEntry("outcome", "registered")
        .containsEntry("ids", List.of("we_1"));
    assertThat(again.json()).doesNotContainKey("secret");
    assertThat(vault.provider.received).hasSize(1);
    assertThat(hooks).hasSize(1);
  }

  @Test
  void afterARemovalTheNextSecretWaitsForASecondPerson() {
    theirs();
    ask("register");
    assertThat(ask("remove").json())
        .containsEntry("outcome", "removed")
        .containsEntry("ids", List.of("we_1"));
    assertThat(hooks).isEmpty();
    assertThat(ask("check").json()).containsEntry("outcome", "not_there");
    assertThat(ask("remove").json()).containsEntry("outcome", "not_there");
    told = "whsec_of_another_time";
    Got made = ask("register");
    assertThat(stripes(told).json()).containsEntry("verified", false);
    assertThat(stripes(SIGNING).json()).containsEntry("verified", true);
    confirm(object(object(made.json().get("secret")).get("change")));
    assertThat(stripes(told).json()).containsEntry("version", name + "-signing/2");
    assertThat(stripes(SIGNING).json()).containsEntry("verified", true);
  }

  @Test
  void theVaultsSecretGoesToTheProviderAlone() {
    ours();
    Got made = ask("register");
    assertThat(made.json()).as(made.json().toString()).containsEntry("outcome", "registered");
    FakeProvider.Received sent = vault.provider.received.getLast();
    String basic =
        Base64.getEncoder()
            .encodeToString(
                ("login-of-" + name + ":key-of-" + name).getBytes(StandardCharsets.UTF_8));
    assertThat(sent.headers())
        .containsEntry("Authorization", "Basic " + basic)
        .containsEntry("Host", "127.0.0.1:" + vault.provider.port());
    Object body = Json.read(sent.body().getBytes(StandardCharsets.UTF_8));
    Map<?, ?> action = object(((List<?>) value(body, "actions")).getFirst());
    assertThat(action.get("url")).isEqualTo(URL);
    String key = (String) value(action.get("signature"), "key");
    assertThat(key).matches("[0-9a-f]{64}");
    assertThat(made.json().toString()).doesNotContain(key);
    assertThat(verify("X-Signature", mac(key, new String(BODY, StandardCharsets.UTF_8))).json())
        .containsEntry("verified", true);
    assertThat(ask("check").json()).containsEntry("outcome", "registered");
    assertThat(ask("remove").json()).containsEntry("outcome", "removed");
    assertThat(hooks).isEmpty();
  }

  @Test
  void whatIsDisabledThereOrForAnotherUrlIsNotRegistered() {
    theirs();
    ask("register");
    status = "disabled";
    assertThat(ask("check").json()).containsEntry("outcome", "inactive");
    status = "enabled";
    assertThat(ask("check", "ann", URL + "2").json()).containsEntry("outcome", "not_there");
    assertThat(ask("check").json()).containsEntry("outcome", "registered");
  }

  @Test
  void whatTheProviderSaysInsteadIsTold() {
    theirs();
    vault.provider.behave(exchange -> FakeProvider.answer(exchange, 401, Map.of("e", "who?")));
    assertThat(ask("register").json())
        .containsEntry("outcome", "failed")
        .containsEntry("reason", "refused")
        .containsEntry("status", 401L);
    vault.provider.behave(exchange -> FakeProvider.answer(exchange, 500, Map.of()));
    assertThat(ask("check").json()).containsEntry("reason", "provider_error");
    told = "";
    vault.provider.behave(this::provide);
    assertThat(ask("register").json()).containsEntry("reason", "no_secret_in_answer");
    Got secrets = people.get("secrets", people.token("ann"));
    assertThat(secrets.json().toString()).doesNotContain(name + "-signing");
  }

  @Test
  void theGatewayMayAskAndNothingElse() {
    theirs();
    ask("register");
    Map<String, Object> whose =
        new LinkedHashMap<>(
            Map.of(
                "account", vault.account, "livemode", false, "provider_account", name, "url", URL));
    assertThat(vault.call("/internal/v1/providers/notifications", whose).json())
        .containsEntry("outcome", "registered");
    whose.put("provider_account", "nobody");
    assertThat(vault.call("/internal/v1/providers/notifications", whose).status()).isEqualTo(404);
    for (String operation : List.of("register", "remove", "list", name + ".register")) {
      Got forward =
          vault.call(
              "/internal/v1/forward",
              Map.of(
                  "operation",
                  operation,
                  "operation_id",
                  "op_1",
                  "account",
                  vault.account,
                  "livemode",
                  false,
                  "provider_account",
                  name,
                  "timeout_ms",
                  1_000));
      assertThat(forward.status()).as(forward.json().toString()).isEqualTo(404);
    }
  }

  @Test
  void onlyThoseWhoManageTheVaultRegister() {
    theirs();
    people.add("eve", "auditor", "ann");
    assertThat(ask("register", "eve", URL).status()).isEqualTo(403);
    assertThat(ask("remove", "eve", URL).status()).isEqualTo(403);
    assertThat(ask("check", "eve", URL).status()).isEqualTo(200);
    assertThat(hooks).isEmpty();
    for (String url : List.of("ftp://pay.example.com/x", "javascript:alert(1)", "https://", "x")) {
      Got refused = ask("register", "ann", url);
      assertThat(refused.status()).as(url).isEqualTo(400);
      assertThat(refused.json().toString()).contains("url");
    }
  }

  @Test
  void aPolicyIsNotGuessed() {
    enter("-key", "key-of-" + name, host());
    for (String[] wrong :
        List.of(
            new String[] {"{{url}}", "https://elsewhere.example"},
            new String[] {"\"secret\":\"/secret\"", "\"secret\":\"vault\""},
            new String[] {"/hooks/{id}", "/hooks"},
            new String[] {
              "\"list\":{\"method\":\"GET\",\"path\":\"/hooks\"",
              "\"list\":{\"method\":\"GET\",\"path\":\"/{id}\""
            },
            new String[] {"\"id\":\"/id\",\"secret\"", "\"id\":\"/id\",\"more\":1,\"secret\""},
            new String[] {"[\"a\",\"b\"]", "{\"a[]\":1}"})) {
      assertThat(THEIRS).contains(wrong[0]);
      Got refused = proposed(THEIRS.replace(wrong[0], wrong[1]));
      assertThat(refused.status()).as(wrong[1] + refused.json()).isEqualTo(400);
      assertThat(refused.json().toString()).as(wrong[1]).contains("registration");
    }
  }
}
