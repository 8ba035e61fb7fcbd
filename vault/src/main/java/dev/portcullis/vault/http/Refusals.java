package dev.portcullis.vault.http;

import dev.portcullis.vault.limits.LimitReached.Limit;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Counts what the limits refuse. A flood is one line a minute, of each limit. */
public final class Refusals {

  static final String COUNTER = "portcullis_vault_limits_refused_total";

  private static final Logger LOG = Logger.getLogger(Refusals.class.getName());
  private static final String CONNECTIONS = "connections";
  private static final Duration QUIET = Duration.ofMinutes(1);

  private final Metrics metrics;
  private final InstantSource clock;
  private final Map<String, Instant> named = new HashMap<>();

  public Refusals(Metrics metrics, InstantSource clock) {
    this.metrics = metrics;
    this.clock = clock;
    for (Limit limit : Limit.values()) {
      // From the start, so that a rate can be made of the first one.
      metrics.count(COUNTER, "limit", limit.wire(), 0);
    }
  }

  /** A request of that address was refused. */
  void report(Limit limit, String network) {
    metrics.count(COUNTER, "limit", limit.wire(), 1);
    if (isDue(limit.wire())) {
      LOG.log(
          Level.WARNING,
          "the limit {0} is reached by {1}; further refusals in this minute are counted and not"
              + " logged",
          new Object[] {limit.wire(), network});
    }
  }

  /** Without its stack trace: a flood has this happen as often as it likes. */
  void noConnection(SQLTransientConnectionException e) {
    metrics.count(COUNTER, "limit", CONNECTIONS, 1);
    if (isDue(CONNECTIONS)) {
      Throwable cause = e.getCause();
      LOG.log(
          Level.SEVERE,
          "intake has no connection to the database: {0} ({1}); more in this minute are counted and"
              + " not logged",
          new Object[] {e.getMessage(), cause == null ? "all are in use" : cause.getMessage()});
    }
  }

  private synchronized boolean isDue(String limit) {
    Instant now = clock.instant();
    Instant last = named.get(limit);
    if (last != null && now.isBefore(last.plus(QUIET))) {
      return false;
    }
    named.put(limit, now);
    return true;
  }
}
