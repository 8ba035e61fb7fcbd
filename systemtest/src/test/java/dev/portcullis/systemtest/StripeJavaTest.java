package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.stripe.exception.CardException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Charge;
import com.stripe.model.PaymentIntent;
import com.stripe.model.PaymentMethod;
import com.stripe.model.Refund;
import com.stripe.model.Token;
import com.stripe.param.PaymentIntentCancelParams;
import com.stripe.param.PaymentIntentCaptureParams;
import com.stripe.param.PaymentIntentConfirmParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentIntentUpdateParams;
import com.stripe.param.PaymentMethodCreateParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.param.RefundListParams;
import com.stripe.param.TokenCreateParams;
import com.stripe.service.V1Services;
import dev.portcullis.kit.Luhn;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Money in, money back, and money refused, through stripe-java. */
@Order(10)
@ExtendWith(SharedPortcullis.class)
class StripeJavaTest {
  private static final String VISA = "4242424242424242";

  private final Portcullis portcullis;
  private final Sdk sdk;
  private final V1Services api;

  StripeJavaTest(Portcullis portcullis) {
    this.portcullis = portcullis;
    this.sdk = new Sdk(portcullis);
    this.api = sdk.api();
  }

  static PaymentIntentCreateParams.Builder payment(long amount) {
    return PaymentIntentCreateParams.builder().setAmount(amount).setCurrency("usd");
  }

  static PaymentIntentCreateParams.Builder confirmed(long amount, String paymentMethod) {
    return payment(amount).setPaymentMethod(paymentMethod).setConfirm(true);
  }

  @Test
  void aCardFromTheCardsOriginPays() throws StripeException {
    PaymentMethod card = sdk.card(VISA);
    assertThat(card.getId()).startsWith("pm_");
    assertThat(card.getLivemode()).isFalse();
    assertThat(card.getCard().getBrand()).isEqualTo("visa");
    assertThat(card.getCard().getLast4()).isEqualTo("4242");
    assertThat(card.getCard().getExpMonth()).isEqualTo(12);
    assertThat(card.getCard().getExpYear()).isEqualTo(2034);

    PaymentIntent paid = api.paymentIntents().create(confirmed(1999, card.getId()).build());

    assertThat(paid.getStatus()).isEqualTo("succeeded");
    assertThat(paid.getAmountReceived()).isEqualTo(1999);
    assertThat(paid.getPaymentMethod()).isEqualTo(card.getId());
    assertThat(paid.getClientSecret()).startsWith(paid.getId() + "_secret_");
    Charge charge = api.charges().retrieve(paid.getLatestCharge());
    assertThat(charge.getPaid()).isTrue();
    assertThat(charge.getCaptured()).isTrue();
    assertThat(charge.getAmount()).isEqualTo(1999);
    assertThat(charge.getPaymentIntent()).isEqualTo(paid.getId());
    assertThat(charge.getPaymentMethodDetails().getCard().getLast4()).isEqualTo("4242");
    assertThat(charge.getOutcome().getType()).isEqualTo("authorized");
  }

  @Test
  void aPublishableKeyMakesACardAndLearnsNoFingerprint() throws StripeException {
    V1Services browser =
        Sdk.client(portcullis.cards(), portcullis.lastStatus().publishableKey(), 0);
    PaymentMethod card =
        browser
            .paymentMethods()
            .create(
                PaymentMethodCreateParams.builder()
                    .setType(PaymentMethodCreateParams.Type.CARD)
                    .setCard(
                        PaymentMethodCreateParams.CardDetails.builder()
                            .setNumber("5555555555554444")
                            .setExpMonth(1L)
                            .setExpYear(2035L)
                            .setCvc("321")
                            .build())
                    .setBillingDetails(
                        PaymentMethodCreateParams.BillingDetails.builder()
                            .setName("Jenny Rosen")
                            .build())
                    .build());

    assertThat(card.getCard().getFingerprint()).isNull();
    PaymentMethod seen = api.paymentMethods().retrieve(card.getId());
    assertThat(seen.getCard().getFingerprint()).isNotEmpty();
    assertThat(seen.getBillingDetails().getName()).isEqualTo("Jenny Rosen");
  }

  @Test
  void theSameCardHasTheSameFingerprint() throws StripeException {
    PaymentMethod first = api.paymentMethods().retrieve(sdk.card(VISA).getId());
    PaymentMethod second = api.paymentMethods().retrieve(sdk.card(VISA).getId());
    PaymentMethod other = api.paymentMethods().retrieve(sdk.card("4000056655665556").getId());

    assertThat(first.getId()).isNotEqualTo(second.getId());
    assertThat(first.getCard().getFingerprint()).isEqualTo(second.getCard().getFingerprint());
    assertThat(first.getCard().getFingerprint()).isNotEqualTo(other.getCard().getFingerprint());
  }

