package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.mandates.Mandate;
import dev.portcullis.gateway.payments.SetupIntent.Progress;
import dev.portcullis.gateway.payments.SetupIntent.Status;
import dev.portcullis.gateway.payments.SetupIntent.Terms;
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

/** The life of a set-up, as a pure function; see {@link PaymentMachine}. */
public final class SetupMachine {

  /** A verification takes nothing, but a request needs a currency. */
  static final Money NOTHING = Money.of(0, "usd");

  private SetupMachine() {}

  /** A new set-up. */
  public static Transition create(Head head, Terms terms, Map<String, @Nullable Object> details) {
    SetupIntent intent =
        new SetupIntent(head, terms, Progress.at(beforeConfirmation(terms)), details);
    return Transition.of(intent).because("setup_intent.created", intent);
  }

  /** A new set-up that is confirmed at once. */
  public static Decision createConfirmed(
      Head head, Map<String, @Nullable Object> details, SetupCommand.Confirm confirm, Instant now) {
    Transition created = create(head, confirm.terms(), details);
    SetupIntent fresh = (SetupIntent) created.objects().getFirst();
    return switch (transition(fresh, confirm, now)) {
      case Decision.Refusal refusal -> refusal;
      case Transition confirmed -> {
        SetupIntent after = (SetupIntent) confirmed.objects().getFirst();
        yield new Transition(
            List.of(new SetupIntent(head, after.terms(), after.progress(), after.details())),
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
  public static Decision transition(SetupIntent intent, SetupCommand command, Instant now) {
    return switch (command) {
      case SetupCommand.Update update -> update(intent, update);
      case SetupCommand.Confirm confirm -> confirm(intent, confirm);
      case SetupCommand.Cancel cancel -> cancel(intent, cancel, now);
      case SetupCommand.Leave leave -> leave(intent, leave);
      case SetupCommand.Answer answer -> answer(intent, answer, now);
    };
  }

  private static Status beforeConfirmation(Terms terms) {
    return terms.paymentMethod() == null
        ? Status.REQUIRES_PAYMENT_METHOD
        : Status.REQUIRES_CONFIRMATION;
  }

  private static boolean isOpen(SetupIntent intent) {
    return intent.status() == Status.REQUIRES_PAYMENT_METHOD
        || intent.status() == Status.REQUIRES_CONFIRMATION;
  }

  private static Decision update(SetupIntent intent, SetupCommand.Update update) {
    boolean sameTerms = update.terms().equals(intent.terms());
    if (!sameTerms && !isOpen(intent)) {
      return refuse(intent, "update");
    }
    Progress progress =
        sameTerms ? intent.progress() : intent.progress().to(beforeConfirmation(update.terms()));
    return Transition.of(intent.with(update.terms(), update.details(), progress));
  }

  private static Decision confirm(SetupIntent intent, SetupCommand.Confirm confirm) {
    if (!isOpen(intent)) {
      return refuse(intent, "confirm");
    }
    if (confirm.terms().paymentMethod() == null) {
      return new Decision.Refusal(
          unexpectedState(
              "You cannot confirm this SetupIntent because it's missing a payment method. Update"
                  + " the SetupIntent with a payment method and then confirm it again."));
    }
    ProviderOperation.Authorize verify =
        new ProviderOperation.Authorize(
            confirm.operation(),
            NOTHING,
            false,
            CardUse.STORE,
            confirm.shopper(),
            confirm.challenge());
    Progress progress =
        intent.progress().to(Status.PROCESSING).by(confirm.operation()).failed(null);
    return Transition.of(intent.with(confirm.terms(), progress))
        .asking(verify)
        .expecting(Outlook.UNKNOWN);
  }

  private static Decision cancel(SetupIntent intent, SetupCommand.Cancel cancel, Instant now) {
    return switch (intent.status()) {
      case REQUIRES_PAYMENT_METHOD, REQUIRES_CONFIRMATION, REQUIRES_ACTION -> {
        Map<String, @Nullable Object> details = new LinkedHashMap<>(intent.details());
        Doc.put(details, "cancellation_reason", cancel.reason());
        details.put("canceled_at", now.getEpochSecond());
        SetupIntent after =
            intent.with(intent.terms(), details, intent.progress().to(Status.CANCELED));
        yield Transition.of(after).because("setup_intent.canceled", after);
      }
      case PROCESSING, SUCCEEDED, CANCELED -> refuse(intent, "cancel");
    };
  }

  private static Decision leave(SetupIntent intent, SetupCommand.Leave leave) {
    if (intent.status() != Status.REQUIRES_ACTION) {
      return refuse(intent, "leave the challenge of");
    }
    ApiError error = Declines.unauthenticated(intent.object(), leave.paymentMethod());
    Progress progress =
        intent
            .progress()
            .to(Status.REQUIRES_PAYMENT_METHOD)
            .failed(Declines.onObject(error, null, leave.paymentMethod()));
    SetupIntent after = intent.with(intent.terms().withPaymentMethod(null), progress);
    return Transition.of(after).because("setup_intent.setup_failed", after);
  }

  private static Decision answer(SetupIntent intent, SetupCommand.Answer answer, Instant now) {
    boolean current = answer.attempt().ask().id().equals(intent.progress().operation());
    boolean awaited =
        intent.status() == Status.PROCESSING || intent.status() == Status.REQUIRES_ACTION;
    boolean open = current && awaited;
    return switch (answer.result()) {
      // A verification moves no money: one that comes too late needs no undoing.
      case ProviderResult.Approved approved ->
          open ? succeeded(intent, approved, now) : Transition.none(Outlook.DONE);
      case ProviderResult.Declined declined ->
          open ? declined(intent, answer, declined) : Transition.none(Outlook.DONE);
      case ProviderResult.Rejected rejected ->
          open ? rejected(intent, answer, rejected) : Transition.none(Outlook.DONE);
      case ProviderResult.RequiresAction action ->
          open ? action(intent, answer, action) : Transition.none(Outlook.WAITING);
      case ProviderResult.Pending pending -> Transition.none(Outlook.WAITING);
      case ProviderResult.Unknown unknown -> Transition.none(Outlook.UNKNOWN);
      case ProviderResult.NotFound notFound -> Transition.none(Outlook.UNKNOWN);
    };
  }

  private static Transition succeeded(
      SetupIntent intent, ProviderResult.Approved approved, Instant now) {
    String networkId = approved.details().networkTransactionId();
    String card = Objects.requireNonNull(intent.terms().paymentMethod());
    Mandate mandate =
        Mandate.agreed(
            intent.details(),
            Objects.requireNonNull(intent.progress().operation()),
            card,
            intent.head().livemode(),
            now);
    Map<String, @Nullable Object> details = new LinkedHashMap<>(intent.details());
    Doc.put(details, "mandate", mandate == null ? null : mandate.id());
    SetupIntent after =
        intent.with(
            intent.terms(), details, intent.progress().to(Status.SUCCEEDED).agreed(networkId));
    return Transition.of(after)
        .because("setup_intent.succeeded", after)
        .attaching(new Attachment(card, intent.terms().customer(), networkId, mandate));
  }

  private static Transition declined(
      SetupIntent intent, SetupCommand.Answer answer, ProviderResult.Declined declined) {
    ApiError error =
        declined.code() == DeclineCode.AUTHENTICATION_FAILED
            ? Declines.unauthenticated(intent.object(), answer.attempt().paymentMethod())
            : Declines.answer(declined, null, answer.attempt().paymentMethod());
    Progress progress =
        intent
            .progress()
            .to(Status.REQUIRES_PAYMENT_METHOD)
            .failed(Declines.onObject(error, null, answer.attempt().paymentMethod()));
    SetupIntent after = intent.with(intent.terms().withPaymentMethod(null), progress);
    return Transition.of(after).because("setup_intent.setup_failed", after).telling(error);
  }

  /** A confirmation that does not reach the provider; see {@link PaymentMachine#blocked}. */
  static Transition blocked(Transition confirmed, Attempt attempt) {
    SetupIntent asking = Objects.requireNonNull(confirmed.find(SetupIntent.class));
    ApiError error = Declines.blocked(null, attempt.paymentMethod());
    SetupIntent after =
        new SetupIntent(
            asking.head(),
            asking.terms().withPaymentMethod(null),
            asking
                .progress()
                .to(Status.REQUIRES_PAYMENT_METHOD)
                .failed(Declines.onObject(error, null, attempt.paymentMethod())),
            asking.details());
    return new Transition(
            List.of(after), confirmed.facts(), List.of(), null, null, null, Outlook.DONE)
        .because("setup_intent.setup_failed", after)
        .telling(error);
  }

  private static Transition rejected(
      SetupIntent intent, SetupCommand.Answer answer, ProviderResult.Rejected rejected) {
    ApiError error = Declines.rejected(rejected);
    Progress progress =
        intent
            .progress()
            .to(rejected.cardGone() ? Status.REQUIRES_PAYMENT_METHOD : Status.REQUIRES_CONFIRMATION)
            .failed(Declines.onObject(error, null, answer.attempt().paymentMethod()));
    SetupIntent after =
        intent.with(
            rejected.cardGone() ? intent.terms().withPaymentMethod(null) : intent.terms(),
            progress);
    return Transition.of(after).because("setup_intent.setup_failed", after).telling(error);
  }

  private static Transition action(
      SetupIntent intent, SetupCommand.Answer answer, ProviderResult.RequiresAction action) {
    if (answer.attempt().errorOnAction()) {
      return declined(
          intent,
          answer,
          new ProviderResult.Declined(
              DeclineCode.AUTHENTICATION_REQUIRED,
              action.providerReference(),
              ProviderResult.Details.NONE));
    }
    if (intent.status() == Status.REQUIRES_ACTION) {
      return Transition.none(Outlook.WAITING);
    }
    SetupIntent after =
        intent.with(
            intent.terms(),
            intent
                .progress()
                .to(Status.REQUIRES_ACTION)
                .asking(new NextAction(action.redirectUrl(), intent.terms().returnUrl())));
    return Transition.of(after)
        .because("setup_intent.requires_action", after)
        .expecting(Outlook.WAITING);
  }

  /** See {@link PaymentMachine#returned}. */
  static @Nullable Transition returned(
      SetupIntent intent, Attempt attempt, ProviderOperation.Complete complete) {
    boolean awaited =
        intent.status() == Status.REQUIRES_ACTION
            && attempt.ask().id().equals(intent.progress().operation());
    return awaited ? goingOn(intent, complete) : null;
  }

  /** See {@link PaymentMachine#again}. */
  static @Nullable Transition again(SetupIntent intent, Attempt attempt, ProviderOperation next) {
    boolean awaited =
        intent.status() == Status.PROCESSING
            && attempt.ask().id().equals(intent.progress().operation());
    return awaited ? goingOn(intent, next) : null;
  }

  private static Transition goingOn(SetupIntent intent, ProviderOperation next) {
    return Transition.of(
            intent.with(intent.terms(), intent.progress().to(Status.PROCESSING).by(next.id())))
        .asking(next)
        .expecting(Outlook.CONTINUED);
  }

  private static Decision.Refusal refuse(SetupIntent intent, String verb) {
    return new Decision.Refusal(
        unexpectedState(
            "You cannot "
                + verb
                + " this SetupIntent because it has a status of "
                + intent.status().wire()
                + "."));
  }

  private static ApiError unexpectedState(String message) {
    return ApiErrors.badRequest(message).withCode("setup_intent_unexpected_state");
  }
}
