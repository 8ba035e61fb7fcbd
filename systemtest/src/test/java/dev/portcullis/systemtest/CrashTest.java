package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Payments over three providers, each spoken to in its own API, go on while the gateway is killed
 * at every step of a confirm, the vault and the database are killed, the providers misbehave and
 * one is down; what a provider tells by itself comes late, twice and before its answer. In the end
 * the providers' books, the gateway's and the clients' beliefs agree: one charge at one provider
 * for each payment that a client believes in, none lost, none twice.
 *
 * <p>{@code -Dportcullis.seed=N} repeats a run's choices; {@code -Dportcullis.long=true} makes
 * 20,000 payments.
 */
@Order(40)
class CrashTest {
  private static final boolean LONG = Boolean.getBoolean("portcullis.long");
  private static final int PAYMENTS = LONG ? 20_000 : 500;
  private static final int ROUNDS = LONG ? 10 : 1;

  /** How many payments are under way at most. */
  private static final int AT_ONCE = 24;

  private static final int TICK_MILLIS = 60;

  /** The gateway's management listener, by its distance from the first port. */
  private static final int GATEWAY = 6;

  /**
   * How long a client goes on asking. A send that may have happened is settled after half a minute
   * at the earliest, and in five rounds the same payment can be hit by one death after another.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(LONG ? 240 : 150);

  private static final List<String> PROVIDERS = PretendedProviders.PROVIDERS;

  private final Collection<Shopper.Belief> beliefs = new ConcurrentLinkedQueue<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger begun = new AtomicInteger();
  private final Semaphore underWay = new Semaphore(AT_ONCE);

  @Test
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void nothingIsChargedTwiceAndNothingIsLost() throws Exception {
    long seed = Long.getLong("portcullis.seed", System.nanoTime() % 1_000_000_007);
    System.out.println(
        "crash test: seed " + seed + " (repeat with -Dportcullis.seed=" + seed + ")");
    AgentJar agent = AgentJar.pack();
    try (Portcullis portcullis =
        Portcullis.start(Map.of("PORTCULLIS_GATEWAY_JAVA_OPTIONS", agent.option()))) {
      PersistentClient client = new PersistentClient(portcullis.secretKey(), PATIENCE);
      PretendedProviders.connect(portcullis);
      Storm storm = new Storm(portcullis, PROVIDERS, agent, seed);
      long start = System.nanoTime();

      weather(storm, new Shopper(portcullis, client, seed));

      for (String provider : PROVIDERS) {
        portcullis.simulator().noFaults(provider);
      }
      awaitNothingUnderWay(portcullis, client);
      awaitNotificationsTaken(portcullis);
      Books books = Books.read(portcullis, client, PROVIDERS);
      List<String> disagreements = books.disagreements(beliefs);
      tell(portcullis, storm, books, client, start);
      assertThat(failures).as("clients that got no answer; seed " + seed).isEmpty();
      assertThat(disagreements).as("seed " + seed).isEmpty();
      assertThat(authorizationsByProvider(portcullis).values())
          .as("each provider's share")
          .allSatisfy(count -> assertThat(count).isGreaterThan(begun.get() / 6L));
      assertThat(portcullis.metric(GATEWAY, "portcullis_notifications_left"))
          .as("notifications that contradict the books")
          .isZero();
      Shopper.Belief some = beliefs.iterator().next();
      Shopper.Belief wrong =
          new Shopper.Belief(
              some.number(), some.intent(), some.status(), some.received() + 1, some.refunded());
      assertThat(Books.read(portcullis, client, PROVIDERS).disagreements(List.of(wrong)))
          .as("one cent of difference is seen")
          .hasSize(1);
      assertThat(beliefs).hasSize(begun.get()).hasSizeGreaterThanOrEqualTo(PAYMENTS);
      assertThat(books.intentsOf("succeeded"))
          .as("a storm must not stop business")
          .isGreaterThan(begun.get() * 9L / 10);
    }
    agent.delete();
  }

  /** Payments at a steady rate until the storm is over and there were enough. */
  private void weather(Storm storm, Shopper shopper) throws Exception {
    storm.calm();
    try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        ExecutorService shoppers = Executors.newVirtualThreadPerTaskExecutor()) {
      ScheduledFuture<?> paying =
          clock.scheduleAtFixedRate(
              () -> begin(shoppers, shopper), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
      try {
        for (int round = 0; round < ROUNDS; round++) {
          storm.round();
        }
        await("enough payments")
            .atMost(Duration.ofMinutes(LONG ? 30 : 2))
            .pollInterval(Duration.ofMillis(100))
            .until(() -> begun.get() >= PAYMENTS);
      } finally {
        paying.cancel(false);
        clock.shutdown();
      }
    }
  }

  private void begin(ExecutorService shoppers, Shopper shopper) {
    if (!underWay.tryAcquire()) {
      return;
    }
    int number = begun.getAndIncrement();
    shoppers.execute(
        () -> {
          try {
            beliefs.add(shopper.pay(number));
          } catch (RuntimeException | AssertionError e) {
            failures.add("payment " + number + ": " + e.getMessage());
          } finally {
            underWay.release();
          }
        });
  }

  private static void awaitNothingUnderWay(Portcullis portcullis, PersistentClient client) {
    await("no payment is left under way")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () ->
                Books.allIntents(portcullis, client).stream()
                    .noneMatch(intent -> "processing".equals(intent.get("status").getAsString())));
  }

  /** What comes late, and what was refused while somebody was away, comes in the end. */
  private static void awaitNotificationsTaken(Portcullis portcullis) {
    for (String provider : PretendedProviders.NOTIFYING) {
      await("the notifications of " + provider + " are taken")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> portcullis.simulator().notifications(provider),
              state -> state.get("waiting").getAsLong() == 0 && state.get("taken").getAsLong() > 0);
    }
    await("what was told is worked on")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> portcullis.metric(GATEWAY, "portcullis_notifications_waiting") == 0);
  }

  /** How many authorizations each provider has, so that it is seen that all took part. */
  private static Map<String, Long> authorizationsByProvider(Portcullis portcullis)
      throws IOException, InterruptedException {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (String provider : PROVIDERS) {
      counts.put(
          provider,
          portcullis.simulator().ledger(provider).stream()
              .filter(entry -> "authorization".equals(entry.kind()))
              .count());
    }
    return counts;
  }

  private void tell(
      Portcullis portcullis, Storm storm, Books books, PersistentClient client, long start)
      throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>();
    lines.add(
        "crash test: %d payments in %d s, %d retries by clients, %d without an answer"
            .formatted(
                begun.get(),
                (System.nanoTime() - start) / 1_000_000_000,
                client.retries(),
                failures.size()));
    lines.add(
        "  gateway: %d intents, %d succeeded, %d canceled, %d want another card"
            .formatted(
                books.intentsInAll(),
                books.intentsOf("succeeded"),
                books.intentsOf("canceled"),
                books.intentsOf("requires_payment_method")));
    lines.add("  authorizations: " + authorizationsByProvider(portcullis));
    for (String provider : PretendedProviders.NOTIFYING) {
      lines.add(
          "  notifications of %s: %s"
              .formatted(provider, portcullis.simulator().notifications(provider)));
    }
    storm.story().forEach(line -> lines.add("  " + line));
    System.out.println(String.join("\n", lines));
  }
}