  @Test
  void aTokenFromTheCardsOriginBecomesAPaymentMethodOnce() throws StripeException {
    Token token =
        sdk.cards()
            .tokens()
            .create(
                TokenCreateParams.builder()
                    .setCard(
                        TokenCreateParams.Card.builder()
                            .setNumber(VISA)
                            .setExpMonth("12")
                            .setExpYear("2034")
                            .setCvc("123")
                            .build())
                    .build());
    assertThat(token.getId()).startsWith("tok_");
    PaymentMethodCreateParams use =
        PaymentMethodCreateParams.builder()
            .setType(PaymentMethodCreateParams.Type.CARD)
            .setCard(PaymentMethodCreateParams.Token.builder().setToken(token.getId()).build())
            .build();

    PaymentMethod made = api.paymentMethods().create(use);
    PaymentIntent paid = api.paymentIntents().create(confirmed(500, made.getId()).build());
    InvalidRequestException again =
        catchThrowableOfType(InvalidRequestException.class, () -> api.paymentMethods().create(use));

    assertThat(paid.getStatus()).isEqualTo("succeeded");
    assertThat(again.getStatusCode()).isEqualTo(400);
    assertThat(again.getCode()).isEqualTo("token_already_used");
  }

  @Test
  void createThenConfirmGoesThroughEveryState() throws StripeException {
    PaymentIntent empty = api.paymentIntents().create(payment(1200).build());
    assertThat(empty.getStatus()).isEqualTo("requires_payment_method");
    PaymentIntent withCard =
        api.paymentIntents()
            .update(
                empty.getId(),
                PaymentIntentUpdateParams.builder()
                    .setPaymentMethod(sdk.card(VISA).getId())
                    .setAmount(1300L)
                    .build());
    assertThat(withCard.getStatus()).isEqualTo("requires_confirmation");
    assertThat(withCard.getAmount()).isEqualTo(1300);

    PaymentIntent paid = api.paymentIntents().confirm(empty.getId());

    assertThat(paid.getStatus()).isEqualTo("succeeded");
    assertThat(paid.getAmountReceived()).isEqualTo(1300);
    assertThat(api.paymentIntents().retrieve(empty.getId()).getStatus()).isEqualTo("succeeded");
  }

  private PaymentIntent held(long amount) throws StripeException {
    PaymentIntent held =
        api.paymentIntents()
            .create(
                confirmed(amount, sdk.card(VISA).getId())
                    .setCaptureMethod(PaymentIntentCreateParams.CaptureMethod.MANUAL)
                    .build());
    assertThat(held.getStatus()).isEqualTo("requires_capture");
    assertThat(held.getAmountCapturable()).isEqualTo(amount);
    assertThat(held.getAmountReceived()).isZero();
    return held;
  }

  @Test
  void aHeldAmountIsCapturedInFull() throws StripeException {
    PaymentIntent captured = api.paymentIntents().capture(held(2500).getId());
    assertThat(captured.getStatus()).isEqualTo("succeeded");
    assertThat(captured.getAmountReceived()).isEqualTo(2500);
    assertThat(captured.getAmountCapturable()).isZero();
  }

  @Test
  void aHeldAmountIsCapturedInPartAndTheRestIsReleased() throws StripeException {
    PaymentIntent captured =
        api.paymentIntents()
            .capture(
                held(2500).getId(),
                PaymentIntentCaptureParams.builder().setAmountToCapture(1000L).build());
    assertThat(captured.getStatus()).isEqualTo("succeeded");
    assertThat(captured.getAmountReceived()).isEqualTo(1000);
    assertThat(captured.getAmountCapturable()).isZero();
    Charge charge = api.charges().retrieve(captured.getLatestCharge());
    assertThat(charge.getAmountCaptured()).isEqualTo(1000);
  }

  @Test
  void capturingMoreThanIsHeldIsRefused() throws StripeException {
    String id = held(2500).getId();
    InvalidRequestException refused =
        catchThrowableOfType(
            InvalidRequestException.class,
            () ->
                api.paymentIntents()
                    .capture(
                        id,
                        PaymentIntentCaptureParams.builder().setAmountToCapture(2501L).build()));
    assertThat(refused.getStatusCode()).isEqualTo(400);
    assertThat(refused.getParam()).isEqualTo("amount_to_capture");
    assertThat(api.paymentIntents().retrieve(id).getStatus()).isEqualTo("requires_capture");
  }

