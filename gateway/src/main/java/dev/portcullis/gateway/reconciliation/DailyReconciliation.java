package dev.portcullis.gateway.reconciliation;

import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.payments.ProviderGate;
import dev.portcullis.gateway.reconciliation.Reconciliation.Step;
import dev.portcullis.gateway.reconciliation.ReconciliationRun.Whose;
import dev.portcullis.wire.config.ZoneConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Compares each day by itself, wherever a provider has a list of its operations. What could not be
 * read is tried again every half hour, and for some days; whoever watches sees how many are behind.
 * Several gateways share a run: each part of a list is taken once.
 */
@Component
public final class DailyReconciliation implements SmartLifecycle {

  private static final Logger LOG = Logger.getLogger(DailyReconciliation.class.getName());

  /** Soon: what a process does for the first time later has what payments share compiled anew. */
  private static final long FIRST_SECONDS = 60;

  private static final long PAUSE_SECONDS = 30L * 60;

  /** So long after midnight (UTC) a day's operations may still move into a provider's list. */
  private static final Duration LATE = Duration.ofHours(3);

  /** After an outage, days before yesterday are made up for. */
  private static final int DAYS = 4;

  private static final String AWAY = "provider_unavailable";

  private final Reconciliation reconciliation;
  private final ReconciliationStore store;
  private final InstantSource clock;
  private final boolean sandbox;
  private final AtomicInteger behind = new AtomicInteger();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("daily-reconciliation").factory());
  private volatile boolean running;

  DailyReconciliation(
      Reconciliation reconciliation,
      ReconciliationStore store,
      InstantSource clock,
      ZoneConfig config,
      MeterRegistry meters) {
    this.reconciliation = reconciliation;
    this.store = store;
    this.clock = clock;
    this.sandbox = config.bool("sandbox");
    Gauge.builder("portcullis.reconciliation.behind", behind, AtomicInteger::get)
        .description("Days of providers whose lists could not be compared yet")
        .register(meters);
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
      LOG.log(Level.FINE, "{0} days compared", round());
    } catch (RuntimeException e) {
      // A scheduled task that throws is never run again.
      LOG.log(Level.WARNING, "providers' lists could not be compared", e);
    }
  }

  /**
   * Compares what has not been compared yet.
   *
   * @return how many lists of a day were
   */
  public int round() {
    LocalDate today = LocalDate.ofInstant(clock.instant().minus(LATE), ZoneOffset.UTC);
    int done = 0;
    int left = 0;
    for (int back = DAYS; back >= 1; back--) {
      LocalDate day = today.minusDays(back);
      for (Whose whose : store.missing(day, ProviderGate.listing(), sandbox)) {
        if (timer.isShutdown()) {
          return done;
        }
        if (isCompared(whose, day)) {
          done++;
        } else {
          left++;
        }
      }
    }
    behind.set(left);
    return done;
  }

  /** One list that makes trouble must not keep the others from being compared. */
  private boolean isCompared(Whose whose, LocalDate day) {
    try {
      Optional<String> run = store.reading(whose, day).or(() -> begun(whose, day));
      return run.isPresent() && isRead(whose, run.get());
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the list of " + whose + " of " + day + " was not compared", e);
      return false;
    }
  }

  private Optional<String> begun(Whose whose, LocalDate day) {
    return switch (reconciliation.begin(Actor.SYSTEM, whose, day, ReconciliationRun.FEED)) {
      case Step.Taken(ReconciliationRun run, boolean more) -> Optional.of(run.id());
      case Step.Refused refused -> {
        LOG.log(Level.FINE, "{0} of {1}: {2}", new Object[] {day, whose, refused.message()});
        yield Optional.empty();
      }
    };
  }

  private boolean isRead(Whose whose, String run) {
    while (!timer.isShutdown()) {
      switch (reconciliation.read(whose.account(), run)) {
        case Step.Taken(ReconciliationRun read, boolean more) when more ->
            LOG.log(Level.FINE, "{0} records of {1}", new Object[] {read.read(), run});
        case Step.Taken taken -> {
          return reconciliation.finish(Actor.SYSTEM, whose.account(), run) instanceof Step.Taken;
        }
        case Step.Refused(String param, String code, String message) -> {
          Level level = code.equals(AWAY) ? Level.WARNING : Level.INFO;
          LOG.log(level, "the list of {0} is not compared: {1}", new Object[] {whose, message});
          return false;
        }
      }
    }
    return false;
  }
}
