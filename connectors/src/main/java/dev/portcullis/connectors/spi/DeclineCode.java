package dev.portcullis.connectors.spi;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why a card was refused: the one set that every provider's codes map to. It is Stripe's (<a
 * href="https://docs.stripe.com/declines/codes">decline codes</a>), because that is what the
 * callers' code already knows.
 *
 * <p>Stripe tells the merchant more than the shopper: a lost, stolen or suspect card gets the plain
 * message, so that a thief learns nothing from it.
 */
public enum DeclineCode {
  APPROVE_WITH_ID,
  AUTHENTICATION_NOT_HANDLED,
  /** The issuer wants the shopper to prove who they are. */
  AUTHENTICATION_REQUIRED(
      "authentication_required",
      "Your card was declined. This transaction requires authentication."),
  CALL_ISSUER,
  CARD_NOT_SUPPORTED("card_declined", "Your card is not supported."),
  CARD_VELOCITY_EXCEEDED(
      "card_declined",
      "Your card was declined for making repeated attempts too frequently or exceeding its amount"
          + " limit."),
  CURRENCY_NOT_SUPPORTED,
  DO_NOT_HONOR,
  DO_NOT_TRY_AGAIN,
  DUPLICATE_TRANSACTION,
  EXPIRED_CARD("expired_card", "Your card has expired."),
  FRAUDULENT,
  GENERIC_DECLINE,
  INCORRECT_ADDRESS("incorrect_address", "Your card's address is incorrect."),
  INCORRECT_CVC("incorrect_cvc", "Your card's security code is incorrect."),
  INCORRECT_NUMBER("incorrect_number", "Your card number is incorrect."),
  INCORRECT_PIN,
  INCORRECT_ZIP("incorrect_zip", "Your card's zip code failed validation."),
  INSUFFICIENT_FUNDS("card_declined", "Your card has insufficient funds."),
  INVALID_ACCOUNT("card_declined", "Invalid account."),
  INVALID_AMOUNT,
  INVALID_CVC("invalid_cvc", "Your card's security code is invalid."),
  INVALID_EXPIRY_MONTH("invalid_expiry_month", "Your card's expiration month is invalid."),
  INVALID_EXPIRY_YEAR("invalid_expiry_year", "Your card's expiration year is invalid."),
  INVALID_NUMBER("invalid_number", "The card number is not a valid credit card number."),
  INVALID_PIN,
  ISSUER_NOT_AVAILABLE,
  LOST_CARD,
  MERCHANT_BLACKLIST,
  MOBILE_DEVICE_AUTHENTICATION_REQUIRED,
  NEW_ACCOUNT_INFORMATION_AVAILABLE,
  NO_ACTION_TAKEN,
  NOT_PERMITTED,
  OFFLINE_PIN_REQUIRED,
  ONLINE_OR_OFFLINE_PIN_REQUIRED,
  PICKUP_CARD,
  PIN_TRY_EXCEEDED,
  PROCESSING_ERROR(
      "processing_error",
      "An error occurred while processing your card. Try again in a little bit."),
  REENTER_TRANSACTION,
  RESTRICTED_CARD,
  REVOCATION_OF_ALL_AUTHORIZATIONS,
  REVOCATION_OF_AUTHORIZATION,
  SECURITY_VIOLATION,
  SERVICE_NOT_ALLOWED,
  STOLEN_CARD,
  STOP_PAYMENT_ORDER,
  TESTMODE_DECLINE(
      "card_declined",
      "Your card was declined. Your request was in test mode, but used a non test card."),
  TRANSACTION_NOT_ALLOWED("card_declined", "Your card does not support this type of purchase."),
  TRY_AGAIN_LATER,
  WITHDRAWAL_COUNT_LIMIT_EXCEEDED,

  /**
   * The shopper failed or gave up the challenge. Stripe has an error code for it and no decline
   * code; a setup intent answers {@code setup_intent_authentication_failure} instead.
   */
  AUTHENTICATION_FAILED(
      "payment_intent_authentication_failure",
      "We are unable to authenticate your payment method. Please choose a different payment method"
          + " and try again.");

  private static final Map<String, DeclineCode> BY_WIRE =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(c -> c.wire, Function.identity()));

  private final String wire;
  private final String code;
  private final String message;

  DeclineCode() {
    this("card_declined", "Your card was declined.");
  }

  DeclineCode(String code, String message) {
    this.wire = name().toLowerCase(Locale.ROOT);
    this.code = code;
    this.message = message;
  }

  /** The code with this name in lower case ({@code insufficient_funds}), if there is one. */
  public static Optional<DeclineCode> find(String wire) {
    return Optional.ofNullable(BY_WIRE.get(wire));
  }

  /** The name in lower case: what {@link #find} reads. */
  public String wire() {
    return wire;
  }

  /** The error's {@code code}: {@code card_declined}, {@code expired_card} and the like. */
  public String code() {
    return code;
  }

  /** The error's {@code decline_code}, or null where Stripe gives none. */
  public @Nullable String declineCode() {
    return this == AUTHENTICATION_FAILED ? null : wire;
  }

  /** What to tell the shopper, in Stripe's words. */
  public String message() {
    return message;
  }
}
