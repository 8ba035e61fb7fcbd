package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.ProviderOperation.Authorize;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.payments.Operation.Sending;
import dev.portcullis.gateway.payments.Operation.State;
import dev.portcullis.gateway.routing.RetryPlan;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends operations to their providers: what an operation has to ask first, the operation itself,
 * and where somebody waits the next provider and what follows. Each answer is made durable before
 * anything is done with it.
 */
final class Submitter {

  private static final Logger LOG = Logger.getLogger(Submitter.class.getName());
  private static final Duration FIRST_LOOK = Duration.ofSeconds(1);
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  private final PaymentStore store;
  private final ProviderGate gate;
  private final Settlement settlement;
  private final Screening screening;
  private final Ways ways;
  private final InstantSource clock;

  Submitter(
      PaymentStore store,
      ProviderGate gate,
      Settlement settlement,
      Screening screening,
      Ways ways,
      InstantSource clock) {
    this.store = store;
    this.gate = gate;
    this.settlement = settlement;
    this.screening = screening;
    this.ways = ways;
    this.clock = clock;
  }

  /**
   * Sends what has been stored, makes durable what comes of it, and sends what follows.
   *
   * @param known what the operation is about, or null where it has to be loaded
   * @param chosen the way that was chosen for it just now, or null
   */
  Settlement.Settled submit(
      Operation operation, @Nullable Subject known, Ways.@Nullable Chosen chosen) {
    return ended(sendInTime(operation), known, chosen);
  }

  private Settlement.Settled ended(
      Sent sent, @Nullable Subject known, Ways.@Nullable Chosen chosen) {
    if (chosen != null) {
      chosen.ended(sent);
    }
    return settle(sent, known, afterSend(sent, clock.instant()));
  }

  /**
   * Stores an operation and sends it: while it is being stored the vault gets ready to send it, and
   * does so when it is. Then it is as after {@link #submit}.
   *
   * @param beginning stores it
   * @throws RuntimeException whatever kept it from being stored; then it was not sent
   */
  Settlement.Settled begin(
      Operation operation, Subject known, Ways.Chosen chosen, Beginning beginning) {
    if (operation.exchange().preparing()) {
      return submit(beginning.require(), known, chosen);
    }
    Release release = new Release(beginning);
    ProviderGate.Heard heard = gate.hold(operation, release);
    // Where the vault was not reached at once nobody has stored it, and it is sent as any other.
    return beginning.isTried()
        ? ended(release.sent(beginning.require(), heard), known, chosen)
        : submit(beginning.require(), known, chosen);
  }

  /** Lets an operation leave once it is stored, if it still may. */
  private final class Release implements BooleanSupplier {
    private final Beginning beginning;
    private Instant left = clock.instant();
    private String kept = "it was not let go";

    Release(Beginning beginning) {
      this.beginning = beginning;
    }

    @Override
    public boolean getAsBoolean() {
      Operation stored = beginning.store();
      if (stored == null) {
        return false;
      }
      left = clock.instant();
      String why = whyNot(stored, left);
      kept = why == null ? kept : why;
      return why == null;
    }

    /**
     * @param heard null where it was not let go
     */
    Sent sent(Operation stored, ProviderGate.@Nullable Heard heard) {
      return heard == null
          ? Sent.not(stored, kept)
          : Submitter.sent(stored, heard, Duration.between(left, clock.instant()));
    }
  }

  /**
   * Makes durable what was heard of an operation without sending it, and sends what follows.
   *
   * @param ifOpen how the sending stands if that is not its end
   */
  Settlement.Settled heard(Operation operation, ProviderResult result, Sending ifOpen) {
    return settle(Sent.told(operation, result), null, ifOpen);
  }

  /** Sends what follows a settlement that somebody else has made. */
  Settlement.Settled goOn(Settlement.Settled settled) {
    return goOn(settled, null);
  }

  /**
   * Sends what has been stored, unless storing it took so long that the time for it is over, or a
   * restored gateway may only ask.
   */
  private Sent sendInTime(Operation operation) {
    String why = whyNot(operation, clock.instant());
    if (why != null) {
      return Sent.not(operation, why);
    }
    return operation.exchange().preparing() ? prepare(operation) : call(gate, operation, clock);
  }

  private @Nullable String whyNot(Operation operation, Instant now) {
    if (!gate.isOpen()) {
      return "payments are paused";
    }
    return gate.inTime(operation.sending(), now) ? null : "it was stored too late";
  }

  /** Sends the operation's own request, whatever becomes of it then. */
  static Sent call(ProviderGate gate, Operation operation, InstantSource clock) {
    Instant begun = clock.instant();
    ProviderGate.Heard heard = gate.send(operation);
    return sent(operation, heard, Duration.between(begun, clock.instant()));
  }

  private static Sent sent(Operation operation, ProviderGate.Heard heard, Duration took) {
    return new Sent(operation, heard.result(), heard.about() ? took : null, heard.unsent());
  }

