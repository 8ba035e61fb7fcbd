package dev.portcullis.gateway.pages;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Looks at every page whose turn it is (PCI DSS 4.0.1, 11.6.1). Several gateways share the pages:
 * each is claimed by its row. Each of them notes what its own release serves, so that during an
 * upgrade both are expected.
 */
@Component
public final class PageWatch implements SmartLifecycle {

  private static final Logger LOG = Logger.getLogger(PageWatch.class.getName());

  /** Soon: what a process does for the first time later has what payments share compiled anew. */
  private static final long FIRST_SECONDS = 75;

  private static final long PAUSE_SECONDS = 60;

  /** More pages in one round than there can be. */
  private static final int MOST = 2_000;

  /** Much less than a release is expected for after it was said. */
  private static final Duration ROUND = Duration.ofMinutes(5);

  /** One account's in a round. */
  private static final Duration TURN = Duration.ofMinutes(1);

  private static final Duration SAID_AGAIN = Duration.ofMinutes(5);

  private final List<OwnPage.Source> sources;
  private final PageStore store;
  private final PageCheck check;
  private final PageAlerts alerts;
  private final InstantSource clock;

  /** Kept: a registry of gauges does not. */
  private final PageMetrics metrics;

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("page-watch").factory());
  private volatile boolean running;
  private volatile Instant said = Instant.MIN;

  PageWatch(
      List<OwnPage.Source> sources,
      PageStore store,
      PageCheck check,
      PageAlerts alerts,
      InstantSource clock,
      MeterRegistry meters) {
    this.sources = List.copyOf(sources);
    this.store = store;
    this.check = check;
    this.alerts = alerts;
    this.clock = clock;
    this.metrics = new PageMetrics(store, clock);
    metrics.register(meters);
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // a round never fails; the schedule ends with stop
  public void start() {
    running = true;
    timer.scheduleWithFixedDelay(this::roundSafely, FIRST_SECONDS, PAUSE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void stop() {
    running = false;
    timer.shutdownNow();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void roundSafely() {
    try {
      LOG.log(Level.FINE, "{0} pages were looked at", round());
    } catch (RuntimeException e) {
      // A scheduled task that throws is never run again.
      LOG.log(Level.WARNING, "pages could not be looked at", e);
    }
  }

  /**
   * Looks at the pages whose turn it is, ours first, for some minutes: what is left comes next, and
   * meanwhile is said again what this release serves. An account whose pages take long waits for
   * the next round with the rest of them.
   *
   * @return how many
   */
  public int round() {
    if (said.plus(SAID_AGAIN).isBefore(clock.instant())) {
      say();
    }
    Instant begun = clock.instant();
    alerts.goOn(begun, PageAlerts.STEPS);
    Map<String, Duration> spent = new HashMap<>();
    Set<String> waiting = new HashSet<>();
    int looked = 0;
    while (looked < MOST && isTime(begun)) {
      Instant before = clock.instant();
      Optional<WatchedPage> page = store.claim(before, waiting);
      if (page.isEmpty()) {
        return looked;
      }
      look(page.get());
      looked++;
      Duration took = Duration.between(before, clock.instant());
      String account = page.get().account();
      if (spent.merge(account, took, Duration::plus).compareTo(TURN) >= 0 && !page.get().isOwn()) {
        waiting.add(account);
      }
    }
    return looked;
  }

  private boolean isTime(Instant begun) {
    return !timer.isShutdown() && clock.instant().isBefore(begun.plus(ROUND));
  }

  /** One that makes trouble must not keep the others from being looked at. */
  private void look(WatchedPage page) {
    try {
      LOG.log(
          Level.FINE,
          "{0} is {1}",
          new Object[] {page.url(), check.check(page).standing().state()});
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, page.url() + " could not be looked at", e);
    }
  }

  /** Notes what this release serves, and that it is watched. */
  void say() {
    Instant now = clock.instant();
    for (OwnPage.Source source : sources) {
      for (OwnPage page : source.pages()) {
        store.watchOwn(page, now);
        store.release(page.id(), page.inventory(), now);
      }
    }
    said = now;
  }

  /** Why each script of ours is there, by its address. */
  List<OwnPage> own() {
    return sources.stream().flatMap(source -> source.pages().stream()).toList();
  }
}
