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
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A vault, two of its people, and a provider that is told where its notifications go. */
abstract class RegistrationFixture {

  static final String URL = "https://pay.example.com/webhooks/acme/acct_1/test/acme";
  static final String SIGNING = "whsec_of_the_provider";
  static final byte[] BODY = "{\"id\":\"evt_1\"}".getBytes(StandardCharsets.UTF_8);

  /** The provider makes the secret, says it once, and reads forms. */
  static final String THEIRS =
      """
      {"provider":"NAME","mode":"test","origin":"https://localhost:PORT","allow_loopback":true,
       "credential":{"header":"Authorization","format":"Bearer {{secret}}","secret":"secret://NAME-key"},
       "headers":{"Acme-Version":"1"},
       "notifications":{"scheme":"stripe","secret":"secret://NAME-signing"},
       "registration":{
        "url":"https://pay.example.com/webhooks/acme/acct_1/test/acme",
        "register":{"method":"POST","path":"/hooks","encoding":"form","body":{"url":"{{url}}","events":["a","b"]}},
        "list":{"method":"GET","path":"/hooks","query":{"limit":"100"}},
        "remove":{"method":"DELETE","path":"/hooks/{id}"},
        "entries":{"each":"/data/-","id":"/id","url":"/url","active":"/status","active_values":["enabled"]},
        "id":"/id","secret":"/secret"},
       "operations":{"NAME.ping":{"method":"GET","path":"/ping","answer":[]}}}
      """;

  /** The vault makes the secret; another host, a name and a password, and the list by itself. */
  static final String OURS =
      """
      {"provider":"NAME","mode":"test","origin":"https://localhost:PORT","allow_loopback":true,
       "credential":{"kind":"body","members":{"/login":"secret://NAME-login","/key":"secret://NAME-key"}},
       "notifications":{"scheme":"hmac_sha256_header","header":"X-Signature","encoding":"hex","secret":"secret://NAME-signing"},
       "registration":{
        "url":"https://pay.example.com/webhooks/acme/acct_1/test/acme",
        "origin":"https://127.0.0.1:PORT",
        "credential":{"kind":"basic","username":"secret://NAME-login","password":"secret://NAME-key"},
        "register":{"method":"POST","path":"/hooks","body":{"actions":[{"url":"{{url}}","signature":{"key":"{{secret}}"}}],"on":true}},
        "list":{"method":"GET","path":"/hooks"},
        "remove":{"method":"POST","path":"/hooks/{id}/remove"},
        "entries":{"each":"/-","id":"/id","url":"/url"},
        "id":"/made/id","secret":"vault"},
       "operations":{"NAME.ping":{"method":"POST","path":"/ping","answer":[]}}}
      """;

  /** The provider says the secret in an answer of its own. */
  static final String SIGNED =
      THEIRS.replace(
          "\"secret\":\"/secret\"",
          "\"sign\":{\"method\":\"POST\",\"path\":\"/hooks/{id}/key\",\"body\":{}},\"secret\":\"/key\"");

  private static final AtomicInteger NAMES = new AtomicInteger();

  final Map<String, String> hooks = Collections.synchronizedMap(new LinkedHashMap<>());
  private final AtomicInteger ids = new AtomicInteger();
  volatile String told = SIGNING;
  volatile String status = "enabled";

  /** Calls whose method and path end so fail when their work is done. */
  volatile String failing = "none";

  /** How many of its places the provider lists at once. */
  volatile int pageSize = 100;

  RunningVault vault;
  Administrators people;
  String name;

  @BeforeEach
  void start(@TempDir Path home) throws IOException {
    TestDatabase.shared()
        .execute(
            "truncate pending_change, provider_secret, forward_policy,"
                + " notification_registration");
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
    TestDatabase.shared()
        .execute(
            "truncate pending_change, provider_secret, forward_policy,"
                + " notification_registration");
  }

  void provide(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String call = exchange.getRequestMethod() + " " + path;
    Object answer = done(call, path, exchange.getRequestURI().getRawQuery());
    boolean fails = call.endsWith(failing);
    byte[] json = Json.write(fails ? Map.of() : answer);
    exchange.sendResponseHeaders(fails ? 500 : 200, json.length);
    exchange.getResponseBody().write(json);
  }