  @Test
  void aHeldAmountIsCanceled() throws StripeException {
    PaymentIntent canceled =
        api.paymentIntents()
            .cancel(
                held(900).getId(),
                PaymentIntentCancelParams.builder()
                    .setCancellationReason(
                        PaymentIntentCancelParams.CancellationReason.REQUESTED_BY_CUSTOMER)
                    .build());
    assertThat(canceled.getStatus()).isEqualTo("canceled");
    assertThat(canceled.getCancellationReason()).isEqualTo("requested_by_customer");
    assertThat(canceled.getCanceledAt()).isPositive();
    assertThat(canceled.getAmountCapturable()).isZero();

    InvalidRequestException late =
        catchThrowableOfType(
            InvalidRequestException.class, () -> api.paymentIntents().capture(canceled.getId()));
    assertThat(late.getCode()).isEqualTo("payment_intent_unexpected_state");
  }

  @Test
  void aPaidIntentCannotBeCanceledOrConfirmedAgain() throws StripeException {
    PaymentIntent paid = api.paymentIntents().create(confirmed(700, "pm_card_visa").build());
    InvalidRequestException cancel =
        catchThrowableOfType(
            InvalidRequestException.class, () -> api.paymentIntents().cancel(paid.getId()));
    InvalidRequestException confirm =
        catchThrowableOfType(
            InvalidRequestException.class, () -> api.paymentIntents().confirm(paid.getId()));
    assertThat(cancel.getCode()).isEqualTo("payment_intent_unexpected_state");
    assertThat(confirm.getCode()).isEqualTo("payment_intent_unexpected_state");
    assertThat(confirm.getStripeError().getPaymentIntent().getId()).isEqualTo(paid.getId());
  }

  @Test
  void aPaymentIsRefundedInFull() throws StripeException {
    PaymentIntent paid = api.paymentIntents().create(confirmed(3000, "pm_card_visa").build());
    Refund refund =
        api.refunds()
            .create(
                RefundCreateParams.builder()
                    .setPaymentIntent(paid.getId())
                    .setReason(RefundCreateParams.Reason.REQUESTED_BY_CUSTOMER)
                    .build());
    assertThat(refund.getStatus()).isEqualTo("succeeded");
    assertThat(refund.getAmount()).isEqualTo(3000);
    assertThat(refund.getReason()).isEqualTo("requested_by_customer");
    Charge charge = api.charges().retrieve(paid.getLatestCharge());
    assertThat(charge.getRefunded()).isTrue();
    assertThat(charge.getAmountRefunded()).isEqualTo(3000);

    InvalidRequestException again =
        catchThrowableOfType(
            InvalidRequestException.class,
            () ->
                api.refunds()
                    .create(RefundCreateParams.builder().setCharge(charge.getId()).build()));
    assertThat(again.getCode()).isEqualTo("charge_already_refunded");
  }

  @Test
  void aPaymentIsRefundedInPartsAndNeverBeyondWhatIsLeft() throws StripeException {
    PaymentIntent paid = api.paymentIntents().create(confirmed(3000, "pm_card_visa").build());
    String charge = paid.getLatestCharge();
    Refund first =
        api.refunds()
            .create(RefundCreateParams.builder().setCharge(charge).setAmount(1000L).build());
    InvalidRequestException tooMuch =
        catchThrowableOfType(
            InvalidRequestException.class,
            () ->
                api.refunds()
                    .create(
                        RefundCreateParams.builder().setCharge(charge).setAmount(2001L).build()));
    Refund second =
        api.refunds()
            .create(RefundCreateParams.builder().setCharge(charge).setAmount(2000L).build());

    assertThat(first.getStatus()).isEqualTo("succeeded");
    assertThat(second.getStatus()).isEqualTo("succeeded");
    assertThat(tooMuch.getStatusCode()).isEqualTo(400);
    assertThat(tooMuch.getParam()).isEqualTo("amount");
    assertThat(api.charges().retrieve(charge).getAmountRefunded()).isEqualTo(3000);
    assertThat(
            api
                .refunds()
                .list(RefundListParams.builder().setPaymentIntent(paid.getId()).build())
                .getData()
                .stream()
                .map(Refund::getId))
        .containsExactly(second.getId(), first.getId());
  }

  @ParameterizedTest(name = "{0} is declined with {1} / {2}")
  @CsvSource({
    "4000000000000002, card_declined, generic_decline",
    "4000000000009995, card_declined, insufficient_funds",
    "4000000000009987, card_declined, lost_card",
    "4000000000009979, card_declined, stolen_card",
    "4000000000000069, expired_card, expired_card",
    "4000000000000127, incorrect_cvc, incorrect_cvc",
    "4000000000000119, processing_error, processing_error",
    "4000000000006975, card_declined, card_velocity_exceeded",
    "4000000000000101, incorrect_cvc, incorrect_cvc",
  })
  void eachDocumentedCardIsDeclinedAsDocumented(String number, String code, String declineCode)
      throws StripeException {
    declined(sdk.card(number).getId(), code, declineCode);
  }

