package dev.portcullis.gateway.pages;

import com.github.benmanes.caffeine.cache.Cache;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.work.Caches;
import dev.portcullis.wire.fields.PolicyViolation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * are two statements. What was counted and not written when a gateway dies is lost.
 *
 * <p>Invented ones must not push out a real one. So each page and directive has rows of its own; of
 * them the first that ever came stay, those that come hour after hour, and the newest; and of one
 * address few are new in an hour.
 */
@Component
public final class PolicyReports implements AutoCloseable {

  /** Of one page and directive, of each of the three sorts that are kept. */
  private static final int KEPT = 10;

  /** More than there can be: of each page and directive three sorts. */
  private static final int MOST = 5_000;

  private static final Logger LOG = Logger.getLogger(PolicyReports.class.getName());
  private static final long PAUSE_SECONDS = 10;

  /** Of one page and directive within one pause; of further ones the origin is not told. */
  private static final int MOST_AT_ONCE = 20;

  /** Of one address within an hour; of further ones the origin is not told. */
  private static final int MOST_OF_SOURCE = 5;

  private static final Duration SOURCE_KNOWN = Duration.ofHours(1);
  private static final int MOST_SOURCES = 10_000;

  /** In the order of the key, so that two gateways wait for each other and do not lock up. */
  private static final String ADD =
      "INSERT INTO page_reports AS r (page, directive, blocked, count, first, last)"
          + " SELECT p, d, b, n, ?, ? FROM unnest(?::text[], ?::text[], ?::text[], ?::bigint[])"
          + " AS seen(p, d, b, n) ORDER BY p, d, b"
          + " ON CONFLICT (page, directive, blocked) DO UPDATE"
          + " SET count = r.count + EXCLUDED.count, last = EXCLUDED.last, hours = r.hours +"
          + " CASE WHEN date_trunc('hour', r.last) < date_trunc('hour', EXCLUDED.last)"
          + " THEN 1 ELSE 0 END";

  private static final String PRUNE =
      "DELETE FROM page_reports AS r USING (SELECT page, directive, blocked,"
          + " row_number() OVER (PARTITION BY page, directive ORDER BY first, blocked) AS early,"
          + " row_number() OVER (PARTITION BY page, directive"
          + " ORDER BY hours DESC, first, blocked) AS steady,"
          + " row_number() OVER (PARTITION BY page, directive ORDER BY last DESC, blocked) AS late"
          + " FROM page_reports) AS k WHERE r.page = k.page AND r.directive = k.directive"
          + " AND r.blocked = k.blocked AND least(k.early, k.steady, k.late) > ?";

  private record What(String page, String directive, String blocked) implements Comparable<What> {
    @Override
    public int compareTo(What other) {
      return text().compareTo(other.text());
    }

    private String text() {
      return kind() + " " + blocked;
    }

    private String kind() {
      return page + " " + directive;
    }

    private What unnamed() {
      return new What(page, directive, PolicyViolation.OTHER);
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

  /** How many of each page and directive are in that. */
  private final Map<String, Integer> kinds = new HashMap<>();

  /** What came from each address within the hour. */
  private final Cache<String, Set<What>> sources;

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("policy-reports").factory());

  @SuppressWarnings("FutureReturnValueIgnored") // flush never throws; the schedule ends with close
  PolicyReports(Database database, InstantSource clock, MeterRegistry meters) {
    this.database = database;
    this.clock = clock;
    this.meters = meters;
    this.sources =
        Caches.bounded()
            .expireAfterWrite(SOURCE_KNOWN)
            .maximumSize(MOST_SOURCES)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
    timer.scheduleWithFixedDelay(this::flushSafely, PAUSE_SECONDS, PAUSE_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Takes a body as browsers send it; one that is no report says nothing.
   *
   * @param pages makes a page's name, one of a few, of its path
   * @param source the network that it comes from
   */
  public void take(byte[] body, UnaryOperator<String> pages, String source) {
    for (PolicyViolation violation : PolicyViolation.read(body)) {
      What what =
          new What(pages.apply(violation.path()), violation.directive(), violation.blocked());
      take(mayName(source, what) ? what : what.unnamed());
    }
  }

  private boolean mayName(String source, What what) {
    Set<What> known = sources.get(source, _ -> new HashSet<>());
    synchronized (known) {
      return known.contains(what) || (known.size() < MOST_OF_SOURCE && known.add(what));
    }
  }

  private void take(What what) {
    Counter.builder("portcullis.page.policy.reports")
        .description("What browsers say that a hosted page's policy has stopped")
        .tag("directive", what.directive)
        .register(meters)
        .increment();
    // Once within a pause: whoever sends many fills no log.
    if (isFirst(what)) {
      LOG.log(
          Level.WARNING,
          "a browser reports that {0} of a hosted page has stopped {1}",
          new Object[] {what.directive, what.blocked});
    }
    add(what, 1);
  }

  private boolean isFirst(What what) {
    synchronized (counts) {
      return !counts.containsKey(what) && kinds.getOrDefault(what.kind(), 0) < MOST_AT_ONCE;
    }
  }

  private void add(What what, long times) {
    synchronized (counts) {
      boolean first = isFirst(what);
      if (first) {
        kinds.merge(what.kind(), 1, Integer::sum);
      }
      counts.merge(first || counts.containsKey(what) ? what : what.unnamed(), times, Long::sum);
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
      kinds.clear();
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
            now,
            now,
            all.stream().map(What::page).toArray(String[]::new),
            all.stream().map(What::directive).toArray(String[]::new),
            all.stream().map(What::blocked).toArray(String[]::new),
            times)
        .update();
    int gone = database.shared().sql(PRUNE).param(KEPT).update();
    LOG.log(Level.FINE, "{0} reports were forgotten for others", gone);
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
