package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.wire.fields.PolicyViolation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.stereotype.Component;

/**
 * What browsers say that the policy of a hosted page has stopped (PCI DSS 4.0.1, 11.6.1): counted,
 * logged, and kept by page, directive and origin. Anybody can send such a report, and as many as
 * their address may: one costs a look into a small map, and every few seconds all of them together
 * are one statement. What was counted and not written when a gateway dies is lost.
 */
@Component
public final class PolicyReports implements AutoCloseable {

  /** So many rows are kept, the newest. */
  static final int MOST = 500;

  private static final Logger LOG = Logger.getLogger(PolicyReports.class.getName());
  private static final long PAUSE_SECONDS = 10;

  /** Within one pause; of further ones the origin is not told. */
  private static final int MOST_AT_ONCE = 100;

  /** In the order of the key, so that two gateways wait for each other and do not lock up. */
  private static final String ADD =
      "WITH old AS (DELETE FROM page_reports WHERE (page, directive, blocked) IN"
          + " (SELECT page, directive, blocked FROM page_reports ORDER BY last DESC OFFSET ?))"
          + " INSERT INTO page_reports AS r (page, directive, blocked, count, first, last)"
          + " SELECT p, d, b, n, ?, ? FROM unnest(?::text[], ?::text[], ?::text[], ?::bigint[])"
          + " AS seen(p, d, b, n) ORDER BY p, d, b"
          + " ON CONFLICT (page, directive, blocked) DO UPDATE"
          + " SET count = r.count + EXCLUDED.count, last = EXCLUDED.last";

  private record What(String page, String directive, String blocked) implements Comparable<What> {
    @Override
    public int compareTo(What other) {
      return text().compareTo(other.text());
    }

    private String text() {
      return page + " " + directive + " " + blocked;
    }
  }

  /**
   * What is known of one violation.
   *
   * @param count how often it was reported
   */
  record Kept(
      String page, String directive, String blocked, long count, Instant first, Instant last) {}

  private final Database database;
  private final InstantSource clock;
  private final MeterRegistry meters;
  private final Map<What, Long> counts = new TreeMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("policy-reports").factory());

  @SuppressWarnings("FutureReturnValueIgnored") // flush never throws; the schedule ends with close
  PolicyReports(Database database, InstantSource clock, MeterRegistry meters) {
    this.database = database;
    this.clock = clock;
    this.meters = meters;
    timer.scheduleWithFixedDelay(this::flushSafely, PAUSE_SECONDS, PAUSE_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Takes a body as browsers send it; one that is no report says nothing.
   *
   * @param pages makes a page's name, one of a few, of its path
   */
  public void take(byte[] body, UnaryOperator<String> pages) {
    for (PolicyViolation violation : PolicyViolation.read(body)) {
      take(new What(pages.apply(violation.path()), violation.directive(), violation.blocked()));
    }
  }

  private void take(What what) {
    Counter.builder("portcullis.page.policy.reports")
        .description("What browsers say that a hosted page's policy has stopped")
        .tag("directive", what.directive)
        .register(meters)
        .increment();
    LOG.log(
        Level.WARNING,
        "a browser reports that {0} of a hosted page has stopped {1}",
        new Object[] {what.directive, what.blocked});
    add(what, 1);
  }

  private void add(What what, long times) {
    synchronized (counts) {
      boolean known = counts.size() < MOST_AT_ONCE || counts.containsKey(what);
      What counted = known ? what : new What(what.page, what.directive, PolicyViolation.OTHER);
      counts.merge(counted, times, Long::sum);
    }
  }

  private void flushSafely() {
    try {
      flush();
    } catch (RuntimeException e) {
      // A scheduled task that throws is never run again.
      LOG.log(Level.WARNING, "browsers' reports could not be kept; it is tried again", e);
    }
  }

  /** Writes what was counted; what cannot be written is kept. */
  private void flush() {
    Map<What, Long> taken;
    synchronized (counts) {
      taken = new TreeMap<>(counts);
      counts.clear();
    }
    if (taken.isEmpty()) {
      return;
    }
    try {
      write(new ArrayList<>(taken.keySet()), taken.values().toArray(Long[]::new));
    } catch (RuntimeException e) {
      taken.forEach(this::add);
      throw e;
    }
  }

  private void write(List<What> all, Long[] times) {
    OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
    database
        .shared()
        .sql(ADD)
        .params(
            MOST - MOST_AT_ONCE,
            now,
            now,
            all.stream().map(What::page).toArray(String[]::new),
            all.stream().map(What::directive).toArray(String[]::new),
            all.stream().map(What::blocked).toArray(String[]::new),
            times)
        .update();
  }

  /** What is kept, the newest first. */
  List<Kept> newest() {
    flush();
    return database
        .shared()
        .sql(
            "SELECT page, directive, blocked, count, first, last FROM page_reports"
                + " ORDER BY last DESC, page, directive, blocked LIMIT ?")
        .param(MOST)
        .query(
            (row, _) ->
                new Kept(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getLong(4),
                    row.getObject(5, OffsetDateTime.class).toInstant(),
                    row.getObject(6, OffsetDateTime.class).toInstant()))
        .list();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    flushSafely();
  }
}
