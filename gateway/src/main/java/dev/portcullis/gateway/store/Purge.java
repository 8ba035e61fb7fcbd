package dev.portcullis.gateway.store;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Deletes what has served its time: idempotency keys that have been answered and the marks of the
 * journal's commits, both after a week, the log of requests after 30 days, what was noticed of
 * attempts after a day, deliveries of webhooks that have ended, their attempts and resends after 30
 * days, secrets of webhook endpoints that sign no more, providers' notifications after 90 days, and
 * after 400 days the cards of those who have not come, where payments went and when they were to be
 * tried again, how providers did, and what they reported, but for differences that nobody has
 * settled. It goes in small steps, so that nobody waits for it, and several gateways share the
 * work. A key without an answer stays: its operation still has to give one.
 */
public final class Purge implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Purge.class.getName());
  private static final int STEP = 1_000;
  private static final int STEPS = 100;

  /** Soon: what a process does for the first time later has what payments share compiled anew. */
  private static final long FIRST_SECONDS = 105;

  private static final long PAUSE_SECONDS = 10L * 60;

  private static final String KEYS =
      "DELETE FROM idempotency_keys WHERE (account, id) IN"
          + " (SELECT account, id FROM idempotency_keys WHERE created < now() - interval '7 days'"
          + " AND status IS NOT NULL ORDER BY created LIMIT ? FOR UPDATE SKIP LOCKED)";
  private static final String BATCHES =
      "DELETE FROM journal_batches WHERE id IN"
          + " (SELECT id FROM journal_batches WHERE created < now() - interval '7 days'"
          + " ORDER BY created LIMIT ? FOR UPDATE SKIP LOCKED)";
  private static final String REQUESTS =
      "DELETE FROM request_logs WHERE (account, id) IN"
          + " (SELECT account, id FROM request_logs WHERE created < now() - interval '30 days'"
          + " LIMIT ? FOR UPDATE SKIP LOCKED)";
  private static final String WATCHES =
      "DELETE FROM risk_watches WHERE (account, livemode, kind, name) IN"
          + " (SELECT account, livemode, kind, name FROM risk_watches"
          + " WHERE updated < now() - interval '1 day' AND paused_until IS NULL"
          + " LIMIT ? FOR UPDATE SKIP LOCKED)";
  private static final String CARDS =
      "DELETE FROM risk_cards WHERE (account, livemode, fingerprint) IN"
          + " (SELECT account, livemode, fingerprint FROM risk_cards"
          + " WHERE approved < now() - interval '400 days' LIMIT ? FOR UPDATE SKIP LOCKED)";

  /** Longer than any provider sends one again. */
  private static final String NOTIFICATIONS =
      "DELETE FROM provider_notifications WHERE (account, id) IN"
          + " (SELECT account, id FROM provider_notifications"
          + " WHERE created < now() - interval '90 days' AND due IS NULL"
          + " ORDER BY created LIMIT ? FOR UPDATE SKIP LOCKED)";

  private static final List<String> AFTER_400_DAYS =
      List.of(
          aged("page_changes", "created < now() - interval '400 days'"),
          aged("page_alarms", "created < now() - interval '400 days'"),
          aged("route_decisions", "created < now() - interval '400 days'"),
          aged("route_outcomes", "created < now() - interval '400 days'"),
          aged("payment_retries", "created < now() - interval '400 days'"),
          aged("provider_hours", "hour < now() - interval '400 days'"),
          aged("reconciliation_lines", "day < current_date - 400"),
          aged("reconciliation_runs", "day < current_date - 400"),
          aged("reconciliation_items", "day < current_date - 400 AND state <> 'open'"));

  private static final String DELIVERIES =
      "DELETE FROM webhook_deliveries WHERE (account, event, endpoint) IN"
          + " (SELECT account, event, endpoint FROM webhook_deliveries"
          + " WHERE created < now() - interval '30 days' AND state <> 'waiting'"
          + " ORDER BY created LIMIT ? FOR UPDATE SKIP LOCKED)";
  private static final String ATTEMPTS =
      "DELETE FROM webhook_attempts WHERE (account, event, endpoint, number) IN"
          + " (SELECT account, event, endpoint, number FROM webhook_attempts"
          + " WHERE begun < now() - interval '30 days'"
          + " ORDER BY begun LIMIT ? FOR UPDATE SKIP LOCKED)";

  /** What no delivery is signed with any more; a minute later, for clocks that differ. */
  private static final String ENDED_SECRETS =
      "UPDATE webhook_endpoints SET doc = doc - 'previous_secret' - 'previous_until'"
          + " WHERE (account, id) IN (SELECT account, id FROM webhook_endpoints"
          + " WHERE doc ->> 'previous_until' IS NOT NULL AND (doc ->> 'previous_until')::bigint"
          + " < extract(epoch FROM now() - interval '1 minute')::bigint"
          + " LIMIT ? FOR UPDATE SKIP LOCKED)";

  private static final String RESENDS =
      aged("webhook_resends", "ended < now() - interval '30 days'");

  private final Database database;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("purge").factory());

  private static String aged(String table, String condition) {
    return "DELETE FROM %1$s WHERE ctid IN (SELECT ctid FROM %1$s WHERE %2$s LIMIT ? FOR UPDATE SKIP LOCKED)"
        .formatted(table, condition);
  }

  public Purge(Database database) {
    this.database = database;
  }

  /** Begins to work, until {@link #close()}. */
  @SuppressWarnings("FutureReturnValueIgnored") // a round never fails; the schedule ends with close
  public void start() {
    timer.scheduleWithFixedDelay(this::roundSafely, FIRST_SECONDS, PAUSE_SECONDS, TimeUnit.SECONDS);
  }

  private void roundSafely() {
    try {
      int deleted;
      do {
        deleted = round();
        LOG.log(Level.FINE, "purged {0} rows", deleted);
        // Where more grows old than one round deletes, a pause would let it pile up for ever.
      } while (deleted >= STEP * STEPS && !timer.isShutdown());
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "the purge could not work", e);
    }
  }

  /**
   * Deletes what is old enough, up to a bound.
   *
   * @return how many rows
   */
  public int round() {
    return delete(KEYS)
        + delete(BATCHES)
        + delete(REQUESTS)
        + delete(WATCHES)
        + delete(CARDS)
        + delete(NOTIFICATIONS)
        + delete(DELIVERIES)
        + delete(ATTEMPTS)
        + delete(ENDED_SECRETS)
        + delete(RESENDS)
        + AFTER_400_DAYS.stream().mapToInt(this::delete).sum();
  }

  private int delete(String sql) {
    int all = 0;
    for (int i = 0; i < STEPS && !timer.isShutdown(); i++) {
      int deleted = database.across(AllAccounts.PURGE).sql(sql).param(STEP).update();
      all += deleted;
      if (deleted < STEP) {
        break;
      }
    }
    return all;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
