package dev.portcullis.simulator;

import java.time.YearMonth;
import org.jspecify.annotations.Nullable;

/** Decides as the documented test cards do; knows nothing of ledgers and of HTTP. */
final class Issuer {

  /** What the issuer says to a request. */
  sealed interface Verdict {
    /** Yes. */
    record Approve(boolean authenticated) implements Verdict {}

    /** No, for that reason (Stripe's decline code). */
    record Decline(String code) implements Verdict {}

    /** The shopper must answer first. */
    record Challenge() implements Verdict {}
  }

  /**
   * What the issuer is asked.
   *
   * @param card the card
   * @param verification whether no money is meant to move
   * @param shopperPresent whether somebody can answer a challenge
   * @param setUp whether the merchant proved an earlier set-up of this card
   */
  record Question(CardData card, boolean verification, boolean shopperPresent, boolean setUp) {}

  private static final Verdict APPROVE = new Verdict.Approve(false);
  private static final Verdict CHALLENGE = new Verdict.Challenge();

  private Issuer() {}

  static Verdict decide(Question question, YearMonth today) {
    @Nullable String flaw = question.card().flaw(today);
    if (flaw != null) {
      return new Verdict.Decline(flaw);
    }
    return switch (question.card().story()) {
      case APPROVE,
          POSTAL_CODE_FAILS,
          LINE1_FAILS,
          ADDRESS_FAILS,
          ADDRESS_UNAVAILABLE,
          FUNDS_AT_ONCE,
          REFUND_PENDING,
          REFUND_FAILS,
          DISPUTE_FRAUDULENT,
          DISPUTE_NOT_RECEIVED,
          DISPUTE_INQUIRY ->
          APPROVE;
      case FRICTIONLESS -> new Verdict.Approve(question.shopperPresent());
      case CVC_FAILS -> question.card().hasCvc() ? new Verdict.Decline("incorrect_cvc") : APPROVE;
      case AUTHENTICATE, AUTHENTICATE_THEN_DECLINE ->
          question.shopperPresent() ? CHALLENGE : new Verdict.Decline("authentication_required");
      case AUTHENTICATE_UNLESS_SET_UP -> unlessSetUp(question);
      case AUTHENTICATE_ON_SESSION -> question.shopperPresent() ? CHALLENGE : APPROVE;
      case AUTHENTICATE_THEN_INSUFFICIENT_FUNDS ->
          question.shopperPresent() ? CHALLENGE : new Verdict.Decline("insufficient_funds");
      case DECLINE_CHARGES ->
          question.verification() ? APPROVE : new Verdict.Decline("generic_decline");
      case DECLINE_GENERIC -> new Verdict.Decline("generic_decline");
      case DECLINE_INSUFFICIENT_FUNDS -> new Verdict.Decline("insufficient_funds");
      case DECLINE_LOST_CARD -> new Verdict.Decline("lost_card");
      case DECLINE_STOLEN_CARD -> new Verdict.Decline("stolen_card");
      case DECLINE_EXPIRED_CARD -> new Verdict.Decline("expired_card");
      case DECLINE_INCORRECT_CVC -> new Verdict.Decline("incorrect_cvc");
      case DECLINE_PROCESSING_ERROR -> new Verdict.Decline("processing_error");
      case DECLINE_VELOCITY -> new Verdict.Decline("card_velocity_exceeded");
      case DECLINE_FRAUDULENT -> new Verdict.Decline("fraudulent");
      case NOT_A_TEST_CARD -> new Verdict.Decline("testmode_decline");
    };
  }

  private static Verdict unlessSetUp(Question question) {
    if (question.shopperPresent()) {
      return CHALLENGE;
    }
    return question.setUp() ? APPROVE : new Verdict.Decline("authentication_required");
  }

  /** What the issuer says once the shopper has passed the challenge. */
  static Verdict afterChallenge(Story story, boolean verification) {
    return switch (story) {
      case AUTHENTICATE_THEN_DECLINE -> new Verdict.Decline("generic_decline");
      case AUTHENTICATE_THEN_INSUFFICIENT_FUNDS ->
          verification ? new Verdict.Approve(true) : new Verdict.Decline("insufficient_funds");
      // The card asked, or the merchant wished it of a card that pays.
      case AUTHENTICATE,
          AUTHENTICATE_UNLESS_SET_UP,
          AUTHENTICATE_ON_SESSION,
          APPROVE,
          CVC_FAILS,
          POSTAL_CODE_FAILS,
          LINE1_FAILS,
          ADDRESS_FAILS,
          ADDRESS_UNAVAILABLE,
          FUNDS_AT_ONCE,
          REFUND_PENDING,
          REFUND_FAILS,
          DISPUTE_FRAUDULENT,
          DISPUTE_NOT_RECEIVED,
          DISPUTE_INQUIRY,
          FRICTIONLESS,
          DECLINE_CHARGES,
          DECLINE_GENERIC,
          DECLINE_INSUFFICIENT_FUNDS,
          DECLINE_LOST_CARD,
          DECLINE_STOLEN_CARD,
          DECLINE_EXPIRED_CARD,
          DECLINE_INCORRECT_CVC,
          DECLINE_PROCESSING_ERROR,
          DECLINE_VELOCITY,
          DECLINE_FRAUDULENT,
          NOT_A_TEST_CARD ->
          new Verdict.Approve(true);
    };
  }
}