  /**
   * Asks what the operation's own request needs, and sends that request once it is durable: from
   * then on it alone is the operation, whichever process goes on with it.
   */
  private Sent prepare(Operation operation) {
    Instant begun = clock.instant();
    ProviderGate.Preparation prepared = gate.prepare(operation);
    Duration took = Duration.between(begun, clock.instant());
    return switch (prepared) {
      case ProviderGate.Preparation.Ready own -> {
        Instant now = clock.instant();
        Sending first =
            new Sending(State.SENT, now.plus(gate.call()), 1, operation.sending().looks(), now);
        Operation ready = operation.prepared(own, first);
        yield settlement.store(ready)
            ? sendInTime(ready)
            : Sent.not(operation, "what was prepared could not be stored");
      }
      case ProviderGate.Preparation.Decided(ProviderResult result) ->
          new Sent(operation, result, took, false);
      case ProviderGate.Preparation.NotReady(String reason, boolean about) ->
          new Sent(
              operation,
              new ProviderResult.Unknown("not sent: " + reason),
              about ? took : null,
              false);
    };
  }

  /**
   * How the sending stands after a send that brought no definite answer. It is looked up soon;
   * where that cannot be done, it is sent again, or prepared again, ever later.
   */
  private Sending afterSend(Sent sent, Instant now) {
    Operation operation = sent.operation();
    Sending sending = operation.sending();
    if (sent.unsent()) {
      // It does not count: what the provider says to the next one, it says of the only one.
      Sending uncounted = sending.unsent();
      return uncounted.at(State.SENT, now.plus(pause(sending.looks())));
    }
    Duration pause = FIRST_LOOK;
    if (operation.exchange().preparing()) {
      pause = pause(sending.looks());
    } else if (!gate.canLookUp(operation)) {
      pause = pause(sending.sends() - 1);
    }
    return sending.at(State.SENT, now.plus(pause));
  }

  /** Makes the answer durable, tells those who learn from it, and asks what has to follow. */
  private Settlement.Settled settle(Sent sent, @Nullable Subject known, Sending ifOpen) {
    Ways.Chosen elsewhere = elsewhere(sent, known);
    Settlement.Settled settled = applied(sent, known, ifOpen, elsewhere);
    if (settled.operation().sending().state() == State.DONE) {
      screening.settled(sent.operation(), sent.result());
    }
    return goOn(settled, elsewhere);
  }

  private Settlement.Settled applied(
      Sent sent, @Nullable Subject known, Sending ifOpen, Ways.@Nullable Chosen elsewhere) {
    RetryPlan later = elsewhere == null ? later(sent) : null;
    try {
      return settlement.apply(sent, known, ifOpen, elsewhere, later);
    } catch (RuntimeException | Error e) {
      if (elsewhere != null) {
        elsewhere.unused();
      }
      throw e;
    }
  }

  /**
   * A decline that is looked up, or told of, may be a person's who voided the payment at the
   * provider, or one whose reason nobody says: neither is tried again. A fault in looking for
   * another time must not cost the answer of this one.
   */
  private @Nullable RetryPlan later(Sent sent) {
    if (!isFirstAnswer(sent)) {
      return null;
    }
    try {
      return ways.later(sent.operation(), sent.result()).orElse(null);
    } catch (RuntimeException e) {
      LOG.log(Level.SEVERE, "no other time could be looked for", e);
      return null;
    }
  }

  /** A fault in looking for another provider must not cost the answer of this one. */
  private Ways.@Nullable Chosen elsewhere(Sent sent, @Nullable Subject known) {
    try {
      return another(sent, known);
    } catch (RuntimeException e) {
      LOG.log(Level.SEVERE, "no other provider could be looked for", e);
      return null;
    }
  }

  /**
   * Another provider for what this one has refused, or was never asked; null where there is none.
   * Only for somebody who waits, and only if it is the first answer.
   */
  private Ways.@Nullable Chosen another(Sent sent, @Nullable Subject known) {
    Operation operation = sent.operation();
    boolean waited = operation.caller() != null && isFirstAnswer(sent);
    if (!waited || !gate.isOpen() || !(operation.attempt().ask() instanceof Authorize)) {
      return null;
    }
    Subject subject =
        known == null
            ? Subject.load(store, Settlement.principal(operation.head()), operation.attempt())
            : known;
    return ways.again(operation, subject, sent.result(), sent.unsent()).orElse(null);
  }

  /**
   * Whether this process has just heard it, to the first that was sent: what was sent more than
   * once, or looked up, may have been heard by the provider before.
   */
  private static boolean isFirstAnswer(Sent sent) {
    Operation.Sending sending = sent.operation().sending();
    return sent.took() != null && sending.sends() <= 1 && sending.looks() == 0;
  }

  /** Sends what somebody waits for, and what follows that. */
  private Settlement.Settled goOn(Settlement.Settled settled, Ways.@Nullable Chosen elsewhere) {
    Operation next = settled.next();
    boolean other =
        elsewhere != null
            && next != null
            && next.head().id().equals(elsewhere.attempt().ask().id());
    if (elsewhere != null && !other) {
      // Nobody waited any more: this provider was not asked, and has not failed.
      elsewhere.unused();
    }
    if (next == null) {
      return settled;
    }
    return submit(next, null, other ? elsewhere : null);
  }

  /** Ever longer, from the first look on. */
  static Duration pause(int looks) {
    Duration pause = FIRST_LOOK.multipliedBy(1L << Math.min(looks, 16));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }
}
