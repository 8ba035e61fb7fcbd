package dev.portcullis.gateway.routing;

import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.portcullis.gateway.work.Caches;
import java.time.Duration;
import java.time.InstantSource;

/** Figures of the charges that are going to be tried again, for whoever watches. */
final class RetryFigures {

  /** However often somebody reads the metrics, the database is asked so seldom. */
  private static final Duration COUNTED_FOR = Duration.ofSeconds(15);

  /** One that a gateway has taken and not begun comes back before. */
  private static final Duration OVERDUE = Duration.ofMinutes(15);

  private final LoadingCache<Boolean, RetryStore.Open> counted;

  RetryFigures(RetryStore plans, InstantSource clock) {
    this.counted =
        Caches.bounded()
            .expireAfterWrite(COUNTED_FOR)
            .build(_ -> plans.open(clock.instant().minus(OVERDUE)));
  }

  double planned() {
    return counted.get(true).planned();
  }

  double overdue() {
    return counted.get(true).overdue();
  }
}
