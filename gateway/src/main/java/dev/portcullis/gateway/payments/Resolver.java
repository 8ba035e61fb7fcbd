package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.Manifest;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.payments.Operation.Sending;
import dev.portcullis.gateway.payments.Operation.State;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what became of operations whose answer did not come, and follows those that a shopper
 * or a provider has still to finish.
 *
 * <p>It looks up. That an operation is not found counts only when nothing of it can still be under
 * way: after the send's deadline and the provider's lag. Then it sends the stored bytes again,
 * while the provider still knows the idempotency key, so that even a wrong conclusion cannot charge
 * twice. What can be neither found nor sent again is parked for a person and never guessed.
 */
public final class Resolver implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Resolver.class.getName());
  private static final int BATCH = 20;
  private static final int MOST_SENDS = 6;
  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration FIRST_LOOK = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  /** A provider's memory of a key is not relied on to its last minute. */
  private static final Duration KEY_MARGIN = Duration.ofMinutes(30);

  /** So long what the provider or the shopper has still to do is asked for often. */
  private static final Duration FIRST_WATCH = Duration.ofHours(24);

  /** While payments are paused, what has to be sent is looked at this often. */
  private static final Duration PAUSED = Duration.ofSeconds(5);

  /** After that, what the provider is still working on is asked for this often. */
  private static final Duration LATE_PAUSE = Duration.ofHours(1);

  /** After this a person is asked what keeps the provider. */
  private static final Duration LONGEST_WORK = Duration.ofDays(7);

  /**
   * After a week, an open challenge is asked for this often. Money may be taken as long as it is
   * open, also of a payment that was cancelled, and the shopper need not come back.
   */
  private static final Duration OLD_CHALLENGE_PAUSE = Duration.ofDays(1);

  /** After this a person has to see to an open challenge: no bank waits so long. */
  private static final Duration LONGEST_CHALLENGE = Duration.ofDays(90);

  private final PaymentStore store;
  private final ProviderGate gate;
  private final Settlement settlement;
  private final Screening screening;
  private final InstantSource clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("resolver").factory());
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

  public Resolver(
      PaymentStore store,
      ProviderGate gate,
      Settlement settlement,
      Screening screening,
      InstantSource clock) {
    this.screening = screening;
    this.store = store;
    this.gate = gate;
    this.settlement = settlement;
    this.clock = clock;
  }

  /** Begins to work, until {@link #close()}. */
  @SuppressWarnings("FutureReturnValueIgnored") // a tick never fails; the schedule ends with close
  public void start() {
    timer.scheduleWithFixedDelay(
        this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** An error must not end the schedule: the database may be back at the next tick. */
  private void tick() {
    try {
      while (resolveDue() == BATCH && !timer.isShutdown()) {
        LOG.fine("more operations are due");
      }
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the resolver could not work", e);
    }
  }

  /**
   * Works on what is due now, at most a batch, and waits for the end of it.
   *
   * @return how many operations it took
   */
  public int resolveDue() {
    Instant now = clock.instant();
    // As long as a look-up may take, since a send moves the time again. Were it longer, a payment
    // would wait longer for nothing whenever a gateway dies; were it too short, two would look up
    // at once, and the version of the operation decides who goes on.
    List<Operation> due = store.claim(now, now.plus(gate.call()), BATCH);
    List<? extends java.util.concurrent.Future<?>> work =
        due.stream().map(operation -> workers.submit(() -> resolveSafely(operation))).toList();
    for (java.util.concurrent.Future<?> each : work) {
      try {
        each.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return due.size();
      } catch (java.util.concurrent.ExecutionException e) {
        LOG.log(Level.SEVERE, "the resolver failed", e);
      }
    }
    return due.size();
  }

  /** What fails comes back when the lease is over. */
  private void resolveSafely(Operation operation) {
    try {
      resolve(operation);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "operation " + operation.head().id() + " is not resolved yet", e);
    }
  }

  /** Looks at one operation now: when it is due, or when its shopper comes back. */
  public void resolve(Operation operation) {
    Sending sending = operation.sending();
    if (sending.sends() == 0) {
      send(operation);
    } else if (!gate.canLookUp(operation)) {
      resendOrPark(operation, new ProviderResult.Unknown("the provider has no look-up"));
    } else {
      ProviderResult result = gate.lookup(operation);
      boolean neverHeard = sending.state() == State.SENT;
      if (result instanceof ProviderResult.NotFound && neverHeard) {
        notFound(operation, result);
      } else {
        apply(operation, result, looked(operation, result));
      }
    }
  }

  /** How the sending stands after a send that brought no definite answer. */
  Sending afterSend(Operation operation, Instant now) {
    return operation.sending().at(State.SENT, now.plus(FIRST_LOOK));
  }

  private void notFound(Operation operation, ProviderResult result) {
    Instant settled = operation.sending().sentAt().plus(gate.settled()).plus(lag(operation));
    if (clock.instant().isBefore(settled)) {
      reschedule(operation, State.SENT, settled);
    } else {
      resendOrPark(operation, result);
    }
  }

  private void resendOrPark(Operation operation, ProviderResult result) {
    if (!gate.isOpen()) {
      // Neither may be concluded of what a restored gateway remembers.
      reschedule(operation, operation.sending().state(), clock.instant().plus(PAUSED));
      return;
    }
    Instant keyEnd = keyEnd(operation);
    boolean mayResend =
        keyEnd != null
            && clock.instant().isBefore(keyEnd)
            && operation.sending().sends() < MOST_SENDS;
    if (mayResend) {
      send(operation);
    } else {
      LOG.severe(
          "operation "
              + operation.head().id()
              + " is parked for a person: "
              + result.getClass().getSimpleName());
      if (!settlement.park(operation)) {
        LOG.warning("operation " + operation.head().id() + " has moved or could not be parked");
      }
    }
  }

  private void send(Operation operation) {
    if (!gate.isOpen()) {
      reschedule(operation, operation.sending().state(), clock.instant().plus(PAUSED));
      return;
    }
    Sending before = operation.sending();
    Instant now = clock.instant();
    Sending counted =
        new Sending(State.SENT, now.plus(gate.call()), before.sends() + 1, before.looks(), now);
    // Counted before it is sent, like every send: the version says that this process may.
    if (!settlement.reschedule(operation, counted)) {
      return;
    }
    Operation current = operation.with(counted, operation.caller());
    ProviderResult result = sendInTime(current);
    apply(current, result, afterSend(current, clock.instant()));
  }

  /**
   * Sends what has been stored, unless storing it took so long that the time for it is over, or a
   * restored gateway may only ask.
   */
  ProviderResult sendInTime(Operation operation) {
    if (!gate.isOpen()) {
      return new ProviderResult.Unknown("not sent: payments are paused");
    }
    if (!gate.inTime(operation.sending(), clock.instant())) {
      return new ProviderResult.Unknown("not sent: it was stored too late");
    }
    return gate.send(operation);
  }

  private void apply(Operation operation, ProviderResult result, Sending ifOpen) {
    settle(operation, null, result, ifOpen);
  }

  /** Makes the answer durable, tells those who learn from it, and asks what has to follow. */
  Settlement.Settled settle(
      Operation operation, @Nullable Subject known, ProviderResult result, Sending ifOpen) {
    Settlement.Settled settled = settlement.apply(operation, known, result, ifOpen);
    if (settled.operation().sending().state() == State.DONE) {
      screening.settled(operation, result);
    }
    Operation next = settled.next();
    return next == null
        ? settled
        : settle(next, null, sendInTime(next), afterSend(next, clock.instant()));
  }

  private Sending looked(Operation operation, ProviderResult result) {
    Sending looked = operation.sending().looked();
    Instant now = clock.instant();
    Duration age = Duration.between(operation.head().created(), now);
    if (age.compareTo(FIRST_WATCH) < 0) {
      return looked.at(looked.state(), now.plus(pause(looked.looks())));
    }
    boolean challenge = result instanceof ProviderResult.RequiresAction;
    boolean waits = challenge || looked.state() == State.WAITING;
    if (waits && age.compareTo(LONGEST_WORK) < 0) {
      return looked.at(State.WAITING, now.plus(LATE_PAUSE));
    }
    return challenge && age.compareTo(LONGEST_CHALLENGE) < 0
        ? looked.at(State.WAITING, now.plus(OLD_CHALLENGE_PAUSE))
        : looked.at(State.PARKED, null);
  }

  private static Duration pause(int looks) {
    Duration pause = FIRST_LOOK.multipliedBy(1L << Math.min(looks, 16));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  private void reschedule(Operation operation, State state, @Nullable Instant due) {
    settlement.reschedule(operation, operation.sending().looked().at(state, due));
  }

  private static Duration lag(Operation operation) {
    return switch (manifest(operation).lookup()) {
      case Manifest.LookupPower.Lagging(Duration lag) -> lag;
      case Manifest.LookupPower.Strong strong -> Duration.ZERO;
      case Manifest.LookupPower.ByReference byReference -> Duration.ZERO;
      case Manifest.LookupPower.None none -> Duration.ZERO;
    };
  }

  /** Until when a resend is safe, or null if it never is. */
  private static @Nullable Instant keyEnd(Operation operation) {
    return switch (manifest(operation).idempotency()) {
      case Manifest.Idempotency.Key(Duration life) ->
          operation.head().created().plus(life).minus(KEY_MARGIN);
      case Manifest.Idempotency.DuplicateWindow window -> null;
      case Manifest.Idempotency.None none -> null;
    };
  }

  private static Manifest manifest(Operation operation) {
    return ProviderGate.manifest(operation.connector());
  }

  @Override
  public void close() {
    timer.shutdownNow();
    workers.close();
  }
}
