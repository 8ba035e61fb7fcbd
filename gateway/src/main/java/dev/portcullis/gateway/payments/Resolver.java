package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.Manifest;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.gateway.payments.Operation.Sending;
import dev.portcullis.gateway.payments.Operation.State;
import dev.portcullis.gateway.work.DueWork;
import dev.portcullis.gateway.work.DueWorker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
public final class Resolver implements DueWorker {

  private static final Logger LOG = Logger.getLogger(Resolver.class.getName());

  /**
   * With pauses that grow to {@link Submitter#LONGEST_PAUSE}, these last longer than most outages.
   */
  private static final int MOST_SENDS = 30;

  private static final Duration TICK = Duration.ofMillis(500);

  /** A provider's memory of a key is not relied on to its last minute. */
  private static final Duration KEY_MARGIN = Duration.ofMinutes(30);

  /** So long what the provider or the shopper has still to do is asked for often. */
  private static final Duration FIRST_WATCH = Duration.ofHours(24);

  /** So long it is tried to ask what an operation needs: as long as the vault keeps a CVC. */
  private static final Duration LONGEST_PREPARATION = Duration.ofMinutes(15);

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
  private final Submitter submitter;
  private final InstantSource clock;
  private final DueWork<Operation> work;

  public Resolver(
      PaymentStore store,
      ProviderGate gate,
      Settlement settlement,
      Submitter submitter,
      InstantSource clock) {
    this.submitter = submitter;
    this.store = store;
    this.gate = gate;
    this.settlement = settlement;
    this.clock = clock;
    this.work = new DueWork<>("resolver", TICK, this::claim, Operation::lane, this::resolve, clock);
  }

  /** Begins to work, until {@link #close()}. */
  public void start() {
    work.start();
  }

  private List<Operation> claim(int most, Map<String, Integer> underWay) {
    // As long as a look-up may take, since a send moves the time again. Were it longer, a payment
    // would wait longer for nothing whenever a gateway dies; were it too short, two would look up
    // at once, and the version of the operation decides who goes on.
    Instant now = clock.instant();
    return store.claim(now, now.plus(gate.call()), most, underWay);
  }

  /** Looks at one operation now: when it is due, or when its shopper comes back. */
  public void resolve(Operation operation) {
    Sending sending = operation.sending();
    if (operation.exchange().preparing()) {
      prepareAgain(operation);
    } else if (sending.sends() == 0) {
      sendUnsent(operation);
    } else if (!gate.canLookUp(operation)) {
      withoutLookUp(operation);
    } else {
      ProviderGate.Looked looked = gate.look(operation);
      ProviderResult result = looked.result();
      boolean neverHeard = sending.state() == State.SENT;
      if (looked.completes() && !neverHeard && isGoneOnWith(operation)) {
        LOG.fine("a payment goes on whose shopper did not come back");
      } else if (result instanceof ProviderResult.NotFound && neverHeard) {
        notFound(operation, result);
      } else {
        submitter.heard(operation, result, looked(operation, result));
      }
    }
  }

  /**
   * The shopper is back from the challenge that the operation waits for: what they brought is sent
   * to a provider that wants it, and any other is asked what came of it.
   *
   * @param brought the parameters of the address that they came back by; typed by a stranger
   */
  public void returned(Operation waiting, Map<String, String> brought) {
    boolean completes =
        manifest(waiting).features().contains(Manifest.Feature.COMPLETION)
            && ProviderGate.completes(waiting.connector(), brought);
    if (!completes) {
      resolve(waiting);
    } else if (gate.isOpen()) {
      settlement.returned(waiting, brought).ifPresent(submitter::goOn);
    }
  }

  /** As if the shopper were back with nothing; not where nobody waits for it any more. */
  private boolean isGoneOnWith(Operation waiting) {
    Optional<Settlement.Settled> settled =
        gate.isOpen() ? settlement.returned(waiting, Map.of()) : Optional.empty();
    settled.ifPresent(submitter::goOn);
    return settled.isPresent();
  }

  /** Whether the provider can be asked what became of the operation. */
  boolean canAsk(Operation operation) {
    return gate.canLookUp(operation);
  }

  /** Whether a provider that does not know of it now may know of it later. */
  boolean mayTurnUp(Operation operation) {
    Instant proven = operation.sending().sentAt().plus(gate.settled()).plus(lag(operation));
    return clock.instant().isBefore(proven);
  }

