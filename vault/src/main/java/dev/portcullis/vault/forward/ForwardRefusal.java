package dev.portcullis.vault.forward;

import dev.portcullis.vault.http.InternalException;

/** The refusals of a forward. After each it is certain that nothing left. */
final class ForwardRefusal {

  private ForwardRefusal() {}

  static InternalException violation(String message) {
    return new InternalException(403, "policy_violation", message);
  }

  static InternalException unknownOperation() {
    return new InternalException(404, "unknown_operation", "No policy names this operation.");
  }

  static InternalException unknownProvider() {
    return new InternalException(
        404, "unknown_provider", "There is no policy for this provider account.");
  }

  static InternalException noSuchToken() {
    return new InternalException(404, "no_such_token", "There is no such token.");
  }

  static InternalException modeMismatch() {
    return new InternalException(
        403, "mode_mismatch", "The operation and the request are not of one mode.");
  }

  static InternalException accountMismatch() {
    return new InternalException(
        403, "account_mismatch", "The provider's secret is not this account's.");
  }

  static InternalException inFlight() {
    return new InternalException(409, "in_flight", "The operation is under way.");
  }

  static InternalException cvcGone() {
    return new InternalException(
        409, "cvc_unavailable", "The CVC is gone, and the operation needs one.");
  }

  static InternalException certificateUnavailable(String reason) {
    return new InternalException(
        503, "certificate_unavailable", "The notification cannot be verified now: " + reason + ".");
  }
}
