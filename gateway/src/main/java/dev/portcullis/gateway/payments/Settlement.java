package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.journal.IdempotencyUse;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.gateway.journal.Write;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.ledger.Bookkeeper;
import dev.portcullis.gateway.ledger.FeeSchedules;
import dev.portcullis.gateway.mandates.Mandate;
import dev.portcullis.gateway.paymentmethods.PaymentMethod;
import dev.portcullis.gateway.paymentmethods.PaymentMethods;
import dev.portcullis.gateway.payments.Operation.Sending;
import dev.portcullis.gateway.payments.Operation.State;
import dev.portcullis.gateway.payments.Transition.Attachment;
import dev.portcullis.gateway.routing.Decision;
import dev.portcullis.gateway.routing.RetryPlan;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.KeyKind;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes a provider's answer durable: the objects, their events, the books, the operation and the
 * answer of the waiting request in one commit. Used alike by the request that asked, by the
 * resolver and by the shopper's return, so that all three lead to the same.
 */
public final class Settlement {

  private static final Logger LOG = Logger.getLogger(Settlement.class.getName());

  /** Others may change the same objects meanwhile (metadata, a refund beside this one). */
  private static final int ATTEMPTS = 8;

  private final Journal journal;
  private final PaymentStore store;
  private final PaymentMethods paymentMethods;
  private final ProviderGate gate;
  private final FeeSchedules fees;
  private final Views views;
  private final Ids ids;
  private final InstantSource clock;

