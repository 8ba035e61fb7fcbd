package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The keys of many cards are rotated while cards come in and payments go out, and the vault is
 * killed midway. Nobody notices, but whoever was in the midst of something when it was killed; and
 * what the vault says in the end is what its tables hold.
 *
 * <p>{@code -Dportcullis.long=true} rotates the keys of 100,000 cards.
 */
@Order(41)
@Execution(ExecutionMode.CONCURRENT)
class RotationAtSizeTest {

  private static final boolean LONG = Boolean.getBoolean("portcullis.long");
  private static final int CARDS = LONG ? 100_000 : 1_000;
  private static final int FILLING = 12;
  private static final int LOADS = 3;
  private static final Duration LIMIT = Duration.ofMinutes(LONG ? 60 : 3);

  /** Each is paid with once: without a customer it takes no second payment. */
  private final Queue<String> cards = new ConcurrentLinkedQueue<>();

  private final List<String> payments = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger number = new AtomicInteger();

  @Test
  @Timeout(value = 90, unit = TimeUnit.MINUTES)
  void manyCardsUnderLoadAndTheVaultIsKilledMidway() throws Exception {
    try (Portcullis portcullis = Portcullis.start()) {
      PersistentClient client = new PersistentClient(portcullis.secretKey(), Duration.ofMinutes(2));
      fill(portcullis, client);
      Administrator vera = Administrator.named(portcullis, "vera", "vault");
      vera.enroll(Administrator.setupCode(portcullis, "vault"));
      vera.signIn();
      for (String kind : List.of("data", "fingerprint", "master")) {
        // The master key's is over in one step, and there is no midway.
        rotate(portcullis, client, vera, kind, !kind.equals("master"));
      }
    }
  }

