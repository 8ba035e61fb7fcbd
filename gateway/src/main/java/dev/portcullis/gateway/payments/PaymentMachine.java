package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.Initiator;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.ledger.BalanceTransaction;
import dev.portcullis.gateway.mandates.Mandate;
import dev.portcullis.gateway.payments.PaymentIntent.Progress;
import dev.portcullis.gateway.payments.PaymentIntent.Status;
import dev.portcullis.gateway.payments.PaymentIntent.Terms;
import dev.portcullis.gateway.payments.Transition.Attachment;
import dev.portcullis.gateway.payments.Transition.Outlook;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The life of a payment, as a pure function: no input, no output, no clock, no chance.
 *
 * <p>While a provider operation is under way the payment is {@code processing} and takes no command
 * but its answer, so that nothing is asked twice and nothing is cancelled that may have happened.
 */
public final class PaymentMachine {

  private PaymentMachine() {}

  /** A new payment. */
  public static Transition create(Head head, Terms terms, Map<String, @Nullable Object> details) {
    PaymentIntent intent =
        new PaymentIntent(head, terms, Progress.at(beforeConfirmation(terms)), details);
    return Transition.of(intent).because("payment_intent.created", intent);
  }

  /** A new payment that is confirmed at once: one step, which writes the payment once. */
  public static Decision createConfirmed(Head head, Command.Confirm confirm, Instant now) {
    Transition created = create(head, confirm.terms(), confirm.details());
    PaymentIntent fresh = (PaymentIntent) created.objects().getFirst();
    return switch (transition(fresh, confirm, now)) {
      case Decision.Refusal refusal -> refusal;
      case Transition confirmed -> {
        PaymentIntent after = (PaymentIntent) confirmed.objects().getFirst();
        yield new Transition(
            List.of(new PaymentIntent(head, after.terms(), after.progress(), after.details())),
            created.facts(),
            List.of(),
            confirmed.ask(),
            null,
            null,
            confirmed.outlook());
      }
    };
  }

  /** The step that a command leads to, or why it cannot be taken. */
  public static Decision transition(PaymentIntent intent, Command command, Instant now) {
    return switch (command) {
      case Command.Update update -> update(intent, update);
      case Command.Confirm confirm -> confirm(intent, confirm);
      case Command.ConfirmAgain again -> Reservations.confirmAgain(intent, again);
      case Command.Capture capture -> Reservations.capture(intent, capture);
      case Command.Cancel cancel -> cancel(intent, cancel, now);
      case Command.GiveUp giveUp -> giveUp(intent, giveUp, now);
      case Command.Leave leave -> leave(intent, leave);
      case Command.Answer answer -> answer(intent, answer, now);
    };
  }

  private static Status beforeConfirmation(Terms terms) {
    return terms.paymentMethod() == null
        ? Status.REQUIRES_PAYMENT_METHOD
        : Status.REQUIRES_CONFIRMATION;
  }

  /** Whether its terms may change: nobody has agreed to them yet. */
  private static boolean isOpen(PaymentIntent intent) {
    return intent.status() == Status.REQUIRES_PAYMENT_METHOD
        || (intent.status() == Status.REQUIRES_CONFIRMATION && !intent.awaitsSecondConfirmation());
  }

  private static Decision update(PaymentIntent intent, Command.Update update) {
    boolean sameTerms = update.terms().equals(intent.terms());
    if (!sameTerms && !isOpen(intent)) {
      return refuse(intent, "update");
    }
    Progress progress =
        sameTerms ? intent.progress() : intent.progress().to(beforeConfirmation(update.terms()));
    return Transition.of(intent.with(update.terms(), update.details(), progress));
  }

