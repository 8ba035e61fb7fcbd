package dev.portcullis.gateway.scorecard;

import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.routing.CallLog;
import dev.portcullis.gateway.routing.Decision;
import dev.portcullis.gateway.routing.Tenant;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.stereotype.Component;

/**
 * Counts calls by the hour, beside the payments, and adds them to the database twice a second. What
 * was counted and not written when a gateway dies is lost; no money depends on it.
 */
@Component
class CallCounts implements CallLog, AutoCloseable {

  private static final Logger LOG = Logger.getLogger(CallCounts.class.getName());
  private static final long PAUSE_MILLIS = 500;

  /** Brands, regions, accounts: more than that do not come within a moment. */
  private static final int MOST = 20_000;

  private static final String CALLS = "portcullis.provider.calls";

  /** Provider accounts of more names than that are in the scorecard alone. */
  private static final int MOST_WATCHED = 100;

  private static final String ADD =
      "INSERT INTO provider_hours AS h (account, livemode, provider, hour, region, brand, calls,"
          + " unanswered, traffic, answered) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (account, livemode, provider, hour, region, brand) DO UPDATE SET"
          + " calls = h.calls + EXCLUDED.calls,"
          + " unanswered = h.unanswered + EXCLUDED.unanswered,"
          + " traffic = h.traffic | EXCLUDED.traffic, answered = h.answered | EXCLUDED.answered";

  private record Segment(
      Tenant tenant, String provider, Instant hour, String region, String brand) {}

  /** Minutes are bits, so that each counts once however many gateways see it. */
  private record Count(int calls, int unanswered, long traffic, long answered) {
    private static final Count NONE = new Count(0, 0, 0, 0);

    Count with(int minute, boolean wasAnswered) {
      return plus(new Count(1, wasAnswered ? 0 : 1, 1L << minute, wasAnswered ? 1L << minute : 0));
    }

    Count plus(Count more) {
      return new Count(
          calls + more.calls,
          unanswered + more.unanswered,
          traffic | more.traffic,
          answered | more.answered);
    }
  }

  private final Database database;
  private final InstantSource clock;
  private final MeterRegistry meters;
  private final Map<Segment, Count> counts = new HashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("call-counts").factory());

  @SuppressWarnings("FutureReturnValueIgnored") // flush never throws; the schedule ends with close
  CallCounts(Database database, InstantSource clock, MeterRegistry meters) {
    this.database = database;
    this.clock = clock;
    this.meters = meters;
    meters
        .config()
        .meterFilter(
            MeterFilter.maximumAllowableTags(CALLS, "provider", MOST_WATCHED, MeterFilter.deny()));
    timer.scheduleWithFixedDelay(
        this::flushSafely, PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void ended(Tenant tenant, Decision decision, ProviderResult result, Duration took) {
    watch(tenant, decision, result, took);
    Instant now = clock.instant();
    Instant hour = now.truncatedTo(ChronoUnit.HOURS);
    int minute = (int) ChronoUnit.MINUTES.between(hour, now);
    Segment segment =
        new Segment(
            tenant,
            decision.provider(),
            hour,
            decision.facts().region().wire(),
            decision.facts().card().brand());
    boolean answered =
        switch (result) {
          case ProviderResult.Approved _,
              ProviderResult.Declined _,
              ProviderResult.Rejected _,
              ProviderResult.RequiresAction _,
              ProviderResult.Pending _,
              ProviderResult.NotFound _ ->
              true;
          case ProviderResult.Unknown _ -> false;
        };
    synchronized (counts) {
      if (counts.size() < MOST || counts.containsKey(segment)) {
        counts.merge(segment, Count.NONE.with(minute, answered), Count::plus);
      }
    }
  }

  /** For whoever watches: by provider account, mode, region, brand and outcome. */
  private void watch(Tenant tenant, Decision decision, ProviderResult result, Duration took) {
    Timer.builder(CALLS)
        .description("Payments asked of providers, and how long they took to answer")
        .tag("provider", decision.provider())
        .tag("mode", tenant.livemode() ? "live" : "test")
        .tag("region", decision.facts().region().wire())
        .tag("brand", decision.facts().card().brand())
        .tag("outcome", outcome(result))
        .register(meters)
        .record(took);
  }

  private static String outcome(ProviderResult result) {
    return switch (result) {
      case ProviderResult.Approved _ -> "approved";
      case ProviderResult.Declined _ -> "declined";
      case ProviderResult.Rejected _ -> "rejected";
      case ProviderResult.RequiresAction _ -> "requires_action";
      case ProviderResult.Pending _ -> "pending";
      case ProviderResult.Unknown _, ProviderResult.NotFound _ -> "unknown";
    };
  }

  private void flushSafely() {
    try {
      flush();
    } catch (RuntimeException e) {
      // A scheduled task that throws is never run again.
      LOG.log(Level.WARNING, "calls to providers could not be counted; they are tried again", e);
    }
  }

  /** Writes what was counted; what cannot be written is kept. */
  void flush() {
    Map<Segment, Count> taken;
    synchronized (counts) {
      taken = new HashMap<>(counts);
      counts.clear();
    }
    for (Segment segment : List.copyOf(taken.keySet())) {
      try {
        add(segment, taken.getOrDefault(segment, Count.NONE));
        taken.remove(segment);
      } catch (RuntimeException e) {
        synchronized (counts) {
          taken.forEach((each, count) -> counts.merge(each, count, Count::plus));
        }
        throw e;
      }
    }
  }

  private void add(Segment segment, Count count) {
    database
        .of(segment.tenant.account())
        .sql(ADD)
        .params(
            segment.tenant.account(),
            segment.tenant.livemode(),
            segment.provider,
            segment.hour.atOffset(ZoneOffset.UTC),
            segment.region,
            segment.brand,
            count.calls,
            count.unanswered,
            count.traffic,
            count.answered)
        .update();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    flushSafely();
  }
}
