package dev.portcullis.simulator;

import org.jspecify.annotations.Nullable;

/** What a capture, a void or a refund does to an authorization, and when it may not. */
final class Movements {

  private Movements() {}

  static String prefix(Operation.Kind kind) {
    return switch (kind) {
      case CAPTURE -> "cap_";
      case VOID -> "void_";
      case REFUND -> "ref_";
      case EVIDENCE -> "evid_";
      case ACCEPTANCE -> "acpt_";
    };
  }

  /** What the last capture leaves is released; it is the only one with most acquirers. */
  static Operation.Authorization capture(
      Operation.Authorization authorization, long amount, boolean last) {
    requireApproved(authorization);
    if (authorization.funds().closed()) {
      throw Refused.state("already_captured", "The authorization was captured already.");
    }
    Operation.Funds funds = authorization.funds();
    if (amount > authorization.terms().amount() - funds.captured()) {
      throw Refused.state("amount_too_large", "More than the authorization reserves.");
    }
    return authorization.with(
        new Operation.Funds(funds.captured() + amount, funds.refunded(), last, false));
  }

  /**
   * Gives up an authorization, one that was taken at once too: an approval that nobody waits for
   * any more is reversed so.
   */
  static Operation.Authorization cancel(Operation.Authorization authorization) {
    Operation.Status status = authorization.outcome().status();
    if (status == Operation.Status.REQUIRES_ACTION || status == Operation.Status.CREATED) {
      return authorization
          .with(
              new Operation.Outcome(
                  Operation.Status.DECLINED,
                  "authentication_not_handled",
                  false,
                  authorization.outcome().cvcCheck()))
          .with(new Operation.Funds(0, 0, true, true));
    }
    requireApproved(authorization);
    if (authorization.funds().refunded() > 0) {
      throw Refused.state("already_refunded", "Some of the money was given back already.");
    }
    return authorization.with(new Operation.Funds(0, 0, true, true));
  }

  static Operation.Authorization refund(Operation.Authorization authorization, long amount) {
    requireApproved(authorization);
    Operation.Funds funds = authorization.funds();
    if (amount > funds.captured() - funds.refunded()) {
      throw Refused.state("amount_too_large", "More than was taken and not given back.");
    }
    return authorization.with(
        new Operation.Funds(funds.captured(), funds.refunded() + amount, funds.closed(), false));
  }

  /** A refund failed after all: the money can be given back again. */
  static Operation.Authorization takeBack(Operation.Authorization authorization, long amount) {
    Operation.Funds funds = authorization.funds();
    return authorization.with(
        new Operation.Funds(funds.captured(), funds.refunded() - amount, funds.closed(), false));
  }

  /** How a refund of that card goes on by itself; null if it does not. */
  static Operation.@Nullable Settlement settlement(Story story, long dueMillis) {
    if (story == Story.REFUND_PENDING) {
      return new Operation.Settlement(
          dueMillis, Operation.Status.PENDING, Operation.Status.APPROVED);
    }
    return story == Story.REFUND_FAILS
        ? new Operation.Settlement(dueMillis, Operation.Status.APPROVED, Operation.Status.DECLINED)
        : null;
  }

  private static void requireApproved(Operation.Authorization authorization) {
    if (authorization.funds().voided()) {
      throw Refused.state("already_voided", "The authorization was given up already.");
    }
    if (authorization.outcome().status() != Operation.Status.APPROVED) {
      throw Refused.state("not_approved", "The authorization is not approved.");
    }
  }
}
