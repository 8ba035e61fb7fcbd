package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.ledger.BalanceTransaction;
import dev.portcullis.gateway.ledger.Bookkeeper;
import dev.portcullis.gateway.payments.Transition.Outlook;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.error.ApiErrors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The life of a refund, as a pure function. Its amount is taken from what the charge can give back
 * when it begins and returned to it when it fails, so that refunds at the same time never give back
 * more than was taken.
 */
public final class RefundMachine {

  private RefundMachine() {}

  /**
   * Begins a refund.
   *
   * @param charge what is given back
   * @param head of the new refund
   * @param operation the id of the provider operation
   * @param wanted minor units, or null for all that is left
   * @param facts what the merchant says about it, in the API's form
   */
  public static Decision create(
      Charge charge,
      Head head,
      String operation,
      @Nullable Long wanted,
      Map<String, @Nullable Object> facts) {
    if (charge.standing().status() != Charge.Status.SUCCEEDED
        || charge.standing().captured() == 0
        || charge.providerReference() == null) {
      return new Decision.Refusal(
          ApiErrors.badRequest(
                  "This charge ("
                      + charge.head().id()
                      + ") has not been captured: there is nothing to refund. Cancel the"
                      + " PaymentIntent instead.")
              .withCode("charge_not_refundable"));
    }
    boolean refunded = charge.standing().refunded() == charge.standing().captured();
    if (charge.refundable() == 0 && !refunded) {
      return new Decision.Refusal(
          ApiErrors.badRequest(
                  "Charge " + charge.head().id() + " has been charged back; it cannot be refunded.")
              .withCode("charge_disputed"));
    }
    if (refunded) {
      return new Decision.Refusal(
          ApiErrors.badRequest("Charge " + charge.head().id() + " has already been refunded.")
              .withCode("charge_already_refunded"));
    }
    long amount = wanted == null ? charge.refundable() : wanted;
    if (amount > charge.refundable()) {
      return new Decision.Refusal(
          ApiErrors.invalid(
              "amount",
              "amount_too_large",
              "Refund amount ("
                  + amount
                  + ") is greater than unrefunded amount on charge ("
                  + charge.refundable()
                  + ")"));
    }
    Money money = new Money(amount, charge.amount().currency());
    Refund refund =
        new Refund(
            head,
            charge.head().id(),
            charge.paymentIntent(),
            money,
            Refund.Status.PENDING,
            operation,
            null,
            facts);
    return Transition.of(refund, charge.refundedBy(amount))
        .because("refund.created", refund)
        .asking(new ProviderOperation.Refund(operation, charge.providerReference(), money))
        .expecting(Outlook.UNKNOWN);
  }

  /**
   * Gives a refund up, which no refund here allows. Only one that waits for the customer to say
   * where the money shall go can be cancelled, and a card's never does. A pending one is with the
   * provider already: no provider takes it back, and to say that it was cancelled would be untrue.
   */
  public static Decision.Refusal cancel(Refund refund) {
    return switch (refund.status()) {
      case PENDING, SUCCEEDED, FAILED ->
          new Decision.Refusal(
              ApiErrors.badRequest(
                      "Refund "
                          + refund.head().id()
                          + " has a status of "
                          + refund.status().wire()
                          + " and cannot be canceled. Only refunds with a status of"
                          + " requires_action can be canceled.")
                  .withCode("status_transition_invalid"));
    };
  }

  /** What the provider's answer leads to. An answer that comes twice changes nothing. */
  public static Transition answer(
      Refund refund, Charge charge, ProviderResult result, Bookkeeper books) {
    if (refund.status() != Refund.Status.PENDING) {
      return Transition.none(Outlook.DONE);
    }
    return switch (result) {
      case ProviderResult.Approved approved -> succeeded(refund, charge, books);
      case ProviderResult.Declined declined ->
          failed(refund, charge, declined.details().failureReason());
      case ProviderResult.Rejected rejected -> failed(refund, charge, null);
      case ProviderResult.RequiresAction action -> Transition.none(Outlook.WAITING);
      case ProviderResult.Pending pending -> Transition.none(Outlook.WAITING);
      case ProviderResult.Unknown unknown -> Transition.none(Outlook.UNKNOWN);
      case ProviderResult.NotFound notFound -> Transition.none(Outlook.UNKNOWN);
    };
  }

  private static Transition succeeded(Refund refund, Charge charge, Bookkeeper books) {
    BalanceTransaction booking =
        books.refund(refund.head().id(), refund.amount(), charge.description());
    Refund after = refund.succeeded(booking.id());
    return Transition.of(after)
        .because("charge.refunded", charge)
        .because("refund.updated", after)
        .because("charge.refund.updated", after)
        .booking(booking);
  }

  private static Transition failed(Refund refund, Charge charge, @Nullable String reason) {
    Map<String, @Nullable Object> facts = new LinkedHashMap<>(refund.facts());
    facts.put("failure_reason", reason == null ? "unknown" : reason);
    Refund after = refund.at(Refund.Status.FAILED, facts);
    return Transition.of(after, charge.refundedBy(-refund.amount().minorUnits()))
        .because("refund.updated", after)
        .because("refund.failed", after)
        .because("charge.refund.updated", after);
  }
}
