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

  /** The note of a capture that is settled in parts: what comes later, in minor units. */
  static final String REST = "rest";

  /** An amount that is settled in two parts when it is captured, and its first part. */
  private static final long IN_PARTS = 7_701;

  private static final long FIRST_PART = 4_000;
  private static final long PARTS_MILLIS = 3_600_000;

  /** An amount of which less is settled, and how much less. */
  private static final long SHORT = 7_702;

  private static final long MISSING = 770;

  /**
   * What is taken of an amount.
   *
   * @param now minor units
   * @param later minor units that come by themselves
   */
  record Taken(long now, long later) {}

  /** How a real acquirer settles a capture: all of it, but for two amounts. */
  static Taken atOnce(long amount) {
    return amount == IN_PARTS
        ? new Taken(FIRST_PART, amount - FIRST_PART)
        : new Taken(shortened(amount), 0);
  }

  /** What is settled where there are no parts. */
  static long shortened(long amount) {
    return amount == SHORT ? amount - MISSING : amount;
  }

  static Operation.Settlement inParts(long now) {
    return new Operation.Settlement(
        now + PARTS_MILLIS, Operation.Status.PENDING, Operation.Status.APPROVED);
  }

  /** The second part has come. */
  static Operation.Authorization complete(Operation.Authorization authorization, long rest) {
    Operation.Funds funds = authorization.funds();
    return authorization.with(
        new Operation.Funds(
            funds.captured() + rest, funds.refunded(), funds.closed(), funds.voided()));
  }

  /**
   * What the last capture leaves is released; it is the only one with most acquirers.
   *
   * @param asked what is to be captured
   * @param amount what is taken of it now
   */
  static Operation.Authorization capture(
      Operation.Authorization authorization, long asked, long amount, boolean last) {
    requireApproved(authorization);
    if (authorization.funds().closed()) {
      throw Refused.state("already_captured", "The authorization was captured already.");
    }
    Operation.Funds funds = authorization.funds();
    if (asked > authorization.terms().amount() - funds.captured()) {
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
