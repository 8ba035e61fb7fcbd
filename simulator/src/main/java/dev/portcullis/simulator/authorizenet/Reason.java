package dev.portcullis.simulator.authorizenet;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why a transaction ended as it did (developer.authorize.net/api/reference/responseCodes.html).
 *
 * @param responseCode 1 approved, 2 declined, 3 error
 * @param code of the reason
 * @param text what it means
 */
record Reason(String responseCode, String code, String text) {

  static final Reason APPROVED = new Reason("1", "1", "This transaction has been approved.");
  static final Reason ALREADY_CAPTURED =
      new Reason("1", "311", "This transaction has already been captured.");
  static final Reason ALREADY_VOIDED =
      new Reason("1", "310", "This transaction has already been voided.");
  static final Reason AMOUNT = new Reason("3", "5", "A valid amount is required.");
  static final Reason NUMBER = new Reason("3", "6", "The credit card number is invalid.");
  static final Reason EXPIRY = new Reason("3", "7", "Credit card expiration date is invalid.");
  static final Reason DUPLICATE =
      new Reason("3", "11", "A duplicate transaction has been submitted.");
  static final Reason NOT_FOUND = new Reason("3", "16", "The transaction cannot be found.");
  static final Reason CURRENCY =
      new Reason("3", "39", "The supplied currency code is either invalid or not supported.");
  static final Reason TOO_MUCH =
      new Reason(
          "3",
          "47",
          "The amount requested for settlement cannot be greater than the original amount"
              + " authorized.");
  static final Reason NO_CREDIT =
      new Reason(
          "3", "54", "The referenced transaction does not meet the criteria for issuing a credit.");
  static final Reason OVER_CREDIT =
      new Reason(
          "3",
          "55",
          "The sum of credits against the referenced transaction would exceed original debit"
              + " amount.");
  static final Reason CARD_CODE = new Reason("3", "78", "The card code is invalid.");

  /** Of a refusal for that reason (Stripe's decline code). */
  static Reason of(@Nullable String declineCode) {
    return switch (Objects.requireNonNullElse(declineCode, "")) {
      case "lost_card", "stolen_card" ->
          new Reason("2", "4", "This transaction has been declined: the card must be picked up.");
      case "expired_card" -> new Reason("3", "8", "The credit card has expired.");
      case "incorrect_cvc" ->
          new Reason("2", "65", "This transaction has been declined: Card Code mismatch.");
      case "processing_error" ->
          new Reason(
              "3", "19", "An error occurred during processing. Please try again in 5 minutes.");
      case "fraudulent" -> new Reason("2", "251", "This transaction has been declined.");
      default -> new Reason("2", "2", "This transaction has been declined.");
    };
  }
}
