package dev.portcullis.simulator;

import org.jspecify.annotations.Nullable;

/**
 * What a card's network passes on with a refusal. Of an amount of 78.01 to 78.99 the last two
 * digits are Mastercard's merchant advice code.
 *
 * @param action what to do, in Stripe's words
 * @param adviceCode the merchant advice code, or null
 * @param declineCode the network's own code for the reason
 */
public record NetworkSaid(String action, @Nullable String adviceCode, String declineCode) {

  private static final long ADVISED = 7_800;
  private static final long CODES = 100;

  /** What it says of that authorization, or null where the network refused nothing. */
  public static @Nullable NetworkSaid of(Operation.Authorization authorization) {
    String decline = authorization.outcome().declineCode();
    String reason = decline == null ? null : reason(decline);
    if (decline == null || reason == null) {
      return null;
    }
    long last = authorization.terms().amount() - ADVISED;
    if (last <= 0 || last >= CODES) {
      return new NetworkSaid(action(decline), null, reason);
    }
    String code = last < 10 ? "0" + last : Long.toString(last);
    return new NetworkSaid(advised(code), code, reason);
  }

  /** The networks' codes for Stripe's; null for what no network says. */
  private static @Nullable String reason(String decline) {
    return switch (decline) {
      // As in Stripe's test mode.
      case "generic_decline" -> "01";
      case "insufficient_funds" -> "51";
      case "lost_card" -> "41";
      case "stolen_card" -> "43";
      case "expired_card" -> "54";
      case "incorrect_cvc" -> "N7";
      case "processing_error" -> "96";
      case "card_velocity_exceeded" -> "65";
      case "fraudulent" -> "59";
      case "authentication_required" -> "1A";
      default -> null;
    };
  }

  private static String action(String decline) {
    return switch (decline) {
      case "lost_card", "stolen_card", "fraudulent" -> "do_not_try_again";
      case "expired_card", "incorrect_cvc", "authentication_required" -> "confirm_card_data";
      default -> "try_again_later";
    };
  }

  private static String advised(String code) {
    return switch (code) {
      case "01" -> "confirm_card_data";
      case "02", "24", "25", "26", "27", "28", "29", "30" -> "try_again_later";
      default -> "do_not_try_again";
    };
  }
}
