package dev.portcullis.simulator.checkoutcom;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the issuer said, in Checkout.com's codes (checkout.com/docs, "API response codes").
 *
 * @param code five characters
 * @param summary what they mean
 */
record ResponseCode(String code, String summary) {

  static final ResponseCode APPROVED = new ResponseCode("10000", "Approved");

  /** Of a refusal for that reason (Stripe's decline code). */
  static ResponseCode of(@Nullable String declineCode) {
    return switch (Objects.requireNonNullElse(declineCode, "")) {
      case "insufficient_funds" -> new ResponseCode("20051", "Insufficient funds");
      case "lost_card" -> new ResponseCode("30041", "Lost card - Pick up");
      case "stolen_card" -> new ResponseCode("30043", "Stolen card - Pick up");
      case "expired_card" -> new ResponseCode("20054", "Expired card");
      case "incorrect_cvc" -> new ResponseCode("20087", "Bad track data");
      case "processing_error" -> new ResponseCode("20099", "Other / Unidentified responses");
      case "card_velocity_exceeded" -> new ResponseCode("20061", "Activity amount limit exceeded");
      case "fraudulent" -> new ResponseCode("20059", "Suspected fraud");
      case "testmode_decline" -> new ResponseCode("20014", "Invalid account number");
      case "authentication_required" -> new ResponseCode("20154", "3DS authentication required");
      case "authentication_failed" -> new ResponseCode("20151", "Cardholder failed 3DS");
      default -> new ResponseCode("20005", "Declined - Do not honour");
    };
  }
}
