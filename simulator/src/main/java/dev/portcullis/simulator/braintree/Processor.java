package dev.portcullis.simulator.braintree;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the processor said (developer.paypal.com/braintree, "Authorization responses").
 *
 * @param code four digits
 * @param text what they mean
 */
record Processor(String code, String text) {

  static final Processor APPROVED = new Processor("1000", "Approved");

  /** Of a refusal for that reason (Stripe's decline code). */
  static Processor of(@Nullable String declineCode) {
    return switch (Objects.requireNonNullElse(declineCode, "")) {
      case "insufficient_funds" -> new Processor("2001", "Insufficient Funds");
      case "card_velocity_exceeded" ->
          new Processor("2003", "Cardholder's Activity Limit Exceeded");
      case "expired_card" -> new Processor("2004", "Expired Card");
      case "incorrect_cvc" -> new Processor("2010", "Card Issuer Declined CVV");
      case "lost_card" -> new Processor("2012", "Processor Declined - Possible Lost Card");
      case "stolen_card" -> new Processor("2013", "Processor Declined - Possible Stolen Card");
      case "generic_decline" -> new Processor("2046", "Declined");
      case "authentication_required" -> new Processor("2099", "Cardholder Authentication Required");
      case "processing_error" -> new Processor("3000", "Processor Network Unavailable - Try Again");
      default -> new Processor("2000", "Do Not Honor");
    };
  }
}