  public Settlement(
      Journal journal,
      PaymentStore store,
      PaymentMethods paymentMethods,
      ProviderGate gate,
      FeeSchedules fees,
      Views views,
      Ids ids,
      InstantSource clock) {
    this.journal = journal;
    this.store = store;
    this.paymentMethods = paymentMethods;
    this.gate = gate;
    this.fees = fees;
    this.views = views;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * What has been settled.
   *
   * @param reply what the waiting request is answered
   * @param operation the operation afterwards
   * @param next the operation that has to be sent at once for whoever waits, or null
   */
  record Settled(Reply reply, Operation operation, @Nullable Operation next) {}

  /**
   * Applies the answer.
   *
   * @param sent the operation as it is stored, and the answer
   * @param known what it is about, if the caller has just stored it; else it is read
   * @param sending how the sending stands if the answer is not definite
   * @param elsewhere the same to be asked of another provider, if this one has failed for certain
   *     and somebody waits; or null
   * @param later the plan to try the same at another time, if it was declined; or null
   * @throws ApiException 503 or 500 if it could not be made durable
   */
  Settled apply(
      Sent sent,
      @Nullable Subject known,
      Sending sending,
      Ways.@Nullable Chosen elsewhere,
      @Nullable RetryPlan later) {
    Principal principal = principal(sent.operation().head());
    ProviderResult result = sent.result();
    Operation current = sent.operation();
    Sending ifOpen = sending;
    Subject subject = known;
    for (int i = 0; i < ATTEMPTS; i++) {
      if (subject == null) {
        subject = Subject.load(store, principal, current.attempt());
      }
      Proposal proposal =
          elsewhere == null || !isFirst(current)
              ? null
              : proposeElsewhere(current, subject, sent, elsewhere);
      if (proposal == null) {
        Sent now = new Sent(current, of(current, result), sent.took(), sent.unsent());
        proposal = propose(principal, now, subject, ifOpen, later);
      }
      Verdict verdict = journal.commit(proposal.change);
      if (verdict instanceof Verdict.Committed) {
        return new Settled(proposal.reply, proposal.operation, proposal.next);
      }
      if (!(verdict instanceof Verdict.Conflict)) {
        throw failed(verdict);
      }
      current = store.operation(principal.account(), current.head().id()).orElseThrow();
      ifOpen = ifOpen.notBefore(current.sending());
      subject = Subject.load(store, principal, current.attempt());
      if (isOver(current, of(current, result))) {
        return new Settled(views.reply(subject.shown(), null), current, null);
      }
    }
    throw new ApiException(ApiErrors.lockTimeout());
  }

  /**
   * What is done stays done; what waits for a person still takes an answer that tells something.
   */
  private static boolean isOver(Operation current, ProviderResult result) {
    return switch (current.sending().state()) {
      case DONE -> true;
      case PARKED ->
          result instanceof ProviderResult.Unknown || result instanceof ProviderResult.NotFound;
      case SENT, WAITING -> false;
    };
  }

  /**
   * What the answer says of the operation. A refusal of the request speaks of that request alone;
   * if there was more than one, what became of the others only a look-up can tell.
   */
  private static ProviderResult of(Operation current, ProviderResult result) {
    return result instanceof ProviderResult.Rejected rejected && current.sending().sends() > 1
        ? new ProviderResult.Unknown(rejected.reason())
        : result;
  }

  /**
   * Leaves the operation to a person. Whoever still waits with an idempotency key is answered with
   * the object as it stands: nobody can say when there will be more to tell.
   */
  boolean park(Operation operation) {
    Head head = operation.head();
    Instant now = clock.instant();
    Operation next = operation.with(operation.sending().looked().at(State.PARKED, null), null);
    Subject subject = Subject.load(store, principal(head), operation.attempt());
    Transition parked = subject.parked(operation.attempt());
    Step step =
        new Step(head.account(), head.livemode(), ids, now).take(parked, null).operation(next);
    IdempotencyUse use = operation.caller() == null ? null : operation.caller().idempotency();
    if (use != null) {
      Reply reply = views.reply(shown(parked, subject.shown()), null);
      step.change().finish(use, now, reply.status(), Json.writeString(reply.body()));
    }
    return journal.commit(step.change().build()) instanceof Verdict.Committed;
  }

  /** Stores a change of the operation alone: another look later, or a person's. */
  boolean reschedule(Operation operation, Sending sending) {
    return store(operation.with(sending, operation.caller()));
  }

  /** Stores the next version of an operation alone. */
  boolean store(Operation next) {
    Head head = next.head();
    Change change =
        new Step(head.account(), head.livemode(), ids, clock.instant())
            .operation(next)
            .change()
            .build();
    return journal.commit(change) instanceof Verdict.Committed;
  }

  /**
   * The shopper is back from a challenge, and the provider wants what they brought. From here on
   * that is the operation; the one before did all that it could.
   *
   * @param returned the parameters of the address that they came back by
   * @return empty where nobody waits for it any more
   */
  Optional<Settled> returned(Operation waiting, Map<String, String> returned) {
    Principal principal = principal(waiting.head());
    Operation current = waiting;
    for (int i = 0; i < ATTEMPTS; i++) {
      if (current.sending().state() != State.WAITING) {
        return Optional.empty();
      }
      Subject subject = Subject.load(store, principal, current.attempt());
      ProviderOperation.Complete complete = complete(current, returned);
      Transition transition = subject.returned(current.attempt(), complete);
      if (transition == null) {
        return Optional.empty();
      }
      Instant now = clock.instant();
      Operation over = current.with(current.sending().at(State.DONE, null), null);
      Operation next = followUp(current, current.attempt().followedBy(complete), true, now);
      Change change =
          new Step(principal.account(), principal.livemode(), ids, now)
              .take(transition, null)
              .operation(over)
              .operation(next)
              .change()
              .build();
      Verdict verdict = journal.commit(change);
      if (verdict instanceof Verdict.Committed) {
        Reply reply = views.reply(shown(transition, subject.shown()), null);
        return Optional.of(new Settled(reply, over, next));
      }
      if (!(verdict instanceof Verdict.Conflict)) {
        throw failed(verdict);
      }
      current = store.operation(principal.account(), current.head().id()).orElseThrow();
    }
    throw new ApiException(ApiErrors.lockTimeout());
  }

  private ProviderOperation.Complete complete(Operation waiting, Map<String, String> returned) {
    Attempt attempt = waiting.attempt();
    String reference = waiting.exchange().reference();
    return new ProviderOperation.Complete(
        ids.next("op"),
        attempt.ask() instanceof ProviderOperation.Complete earlier
            ? earlier.of()
            : attempt.ask().id(),
        attempt.authorized(),
        attempt.captures(),
        reference == null ? attempt.authorization() : reference,
        returned);
  }

  /** Whether nobody but this process can have sent it, and that once. */
  private static boolean isFirst(Operation operation) {
    return operation.sending().looks() == 0 && operation.sending().sends() <= 1;
  }

  /**
   * This operation is over, and another one asks the next provider for the same. Null where nobody
   * waits for it any more.
   */
  private @Nullable Proposal proposeElsewhere(
      Operation failed, Subject subject, Sent sent, Ways.Chosen elsewhere) {
    Transition transition = subject.again(failed.attempt(), elsewhere.attempt().ask());
    if (transition == null) {
      return null;
    }
    Instant now = clock.instant();
    Head head = failed.head();
    Operation over = failed.heard(sent.result()).with(failed.sending().at(State.DONE, null), null);
    Operation next = followUp(failed, elsewhere.attempt(), true, now);
    Step step =
        new Step(head.account(), head.livemode(), ids, now)
            .take(transition, failed.caller())
            .operation(over)
            .operation(next)
            .write(elsewhere.decision(now))
            .write(outcome(failed, sent, now));
    Reply reply = views.reply(shown(transition, subject.shown()), null);
    return new Proposal(step.change().build(), reply, over, next);
  }

  /**
   * How the authorization ended, for whoever compares providers. What the shopper brought back ends
   * the one that sent them away.
   */
  private static List<Write> outcome(Operation ended, Sent sent, Instant now) {
    return switch (ended.attempt().ask()) {
      case ProviderOperation.Authorize authorize ->
          Decision.outcome(authorize.id(), sent.result(), sent.took(), now).stream().toList();
      case ProviderOperation.Complete complete ->
          Decision.outcome(complete.of(), sent.result(), null, now).stream().toList();
      case ProviderOperation.Capture _,
          ProviderOperation.Cancel _,
          ProviderOperation.Refund _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _,
          ProviderOperation.Lookup _ ->
          List.of();
    };
  }

  private record Proposal(
      Change change, Reply reply, Operation operation, @Nullable Operation next) {}

  /** Whether the payment waits to be paid otherwise because of that operation. */
  private static boolean hasFailed(Transition transition, Operation operation) {
    PaymentIntent intent = transition.find(PaymentIntent.class);
    return intent != null
        && intent.status() == PaymentIntent.Status.REQUIRES_PAYMENT_METHOD
        && operation.head().id().equals(intent.progress().operation());
  }

  private Proposal propose(
      Principal principal, Sent sent, Subject subject, Sending sending, @Nullable RetryPlan later) {
    Operation operation = sent.operation();
    ProviderResult result = sent.result();
    Instant now = clock.instant();
    boolean first = isFirst(operation);
    Transition answer = answer(operation, result, subject, first, now);
    Sending stands = after(answer, sending);
    boolean parks = stands.state() == State.PARKED && answer.objects().isEmpty();
    Transition transition = parks ? subject.parked(operation.attempt()) : answer;
    Entity shown = shown(transition, subject.shown());
    boolean continued = transition.outlook() == Transition.Outlook.CONTINUED;
    Operation after = operation.heard(result).with(stands, null);
    Step step =
        new Step(principal.account(), principal.livemode(), ids, now)
            .take(transition, operation.caller())
            .operation(after);
    if (stands.state() == State.DONE) {
      step.write(outcome(operation, sent, now));
      if (later != null && hasFailed(transition, operation)) {
        step.write(List.of(later.write()));
      }
    }
    Reply reply = views.reply(shown, transition.error());
    IdempotencyUse use = operation.caller() == null ? null : operation.caller().idempotency();
    if (use != null && !continued) {
      step.change().finish(use, now, reply.status(), Json.writeString(reply.body()));
    }
    ProviderOperation ask = transition.ask();
    Operation next =
        ask == null
            ? null
            : followUp(operation, operation.attempt().followedBy(ask), continued, now);
    if (next != null) {
      step.operation(next);
    }
    Attachment attachment = transition.attachment();
    if (attachment != null) {
      keep(step, principal, operation, attachment, now);
    }
    return new Proposal(step.change().build(), reply, after, continued ? next : null);
  }

  private Transition answer(
      Operation operation, ProviderResult result, Subject subject, boolean first, Instant now) {
    Head head = operation.head();
    Bookkeeper books =
        new Bookkeeper(
            ids.next("txn"),
            now,
            fees.of(head.account(), head.livemode(), operation.provider().name()));
    return subject.answer(operation.attempt(), result, ids.next("op"), first, books);
  }

  /** Whether that answer, if it came now, would leave the operation to a person. */
  boolean wouldStick(Operation operation, ProviderResult result) {
    Subject subject = Subject.load(store, principal(operation.head()), operation.attempt());
    return answer(operation, result, subject, false, clock.instant()).outlook()
        == Transition.Outlook.STUCK;
  }

  private static Entity shown(Transition transition, Entity before) {
    for (Entity object : transition.objects()) {
      if (object.head().id().equals(before.head().id())) {
        return object;
      }
    }
    return before;
  }

  private static Sending after(Transition transition, Sending sending) {
    return switch (transition.outlook()) {
      case DONE, CONTINUED -> sending.at(State.DONE, null);
      case STUCK -> sending.at(State.PARKED, null);
      case WAITING ->
          sending.state() == State.PARKED ? sending : sending.at(State.WAITING, sending.due());
      case UNKNOWN -> sending;
    };
  }

  /**
   * What has to be asked because of an answer. The resolver sends it, at once; or, if somebody
   * waits, whoever made the answer durable does.
   */
  private Operation followUp(Operation cause, Attempt attempt, boolean continued, Instant now) {
    Head head = cause.head();
    Head fresh = Head.fresh(attempt.ask().id(), head.account(), head.livemode(), now);
    Exchange exchange = gate.begin(fresh, attempt);
    return new Operation(
        fresh,
        attempt,
        exchange,
        continued
            ? Sending.begun(exchange, now, gate.call())
            : new Sending(State.SENT, now, 0, 0, now),
        continued ? cause.caller() : null);
  }

  /**
   * Keeps the card for its customer, under what was agreed; unless it was given up while the answer
   * was awaited, be it detached, another payment's, or the customer gone.
   */
  private void keep(
      Step step, Principal principal, Operation operation, Attachment attachment, Instant now) {
    Optional<PaymentMethod> card =
        paymentMethods.keepable(
            principal,
            attachment.paymentMethod(),
            attachment.customer(),
            operation.attempt().object());
    if (card.isPresent()) {
      agree(step, attachment, operation.head().id(), now);
      attach(step, card.get(), attachment.customer(), now);
    } else if (attachment.mandate() != null) {
      step.change().insert(Mandate.TABLE, attachment.mandate().stillborn().row());
    }
  }

  /** What was agreed, and what the network called the authorization that stored the card. */
  private static void agree(Step step, Attachment attachment, String operation, Instant now) {
    if (attachment.mandate() != null) {
      step.change().insert(Mandate.TABLE, attachment.mandate().row());
    }
    if (attachment.networkTransactionId() != null) {
      step.change()
          .insert(
              Tables.AGREEMENTS,
              Row.of(
                  operation,
                  1,
                  now,
                  attachment.paymentMethod(),
                  attachment.networkTransactionId()));
    }
  }

  private void attach(Step step, PaymentMethod card, @Nullable String customer, Instant now) {
    if (customer == null || card.customer() != null) {
      return;
    }
    PaymentMethod attached = card.attachedTo(customer);
    step.change()
        .update(PaymentMethod.TABLE, attached.row())
        .event(
            new Event(
                ids.next("evt"),
                now,
                "payment_method.attached",
                "payment_method",
                attached.id(),
                attached.version(),
                null,
                null,
                null,
                Json.writeString(attached.doc())));
  }

  private static ApiException failed(Verdict verdict) {
    LOG.log(Level.SEVERE, "the answer of a provider could not be stored: {0}", verdict);
    return new ApiException(
        verdict instanceof Verdict.Unavailable ? ApiErrors.unavailable() : ApiErrors.internal());
  }

  /** The gateway itself, acting in that account and mode. */
  static Principal principal(Head head) {
    return principal(head.account(), head.livemode());
  }

  static Principal principal(String account, boolean livemode) {
    return new Principal(account, livemode, "gateway", KeyKind.SECRET);
  }
}
