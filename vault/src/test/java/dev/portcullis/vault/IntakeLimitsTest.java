package dev.portcullis.vault;

import static dev.portcullis.vault.RunningVault.VISA;
import static dev.portcullis.vault.RunningVault.card;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.KeyKind;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much the cards origin takes, and from whom: over HTTP. */
class IntakeLimitsTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int MANY = 500;

  @TempDir private Path home;
  private @Nullable RunningVault vault;

  private RunningVault start(String... settings) {
    RunningVault started = new RunningVault(home, settings);
    vault = started;
    return started;
  }

  @AfterEach
  void stop() {
    if (vault != null) {
      vault.close();
    }
  }

  private static Got post(RunningVault vault, ApiKey key, String from, String... more) {
    List<String> headers = new ArrayList<>(List.of("X-Forwarded-For", from));
    headers.addAll(List.of(more));
    return vault.post("/v1/payment_methods", key, card(VISA), headers.toArray(String[]::new));
  }

  /** What came of sending until a limit was reached. */
  private static Got flood(RunningVault vault, ApiKey key, String from) {
    Got got = post(vault, key, from);
    for (int n = 1; n < MANY && got.status() != 429; n++) {
      got = post(vault, key, from);
    }
    return got;
  }

  private static void isStripesRefusal(Got refused, String reason) {
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.text("error.type")).isEqualTo("invalid_request_error");
    assertThat(refused.text("error.code")).isEqualTo("rate_limit");
    assertThat(refused.header("Stripe-Rate-Limited-Reason")).isEqualTo(reason);
    assertThat(refused.header("Stripe-Should-Retry")).isEqualTo("true");
    assertThat(Integer.parseInt(refused.header("Retry-After"))).isPositive();
  }

  @Test
  void anAddressIsSlowedBeforeItsKeyIsLookedAt() {
    RunningVault vault = start("limits.address.requests=1", "limits.burst=1");
    isStripesRefusal(flood(vault, vault.publishableKey, "2001:db8:1:1::1"), "global-rate");
    Got refused = flood(vault, vault.secretKey, "2001:db8:1:1::2");
    isStripesRefusal(refused, "global-rate");
    assertThat(post(vault, vault.publishableKey, "2001:db8:1:2::1").status())
        .as("another network")
        .isEqualTo(200);
    assertThat(refused.header("Access-Control-Allow-Origin")).as("no page reads it").isEmpty();
    vault.clock.advance(Duration.ofSeconds(Long.parseLong(refused.header("Retry-After"))));
    assertThat(post(vault, vault.secretKey, "2001:db8:1:1::2").status()).isEqualTo(200);
    assertThat(metric(vault, "portcullis_vault_limits_refused_total{limit=\"address\"} "))
        .isPositive();
  }

  @Test
  void whoGuessesKeysIsSlowedAndWhoSharesTheAddressGoesOn() {
    RunningVault vault = start("limits.address.unknown-keys=1", "limits.burst=1");
    assertThat(post(vault, vault.publishableKey, "203.0.113.1").status()).isEqualTo(200);
    ApiKey unknown = ApiKey.generate(KeyKind.SECRET, false, RANDOM);
    assertThat(post(vault, unknown, "203.0.113.1").status()).isEqualTo(401);
    isStripesRefusal(flood(vault, unknown, "203.0.113.1"), "global-rate");
    assertThat(post(vault, vault.publishableKey, "203.0.113.1").status())
        .as("a key that is known")
        .isEqualTo(200);
    vault.clock.advance(Duration.ofHours(1));
    assertThat(post(vault, vault.publishableKey, "203.0.113.1").status()).isEqualTo(200);
    assertThat(post(vault, unknown, "203.0.113.2").status()).as("elsewhere").isEqualTo(401);
  }

  @Test
  void aRevokedKeyThatWasKnownIsRefusedAllTheSame() {
    RunningVault vault = start();
    assertThat(post(vault, vault.publishableKey, "203.0.113.1").status()).isEqualTo(200);
    vault.push("key_publishable", 2, vault.publishableKey, true);
    assertThat(post(vault, vault.publishableKey, "203.0.113.1").status()).isEqualTo(401);
  }

  @Test
  void theSameCardAgainAndAgainFillsNothing() {
    RunningVault vault = start("limits.page.stores=5");
    isStripesRefusal(flood(vault, vault.publishableKey, "203.0.113.1"), "endpoint-rate");
    long stored = rows(vault);
    assertThat(stored).isBetween(5L, 10L);
    // Nor does a token that everybody knows, nor what is refused and remembered.
    Map<String, String> token = Map.of("type", "card", "card[token]", "tok_visa");
    for (int n = 0; n < 20; n++) {
      vault.post(
          "/v1/payment_methods", vault.publishableKey, token, "X-Forwarded-For", "203.0.113.1");
      Map<String, String> mistyped = new HashMap<>(card("4242424242424241"));
      vault.post(
          "/v1/payment_methods",
          vault.publishableKey,
          mistyped,
          "X-Forwarded-For",
          "203.0.113.1",
          "Idempotency-Key",
          "mistyped-" + n);
    }
    assertThat(rows(vault)).isBetween(stored, stored + 5);
    assertThat(answers(vault)).isLessThan(5);
    assertThat(post(vault, vault.publishableKey, "203.0.113.2").status()).isEqualTo(200);
    assertThat(post(vault, vault.secretKey, "203.0.113.1").status()).isEqualTo(200);
    vault.clock.advance(Duration.ofMinutes(1));
    assertThat(post(vault, vault.publishableKey, "203.0.113.1").status()).isEqualTo(200);
  }

  /** All of intake's connections wait for a lock; payments go out by others. */
  @Test
  void intakeThatHangsDoesNotKeepPaymentsWaiting() throws SQLException {
    RunningVault vault = start();
    String card = vault.paymentMethod(VISA);
    vault.provider.behave(
        exchange -> FakeProvider.answer(exchange, 200, Map.of("id", "auth", "status", "approved")));
    try (Connection lock = vault.database.owner().getConnection();
        Statement statement = lock.createStatement();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      lock.setAutoCommit(false);
      statement.execute("lock table idempotency in access exclusive mode");
      List<CompletableFuture<Got>> waiting = new ArrayList<>();
      for (int n = 0; n < 30; n++) {
        String key = "hangs-" + n;
        waiting.add(
            CompletableFuture.supplyAsync(
                () -> post(vault, vault.publishableKey, "203.0.113.1", "Idempotency-Key", key),
                threads));
      }
      awaitWaiting(vault, 20);
      Got sent = vault.call("/internal/v1/forward", vault.authorization(card));
      assertThat(sent.json()).containsEntry("outcome", "answered");
      assertThat(waiting).anyMatch(each -> !each.isDone());
      lock.rollback();
      assertThat(waiting).allMatch(each -> List.of(200, 503).contains(each.join().status()));
    }
  }

  /** What waits holds a body in memory, so not everybody may. */
  @Test
  void whoComesWhenTooManyWaitIsRefusedAtOnce() throws SQLException {
    RunningVault vault = start("limits.intake.running=1", "limits.intake.waiting=2");
    assertThat(post(vault, vault.publishableKey, "203.0.113.1").status()).isEqualTo(200);
    try (Connection lock = vault.database.owner().getConnection();
        Statement statement = lock.createStatement();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      lock.setAutoCommit(false);
      statement.execute("lock table idempotency in access exclusive mode");
      List<CompletableFuture<Got>> inside = new ArrayList<>();
      for (int n = 0; n < 3; n++) {
        String key = "waits-" + n;
        inside.add(
            CompletableFuture.supplyAsync(
                () -> post(vault, vault.publishableKey, "203.0.113.1", "Idempotency-Key", key),
                threads));
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> metric(vault, "portcullis_vault_intake_inside ") == 3);
      Got refused = post(vault, vault.secretKey, "203.0.113.2");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("Retry-After")).isEqualTo("2");
      assertThat(refused.header("Stripe-Rate-Limited-Reason")).isEqualTo("global-concurrency");
      lock.rollback();
      assertThat(inside).allMatch(each -> List.of(200, 503).contains(each.join().status()));
    }
    assertThat(metric(vault, "portcullis_vault_intake_inside ")).isZero();
    assertThat(post(vault, vault.secretKey, "203.0.113.2").status()).isEqualTo(200);
  }

  /** Until that many requests wait for a connection. */
  private static void awaitWaiting(RunningVault vault, int requests) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    double waiting = 0;
    while (System.nanoTime() < end && waiting < requests) {
      waiting = metric(vault, "portcullis_vault_intake_waiting ");
    }
    assertThat(waiting).isGreaterThanOrEqualTo(requests);
  }

  private static long rows(RunningVault vault) {
    return Long.parseLong(
        vault.database.query("select count(*) from card where account = '" + vault.account + "'"));
  }

  private static long answers(RunningVault vault) {
    return Long.parseLong(
        vault.database.query(
            "select count(*) from idempotency where account = '" + vault.account + "'"));
  }

  private static double metric(RunningVault vault, String name) {
    String text =
        new String(
            vault.get(vault.management("/metrics")).raw().body(),
            java.nio.charset.StandardCharsets.UTF_8);
    return text.lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .sum();
  }
}
