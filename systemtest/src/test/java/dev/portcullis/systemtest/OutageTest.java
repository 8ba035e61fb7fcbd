package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One of three providers is away for two minutes while payments are made: what clients see of it,
 * how soon it is out of the route, and how soon it is back. It measures time, so it runs on request
 * alone, on a machine that does nothing else.
 */
@Order(41)
class OutageTest {
  private static final int PER_SECOND = 15;
  private static final Duration WELL = Duration.ofSeconds(20);
  private static final Duration AWAY = Duration.ofMinutes(2);
  private static final Duration HEALED = Duration.ofSeconds(80);
  private static final String AWAY_ONE = "stripe";

  /** A payment as its client saw it, by when it was begun. */
  private record Seen(long begun, String intent, String status) {
    boolean atOnce() {
      return status.equals("succeeded");
    }
  }

  @BeforeAll
  static void onlyOnRequest() {
    assumeTrue(Boolean.getBoolean("portcullis.long"), "only in a long run");
  }

  /** It can be told at once that nothing was sent, so another one is asked in the same request. */
  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void aProviderThatRefusesConnections() throws Exception {
    outage("refuses connections", "\"rates\":{\"cut_before\":1}");
  }

  /** Nobody knows whether it has them, so those that it was sent have to wait until it is asked. */
  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void aProviderThatHangs() throws Exception {
    outage("hangs", "\"timeout_ms\":30000,\"rates\":{\"timeout_before\":1}");
  }

  private static void outage(String what, String faults) throws Exception {
    try (Portcullis portcullis = Portcullis.start();
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        ExecutorService shoppers = Executors.newVirtualThreadPerTaskExecutor()) {
      PretendedProviders.connect(portcullis);
      Collection<Seen> seen = new ConcurrentLinkedQueue<>();
      AtomicInteger number = new AtomicInteger();
      ScheduledFuture<?> paying =
          clock.scheduleAtFixedRate(
              () -> shoppers.execute(() -> seen.add(pay(portcullis, number.getAndIncrement()))),
              0,
              1_000 / PER_SECOND,
              TimeUnit.MILLISECONDS);
      TimeUnit.MILLISECONDS.sleep(WELL.toMillis());
      long away = System.nanoTime();
      portcullis.simulator().faults(AWAY_ONE, "{\"seed\":1," + faults + "}");
      TimeUnit.MILLISECONDS.sleep(AWAY.toMillis());
      long healed = System.nanoTime();
      portcullis.simulator().noFaults(AWAY_ONE);
      int before = authorizations(portcullis);
      double back = secondsUntilBack(portcullis, before, healed);
      TimeUnit.MILLISECONDS.sleep(HEALED.toMillis() - (System.nanoTime() - healed) / 1_000_000);
      paying.cancel(false);
      shoppers.shutdown();
      assertThat(shoppers.awaitTermination(1, TimeUnit.MINUTES)).isTrue();

      double out =
          seen.stream()
              .filter(each -> !each.atOnce() && each.begun() > away)
              .mapToDouble(each -> (each.begun() - away) / 1e9)
              .filter(seconds -> seconds < AWAY.toSeconds())
              .max()
              .orElse(0);
      System.out.printf(
          Locale.ROOT,
          "outage: a provider of three %s for %d s at %d payments/s%n"
              + "  succeeded at once: %.2f %% while it did, %.2f %% in all%n"
              + "  the last that did not began %.1f s after it was away, and it was back %.1f s"
              + " after it was well%n",
          what,
          AWAY.toSeconds(),
          PER_SECOND,
          share(seen, each -> each.begun() > away && each.begun() < healed),
          share(seen, each -> true),
          out,
          back);
      assertThat(back).as("seconds until it is asked again").isLessThan(60);
      assertThat(share(seen, each -> each.begun() > away && each.begun() < healed))
          .as("per cent that clients saw succeed at once")
          .isGreaterThan(99);
      List<String> waiting =
          seen.stream().filter(each -> !each.atOnce()).map(Seen::intent).toList();
      await("those that had to wait succeed later")
          .atMost(Duration.ofMinutes(3))
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(
              () ->
                  assertThat(waiting)
                      .allSatisfy(id -> assertThat(status(portcullis, id)).isEqualTo("succeeded")));
    }
  }

  private static Seen pay(Portcullis portcullis, int number) {
    long begun = System.nanoTime();
    try {
      JsonObject intent =
          Http.post(
                  portcullis.api() + "/v1/payment_intents",
                  portcullis.secretKey(),
                  Map.of(
                      "amount",
                      Long.toString(Shopper.amount(number)),
                      "currency",
                      "usd",
                      "payment_method",
                      "pm_card_visa",
                      "confirm",
                      "true"))
              .json();
      return new Seen(begun, intent.get("id").getAsString(), intent.get("status").getAsString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static double secondsUntilBack(Portcullis portcullis, int before, long healed) {
    await("the provider is asked again")
        .atMost(HEALED)
        .pollInterval(Duration.ofMillis(200))
        // A probe may have been one; three are traffic.
        .until(() -> authorizations(portcullis) >= before + 3);
    return (System.nanoTime() - healed) / 1e9;
  }

  private static int authorizations(Portcullis portcullis)
      throws IOException, InterruptedException {
    return (int)
        portcullis.simulator().ledger(AWAY_ONE).stream()
            .filter(entry -> "authorization".equals(entry.kind()))
            .count();
  }

  private static String status(Portcullis portcullis, String intent)
      throws IOException, InterruptedException {
    return Http.get(portcullis.api() + "/v1/payment_intents/" + intent, portcullis.secretKey())
        .json()
        .get("status")
        .getAsString();
  }

  private static double share(Collection<Seen> seen, Predicate<Seen> of) {
    List<Seen> all = seen.stream().filter(of).toList();
    return 100.0 * all.stream().filter(Seen::atOnce).count() / all.size();
  }
}
