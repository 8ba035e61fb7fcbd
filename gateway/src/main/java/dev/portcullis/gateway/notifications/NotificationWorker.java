package dev.portcullis.gateway.notifications;

import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.gateway.disputes.FeedStore;
import dev.portcullis.gateway.notifications.NotificationStore.Claimed;
import dev.portcullis.gateway.notifications.NotificationStore.State;
import dev.portcullis.gateway.payments.DisputeIntake;
import dev.portcullis.gateway.payments.OutcomeIntake;
import dev.portcullis.gateway.payments.OutcomeIntake.Taken;
import dev.portcullis.gateway.payments.ProviderGate;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.gateway.provider.ProviderAccount;
import dev.portcullis.gateway.provider.ProviderAccounts;
import dev.portcullis.gateway.work.DueWork;
import dev.portcullis.gateway.work.DueWorker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Works on the notifications that are stored. One that cannot be taken in yet is tried again, ever
 * later; one that never could be, or that says that money moved otherwise than the books have it,
 * is left to a person.
 */
final class NotificationWorker implements DueWorker {

  private static final Logger LOG = Logger.getLogger(NotificationWorker.class.getName());
  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  /**
   * A notification may outrun the answer that gives an operation its name at the provider; after
   * this the operation is not one of ours.
   */
  private static final Duration LONGEST_UNMATCHED = Duration.ofHours(1);

  /** After this a person has to see to it. */
  private static final Duration LONGEST_WORK = Duration.ofDays(1);

  private final NotificationStore store;
  private final OutcomeIntake intake;
  private final DisputeIntake disputes;
  private final FeedStore feeds;
  private final ProviderAccounts accounts;
  private final ProviderGate gate;
  private final InstantSource clock;
  private final DueWork<Claimed> work;

  NotificationWorker(
      NotificationStore store,
      OutcomeIntake intake,
      DisputeIntake disputes,
      FeedStore feeds,
      ProviderAccounts accounts,
      ProviderGate gate,
      InstantSource clock) {
    this.store = store;
    this.intake = intake;
    this.disputes = disputes;
    this.feeds = feeds;
    this.accounts = accounts;
    this.gate = gate;
    this.clock = clock;
    this.work =
        new DueWork<>("notifications", TICK, this::claim, Claimed::lane, this::workSafely, clock);
  }

  /** Begins to work, until {@link #close()}. */
  void start() {
    work.start();
  }

  private List<Claimed> claim(int most, Map<String, Integer> underWay) {
    Instant now = clock.instant();
    // A look-up, a settlement and what has to follow it at once; stored to the microsecond, and
    // compared when it is written.
    Instant lease =
        now.plus(gate.call().multipliedBy(2)).plusSeconds(30).truncatedTo(ChronoUnit.MILLIS);
    return store.claim(now, lease, most, underWay);
  }

  /** What fails is tried again like what has to wait: one must not hold up the others. */
  private void workSafely(Claimed claimed) {
    try {
      finish(claimed, work(claimed));
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "notification " + claimed.id() + " is not taken in yet", e);
      finish(claimed, new Taken.NotYet());
    }
  }

  private Taken work(Claimed claimed) {
    Notification told = store.told(claimed);
    return accounts
        .find(claimed.account(), claimed.livemode(), claimed.provider())
        .map(ProviderAccount::provider)
        .map(each -> take(claimed, each, told))
        .orElseGet(Taken.NotOurs::new);
  }

  private Taken take(Claimed claimed, Provider provider, Notification told) {
    return switch (told) {
      case Notification.Outcome outcome ->
          intake.take(claimed.account(), claimed.livemode(), provider, outcome);
      case Notification.Disputed disputed ->
          taken(
              disputes.take(
                  claimed.account(),
                  provider,
                  claimed.livemode(),
                  disputed.notice(claimed.received()),
                  claimed.received()));
      case Notification.DisputesChanged _ ->
          feeds.hasten(claimed.account(), claimed.livemode(), provider.name(), clock.instant())
              ? new Taken.In()
              : new Taken.NotYet();
      case Notification.Other _, Notification.Unread _ ->
          throw new IllegalStateException("there is nothing to do about " + claimed.id());
    };
  }

  /** Before the charge that it is about is known, it waits. */
  private static Taken taken(DisputeIntake.Taken taken) {
    return switch (taken) {
      case IN -> new Taken.In();
      case NOT_YET, NOT_STORED -> new Taken.NotYet();
      case NOT_OURS -> new Taken.NotOurs();
    };
  }

  private void finish(Claimed claimed, Taken taken) {
    boolean written =
        switch (taken) {
          case Taken.In() -> store.finish(claimed, State.DONE, null, null);
          case Taken.NotOurs() ->
              isOlder(claimed, LONGEST_UNMATCHED)
                  ? end(claimed, State.UNMATCHED, null)
                  : wait(claimed);
          case Taken.NotYet() ->
              isOlder(claimed, LONGEST_WORK)
                  ? end(claimed, State.LEFT, "it could not be taken in within a day")
                  : wait(claimed);
          case Taken.Alarm(String why) -> end(claimed, State.LEFT, why);
        };
    if (!written) {
      LOG.warning("notification " + claimed.id() + " was worked on for longer than the lease");
    }
  }

  private boolean end(Claimed claimed, State state, @Nullable String note) {
    LOG.log(
        state == State.LEFT ? Level.SEVERE : Level.INFO,
        "notification {0} of {1} for {2} is {3}: {4}",
        new Object[] {
          claimed.id(),
          claimed.provider(),
          claimed.account(),
          state.wire(),
          note == null ? "it is about no operation of ours" : note
        });
    return store.finish(claimed, state, null, note);
  }

  private boolean wait(Claimed claimed) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(claimed.tries(), 16));
    Duration bounded = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    return store.finish(claimed, State.OPEN, clock.instant().plus(bounded), null);
  }

  private boolean isOlder(Claimed claimed, Duration age) {
    return Duration.between(claimed.received(), clock.instant()).compareTo(age) >= 0;
  }

  @Override
  public void stop() {
    work.stop();
  }

  @Override
  public void close() {
    work.close();
  }
}
