package dev.portcullis.simulator.adyen;

import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Refused;
import java.util.Map;

/** Adyen's service errors, and its refusal reasons. */
final class AdyenErrors {

  /** A refusal reason as Adyen numbers and words it. */
  record Reason(String code, String text) {}

  private static final Reason REFUSED = new Reason("2", "Refused");

  /** By the issuer's reason (docs.adyen.com/development-resources/refusal-reasons). */
  private static final Map<String, Reason> REASONS =
      Map.ofEntries(
          Map.entry("processing_error", new Reason("4", "Acquirer Error")),
          Map.entry("lost_card", new Reason("5", "Blocked Card")),
          Map.entry("stolen_card", new Reason("5", "Blocked Card")),
          Map.entry("expired_card", new Reason("6", "Expired Card")),
          Map.entry("authentication_failed", new Reason("11", "3D Not Authenticated")),
          Map.entry("insufficient_funds", new Reason("12", "Not enough balance")),
          Map.entry("fraudulent", new Reason("20", "FRAUD")),
          Map.entry("incorrect_cvc", new Reason("24", "CVC Declined")),
          Map.entry("card_velocity_exceeded", new Reason("28", "Withdrawal amount exceeded")),
          Map.entry("authentication_required", new Reason("38", "Authentication required")),
          Map.entry("authentication_not_handled", new Reason("38", "Authentication required")));

  /** Faults of a card that validation finds. */
  private static final Map<String, Reason> CARD_FAULTS =
      Map.of(
          "incorrect_number", new Reason("101", "Invalid card number"),
          "invalid_cvc", new Reason("103", "CVC is not the right length"),
          "invalid_expiry_month", new Reason("140", "Expiry month should be between 1 and 12"),
          "invalid_expiry_year", new Reason("141", "Expiry year should be in format YYYY"));

  private AdyenErrors() {}

  static Reason reason(String decline) {
    return REASONS.getOrDefault(decline, REFUSED);
  }

  static Refused invalid(String code, String message) {
    return new Refused(422, code, message, null);
  }

  /** The card cannot be one: no issuer is asked. */
  static Refused card(String flaw) {
    Reason fault = CARD_FAULTS.getOrDefault(flaw, new Reason("129", "Expiry Date Invalid"));
    return invalid(fault.code(), fault.text());
  }

  static Answer answer(Refused refused) {
    return switch (refused.code()) {
      case "unauthorized" -> answer(401, "000", "HTTP Status Response - Unauthorized", "security");
      case "malformed" -> answer(400, "702", "Invalid request structure", "validation");
      case "internal" -> answer(500, "905", "Payment details are not supported", "internal");
      case "idempotency_mismatch" ->
          answer(422, "704", "request already processed or in progress", "validation");
      case "no_such_authorization" ->
          answer(422, "167", "Original pspReference required for this operation", "validation");
      case "901" -> answer(403, "901", "Invalid Merchant Account", "security");
      default ->
          answer(
              refused.status(), refused.code(), String.valueOf(refused.getMessage()), "validation");
    };
  }

  private static Answer answer(int status, String code, String message, String type) {
    return new Answer(
        status,
        new Members()
            .put("status", (long) status)
            .put("errorCode", code)
            .put("message", message)
            .put("errorType", type)
            .build());
  }
}
