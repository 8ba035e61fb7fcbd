package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.PaymentIntent;
import com.stripe.model.PaymentMethod;
import com.stripe.model.Token;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentMethodCreateParams;
import com.stripe.param.TokenCreateParams;
import com.stripe.service.V1Services;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tokens through stripe-java: made on the one origin, shown and used on the other. */
@Order(14)
@ExtendWith(SharedPortcullis.class)
class StripeJavaTokenTest {
  private final Portcullis portcullis;
  private final Sdk sdk;
  private final V1Services api;

  StripeJavaTokenTest(Portcullis portcullis) {
    this.portcullis = portcullis;
    this.sdk = new Sdk(portcullis);
    this.api = sdk.api();
  }

  private static TokenCreateParams visa() {
    return TokenCreateParams.builder()
        .setCard(
            TokenCreateParams.Card.builder()
                .setNumber("4242424242424242")
                .setExpMonth("12")
                .setExpYear("2034")
                .setCvc("123")
                .setName("Ada")
                .build())
        .build();
  }

  @Test
  void aTokenIsShownAndTellsWhenItIsUsed() throws StripeException {
    Token made = sdk.cards().tokens().create(visa());

    Token shown = api.tokens().retrieve(made.getId());

    assertThat(shown.getUsed()).isFalse();
    assertThat(shown.getCard().getId()).isEqualTo(made.getCard().getId()).startsWith("card_");
    assertThat(shown.getCard().getBrand()).isEqualTo("Visa");
    assertThat(shown.getCard().getLast4()).isEqualTo("4242");
    assertThat(shown.getCard().getName()).isEqualTo("Ada");
    PaymentIntent paid =
        api.paymentIntents()
            .create(
                PaymentIntentCreateParams.builder()
                    .setAmount(1200L)
                    .setCurrency("usd")
                    .setConfirm(true)
                    .setPaymentMethodData(
                        PaymentIntentCreateParams.PaymentMethodData.builder()
                            .putExtraParam("type", "card")
                            .putExtraParam("card", Map.of("token", made.getId()))
                            .build())
                    .build());
    assertThat(paid.getStatus()).isEqualTo("succeeded");
    assertThat(api.tokens().retrieve(made.getId()).getUsed()).isTrue();
  }

  @Test
  void aCardForTheWrongOriginIsToldWhereToGo() {
    InvalidRequestException refused =
        catchThrowableOfType(InvalidRequestException.class, () -> api.tokens().create(visa()));
    assertThat(refused.getParam()).isIn("card[number]", "card[cvc]");
    assertThat(refused.getMessage()).contains(portcullis.cards() + "/v1/tokens");
  }

  @Test
  void aCardKeepsWhatWasSentBesideIt() throws StripeException {
    PaymentMethod made =
        sdk.cards()
            .paymentMethods()
            .create(
                PaymentMethodCreateParams.builder()
                    .setType(PaymentMethodCreateParams.Type.CARD)
                    .setCard(
                        PaymentMethodCreateParams.CardDetails.builder()
                            .setNumber("4242424242424242")
                            .setExpMonth(12L)
                            .setExpYear(2034L)
                            .build())
                    .putMetadata("order", "6735")
                    .setAllowRedisplay(PaymentMethodCreateParams.AllowRedisplay.ALWAYS)
                    .build());
    PaymentMethod known = api.paymentMethods().retrieve(made.getId());
    assertThat(known.getMetadata()).containsEntry("order", "6735");
    assertThat(known.getAllowRedisplay()).isEqualTo("always");
  }
}
