package dev.portcullis.systemtest;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.PaymentMethod;
import com.stripe.net.RequestOptions;
import com.stripe.param.PaymentMethodCreateParams;
import com.stripe.service.V1Services;

/**
 * The official SDK, unchanged but for the base URL; and a second client, on the origin that takes
 * cards.
 */
final class Sdk {
  private final V1Services api;
  private final V1Services cards;

  Sdk(Portcullis portcullis) {
    this(portcullis, 0);
  }

  Sdk(Portcullis portcullis, int retries) {
    this.api = client(portcullis.api(), portcullis.secretKey(), retries);
    this.cards = client(portcullis.cards(), portcullis.secretKey(), retries);
  }

  static V1Services client(String base, String key, int retries) {
    return StripeClient.builder()
        .setApiKey(key)
        .setApiBase(base)
        .setConnectTimeout(5_000)
        .setReadTimeout(30_000)
        .setMaxNetworkRetries(retries)
        .build()
        .v1();
  }

  V1Services api() {
    return api;
  }

  V1Services cards() {
    return cards;
  }

  /** A payment method made from a raw card on the cards origin. */
  PaymentMethod card(String number) throws StripeException {
    return card(number, "123");
  }

  PaymentMethod card(String number, String cvc) throws StripeException {
    return cards
        .paymentMethods()
        .create(
            PaymentMethodCreateParams.builder()
                .setType(PaymentMethodCreateParams.Type.CARD)
                .setCard(
                    PaymentMethodCreateParams.CardDetails.builder()
                        .setNumber(number)
                        .setExpMonth(12L)
                        .setExpYear(2034L)
                        .setCvc(cvc)
                        .build())
                .build());
  }

  static RequestOptions key(String idempotencyKey) {
    return RequestOptions.builder().setIdempotencyKey(idempotencyKey).build();
  }
}
