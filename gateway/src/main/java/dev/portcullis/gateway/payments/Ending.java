package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.ProviderOperation;

/** How an operation that is over ended, as far as what it made tells. */
enum Ending {
  /** The provider did it. */
  APPROVED,
  /** It did not. */
  REFUSED,
  /** The provider did it, and what follows it, perhaps a cancellation, is under way. */
  IN_USE,
  /** What follows it is under way, and will tell. */
  UNSETTLED,
  /** It made nothing that tells, or what it made has been undone since. */
  NOT_KNOWN;

  static Ending of(Operation over, Subject subject) {
    return switch (subject) {
      case Subject.Payment payment -> ofPayment(over, payment);
      case Subject.Repayment repayment ->
          switch (repayment.refund().status()) {
            case SUCCEEDED -> APPROVED;
            case FAILED -> REFUSED;
            case PENDING -> UNSETTLED;
          };
      case Subject.Setup _, Subject.Contested _ -> NOT_KNOWN;
    };
  }

  private static Ending ofPayment(Operation over, Subject.Payment payment) {
    Charge charge = payment.charge();
    boolean last = over.head().id().equals(payment.intent().progress().operation());
    return switch (over.attempt().ask()) {
      case ProviderOperation.Authorize _, ProviderOperation.Complete _ ->
          charge == null
              ? withoutCharge(over, payment.intent())
              : ofAuthorization(over, payment.intent(), charge);
      // Another one follows only one that failed.
      case ProviderOperation.Capture _ ->
          last && charge != null && charge.standing().captured() > 0 ? APPROVED : REFUSED;
      case ProviderOperation.Cancel _ ->
          last && payment.intent().status() != PaymentIntent.Status.CANCELED ? REFUSED : NOT_KNOWN;
      case ProviderOperation.Refund _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _,
          ProviderOperation.Lookup _ ->
          NOT_KNOWN;
    };
  }

  /**
   * It was refused before the provider had a name for it; or it has one, and was given up again
   * because it came too late, or was gone on with.
   */
  private static Ending withoutCharge(Operation over, PaymentIntent intent) {
    if (intent.status() == PaymentIntent.Status.PROCESSING) {
      return UNSETTLED;
    }
    return over.exchange().reference() == null ? REFUSED : NOT_KNOWN;
  }

  /** Of several providers that were asked one after the other the last has made the charge. */
  private static Ending ofAuthorization(Operation over, PaymentIntent intent, Charge charge) {
    boolean made = charge.provider().equals(over.provider());
    if (!made || charge.standing().status() != Charge.Status.SUCCEEDED) {
      return REFUSED;
    }
    if (charge.standing().released()) {
      return NOT_KNOWN;
    }
    return intent.status() == PaymentIntent.Status.PROCESSING ? IN_USE : APPROVED;
  }
}
