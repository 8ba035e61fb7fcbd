package dev.portcullis.wire.admin;

import dev.portcullis.wire.people.TooManyAttempts;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * So many requests of one address in so many seconds. Administration is people's work: whoever
 * needs more is a loop, or an attack. Of too many addresses those are forgotten that have not come
 * for longest, so that many addresses free none that goes on.
 */
final class AdminRate {

  static final int MOST = 100;
  static final Duration WINDOW = Duration.ofSeconds(10);

  static final int ADDRESSES = 10_000;

  private final InstantSource clock;
  private final Map<String, Integer> counts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > ADDRESSES;
        }
      };
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
    if (now != window) {
      counts.clear();
      window = now;
    }
    if (counts.merge(address, 1, Integer::sum) > MOST) {
      throw new TooManyAttempts(Duration.ofMillis((now + 1) * WINDOW.toMillis() - millis));
    }
  }
}
