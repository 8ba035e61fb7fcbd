package dev.portcullis.systemtest;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * A caller that behaves as the official SDKs do, only more patient: the same idempotency key until
 * there is an answer that is one. It tries again after a lost connection, a 409 and a 5xx, unless
 * {@code Stripe-Should-Retry} says otherwise.
 */
final class PersistentClient {
  private static final int FIRST_PAUSE_MILLIS = 100;
  private static final int LAST_PAUSE_MILLIS = 1_000;

  private final String key;
  private final Duration patience;
  private final LongAdder retries = new LongAdder();

  /** The caller had no answer in all its patience. */
  static final class GaveUp extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GaveUp(String message) {
      super(message);
    }
  }

  PersistentClient(String key, Duration patience) {
    this.key = key;
    this.patience = patience;
  }

  Http.Answer post(String url, String idempotencyKey, Map<String, String> form) {
    return untilAnswered(
        url,
        () ->
            Http.authorized(url, key)
                .header("Idempotency-Key", idempotencyKey)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(Http.encode(form))));
  }

  Http.Answer get(String url) {
    return untilAnswered(url, () -> Http.authorized(url, key).GET());
  }

  private Http.Answer untilAnswered(String url, Supplier<HttpRequest.Builder> request) {
    long start = System.nanoTime();
    int millis = FIRST_PAUSE_MILLIS;
    String last = "";
    while (System.nanoTime() - start < patience.toNanos()) {
      try {
        Http.Answer answer = Http.send(request.get());
        if (!shouldRetry(answer)) {
          return answer;
        }
        last = answer.status() + " " + answer.body();
      } catch (IOException e) {
        last = e.toString();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new GaveUp("interrupted");
      }
      retries.increment();
      pause(millis);
      millis = Math.min(LAST_PAUSE_MILLIS, millis * 2);
    }
    throw new GaveUp(url + " had no answer in " + patience + "; the last was " + last);
  }

  private static boolean shouldRetry(Http.Answer answer) {
    String advice = answer.header("stripe-should-retry");
    if (!advice.isEmpty()) {
      return "true".equals(advice);
    }
    return answer.status() == 409 || answer.status() >= 500;
  }

  /** A client's back-off; no test waits for time to pass. */
  static void pause(int millis) {
    CompletableFuture.runAsync(
            () -> {}, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS))
        .join();
  }

  long retries() {
    return retries.sum();
  }
}
