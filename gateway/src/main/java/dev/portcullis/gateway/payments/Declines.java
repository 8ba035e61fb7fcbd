package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ErrorType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a failed attempt is told: as the answer of the request, and on the object. */
final class Declines {

  private Declines() {}

  /** The error on the object ({@code last_payment_error}, {@code last_setup_error}). */
  static Map<String, @Nullable Object> onObject(
      ApiError error, @Nullable String charge, Map<String, @Nullable Object> paymentMethod) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    Doc.put(map, "charge", charge);
    Doc.put(map, "code", error.code());
    Doc.put(map, "decline_code", error.declineCode());
    map.put("message", error.message());
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

  /** 402 for what never reached the provider. The shopper is told no more than of a decline. */
  static ApiError blocked(@Nullable String charge, Map<String, @Nullable Object> paymentMethod) {
    return answer(DeclineCode.FRAUDULENT, charge, paymentMethod);
  }

  /**
   * What is told of a request that was not taken: 400 where the card is not stored any more, which
   * a new one mends.
   */
  static ApiError rejected(ProviderResult.Rejected rejected) {
    return rejected.cardGone()
        ? ApiErrors.invalid(
            "payment_method",
            "payment_method_unexpected_state",
            "The card of this payment method is not stored any more. Ask for the card again."
                + " Nothing was charged.")
        : rejected();
  }

  /**
   * 500: the provider would not take the request. That is our fault or the configuration's and says
   * nothing about the card.
   */
  static ApiError rejected() {
    return ApiError.of(
            500,
            ErrorType.API_ERROR,
            "The payment provider did not accept the request. Nothing was charged.")
        .withCode("provider_rejected");
  }
}
