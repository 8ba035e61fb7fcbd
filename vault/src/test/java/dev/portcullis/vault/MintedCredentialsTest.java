package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.portcullis.vault.RunningVault.Got;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Credentials of two secrets: a name and a password, and tokens that the vault has made for it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MintedCredentialsTest {

  private static final String ID = "client id/of:acme";
  private static final String SECRET = "s3cret+of the client&acme";
  private static final AtomicInteger OPERATION = new AtomicInteger();

  private final AtomicInteger minted = new AtomicInteger();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile long lasts = 3_600;
  private RunningVault vault;
  private String card;

  @BeforeAll
  void start(@TempDir Path home) throws IOException {
    TestDatabase.shared().execute("truncate pending_change, provider_secret, forward_policy");
    vault = new RunningVault(home);
    Administrators people = Administrators.of(vault, "ann");
    people.add("bob", "administrator", "ann");
    vault.clock.advance(Duration.ofHours(25));
    String ann = people.token("ann");
    String bob = people.token("bob");
    for (String name : List.of("header", "body", "named", "apart")) {
      enter(people, ann, name, name + "-id", ID);
      enter(people, ann, name, name + "-secret", SECRET);
      Got change = people.post("policies", ann, Map.of("name", name, "policy", policy(name)));
      Got applied =
          people.post(
              "changes/" + change.text("id") + "/confirm",
              bob,
              Map.of("hash", change.text("hash")));
      assertThat(applied.text("status")).as(change.json().toString()).isEqualTo("applied");
    }
    card = vault.paymentMethod(RunningVault.VISA);
  }

  private void enter(
      Administrators people, String token, String provider, String name, String value) {
    Map<String, Object> body = new HashMap<>();
    body.put("name", name);
    body.put("value", value);
    body.put("account", vault.account);
    body.put("livemode", false);
    body.put("provider_account", provider);
    body.put("host", here() + (provider.equals("apart") ? "," + there() : ""));
    Got entered = people.post("secrets", token, body);
    assertThat(entered.status()).as(entered.json().toString()).isEqualTo(200);
  }

  private String here() {
    return "localhost:" + vault.provider.port();
  }

  /** The same server by another name. */
  private String there() {
    return "127.0.0.1:" + vault.provider.port();
  }

  private String policy(String name) {
    String credential =
        name.equals("named")
            ? "\"kind\":\"basic\",\"username\":\"ID\",\"password\":\"SECRET\""
            : """
            "kind":"oauth2_client_credentials","token_path":"/token","scope":"pay refund",
            "style":"STYLE","client_id":"ID","client_secret":"SECRET"
            """
                .replace("STYLE", name.equals("body") ? "body" : "basic");
    if (name.equals("apart")) {
      credential += ",\"token_origin\":\"https://" + there() + "\"";
    }
    return """
    {"provider":"NAME","mode":"test","origin":"https://localhost:PORT","allow_loopback":true,
     "credential":{CREDENTIAL},"probe":"ping",
     "operations":{"ping":{"method":"GET","path":"/ping","answer":[]},
      "pay":{"method":"POST","path":"/pay","slots":{"/number":"card.number"},"answer":["/note"]}}}
    """
        .replace("CREDENTIAL", credential)
        .replace("NAME", name)
        .replace("PORT", "" + vault.provider.port())
        .replace("\"ID\"", "\"secret://" + name + "-id\"")
        .replace("\"SECRET\"", "\"secret://" + name + "-secret\"");
  }

  @AfterAll
  void stop() {
    vault.close();
    TestDatabase.shared().execute("truncate pending_change, provider_secret, forward_policy");
  }

  /** Each test begins with a vault that has no token. */
  @BeforeEach
  void begin() {
    vault.restart();
    minted.set(0);
    asked.set(0);
    lasts = 3_600;
    vault.provider.behave(this::provide);
  }

  private void provide(HttpExchange exchange) throws IOException {
    if (exchange.getRequestURI().getPath().equals("/token")) {
      mint(exchange);
      return;
    }
    asked.incrementAndGet();
    String shown = exchange.getRequestHeaders().getFirst("Authorization");
    boolean good = shown.equals("Bearer token-" + minted.get()) || shown.startsWith("Basic ");
    FakeProvider.answer(exchange, good ? 200 : 401, Map.of("note", "you sent " + shown));
  }

  private void mint(HttpExchange exchange) throws IOException {
    FakeProvider.answer(
        exchange,
        200,
        Map.of(
            "access_token",
            "token-" + minted.incrementAndGet(),
            "token_type",
            "Bearer",
            "expires_in",
            lasts));
  }

  private Got pay(String provider) {
    Map<String, Object> command = new HashMap<>();
    command.put("operation", "pay");
    command.put("operation_id", "op_" + OPERATION.incrementAndGet());
    command.put("account", vault.account);
    command.put("livemode", false);
    command.put("provider_account", provider);
    command.put("token", card);
    command.put("timeout_ms", 20_000);
    command.put("body", Map.of("number", "{{card.number}}"));
    return vault.call("/internal/v1/forward", command);
  }

  private void paid(Got got) {
    assertThat(got.json()).containsEntry("outcome", "answered").containsEntry("status", 200L);
    assertThat(got.text("body.note"))
        .startsWith("you sent ")
        .contains("[REDACTED]")
        .doesNotContain("token-")
        .doesNotContain(basic(ID, SECRET));
  }

  private static String basic(String name, String password) {
    return Base64.getEncoder()
        .encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aNameAndAPasswordGoInOneHeader() {
    paid(pay("named"));
    assertThat(vault.provider.received.getLast().headers())
        .containsEntry("Authorization", "Basic " + basic(ID, SECRET));
  }

  @Test
  void aTokenIsAskedForOnceAndUsedUntilShortlyBeforeItsEnd() {
    paid(pay("header"));
    FakeProvider.Received token = vault.provider.received.getFirst();
    assertThat(token.path()).isEqualTo("/token");
    assertThat(token.headers())
        .as("RFC 6749, 2.3.1")
        .containsEntry(
            "Authorization",
            "Basic " + basic("client+id%2Fof%3Aacme", "s3cret%2Bof+the+client%26acme"));
    assertThat(token.body()).isEqualTo("grant_type=client_credentials&scope=pay+refund");
    paid(pay("header"));
    vault.clock.advance(Duration.ofMinutes(58));
    paid(pay("header"));
    assertThat(minted).hasValue(1);
    vault.clock.advance(Duration.ofMinutes(1));
    paid(pay("header"));
    assertThat(minted).hasValue(2);
  }

  @Test
  void theClientsSecretGoesInTheBodyWhereThePolicySaysSo() {
    paid(pay("body"));
    FakeProvider.Received token = vault.provider.received.getFirst();
    assertThat(token.headers()).doesNotContainKey("Authorization");
    assertThat(token.body())
        .contains("client_id=client+id%2Fof%3Aacme")
        .contains("client_secret=s3cret%2Bof+the+client%26acme");
  }

  @Test
  void anotherHostMakesTheTokensWhereThePolicySaysSo() {
    paid(pay("apart"));
    assertThat(vault.provider.received)
        .extracting(received -> received.headers().get("Host") + received.path())
        .containsExactly(there() + "/token", here() + "/pay");
    assertThat(vault.provider.received.getFirst().headers().get("Authorization"))
        .startsWith("Basic ");
    assertThat(vault.provider.received.getLast().headers())
        .containsEntry("Authorization", "Bearer token-1");
  }

  @Test
  void noTokenIsKeptLongerThanHalfADay() {
    lasts = 1_000_000;
    paid(pay("header"));
    vault.clock.advance(Duration.ofHours(12));
    paid(pay("header"));
    assertThat(minted).hasValue(2);
  }

  @Test
  void manyAtOnceHaveOneTokenMade() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    vault.provider.behave(
        e -> {
          if (e.getRequestURI().getPath().equals("/token")) {
            release.await();
          }
          provide(e);
        });
    List<Future<Got>> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int n = 0; n < 12; n++) {
        all.add(threads.submit(() -> pay("header")));
      }
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> inFlight().equals("12"));
      release.countDown();
    }
    for (Future<Got> one : all) {
      paid(one.get());
    }
    assertThat(minted).hasValue(1);
  }

  private String inFlight() {
    String metrics =
        new String(vault.get(vault.management("/metrics")).raw().body(), StandardCharsets.UTF_8);
    return metrics.replaceFirst("(?s).*portcullis_vault_forwards_in_flight ([0-9]+).*", "$1");
  }

  @Test
  void aTokenThatIsRefusedIsMadeAnewOnceAndTheRequestSentOnceMore() {
    paid(pay("header"));
    vault.provider.behave(
        e -> {
          if (e.getRequestURI().getPath().equals("/pay") && asked.get() == 1) {
            asked.incrementAndGet();
            FakeProvider.answer(e, 401, Map.of("note", "no"));
          } else {
            provide(e);
          }
        });
    paid(pay("header"));
    assertThat(minted).hasValue(2);
    assertThat(vault.provider.received.stream().map(FakeProvider.Received::path))
        .containsExactly("/pay", "/token", "/pay");
    assertThat(vault.provider.received.getLast().body()).contains(RunningVault.VISA);
  }

  @Test
  void aProviderThatRefusesEveryTokenIsAskedTwiceAndNoMore() {
    vault.provider.behave(
        e -> {
          if (e.getRequestURI().getPath().equals("/pay")) {
            FakeProvider.answer(e, 401, Map.of("note", "no"));
          } else {
            provide(e);
          }
        });
    assertThat(pay("header").json()).containsEntry("status", 401L);
    assertThat(vault.provider.received.stream().map(FakeProvider.Received::path))
        .containsExactly("/token", "/pay", "/token", "/pay");
  }

  @Test
  void withoutATokenNothingIsSent() {
    vault.provider.behave(e -> FakeProvider.answer(e, 401, Map.of("error", "invalid_client")));
    refused("token_refused: invalid_client");
    vault.provider.behave(
        e -> FakeProvider.answer(e, 400, Map.of("error", "Card 4242424242424242 is bad")));
    refused("token_refused");
    vault.provider.behave(e -> FakeProvider.answer(e, 429, Map.of("error", "slow_down")));
    refused("token_unavailable");
    vault.provider.behave(e -> FakeProvider.answer(e, 503, Map.of()));
    refused("token_unavailable");
    for (Map<String, String> bad :
        List.of(
            Map.of("access_token", "x"),
            Map.of("access_token", "x", "token_type", "mac"),
            Map.of("access_token", "x\r\nHost: evil", "token_type", "bearer"),
            Map.of("token_type", "bearer"))) {
      vault.provider.behave(e -> FakeProvider.answer(e, 200, bad));
      refused("token_invalid");
    }
    vault.provider.behave(e -> e.close());
    refused("token_unavailable");
    vault.provider.behave(this::provide);
    paid(pay("header"));
  }

  private void refused(String reason) {
    Got got = pay("header");
    assertThat(got.json()).containsEntry("outcome", "not_sent").containsEntry("reason", reason);
    assertThat(vault.provider.received.stream().map(FakeProvider.Received::path))
        .containsOnly("/token");
  }

  @Test
  void aTestCallUsesATokenToo() {
    Got got =
        vault.call(
            "/internal/v1/providers/test",
            Map.of("account", vault.account, "livemode", false, "provider_account", "header"));
    assertThat(got.text("outcome")).isEqualTo("works");
    assertThat(got.json().toString()).doesNotContain("token-1", SECRET);
  }
}
