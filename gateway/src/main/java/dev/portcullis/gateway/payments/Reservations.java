package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.ledger.BalanceTransaction;
import dev.portcullis.gateway.payments.PaymentIntent.Status;
import dev.portcullis.gateway.payments.Transition.Outlook;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The part of {@link PaymentMachine} that deals with money which is reserved and not yet taken: by
 * a payment that is captured by hand, or by one that is confirmed by hand.
 */
final class Reservations {

  private Reservations() {}

  static Decision capture(PaymentIntent intent, Command.Capture capture) {
    if (intent.status() != Status.REQUIRES_CAPTURE) {
      return PaymentMachine.refuse(intent, "capture");
    }
    long capturable = intent.progress().capturable();
    long amount = capture.amount() == null ? capturable : capture.amount();
    if (amount > capturable) {
      return new Decision.Refusal(
          ApiErrors.invalid(
              "amount_to_capture",
              "amount_too_large",
              "The amount to capture is greater than the amount that can be captured ("
                  + capturable
                  + ")."));
    }
    return Transition.of(
            intent.with(intent.progress().to(Status.PROCESSING).by(capture.operation())))
        .asking(take(capture.operation(), capture.charge(), amount))
        .expecting(Outlook.UNKNOWN);
  }

  private static ProviderOperation take(String operation, Charge charge, long amount) {
    return new ProviderOperation.Capture(
        operation, reference(charge), new Money(amount, charge.amount().currency()));
  }

  /**
   * The second confirmation of a payment that is confirmed by hand. The shopper has agreed to these
   * terms and to no others.
   */
  static Decision confirmAgain(PaymentIntent intent, Command.ConfirmAgain confirm) {
    if (!intent.awaitsSecondConfirmation()) {
      return PaymentMachine.refuse(intent, "confirm");
    }
    if (!confirm.terms().withReturnUrl(intent.terms().returnUrl()).equals(intent.terms())) {
      return new Decision.Refusal(
          PaymentMachine.unexpectedState(
              "The shopper has authenticated this PaymentIntent as it is. Confirm it without other"
                  + " terms, or cancel it and create another one."));
    }
    long amount = intent.progress().capturable();
    if (intent.terms().manualCapture()) {
      PaymentIntent after =
          intent.with(
              intent.terms(),
              confirm.details(),
              intent.progress().reserving(amount, Status.REQUIRES_CAPTURE));
      return Transition.of(after).because("payment_intent.amount_capturable_updated", after);
    }
    PaymentIntent.Progress progress =
        intent.progress().to(Status.PROCESSING).by(confirm.operation());
    return Transition.of(intent.with(intent.terms(), confirm.details(), progress))
        .asking(take(confirm.operation(), confirm.charge(), amount))
        .expecting(Outlook.UNKNOWN);
  }

  /**
   * The money of a payment that is confirmed by hand is reserved. If the shopper was asked, the
   * merchant's server has to confirm again; if not, it has just done so and the money is taken.
   *
   * @param asked whether the shopper was asked
   */
  static Transition authorized(
      PaymentIntent intent, Charge charge, boolean asked, String nextOperation) {
    PaymentIntent.Progress reserved =
        intent
            .progress()
            .to(Status.REQUIRES_CONFIRMATION)
            .charged(charge.head().id(), null)
            .reserving(charge.amount().minorUnits(), Status.REQUIRES_CONFIRMATION);
    if (asked) {
      return Transition.of(intent.with(reserved), charge).because("charge.succeeded", charge);
    }
    return Transition.of(intent.with(reserved.to(Status.PROCESSING).by(nextOperation)), charge)
        .because("charge.succeeded", charge)
        .asking(take(nextOperation, charge, charge.amount().minorUnits()))
        .expecting(Outlook.CONTINUED);
  }

  /** Gives a reservation back. */
  static Transition release(
      PaymentIntent intent, Map<String, @Nullable Object> details, Command.Cancel cancel) {
    if (cancel.charge() == null) {
      throw new IllegalStateException("a reservation without a charge");
    }
    PaymentIntent.Progress progress =
        intent.progress().to(Status.PROCESSING).by(cancel.operation());
    return Transition.of(intent.with(intent.terms(), details, progress))
        .asking(new ProviderOperation.Cancel(cancel.operation(), reference(cancel.charge()), null))
        .expecting(Outlook.UNKNOWN);
  }

