package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.KeyKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Ends the sessions whose time is over, and those whose shopper has paid unseen, a few at a time.
 * Several gateways may see the same one: its version lets one of them end it, and so there is one
 * event.
 */
@Component
public final class SessionExpiry implements SmartLifecycle {

  static final String EVENT = "checkout.session.expired";

  private static final Logger LOG = Logger.getLogger(SessionExpiry.class.getName());
  private static final int STEP = 100;
  private static final int STEPS = 50;
  private static final int LINKS = 20;
  private static final long PAUSE_SECONDS = 5;

  private record Due(String account, CheckoutSession session, boolean livemode) {}

  private final Database database;
  private final ObjectReader reader;
  private final SessionPayments payments;
  private final CheckoutSessions sessions;
  private final Journal journal;
  private final Ids ids;
  private final InstantSource clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("session-expiry").factory());
  private volatile boolean running;

  SessionExpiry(
      Database database,
      ObjectReader reader,
      SessionPayments payments,
      CheckoutSessions sessions,
      Journal journal,
      Ids ids,
      InstantSource clock) {
    this.payments = payments;
    this.sessions = sessions;
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
    Instant now = clock.instant();
    safely("ended by their payments", () -> settle(now));
    safely("ended by their time", () -> round(now));
    safely("ended with their links", this::close);
  }

  /** A scheduled task that throws is never run again, and one half must not keep the other. */
  private static void safely(String what, IntSupplier half) {
    try {
      LOG.log(Level.FINE, "{0} checkout sessions have {1}", new Object[] {half.getAsInt(), what});
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "checkout sessions could not be " + what, e);
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
      int ended = (int) due.stream().filter(each -> isEnded(gateway(each), each.session())).count();
      all += ended;
      if (due.size() < STEP || ended == 0) {
        break;
      }
    }
    return all;
  }

  /**
   * Brings sessions to where their intents are already, up to a bound: the shopper's page does so
   * at once, unless it was closed, or the gateway behind it died.
   *
   * @return how many
   */
  public int settle(Instant now) {
    List<Due> behind = behind(now);
    return (int) behind.stream().filter(each -> isSettled(each, now)).count();
  }

  /**
   * Ends the sessions of links that have been paid as often as they may be, up to a bound: nobody
   * has begun to pay for them, and nobody can any more.
   *
   * @return how many
   */
  public int close() {
    return closing().stream().mapToInt(this::close).sum();
  }

  private record Closing(Principal principal, PaymentLink link) {}

  private List<Closing> closing() {
    return database
        .across(AllAccounts.SESSION_EXPIRY)
        .sql(
            "SELECT id, livemode, version, created, doc, account FROM payment_links"
                + " WHERE closing IS NOT NULL ORDER BY closing LIMIT ?")
        .params(LINKS)
        .query(
            (row, _) -> {
              String account = row.getString(6);
              Stored stored = reader.read(PaymentLink.TABLE, account, row);
              return new Closing(gateway(account, stored.livemode()), PaymentLink.of(stored));
            })
        .list();
  }

  private int close(Closing of) {
    List<CheckoutSession> visitors =
        of.link().isFull()
            ? sessions.oldestVisitors(of.principal(), of.link().id(), STEP)
            : List.of();
    if (!visitors.isEmpty()) {
      return (int) visitors.stream().filter(each -> isEnded(of.principal(), each)).count();
    }
    Change.Builder change = Change.in(of.principal().account(), of.principal().livemode());
    change.update(PaymentLink.TABLE, of.link().closed().row());
    // Whoever has changed it meanwhile leaves it to the next round.
    LOG.log(
        Level.FINE,
        "{0} is closed: {1}",
        new Object[] {of.link().id(), journal.commit(change.build())});
    return 0;
  }

  /**
   * Ends one session that has had a place of that session's link for long, and whose shopper is not
   * paying at this moment.
   *
   * @param since from when on it would not be long
   * @return whether there was one
   */
  boolean giveWay(Principal principal, CheckoutSession to, Instant since) {
    String link = Objects.requireNonNull(to.text("payment_link"));
    return sessions.placedSince(principal, link, since, LINKS).stream()
        .filter(each -> !each.id().equals(to.id()))
        .anyMatch(each -> gaveWay(principal, each));
  }

  private boolean gaveWay(Principal principal, CheckoutSession session) {
    try {
      return payments.mayEnd(principal, session) && !end(principal, session).isOpen();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, session.id() + " could not give way", e);
      return false;
    }
  }

  /** One that makes trouble must not keep the others from being ended. */
  private boolean isSettled(Due due, Instant now) {
    try {
      CheckoutSession before = due.session();
      return payments.current(gateway(due), before, now).version() > before.version();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the payment of " + due.session().id() + " was not taken in", e);
      return false;
    }
  }

  private static Principal gateway(Due due) {
    return gateway(due.account(), due.livemode());
  }

  private static Principal gateway(String account, boolean livemode) {
    return new Principal(account, livemode, "gateway", KeyKind.SECRET);
  }

  /** By the intents' columns: a session that still waits costs no reading of documents. */
  private List<Due> behind(Instant now) {
    return database
        .across(AllAccounts.SESSION_PAYMENTS)
        .sql(
            "SELECT s.id, s.livemode, s.version, s.created, s.doc, s.account"
                + " FROM checkout_sessions AS s"
                + " LEFT JOIN payment_intents AS p ON p.account = s.account"
                + " AND p.id = s.payment_intent"
                + " LEFT JOIN setup_intents AS i ON i.account = s.account AND i.id = s.setup_intent"
                + " WHERE s.attempted IS NOT NULL AND s.status <> 'expired'"
                + " AND (p.status IN ('succeeded', 'requires_capture', 'canceled')"
                + " OR i.status IN ('succeeded', 'canceled')"
                + " OR (s.status = 'open' AND p.status = 'processing' AND s.attempted <= ?)"
                + " OR (s.status = 'complete' AND p.status IN"
                + " ('requires_payment_method', 'requires_confirmation', 'requires_action')))"
                + " ORDER BY s.attempted LIMIT ?")
        .params(now.minus(SessionOutcome.PATIENCE).atOffset(ZoneOffset.UTC), STEP)
        .query((row, _) -> due(row))
        .list();
  }

  private Due due(ResultSet row) throws SQLException {
    String account = row.getString(6);
    Stored stored = reader.read(CheckoutSession.TABLE, account, row);
    return new Due(account, CheckoutSession.of(stored), stored.livemode());
  }

  private List<Due> due(Instant now) {
    return database
        .across(AllAccounts.SESSION_EXPIRY)
        .sql(
            "SELECT id, livemode, version, created, doc, account FROM checkout_sessions"
                + " WHERE status = 'open' AND expires <= ? ORDER BY expires LIMIT ?")
        .params(now.atOffset(ZoneOffset.UTC), STEP)
        .query((row, _) -> due(row))
        .list();
  }

  /** Ends a session of several; one that makes trouble does not keep the others. */
  boolean isEnded(Principal principal, CheckoutSession session) {
    try {
      return !end(principal, session).isOpen();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, session.id() + " could not be ended", e);
      return false;
    }
  }

  /**
   * Ends a session whose time is over. Who has paid in the last moment has paid, and whose payment
   * goes on is told of it later. As long as its intent could not be given up, it could still be
   * paid, so that it stays.
   *
   * @return the session as it is then; still open if that could not be done yet
   */
  CheckoutSession end(Principal principal, CheckoutSession known) {
    CheckoutSession session = payments.giveUp(principal, known);
    return session.isOpen() && payments.isGivenUp(principal, session)
        ? expire(principal, session)
        : session;
  }

  private CheckoutSession expire(Principal principal, CheckoutSession session) {
    CheckoutSession after = session.expired();
    Change.Builder change = Change.in(principal.account(), principal.livemode());
    change.update(CheckoutSession.TABLE, after.row());
    change.event(
        new Event(
            ids.next("evt"),
            clock.instant(),
            EVENT,
            CheckoutSession.OBJECT,
            after.id(),
            after.version(),
            null,
            null,
            null,
            Json.writeString(after.shown())));
    return journal.commit(change.build()) instanceof Verdict.Committed ? after : session;
  }
}