  /** Whether the provider may still be about to answer, or was not asked yet. */
  boolean isUnderWay(Operation operation) {
    Sending sending = operation.sending();
    return operation.exchange().preparing()
        || sending.sends() == 0
        || (sending.isUnanswered(gate.call())
            && clock.instant().isBefore(sending.sentAt().plus(gate.call())));
  }

  /**
   * Asks now, beside the times at which it is asked anyhow.
   *
   * @return what the provider said, which is made durable if it said anything of it
   */
  ProviderResult ask(Operation operation) {
    ProviderResult result = gate.lookup(operation);
    switch (result) {
      // Whether there is such an operation is for the times that are kept for it to say.
      case ProviderResult.Unknown _, ProviderResult.NotFound _ -> {}
      case ProviderResult.Approved _,
          ProviderResult.Declined _,
          ProviderResult.Rejected _,
          ProviderResult.RequiresAction _,
          ProviderResult.Pending _ ->
          submitter.heard(operation, result, operation.sending());
    }
    return result;
  }

  /**
   * Whether the first answer was silence and it is sent again in a moment, under its key: the
   * answer to that says more than a notification does, such as the network's name for the payment.
   */
  boolean isAboutToBeSentAgain(Operation operation) {
    Sending sending = operation.sending();
    return operation.attempt().authorizes()
        && sending.state() == State.SENT
        && sending.sends() == 1
        && sending.looks() == 0
        && gate.isOpen()
        && mayResend(operation, clock.instant());
  }

  /** Whether that word would not end the operation: what it gives back is owed until it has. */
  boolean wouldStick(Operation operation, ProviderResult word) {
    return settlement.wouldStick(operation, word);
  }

  /** The provider has told by itself what became of the operation. Nobody waits for that. */
  void believe(Operation operation, ProviderResult told) {
    submitter.heard(operation, told, operation.sending());
  }

  /**
   * Nobody can be asked. What the provider has, it will tell of itself, or the shopper comes back
   * with it: to send it again would be another payment. What it may not have is sent again.
   */
  private void withoutLookUp(Operation operation) {
    if (operation.sending().state() != State.WAITING) {
      resendOrPark(operation, new ProviderResult.Unknown("the provider has no look-up"));
      return;
    }
    Instant now = clock.instant();
    // It could be a challenge, whose shopper need not come back.
    Duration longest =
        operation.kind() == OperationKind.AUTHORIZE ? LONGEST_CHALLENGE : LONGEST_WORK;
    boolean waits = Duration.between(operation.head().created(), now).compareTo(longest) < 0;
    if (waits) {
      reschedule(operation, State.WAITING, now.plus(LATE_PAUSE));
    } else {
      park(operation, "the provider has not told what became of it");
    }
  }

  /**
   * Asks once more for what the operation's own request needs. Nothing of the operation was sent as
   * long as that is not known, so it can be given up: it did nothing.
   */
  private void prepareAgain(Operation operation) {
    Duration age = Duration.between(operation.head().created(), clock.instant());
    // A challenge is open as long as it is open anywhere else.
    Duration longest =
        operation.sending().state() == State.WAITING
            ? LONGEST_CHALLENGE
            : LONGEST_PREPARATION.plus(lag(operation));
    if (!gate.isOpen() || age.compareTo(longest) < 0) {
      send(operation);
    } else {
      giveUp(operation);
    }
  }

  /**
   * Ends what was never sent, as far as is known here. A database that was set back knows less than
   * the provider, so that one is asked first wherever it can be.
   */
  private void giveUp(Operation operation) {
    ProviderResult found =
        gate.canLookUp(operation) ? gate.lookup(operation) : new ProviderResult.NotFound();
    switch (found) {
      case ProviderResult.NotFound _ ->
          submitter.heard(
              operation,
              new ProviderResult.Rejected(
                  ProviderResult.Rejected.Kind.OTHER,
                  "The payment provider could not be reached. Nothing was charged.",
                  "the provider could not be asked, and never was",
                  ProviderWords.NONE),
              operation.sending());
      case ProviderResult.Unknown _ ->
          reschedule(
              operation,
              operation.sending().state(),
              clock.instant().plus(Submitter.LONGEST_PAUSE));
      case ProviderResult.Approved _,
          ProviderResult.Declined _,
          ProviderResult.Rejected _,
          ProviderResult.RequiresAction _,
          ProviderResult.Pending _ ->
          submitter.heard(operation, found, looked(operation, found));
    }
  }