  private void fill(Portcullis portcullis, PersistentClient client) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicInteger left = new AtomicInteger(CARDS);
      List<Future<?>> filling = new ArrayList<>();
      for (int n = 0; n < FILLING; n++) {
        filling.add(
            threads.submit(
                () -> {
                  while (left.getAndDecrement() > 0) {
                    cards.add(tokenize(portcullis, client));
                  }
                }));
      }
      for (Future<?> each : filling) {
        each.get();
      }
    }
  }

  private String tokenize(Portcullis portcullis, PersistentClient client) {
    int n = number.incrementAndGet();
    Http.Answer made =
        client.post(
            portcullis.cards() + "/v1/payment_methods",
            "rotation-card-" + n,
            Map.of(
                "type", "card",
                "card[number]", TestCards.generated(n),
                "card[exp_month]", "12",
                "card[exp_year]", "2040"));
    assertThat(made.status()).as(made.body()).isEqualTo(200);
    return made.json().get("id").getAsString();
  }

  private void pay(Portcullis portcullis, PersistentClient client) {
    String card = Objects.requireNonNull(cards.poll());
    Http.Answer paid =
        client.post(
            portcullis.api() + "/v1/payment_intents",
            "rotation-payment-" + number.incrementAndGet(),
            Map.of(
                "amount", "1999",
                "currency", "usd",
                "payment_method", card,
                "confirm", "true"));
    assertThat(paid.status()).as(paid.body()).isEqualTo(200);
    payments.add(paid.json().get("id").getAsString());
  }

  private void rotate(
      Portcullis portcullis,
      PersistentClient client,
      Administrator vera,
      String kind,
      boolean killed)
      throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    long begin = System.nanoTime();
    // The load ends before its threads are waited for, also when something is not as it should be.
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Closing _ = () -> over.set(true)) {
      List<Future<?>> loads = new ArrayList<>();
      for (int n = 0; n < LOADS; n++) {
        loads.add(threads.submit(() -> load(portcullis, client, over)));
      }
      long before = client.retries();
      String id = vera.json("vault", "keys", "rotate", kind, "--no-wait").get("id").getAsString();
      long disturbed = 0;
      if (killed) {
        awaitMoved(portcullis, id);
        assertThat(client.retries()).as("requests that failed before the kill").isEqualTo(before);
        portcullis.killNine("vault");
        portcullis.awaitHealthy();
        awaitNextPayment();
        disturbed = client.retries() - before;
      }
      awaitEnd(portcullis, id);
      over.set(true);
      for (Future<?> load : loads) {
        load.get();
      }
      assertThat(client.retries() - before).as("requests that failed").isEqualTo(disturbed);
      tell(portcullis, kind, id, System.nanoTime() - begin, disturbed);
    }
    requireStatement(portcullis);
    for (String payment : payments) {
      await("payment " + payment)
          .atMost(LIMIT)
          .until(
              () ->
                  client
                      .get(portcullis.api() + "/v1/payment_intents/" + payment)
                      .json()
                      .get("status")
                      .getAsString(),
              "succeeded"::equals);
    }
    payments.clear();
  }

  private interface Closing extends AutoCloseable {
    @Override
    void close();
  }

  private void load(Portcullis portcullis, PersistentClient client, AtomicBoolean over) {
    while (!over.get()) {
      cards.add(tokenize(portcullis, client));
      pay(portcullis, client);
    }
  }

  /** Every load was in the midst of something when the vault was killed; now all have gone on. */
  private void awaitNextPayment() {
    int paid = payments.size();
    await("payments go on").atMost(LIMIT).until(() -> payments.size() > paid + 3 * LOADS);
  }

  private static void awaitMoved(Portcullis portcullis, String id) {
    await("a part is done")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                number(
                        portcullis,
                        ("select count(*) from key_rotation where id = '%s' and (moved > total / 4"
                                + " or"
                                + " state <> 'running')")
                            .formatted(id))
                    == 1);
    assertThat(
            number(
                portcullis,
                "select count(*) from key_rotation where id = '%s' and state = 'running'"
                    .formatted(id)))
        .as("it is under way")
        .isEqualTo(1);
  }

  private static void awaitEnd(Portcullis portcullis, String id) {
    await("the rotation ends")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () ->
                number(
                        portcullis,
                        "select count(*) from key_rotation where id = '%s' and state <> 'running'"
                            .formatted(id))
                    == 1);
  }

  private static void tell(
      Portcullis portcullis, String kind, String id, long nanos, long disturbed)
      throws SQLException {
    String run =
        text(
            portcullis,
            "select state || ', ' || moved || ' moved' from key_rotation where id = '" + id + "'");
    assertThat(run).startsWith("done");
    System.out.printf(
        "rotation at size: %s of %d cards: %s in %.1f s, %d requests were tried again after the"
            + " kill%n",
        kind, CARDS, run, nanos / 1e9, disturbed);
  }

  /** By the raw tables, and not by what the vault counts. */
  private static void requireStatement(Portcullis portcullis) {
    assertThat(
            number(
                portcullis,
                "select count(*) from card c left join data_key k on k.account = c.account and k.id"
                    + " = c.data_key where k.id is null"))
        .as("cards under a key that is not in use")
        .isZero();
    assertThat(
            number(
                portcullis,
                "select count(*) from card c left join card_match m on m.account = c.account and"
                    + " m.livemode = c.livemode and m.shown = c.fingerprint and m.key_version ="
                    + " (select max(version) from fingerprint_key) where m.mac is null"))
        .as("cards that the newest fingerprint key does not know")
        .isZero();
    assertThat(number(portcullis, "select count(distinct master_key) from data_key")).isEqualTo(1);
    assertThat(number(portcullis, "select count(*) from card")).isGreaterThan(CARDS);
  }

  private static long number(Portcullis portcullis, String sql) {
    try {
      return Long.parseLong(text(portcullis, sql));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(Portcullis portcullis, String sql) throws SQLException {
    try (Connection connection = new Databases(portcullis).of("vault").getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
