package dev.portcullis.simulator;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends a provider's notifications: some late or twice, and each again until it is taken. What was
 * not taken yet is forgotten when the simulator stops.
 */
final class Notifier implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Notifier.class.getName());
  private static final int MOST_WAITING = 20_000;
  private static final int MOST_AT_ONCE = 8;
  private static final int MOST_TRIES = 12;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private record Waiting(
      long dueMillis, long number, int tries, Map<String, @Nullable Object> notice) {}

  private final ProviderApi api;
  private final InstantSource clock;
  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(
          Comparator.comparingLong(Waiting::dueMillis).thenComparingLong(Waiting::number));
  private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore places = new Semaphore(MOST_AT_ONCE);
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private @Nullable NotificationPlan plan;
  private long next;
  private long taken;
  private long lost;

  Notifier(ProviderApi api, InstantSource clock) {
    this.api = api;
    this.clock = clock;
  }

  /** Puts a plan into force; null tells nobody anything, and forgets what waits. */
  synchronized void use(@Nullable NotificationPlan other) {
    plan = other;
    if (other == null) {
      waiting.clear();
    }
  }

  /** Takes a notice to be sent when its time comes. */
  synchronized void tell(Map<String, @Nullable Object> notice) {
    if (plan == null) {
      return;
    }
    if (waiting.size() >= MOST_WAITING) {
      lost++;
      return;
    }
    long number = next++;
    long now = clock.millis();
    waiting.add(new Waiting(now + delay(plan, number), number, 0, notice));
    if (isIn(plan.twice(), number, 2)) {
      waiting.add(new Waiting(now, number, 0, notice));
    }
  }

  private static long delay(NotificationPlan plan, long number) {
    return isIn(plan.late(), number, 1) ? plan.delayMillis() : 0;
  }

  /** Spread evenly and the same in every run. */
  private static boolean isIn(double share, long number, int salt) {
    long hash = ReferenceIndex.hash(salt + ":" + number);
    return (hash >>> 11) * 0x1.0p-53 < share;
  }

  /** Begins to send what is due. */
  void tick() {
    for (Waiting each : due()) {
      senders.execute(() -> send(each));
    }
  }

  private synchronized List<Waiting> due() {
    List<Waiting> due = new ArrayList<>();
    long now = clock.millis();
    while (!waiting.isEmpty() && waiting.peek().dueMillis() <= now && places.tryAcquire()) {
      due.add(waiting.remove());
    }
    return due;
  }

  private void send(Waiting each) {
    try {
      boolean ok = isTaken(each);
      settle(each, ok);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "A notification could not be made.", e);
      settle(each, false);
    } finally {
      places.release();
    }
  }

  private boolean isTaken(Waiting each) {
    NotificationPlan to = plan();
    if (to == null) {
      return true;
    }
    ProviderApi.Message message = api.message(each.notice(), to.secret(), clock.instant());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(to.url())
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(message.body()));
    message.headers().forEach(request::setHeader);
    try {
      int status = http.send(request.build(), BodyHandlers.discarding()).statusCode();
      return status >= 200 && status < 300;
    } catch (IOException e) {
      LOG.log(Level.FINE, "A notification did not arrive.", e);
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private synchronized @Nullable NotificationPlan plan() {
    return plan;
  }

  private synchronized void settle(Waiting each, boolean ok) {
    if (ok) {
      taken++;
    } else if (each.tries() + 1 >= MOST_TRIES) {
      lost++;
    } else if (plan != null) {
      long pause = 1_000L << each.tries();
      waiting.add(
          new Waiting(clock.millis() + pause, each.number(), each.tries() + 1, each.notice()));
    }
  }

  /** How many wait, were taken and are given up. */
  synchronized Map<String, @Nullable Object> state() {
    Map<String, @Nullable Object> state = new LinkedHashMap<>();
    state.put("waiting", (long) waiting.size() + MOST_AT_ONCE - places.availablePermits());
    state.put("taken", taken);
    state.put("lost", lost);
    return state;
  }

  @Override
  public void close() {
    senders.shutdownNow();
    http.shutdownNow();
  }
}