  private static Decision confirm(PaymentIntent intent, Command.Confirm confirm) {
    if (!isOpen(intent)) {
      return refuse(intent, "confirm");
    }
    if (confirm.terms().paymentMethod() == null) {
      return new Decision.Refusal(
          unexpectedState(
              "You cannot confirm this PaymentIntent because it's missing a payment method. You can"
                  + " either update the PaymentIntent with a payment method and then confirm it"
                  + " again, or confirm it again directly with a payment method."));
    }
    ProviderOperation.Authorize authorize =
        new ProviderOperation.Authorize(
            confirm.operation(),
            confirm.terms().amount(),
            !confirm.terms().manualCapture() && !confirm.terms().manualConfirmation(),
            new CardUse(
                confirm.offSession() ? Initiator.MERCHANT : Initiator.CUSTOMER,
                confirm.terms().setupFutureUsage() != null,
                confirm.networkTransactionId()),
            confirm.shopper(),
            confirm.challenge());
    Progress progress =
        intent.progress().to(Status.PROCESSING).by(confirm.operation()).failed(null);
    return Transition.of(intent.with(confirm.terms(), confirm.details(), progress))
        .asking(authorize)
        .expecting(Outlook.UNKNOWN);
  }

  private static Map<String, @Nullable Object> because(
      PaymentIntent intent, @Nullable String reason) {
    Map<String, @Nullable Object> details = new LinkedHashMap<>(intent.details());
    Doc.put(details, "cancellation_reason", reason);
    return details;
  }

  /** Money that was promised is never let go by it, however late the promise came. */
  private static Decision giveUp(PaymentIntent intent, Command.GiveUp giveUp, Instant now) {
    return switch (intent.status()) {
      case REQUIRES_PAYMENT_METHOD, REQUIRES_ACTION ->
          canceled(intent, because(intent, giveUp.reason()), now);
      case REQUIRES_CONFIRMATION ->
          intent.awaitsSecondConfirmation()
              ? refuse(intent, "cancel")
              : canceled(intent, because(intent, giveUp.reason()), now);
      case REQUIRES_CAPTURE, PROCESSING, SUCCEEDED, CANCELED -> refuse(intent, "cancel");
    };
  }

  private static Decision cancel(PaymentIntent intent, Command.Cancel cancel, Instant now) {
    Map<String, @Nullable Object> details = because(intent, cancel.reason());
    return switch (intent.status()) {
      case REQUIRES_PAYMENT_METHOD, REQUIRES_ACTION -> canceled(intent, details, now);
      case REQUIRES_CONFIRMATION ->
          intent.awaitsSecondConfirmation()
              ? Reservations.release(intent, details, cancel)
              : canceled(intent, details, now);
      case REQUIRES_CAPTURE -> Reservations.release(intent, details, cancel);
      case PROCESSING, SUCCEEDED, CANCELED -> refuse(intent, "cancel");
    };
  }

  /**
   * It can be paid in another way from now on. The operation stays watched, and has no charge: what
   * the provider approves of it all the same comes too late, and is given back.
   */
  private static Decision leave(PaymentIntent intent, Command.Leave leave) {
    if (intent.status() != Status.REQUIRES_ACTION) {
      return refuse(intent, "leave the challenge of");
    }
    ApiError error = Declines.unauthenticated(intent.object(), leave.paymentMethod());
    Progress progress =
        intent
            .progress()
            .to(Status.REQUIRES_PAYMENT_METHOD)
            .failed(Declines.onObject(error, null, leave.paymentMethod()));
    PaymentIntent after = intent.with(intent.terms().withPaymentMethod(null), progress);
    return Transition.of(after).because("payment_intent.payment_failed", after);
  }

  static Transition canceled(
      PaymentIntent intent, Map<String, @Nullable Object> details, Instant now) {
    Map<String, @Nullable Object> after = new LinkedHashMap<>(details);
    after.put("canceled_at", now.getEpochSecond());
    PaymentIntent canceled =
        intent.with(
            intent.terms(),
            after,
            intent.progress().to(Status.CANCELED).holding(0, intent.progress().received()));
    return Transition.of(canceled).because("payment_intent.canceled", canceled);
  }