  static Transition captured(
      PaymentIntent intent, ProviderOperation.Capture capture, Command.Answer answer) {
    return switch (answer.result()) {
      case ProviderResult.Approved approved -> {
        long amount = capture.amount().minorUnits();
        BalanceTransaction booking = PaymentMachine.taken(answer, charge(answer), capture.amount());
        Charge charge = charge(answer).captured(amount, booking.id());
        PaymentIntent after =
            intent.with(intent.progress().to(Status.SUCCEEDED).holding(0, amount).failed(null));
        yield Transition.of(after, charge)
            .because("charge.captured", charge)
            .because("payment_intent.succeeded", after)
            .booking(booking);
      }
      case ProviderResult.Declined declined ->
          notCaptured(intent, Declines.answer(declined, null, Map.of()));
      case ProviderResult.Rejected rejected -> notCaptured(intent, Declines.rejected(rejected));
      case ProviderResult.RequiresAction action -> Transition.none(Outlook.WAITING);
      case ProviderResult.Pending pending -> Transition.none(Outlook.WAITING);
      case ProviderResult.Unknown unknown -> Transition.none(Outlook.UNKNOWN);
      case ProviderResult.NotFound notFound -> Transition.none(Outlook.UNKNOWN);
    };
  }

  static Transition voided(PaymentIntent intent, Command.Answer answer, Instant now) {
    return switch (answer.result()) {
      case ProviderResult.Approved approved -> {
        Charge charge = charge(answer).released();
        Transition canceled = PaymentMachine.canceled(intent, intent.details(), now);
        PaymentIntent after = (PaymentIntent) canceled.objects().getFirst();
        yield Transition.of(after, charge).because("payment_intent.canceled", after);
      }
      case ProviderResult.Declined declined ->
          notVoided(intent, Declines.answer(declined, null, Map.of()));
      case ProviderResult.Rejected rejected -> notVoided(intent, Declines.rejected(rejected));
      case ProviderResult.RequiresAction action -> Transition.none(Outlook.WAITING);
      case ProviderResult.Pending pending -> Transition.none(Outlook.WAITING);
      case ProviderResult.Unknown unknown -> Transition.none(Outlook.UNKNOWN);
      case ProviderResult.NotFound notFound -> Transition.none(Outlook.UNKNOWN);
    };
  }

  /**
   * The provider would not give out what is reserved. It is reserved still, and the payment says
   * why, since whoever asked may no longer be there.
   */
  private static Transition notCaptured(PaymentIntent intent, ApiError error) {
    ApiError told =
        new ApiError(
            error.status(),
            error.type(),
            error.message()
                + " The amount is still reserved: "
                + (intent.progress().reservedAt() == Status.REQUIRES_CONFIRMATION
                    ? "confirm"
                    : "capture")
                + " again, or cancel.",
            error.code(),
            error.param(),
            error.declineCode(),
            error.extra());
    String charge = intent.progress().latestCharge();
    PaymentIntent after =
        intent.with(reserved(intent).failed(Declines.onObject(told, charge, Map.of())));
    return Transition.of(after).because("payment_intent.payment_failed", after).telling(told);
  }

  /** The provider would not give the reservation up. */
  private static Transition notVoided(PaymentIntent intent, ApiError error) {
    Map<String, @Nullable Object> details = new LinkedHashMap<>(intent.details());
    details.remove("cancellation_reason");
    return Transition.of(intent.with(intent.terms(), details, reserved(intent))).telling(error);
  }

  private static PaymentIntent.Progress reserved(PaymentIntent intent) {
    return intent.progress().to(Objects.requireNonNull(intent.progress().reservedAt()));
  }

  private static Charge charge(Command.Answer answer) {
    if (answer.charge() == null) {
      throw new IllegalStateException("no charge behind " + answer.attempt().ask().id());
    }
    return answer.charge();
  }

  private static String reference(Charge charge) {
    if (charge.providerReference() == null) {
      throw new IllegalStateException("no provider reference on " + charge.head().id());
    }
    return charge.providerReference();
  }
}