  private Object done(String call, String path, @Nullable String query) {
    if (call.equals("GET /hooks")) {
      return list(query);
    }
    if (call.startsWith("GET /hooks/")) {
      String url = String.valueOf(hooks.get(path.split("/")[2]));
      return Map.of("actions", List.of(Map.of("kind", "mail"), Map.of("url", url)));
    }
    if (call.startsWith("DELETE ") || call.endsWith("/remove")) {
      hooks.remove(path.split("/")[2]);
      return Map.of("deleted", true);
    }
    if (call.endsWith("/key")) {
      return Map.of("key", told);
    }
    String id = "we_" + ids.incrementAndGet();
    hooks.put(id, URL);
    return Map.of("id", id, "secret", told, "made", Map.of("id", id));
  }

  private Object list(@Nullable String query) {
    List<Map<String, String>> all =
        hooks.entrySet().stream()
            .map(e -> Map.of("id", e.getKey(), "url", e.getValue(), "status", status))
            .toList();
    if (query == null) {
      return all;
    }
    int from = query.contains("after=") ? after(query) : query.contains("page=") ? page(query) : 0;
    boolean more = from + pageSize < all.size();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("data", all.stream().skip(from).limit(pageSize).toList());
    answer.put("has_more", more);
    answer.put("links", more ? Map.of("next", "there") : Map.of());
    return answer;
  }

  private int after(String query) {
    return List.copyOf(hooks.keySet()).indexOf(query.replaceAll(".*after=", "")) + 1;
  }

  private int page(String query) {
    return (Integer.parseInt(query.replaceAll(".*page=", "")) - 1) * pageSize;
  }

  String host() {
    return "localhost:" + vault.provider.port();
  }

  void enter(String secret, String value, String host) {
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

  Got proposed(String policy) {
    return people.post(
        "policies",
        people.token("ann"),
        Map.of(
            "name",
            name,
            "policy",
            policy.replace("NAME", name).replace("PORT", "" + vault.provider.port())));
  }

  static Map<?, ?> accepted(Got got) {
    assertThat(got.status()).as(got.json().toString()).isEqualTo(200);
    return got.json();
  }

  void confirm(Map<?, ?> change) {
    Got applied =
        people.post(
            "changes/" + change.get("id") + "/confirm",
            people.token("bob"),
            Map.of("hash", Objects.requireNonNull(change.get("hash"))));
    assertThat(applied.text("status")).as(applied.json().toString()).isEqualTo("applied");
  }

  static Map<?, ?> object(@Nullable Object value) {
    return (Map<?, ?>) Objects.requireNonNull(value);
  }

  static Object value(@Nullable Object object, String member) {
    return Objects.requireNonNull(object(object).get(member));
  }

  void theirs() {
    installed(THEIRS);
  }

  void installed(String policy) {
    enter("-key", "key-of-" + name, host());
    confirm(accepted(proposed(policy)));
  }

  void ours() {
    String hosts = host() + ",127.0.0.1:" + vault.provider.port();
    enter("-login", "login-of-" + name, hosts);
    enter("-key", "key-of-" + name, hosts);
    confirm(accepted(proposed(OURS)));
  }

  /** Proposed by one, confirmed by the other, and done. */
  void remove() {
    Got proposed = ask("remove");
    assertThat(proposed.json()).as(proposed.json().toString()).containsEntry("outcome", "proposed");
    confirm(object(proposed.json().get("change")));
    assertThat(ask("remove").json()).containsEntry("outcome", "removed");
  }

  Got ask(String what) {
    return ask(what, "ann", URL);
  }

  Got ask(String what, String who, String url) {
    return people.post(
        "providers/notifications/" + what,
        people.token(who),
        Map.of("provider_account", name, "account", vault.account, "livemode", false, "url", url));
  }

  Got verify(String header, String value) {
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

  Got stripes(String secret) {
    long time = vault.clock.instant().getEpochSecond();
    String body = new String(BODY, StandardCharsets.UTF_8);
    return verify("Stripe-Signature", "t=" + time + ",v1=" + mac(secret, time + "." + body));
  }

  static String mac(String key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