  private static Decision answer(PaymentIntent intent, Command.Answer answer, Instant now) {
    Attempt attempt = answer.attempt();
    boolean current = attempt.ask().id().equals(intent.progress().operation());
    boolean awaited =
        intent.status() == Status.PROCESSING || intent.status() == Status.REQUIRES_ACTION;
    if (!current || !awaited) {
      return late(answer);
    }
    return switch (attempt.ask()) {
      case ProviderOperation.Authorize _, ProviderOperation.Complete _ ->
          authorized(intent, answer, now);
      case ProviderOperation.Capture capture -> Reservations.captured(intent, capture, answer);
      case ProviderOperation.Cancel cancel -> Reservations.voided(intent, answer, now);
      case ProviderOperation.Refund refund -> throw notMine(attempt);
      case ProviderOperation.SubmitEvidence evidence -> throw notMine(attempt);
      case ProviderOperation.AcceptDispute accept -> throw notMine(attempt);
      case ProviderOperation.Lookup lookup -> throw notMine(attempt);
    };
  }

  /**
   * The shopper is back from a challenge whose provider wants what they brought: the payment goes
   * on with that. Null where nobody waits for it any more.
   */
  static @Nullable Transition returned(
      PaymentIntent intent, Attempt attempt, ProviderOperation.Complete complete) {
    boolean awaited =
        intent.status() == Status.REQUIRES_ACTION
            && attempt.ask().id().equals(intent.progress().operation());
    return awaited
        ? Transition.of(intent.with(intent.progress().to(Status.PROCESSING).by(complete.id())))
            .asking(complete)
            .expecting(Outlook.CONTINUED)
        : null;
  }

  /**
   * One provider has failed for certain, and another is asked for the same. Null where nobody waits
   * for it any more.
   */
  static @Nullable Transition again(PaymentIntent intent, Attempt attempt, ProviderOperation next) {
    boolean awaited =
        intent.status() == Status.PROCESSING
            && attempt.ask().id().equals(intent.progress().operation());
    return awaited
        ? Transition.of(intent.with(intent.progress().by(next.id())))
            .asking(next)
            .expecting(Outlook.CONTINUED)
        : null;
  }

  private static IllegalStateException notMine(Attempt attempt) {
    return new IllegalStateException("no operation of a payment: " + attempt.ask().id());
  }

  /** The payment no longer waits for this: what was approved all the same is given up again. */
  private static Transition late(Command.Answer answer) {
    boolean authorize = answer.attempt().authorizes();
    return switch (answer.result()) {
      case ProviderResult.Approved approved when authorize && answer.charge() == null ->
          Transition.none(Outlook.DONE)
              .asking(
                  new ProviderOperation.Cancel(
                      answer.nextOperation(),
                      approved.providerReference(),
                      taken(answer.attempt())));
      case ProviderResult.Approved approved -> Transition.none(Outlook.DONE);
      case ProviderResult.Declined declined ->
          Transition.none(authorize ? Outlook.DONE : Outlook.STUCK);
      case ProviderResult.Rejected rejected ->
          Transition.none(authorize ? Outlook.DONE : Outlook.STUCK);
      case ProviderResult.RequiresAction action -> Transition.none(Outlook.WAITING);
      case ProviderResult.Pending pending -> Transition.none(Outlook.WAITING);
      case ProviderResult.Unknown unknown -> Transition.none(Outlook.UNKNOWN);
      case ProviderResult.NotFound notFound -> Transition.none(Outlook.UNKNOWN);
    };
  }

  /** What has to be given back of an approval that came too late, or null if it only reserved. */
  private static @Nullable Money taken(Attempt attempt) {
    return attempt.captures() && attempt.authorized().isPositive() ? attempt.authorized() : null;
  }

