package dev.portcullis.gateway.payments;

import dev.portcullis.kit.ChargeLimits;
import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;

/** Refuses amounts that cannot be charged, captured or refunded. */
final class Amounts {

  private Amounts() {}

  /**
   * Returns the amount.
   *
   * @throws ApiException 400 that names {@code amount}: below the currency's minimum, above eight
   *     digits, or with digits that the currency's amounts cannot have
   */
  static Money chargeable(Money amount) {
    ChargeLimits.check(amount)
        .ifPresent(
            fault -> {
              throw switch (fault) {
                case TOO_SMALL ->
                    refused(
                        "amount",
                        "amount_too_small",
                        "Amount must be at least "
                            + new Money(ChargeLimits.smallest(amount.currency()), amount.currency())
                                .shown()
                            + ".");
                case TOO_LARGE ->
                    refused(
                        "amount",
                        "amount_too_large",
                        "Amount must be no more than "
                            + new Money(ChargeLimits.LARGEST, amount.currency()).shown()
                            + ".");
                case NOT_A_STEP -> notAStep(amount.currency(), "amount");
              };
            });
    return amount;
  }

  /**
   * Checks a part of a charge that is captured or refunded.
   *
   * @param param what the amount was sent as
   * @throws ApiException 400 for digits that the currency's amounts cannot have
   */
  static void checkPart(Money amount, String param) {
    if (!ChargeLimits.isStep(amount)) {
      throw notAStep(amount.currency(), param);
    }
  }

  private static ApiException notAStep(Currency currency, String param) {
    return refused(
        param,
        "parameter_invalid_integer",
        "Invalid integer: amounts in "
            + currency
            + " must be divisible by "
            + ChargeLimits.step(currency)
            + ".");
  }

  private static ApiException refused(String param, String code, String message) {
    return new ApiException(ApiErrors.invalid(param, code, message));
  }
}
