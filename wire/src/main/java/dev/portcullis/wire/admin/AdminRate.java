package dev.portcullis.wire.admin;

import dev.portcullis.wire.people.TooManyAttempts;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * So many requests of one address in so many seconds. Administration is people's work: whoever
 * needs more is a loop, or an attack.
 */
final class AdminRate {

  static final int MOST = 100;
  static final Duration WINDOW = Duration.ofSeconds(10);

  private static final int ADDRESSES = 10_000;

  private final InstantSource clock;
  private final Map<String, Integer> counts = new HashMap<>();
  private long window;

  AdminRate(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Counts a request.
   *
   * @throws TooManyAttempts if there were too many
   */
  synchronized void count(String address) {
    long millis = clock.millis();
    long now = millis / WINDOW.toMillis();
    if (now != window || counts.size() >= ADDRESSES) {
      counts.clear();
      window = now;
    }
    if (counts.merge(address, 1, Integer::sum) > MOST) {
      throw new TooManyAttempts(Duration.ofMillis((now + 1) * WINDOW.toMillis() - millis));
    }
  }
}
