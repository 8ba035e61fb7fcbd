package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a failed attempt is told: as the answer of the request, and on the object. */
final class Declines {

  static final String ADVICE = "advice_code";
  static final String NETWORK_ADVICE = "network_advice_code";
  static final String NETWORK_DECLINE = "network_decline_code";

  private Declines() {}

  /** 402, with what the provider's answer says of it. */
  static ApiError answer(
      Declined declined, @Nullable String charge, Map<String, @Nullable Object> paymentMethod) {
    ApiError error = answer(declined.code(), charge, paymentMethod);
    NetworkAdvice advice = declined.details().advice();
    if (advice.action() != null) {
      error = error.with(ADVICE, advice.action().wire());
    }
    if (advice.code() != null) {
      error = error.with(NETWORK_ADVICE, advice.code());
    }
    return advice.declineCode() == null ? error : error.with(NETWORK_DECLINE, advice.declineCode());
  }

  /** The error on the object ({@code last_payment_error}, {@code last_setup_error}). */
  static Map<String, @Nullable Object> onObject(
      ApiError error, @Nullable String charge, Map<String, @Nullable Object> paymentMethod) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    Doc.put(map, ADVICE, error.extra().get(ADVICE));
    Doc.put(map, "charge", charge);
    Doc.put(map, "code", error.code());
    Doc.put(map, "decline_code", error.declineCode());
    map.put("message", error.message());
    Doc.put(map, NETWORK_ADVICE, error.extra().get(NETWORK_ADVICE));
    Doc.put(map, NETWORK_DECLINE, error.extra().get(NETWORK_DECLINE));
    if (!paymentMethod.isEmpty()) {
      map.put("payment_method", paymentMethod);
      map.put("payment_method_type", "card");
    }
    map.put("type", error.type().wireName());
    return map;
  }

  /** 402, with what the client may know. */
  static ApiError answer(
      DeclineCode code, @Nullable String charge, Map<String, @Nullable Object> paymentMethod) {
    ApiError error =
        ApiErrors.card(code.code(), code.message()).withDeclineCode(code.declineCode());
    if (charge != null) {
      error = error.with("charge", charge);
    }
    return paymentMethod.isEmpty() ? error : error.with("payment_method", paymentMethod);
  }

  /**
   * The shopper did not come through the challenge of an attempt that has no charge.
   *
   * @param object {@code payment_intent} or {@code setup_intent}
   */
  static ApiError unauthenticated(String object, Map<String, @Nullable Object> paymentMethod) {
    return answer(DeclineCode.AUTHENTICATION_FAILED, null, paymentMethod)
        .withCode(object + "_authentication_failure");
  }

  /** 402 for what never reached the provider. The shopper is told no more than of a decline. */
  static ApiError blocked(@Nullable String charge, Map<String, @Nullable Object> paymentMethod) {
    return answer(DeclineCode.FRAUDULENT, charge, paymentMethod);
  }

  /**
   * 400 for a request that was not taken, with what to do about it. It says nothing about the card,
   * and the provider's own words are for the operator.
   */
  static ApiError rejected(Rejected rejected) {
    return switch (rejected.kind()) {
      case CARD_GONE ->
          ApiErrors.invalid(
              "payment_method", "payment_method_unexpected_state", rejected.forMerchant());
      case CREDENTIAL -> told("provider_credentials_invalid", rejected);
      case NOT_CONNECTED -> told("provider_not_connected", rejected);
      case UNSUPPORTED -> told("provider_unsupported", rejected);
      case UNKNOWN_REFERENCE -> told("provider_reference_unknown", rejected);
      case MALFORMED, OTHER -> told("provider_rejected", rejected);
    };
  }

  private static ApiError told(String code, Rejected rejected) {
    return ApiErrors.badRequest(rejected.forMerchant()).withCode(code);
  }

  /** Why an account has no provider that could be asked. */
  enum Missing {
    NONE("No payment provider is connected to this account in %s mode: connect one."),
    PAUSED("All payment providers of this account in %s mode are paused: resume one."),
    LEFT_OUT(
        "The routing rules of this account in %s mode send this payment to no provider that takes"
            + " new payments: change them, or resume one that they name.");

    private final String message;

    Missing(String message) {
      this.message = message;
    }
  }

  /** 400: the account has no provider that could be asked. */
  static ApiError noProvider(Missing why, boolean livemode) {
    return ApiErrors.badRequest(
            why.message.formatted(livemode ? "live" : "test") + " Nothing was charged.")
        .withCode("provider_missing");
  }
}