  private static Transition authorized(PaymentIntent intent, Command.Answer answer, Instant now) {
    return switch (answer.result()) {
      case ProviderResult.Approved approved -> approved(intent, answer, approved, now);
      case ProviderResult.Declined declined -> declined(intent, answer, declined, now);
      case ProviderResult.Rejected rejected -> rejected(intent, answer, rejected);
      case ProviderResult.RequiresAction action -> action(intent, answer, action, now);
      case ProviderResult.Pending pending -> processing(intent, answer, Outlook.WAITING);
      case ProviderResult.Unknown unknown -> processing(intent, answer, Outlook.UNKNOWN);
      case ProviderResult.NotFound notFound -> processing(intent, answer, Outlook.UNKNOWN);
    };
  }

  private static Transition approved(
      PaymentIntent intent, Command.Answer answer, ProviderResult.Approved approved, Instant now) {
    Attempt attempt = answer.attempt();
    boolean captures = attempt.captures();
    long amount = attempt.authorized().minorUnits();
    Attachment attachment = attachment(intent, approved.details().networkTransactionId(), now);
    Mandate mandate = attachment == null ? null : attachment.mandate();
    Charge reserved =
        Charges.approved(
            intent, answer.attempt(), approved, mandate == null ? null : mandate.id(), now);
    boolean asked =
        intent.status() == Status.REQUIRES_ACTION
            || attempt.ask() instanceof ProviderOperation.Complete;
    boolean goesOn = !asked && intent.terms().manualCapture();
    if (intent.terms().manualConfirmation() && !captures && !goesOn) {
      return Reservations.authorized(intent, reserved, asked, answer.nextOperation())
          .attaching(attachment);
    }
    BalanceTransaction booking = taken(answer, reserved, attempt.authorized());
    Charge charge = captures ? reserved.takenAtOnce(booking.id()) : reserved;
    Progress progress =
        captures
            ? intent.progress().to(Status.SUCCEEDED).holding(0, amount)
            : intent
                .progress()
                .to(Status.REQUIRES_CAPTURE)
                .reserving(amount, Status.REQUIRES_CAPTURE);
    PaymentIntent after = intent.with(progress.charged(charge.head().id(), null));
    Transition transition =
        Transition.of(after, charge)
            .because("charge.succeeded", charge)
            .because(
                captures ? "payment_intent.succeeded" : "payment_intent.amount_capturable_updated",
                after)
            .attaching(attachment);
    return captures ? transition.booking(booking) : transition;
  }

  private static @Nullable Attachment attachment(
      PaymentIntent intent, @Nullable String networkTransactionId, Instant now) {
    String card = intent.terms().paymentMethod();
    if (intent.terms().setupFutureUsage() == null || card == null) {
      return null;
    }
    Mandate mandate =
        Mandate.agreed(
            intent.details(),
            Objects.requireNonNull(intent.progress().operation()),
            card,
            intent.head().livemode(),
            now);
    return new Attachment(card, intent.terms().customer(), networkTransactionId, mandate);
  }

  static BalanceTransaction taken(Command.Answer answer, Charge charge, Money amount) {
    String id = charge.head().id();
    return charge.isAvailableAtOnce()
        ? answer.books().chargeAtOnce(id, amount, charge.description())
        : answer.books().charge(id, amount, charge.description());
  }

  private static Transition declined(
      PaymentIntent intent, Command.Answer answer, ProviderResult.Declined declined, Instant now) {
    Attempt attempt = answer.attempt();
    Charge charge = Charges.declined(intent, attempt, declined, now);
    String chargeId = charge.head().id();
    ApiError error = Declines.answer(declined, chargeId, attempt.paymentMethod());
    Progress progress =
        intent
            .progress()
            .to(Status.REQUIRES_PAYMENT_METHOD)
            .charged(chargeId, Declines.onObject(error, chargeId, attempt.paymentMethod()));
    PaymentIntent after = intent.with(intent.terms().withPaymentMethod(null), progress);
    return Transition.of(after, charge)
        .because("charge.failed", charge)
        .because("payment_intent.payment_failed", after)
        .telling(error);
  }

