package dev.portcullis.gateway.pages;

import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.portcullis.gateway.pages.WatchedPage.Standing;
import dev.portcullis.gateway.pages.WatchedPage.State;
import dev.portcullis.gateway.work.Caches;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** How the pages stand, for whoever watches, the same at every gateway. */
final class PageMetrics {

  /** However often somebody reads the metrics, the database is asked so seldom. */
  private static final Duration COUNTED_FOR = Duration.ofSeconds(10);

  private final InstantSource clock;
  private final LoadingCache<Boolean, List<WatchedPage>> pages;

  PageMetrics(PageStore store, InstantSource clock) {
    this.clock = clock;
    this.pages =
        Caches.bounded()
            .expireAfterWrite(COUNTED_FOR)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build(_ -> store.list());
  }

  void register(MeterRegistry meters) {
    Gauge.builder("portcullis.pages.changed", this, it -> it.count(PageMetrics::isChanged))
        .description("Watched pages that are not as they were approved")
        .register(meters);
    Gauge.builder("portcullis.pages.failing", this, it -> it.count(Standing::isFailing))
        .description("Watched pages that could not be got several times")
        .register(meters);
    Gauge.builder("portcullis.pages.good.age.seconds", this, PageMetrics::oldest)
        .description("How long ago the page that was not found as approved for longest was")
        .register(meters);
  }

  private static boolean isChanged(Standing standing) {
    return standing.state() == State.CHANGED;
  }

  private long count(Predicate<Standing> which) {
    return pages.get(true).stream().map(WatchedPage::standing).filter(which).count();
  }

  private double oldest() {
    Instant now = clock.instant();
    return pages.get(true).stream()
        .map(page -> Objects.requireNonNullElse(page.standing().good(), page.created()))
        .mapToLong(good -> Duration.between(good, now).toSeconds())
        .max()
        .orElse(0);
  }
}