  /**
   * Sends what never reached the provider, each time ever later, and not for ever: who pays has
   * left, and the security code is gone.
   */
  private void sendUnsent(Operation operation) {
    Duration age = Duration.between(operation.head().created(), clock.instant());
    Duration longest =
        operation.attempt().authorizes() ? LONGEST_PREPARATION.plus(lag(operation)) : FIRST_WATCH;
    boolean tried = operation.sending().looks() > 0;
    if (!tried || !gate.isOpen() || age.compareTo(longest) <= 0) {
      send(operation);
    } else if (gate.canLookUp(operation)) {
      giveUp(operation);
    } else if (age.compareTo(FIRST_WATCH) < 0) {
      // Under its key that is harmless, whatever a database that was set back does not know.
      send(operation);
    } else {
      park(operation, "the provider could not be reached");
    }
  }

  /**
   * Nothing of it is there. While the provider knows the key, sending it again is harmless even if
   * it turns up later; else it is only once it can turn up no more that anything is concluded.
   */
  private void notFound(Operation operation, ProviderResult result) {
    Instant now = clock.instant();
    Instant settled = operation.sending().sentAt().plus(gate.settled());
    Instant proven = settled.plus(lag(operation));
    if (now.isBefore(settled)) {
      reschedule(operation, State.SENT, settled);
    } else if (now.isBefore(proven) && !mayResend(operation, now)) {
      reschedule(operation, State.SENT, proven);
    } else {
      resendOrPark(operation, result);
    }
  }

  private void resendOrPark(Operation operation, ProviderResult result) {
    if (!gate.isOpen()) {
      // Neither may be concluded of what a restored gateway remembers.
      reschedule(operation, operation.sending().state(), clock.instant().plus(PAUSED));
    } else if (mayResend(operation, clock.instant())) {
      send(operation);
    } else {
      park(operation, result.getClass().getSimpleName());
    }
  }

  private static boolean mayResend(Operation operation, Instant now) {
    Instant keyEnd = keyEnd(operation);
    return keyEnd != null && now.isBefore(keyEnd) && operation.sending().sends() < MOST_SENDS;
  }

  private void park(Operation operation, String why) {
    LOG.severe("operation " + operation.head().id() + " is parked for a person: " + why);
    if (!settlement.park(operation)) {
      LOG.warning("operation " + operation.head().id() + " has moved or could not be parked");
    }
  }

  private void send(Operation operation) {
    if (!gate.isOpen()) {
      reschedule(operation, operation.sending().state(), clock.instant().plus(PAUSED));
      return;
    }
    if (isOvertaken(operation)) {
      overtaken(operation);
      return;
    }
    Sending before = operation.sending();
    Instant now = clock.instant();
    boolean preparing = operation.exchange().preparing();
    Sending counted =
        new Sending(
            State.SENT,
            now.plus(gate.call()),
            preparing ? 0 : before.sends() + 1,
            preparing ? before.looks() + 1 : before.looks(),
            now);
    // Counted before it is sent, like every send: the version says that this process may.
    if (!settlement.reschedule(operation, counted)) {
      return;
    }
    Operation current = operation.with(counted, operation.caller());
    submitter.submit(current, null, null);
  }

  /** What was to answer the bank's question must not arrive as the one answer to its chargeback. */
  private boolean isOvertaken(Operation operation) {
    return operation.attempt().ask() instanceof ProviderOperation.SubmitEvidence evidence
        && evidence.inquiry()
        && store
            .dispute(Settlement.principal(operation.head()), operation.attempt().object())
            .filter(dispute -> !dispute.status().isInquiry())
            .isPresent();
  }

  private void overtaken(Operation operation) {
    if (operation.sending().sends() > 0 && !gate.canLookUp(operation)) {
      park(operation, "its inquiry is over, and nobody knows whether it arrived");
      return;
    }
    submitter.heard(
        operation,
        new ProviderResult.Rejected(
            ProviderResult.Rejected.Kind.OTHER,
            "The bank's inquiry was over before the evidence for it had arrived.",
            "not sent: the inquiry was over",
            ProviderWords.NONE),
        operation.sending());
  }

  private Sending looked(Operation operation, ProviderResult result) {
    Sending looked = operation.sending().looked();
    Instant now = clock.instant();
    Duration age = Duration.between(operation.head().created(), now);
    if (age.compareTo(FIRST_WATCH) < 0) {
      return looked.at(looked.state(), now.plus(Submitter.pause(looked.looks())));
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
  public void stop() {
    work.stop();
  }

  @Override
  public void close() {
    work.close();
  }
}