  @ParameterizedTest(name = "{0} is declined with {1} / {2}")
  @CsvSource({
    "pm_card_visa_chargeDeclined, card_declined, generic_decline",
    "pm_card_chargeDeclined, card_declined, generic_decline",
    "pm_card_visa_chargeDeclinedInsufficientFunds, card_declined, insufficient_funds",
    "pm_card_visa_chargeDeclinedLostCard, card_declined, lost_card",
    "pm_card_visa_chargeDeclinedStolenCard, card_declined, stolen_card",
    "pm_card_chargeDeclinedExpiredCard, expired_card, expired_card",
    "pm_card_chargeDeclinedIncorrectCvc, incorrect_cvc, incorrect_cvc",
    "pm_card_chargeDeclinedProcessingError, processing_error, processing_error",
  })
  void eachTestPaymentMethodIsDeclinedAsDocumented(String name, String code, String declineCode)
      throws StripeException {
    declined(name, code, declineCode);
  }

  private void declined(String paymentMethod, String code, String declineCode)
      throws StripeException {
    PaymentIntent intent =
        api.paymentIntents().create(payment(4321).setPaymentMethod(paymentMethod).build());
    CardException declined =
        catchThrowableOfType(
            CardException.class, () -> api.paymentIntents().confirm(intent.getId()));

    assertThat(declined.getStatusCode()).isEqualTo(402);
    assertThat(declined.getCode()).isEqualTo(code);
    assertThat(declined.getDeclineCode()).isEqualTo(declineCode);
    assertThat(declined.getRequestId()).startsWith("req_");
    assertThat(declined.getStripeError().getType()).isEqualTo("card_error");
    assertThat(declined.getStripeError().getPaymentIntent().getId()).isEqualTo(intent.getId());
    PaymentIntent after = api.paymentIntents().retrieve(intent.getId());
    assertThat(after.getStatus()).isEqualTo("requires_payment_method");
    assertThat(after.getLastPaymentError().getCode()).isEqualTo(code);
    assertThat(after.getLastPaymentError().getDeclineCode()).isEqualTo(declineCode);
    Charge charge = api.charges().retrieve(after.getLatestCharge());
    assertThat(charge.getStatus()).isEqualTo("failed");
    assertThat(charge.getPaid()).isFalse();
    assertThat(charge.getFailureCode()).isEqualTo(code);

    PaymentIntent paid =
        api.paymentIntents()
            .confirm(
                intent.getId(),
                PaymentIntentConfirmParams.builder().setPaymentMethod("pm_card_visa").build());
    assertThat(paid.getStatus()).as("another card pays the same intent").isEqualTo("succeeded");
    assertThat(paid.getLastPaymentError()).isNull();
  }

  @ParameterizedTest(name = "{0} pays as {1}")
  @CsvSource({
    "pm_card_visa, visa, 4242",
    "pm_card_mastercard, mastercard, 4444",
    "pm_card_amex, amex, 0005",
    "pm_card_discover, discover, 1117",
    "pm_card_diners, diners, 0004",
    "pm_card_jcb, jcb, 0505",
    "pm_card_unionpay, unionpay, 0005",
  })
  void eachBrandsTestPaymentMethodPays(String name, String brand, String last4)
      throws StripeException {
    PaymentIntent paid = api.paymentIntents().create(confirmed(600, name).build());
    assertThat(paid.getStatus()).isEqualTo("succeeded");
    PaymentMethod used = api.paymentMethods().retrieve(paid.getPaymentMethod());
    assertThat(used.getCard().getBrand()).isEqualTo(brand);
    assertThat(used.getCard().getLast4()).isEqualTo(last4);
  }

  @ParameterizedTest(name = "{0} on the cards origin is refused with {1}")
  @CsvSource({
    "4242424242424241, incorrect_number, number",
    "424242, invalid_number, number",
  })
  void aWrongNumberMakesNoCard(String number, String code, String param) {
    CardException refused = catchThrowableOfType(CardException.class, () -> sdk.card(number));
    assertThat(refused.getStatusCode()).isEqualTo(402);
    assertThat(refused.getCode()).isIn(code, "incorrect_number", "invalid_number");
    assertThat(refused.getParam()).isEqualTo(param);
    assertThat(refused.getMessage()).doesNotContain(number);
  }

  @Test
  void aNumberThatIsNoTestCardIsRefusedInTestMode() {
    StripeException refused =
        catchThrowableOfType(StripeException.class, () -> sdk.card(outsideTheTestRange()));
    assertThat(refused.getStatusCode()).isIn(400, 402);
    assertThat(refused.getMessage()).containsIgnoringCase("test");
  }

  /** Made here and not written down: it could be somebody's. */
  private static String outsideTheTestRange() {
    String payload = "40000098" + "1234567";
    return payload + Luhn.checkDigit(payload);
  }
}