  /**
   * A confirmation that does not reach the provider: as if it had been declined, but for what is
   * said of it.
   *
   * @param confirmed the step that would have asked the provider; nothing of it is stored
   */
  static Transition blocked(
      Transition confirmed, Attempt attempt, Screening.Verdict.Block block, Instant now) {
    PaymentIntent asking = Objects.requireNonNull(confirmed.find(PaymentIntent.class));
    Charge charge = Charges.blocked(asking, attempt, block, now);
    String chargeId = charge.head().id();
    ApiError error = Declines.blocked(chargeId, attempt.paymentMethod());
    PaymentIntent after =
        new PaymentIntent(
            asking.head(),
            asking.terms().withPaymentMethod(null),
            asking
                .progress()
                .to(Status.REQUIRES_PAYMENT_METHOD)
                .charged(chargeId, Declines.onObject(error, chargeId, attempt.paymentMethod())),
            asking.details());
    return new Transition(
            List.of(after, charge), confirmed.facts(), List.of(), null, null, null, Outlook.DONE)
        .because("charge.failed", charge)
        .because("payment_intent.payment_failed", after)
        .telling(error);
  }

  private static Transition rejected(
      PaymentIntent intent, Command.Answer answer, ProviderResult.Rejected rejected) {
    ApiError error = Declines.rejected(rejected);
    Progress progress =
        intent
            .progress()
            .to(rejected.cardGone() ? Status.REQUIRES_PAYMENT_METHOD : Status.REQUIRES_CONFIRMATION)
            .failed(Declines.onObject(error, null, answer.attempt().paymentMethod()));
    PaymentIntent after =
        rejected.cardGone()
            ? intent.with(intent.terms().withPaymentMethod(null), progress)
            : intent.with(progress);
    return Transition.of(after).because("payment_intent.payment_failed", after).telling(error);
  }

  private static Transition action(
      PaymentIntent intent,
      Command.Answer answer,
      ProviderResult.RequiresAction action,
      Instant now) {
    boolean away =
        answer.attempt().ask() instanceof ProviderOperation.Authorize authorize
            && authorize.use().initiator() == Initiator.MERCHANT;
    if (away || answer.attempt().errorOnAction()) {
      // Nobody is there to answer the challenge; without an answer the provider charges nothing.
      return declined(
          intent,
          answer,
          new ProviderResult.Declined(
              DeclineCode.AUTHENTICATION_REQUIRED,
              action.providerReference(),
              ProviderResult.Details.NONE),
          now);
    }
    if (intent.status() == Status.REQUIRES_ACTION) {
      return Transition.none(Outlook.WAITING);
    }
    NextAction next = new NextAction(action.redirectUrl(), intent.terms().returnUrl());
    PaymentIntent after = intent.with(intent.progress().to(Status.REQUIRES_ACTION).asking(next));
    return Transition.of(after)
        .because("payment_intent.requires_action", after)
        .expecting(Outlook.WAITING);
  }

  /** The answer is still to come. The event says so after the first call alone. */
  private static Transition processing(
      PaymentIntent intent, Command.Answer answer, Outlook outlook) {
    return answer.first() && intent.status() == Status.PROCESSING
        ? Transition.none(outlook).because("payment_intent.processing", intent)
        : Transition.none(outlook);
  }

  static Decision.Refusal refuse(PaymentIntent intent, String verb) {
    return new Decision.Refusal(unexpectedState(intent, verb));
  }

  /** 400: the status does not allow that. */
  static ApiError unexpectedState(PaymentIntent intent, String verb) {
    return unexpectedState(
        "You cannot "
            + verb
            + " this PaymentIntent because it has a status of "
            + intent.status().wire()
            + ".");
  }

  static ApiError unexpectedState(String message) {
    return ApiErrors.badRequest(message).withCode("payment_intent_unexpected_state");
  }
}
