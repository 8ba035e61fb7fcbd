package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Ends the sessions whose time is over, a few at a time. Several gateways may see the same one: its
 * version lets one of them end it, and so there is one event.
 */
@Component
public final class SessionExpiry implements SmartLifecycle {

  static final String EVENT = "checkout.session.expired";

  private static final Logger LOG = Logger.getLogger(SessionExpiry.class.getName());
  private static final int STEP = 100;
  private static final int STEPS = 50;
  private static final long PAUSE_SECONDS = 5;

  private record Due(String account, CheckoutSession session, boolean livemode) {}

  private final Database database;
  private final ObjectReader reader;
  private final Journal journal;
  private final Ids ids;
  private final InstantSource clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("session-expiry").factory());
  private volatile boolean running;

  SessionExpiry(
      Database database, ObjectReader reader, Journal journal, Ids ids, InstantSource clock) {
    this.database = database;
    this.reader = reader;
    this.journal = journal;
    this.ids = ids;
    this.clock = clock;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // a round never fails; the schedule ends with stop
  public void start() {
    running = true;
    timer.scheduleWithFixedDelay(this::roundSafely, PAUSE_SECONDS, PAUSE_SECONDS, TimeUnit.SECONDS);
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
      int ended = round(clock.instant());
      LOG.log(Level.FINE, "{0} checkout sessions have expired", ended);
    } catch (RuntimeException e) {
      // A scheduled task that throws is never run again.
      LOG.log(Level.WARNING, "checkout sessions could not be ended", e);
    }
  }

  /**
   * Ends what is over by then, up to a bound.
   *
   * @return how many
   */
  public int round(Instant now) {
    int all = 0;
    for (int i = 0; i < STEPS && !timer.isShutdown(); i++) {
      List<Due> due = due(now);
      int ended = (int) due.stream().filter(each -> end(each, now)).count();
      all += ended;
      if (due.size() < STEP || ended == 0) {
        break;
      }
    }
    return all;
  }

  private List<Due> due(Instant now) {
    return database
        .across(AllAccounts.SESSION_EXPIRY)
        .sql(
            "SELECT id, livemode, version, created, doc, account FROM checkout_sessions"
                + " WHERE status = 'open' AND expires <= ? ORDER BY expires LIMIT ?")
        .params(now.atOffset(ZoneOffset.UTC), STEP)
        .query(
            (row, _) -> {
              String account = row.getString(6);
              Stored stored = reader.read(CheckoutSession.TABLE, account, row);
              return new Due(account, CheckoutSession.of(stored), stored.livemode());
            })
        .list();
  }

  private boolean end(Due due, Instant now) {
    CheckoutSession after = due.session().expired();
    Change.Builder change = Change.in(due.account(), due.livemode());
    change.update(CheckoutSession.TABLE, after.row());
    change.event(
        new Event(
            ids.next("evt"),
            now,
            EVENT,
            CheckoutSession.OBJECT,
            after.id(),
            after.version(),
            null,
            null,
            null,
            Json.writeString(after.shown())));
    return journal.commit(change.build()) instanceof Verdict.Committed;
  }
}
