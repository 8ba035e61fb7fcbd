package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.adyen.Client;
import com.adyen.model.RequestOptions;
import com.adyen.model.checkout.Amount;
import com.adyen.model.checkout.CardDetails;
import com.adyen.model.checkout.CheckoutPaymentMethod;
import com.adyen.model.checkout.PaymentCancelRequest;
import com.adyen.model.checkout.PaymentCaptureRequest;
import com.adyen.model.checkout.PaymentCompletionDetails;
import com.adyen.model.checkout.PaymentDetailsRequest;
import com.adyen.model.checkout.PaymentDetailsResponse;
import com.adyen.model.checkout.PaymentRefundRequest;
import com.adyen.model.checkout.PaymentRequest;
import com.adyen.model.checkout.PaymentResponse;
import com.adyen.model.checkout.PaymentReversalRequest;
import com.adyen.model.notification.NotificationRequestItem;
import com.adyen.notification.WebhookHandler;
import com.adyen.service.checkout.ModificationsApi;
import com.adyen.service.checkout.PaymentsApi;
import com.adyen.service.exception.ApiException;
import com.adyen.util.HMACValidator;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adyen's own Java SDK against the pretended Adyen. */
class AdyenSdkTest {
  private static final String VISA = "4111111111111111";
  private static final String HMAC =
      "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";
  private static final String ACCOUNT = "ShopECOM";

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Rig rig;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Receiver receiver;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static PaymentsApi payments;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static ModificationsApi modifications;

  @BeforeAll
  static void start() throws IOException {
    rig = Rig.create();
    receiver = new Receiver();
    rig.notify("adyen", Map.of("url", receiver.url(), "secret", HMAC));
    Client client = client(dev.portcullis.simulator.Client.PROVIDER_KEY);
    payments = new PaymentsApi(client, base());
    modifications = new ModificationsApi(client, base());
  }

  @AfterAll
  static void stop() {
    receiver.close();
    rig.close();
  }

  private static Client client(String key) {
    return new Client(TestTls.context(), key);
  }

  private static String base() {
    return rig.simulator.providerUrl() + "/v71";
  }

  private static Amount amount(long value) {
    return new Amount().currency("EUR").value(value);
  }

  private static CardDetails card(String number) {
    return new CardDetails()
        .type(CardDetails.TypeEnum.SCHEME)
        .number(number)
        .expiryMonth("12")
        .expiryYear("2034")
        .cvc("123");
  }

  private static PaymentRequest payment(CardDetails card, boolean capture) {
    PaymentRequest request =
        new PaymentRequest()
            .merchantAccount(ACCOUNT)
            .reference(Rig.reference())
            .amount(amount(1_999))
            .returnUrl("https://shop.example/return?order=7")
            .paymentMethod(new CheckoutPaymentMethod(card));
    return capture ? request : request.putAdditionalDataItem("manualCapture", "true");
  }

  private static PaymentResponse pay(String number) throws IOException, ApiException {
    return payments.payments(payment(card(number), true));
  }

  private static String held() throws IOException, ApiException {
    return payments.payments(payment(card(VISA), false)).getPspReference();
  }

  @Test
  void pays() throws Exception {
    PaymentResponse paid = pay(VISA);
    assertThat(paid.getResultCode()).isEqualTo(PaymentResponse.ResultCodeEnum.AUTHORISED);
    assertThat(paid.getAmount()).isEqualTo(amount(1_999));
    assertThat(paid.getAdditionalData())
        .containsEntry("cvcResult", "1 Matches")
        .containsEntry("cardSummary", "1111")
        .containsKeys("authCode", "networkTxReference");
    NotificationRequestItem told = told(paid.getPspReference());
    assertThat(told.getEventCode()).isEqualTo("AUTHORISATION");
    assertThat(told.isSuccess()).isTrue();
    assertThat(told.getMerchantReference()).isEqualTo(paid.getMerchantReference());
  }

  /** The notification of that reference, as the SDK reads and verifies it. */
  private static NotificationRequestItem told(String psp) throws Exception {
    rig.client.control("POST", "/control/clock", Map.of("advance_seconds", 3L));
    Receiver.Received received =
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> receiver.with("\"pspReference\":\"" + psp + "\""), all -> !all.isEmpty())
            .getFirst();
    NotificationRequestItem item =
        new WebhookHandler()
            .handleNotificationJson(received.body())
            .getNotificationItems()
            .getFirst();
    assertThat(new HMACValidator().validateHMAC(item, HMAC)).isTrue();
    assertThat(new HMACValidator().validateHMAC(item, HMAC.replace('4', '5'))).isFalse();
    return item;
  }

  @ParameterizedTest
  @CsvSource({"1999", "700"})
  void capturesAndTellsLater(long value) throws Exception {
    String psp = held();
    var receipt =
        modifications.captureAuthorisedPayment(
            psp,
            new PaymentCaptureRequest()
                .merchantAccount(ACCOUNT)
                .reference("cap_1")
                .amount(amount(value)));
    assertThat(receipt.getStatus().getValue()).isEqualTo("received");
    assertThat(receipt.getPaymentPspReference()).isEqualTo(psp);
    NotificationRequestItem told = told(receipt.getPspReference());
    assertThat(told.getEventCode()).isEqualTo("CAPTURE");
    assertThat(told.isSuccess()).isTrue();
    assertThat(told.getOriginalReference()).isEqualTo(psp);
    assertThat(told.getAmount().getValue()).isEqualTo(value);
  }

  @Test
  void whatCannotBeCapturedIsToldLater() throws Exception {
    var receipt =
        modifications.captureAuthorisedPayment(
            held(), new PaymentCaptureRequest().merchantAccount(ACCOUNT).amount(amount(2_000)));
    assertThat(receipt.getStatus().getValue()).isEqualTo("received");
    NotificationRequestItem told = told(receipt.getPspReference());
    assertThat(told.isSuccess()).isFalse();
    assertThat(told.getReason()).isEqualTo("Insufficient balance on payment");
  }

  @Test
  void cancelsReversesAndRefunds() throws Exception {
    var canceled =
        modifications.cancelAuthorisedPaymentByPspReference(
            held(), new PaymentCancelRequest().merchantAccount(ACCOUNT));
    assertThat(told(canceled.getPspReference()).getEventCode()).isEqualTo("CANCELLATION");

    String taken = pay(VISA).getPspReference();
    var late =
        modifications.cancelAuthorisedPaymentByPspReference(
            taken, new PaymentCancelRequest().merchantAccount(ACCOUNT));
    assertThat(told(late.getPspReference()).isSuccess()).isFalse();
    for (long value : List.of(500L, 1_499L)) {
      NotificationRequestItem refund = told(refund(taken, value));
      assertThat(refund.getEventCode()).isEqualTo("REFUND");
      assertThat(refund.isSuccess()).isTrue();
    }
    assertThat(told(refund(taken, 1)).isSuccess()).isFalse();

    var reversed =
        modifications.refundOrCancelPayment(
            pay(VISA).getPspReference(), new PaymentReversalRequest().merchantAccount(ACCOUNT));
    NotificationRequestItem told = told(reversed.getPspReference());
    assertThat(told.getEventCode()).isEqualTo("CANCEL_OR_REFUND");
    assertThat(told.isSuccess()).isTrue();
  }

  private static String refund(String psp, long value) throws IOException, ApiException {
    return modifications
        .refundCapturedPayment(
            psp, new PaymentRefundRequest().merchantAccount(ACCOUNT).amount(amount(value)))
        .getPspReference();
  }

  @Test
  void aRefundMayFailAfterAll() throws Exception {
    String psp = refund(pay("4000000000005126").getPspReference(), 500);
    assertThat(told(psp).getEventCode()).isEqualTo("REFUND_FAILED");
  }

  @ParameterizedTest
  @CsvSource({"true, AUTHORISED", "false, REFUSED"})
  void goesOnWithWhatTheShopperBringsBack(boolean pass, String result) throws Exception {
    PaymentResponse asked = pay("4000002760003184");
    assertThat(asked.getResultCode()).isEqualTo(PaymentResponse.ResultCodeEnum.REDIRECTSHOPPER);
    String back =
        rig.client.challenge(asked.getAction().getCheckoutRedirectAction().getUrl(), pass);
    assertThat(back).startsWith("https://shop.example/return?order=7&redirectResult=");
    String redirectResult =
        URLDecoder.decode(
            URI.create(back).getRawQuery().split("redirectResult=", 2)[1], StandardCharsets.UTF_8);
    PaymentDetailsResponse done = details(redirectResult);
    assertThat(done.getResultCode().name()).isEqualTo(result);
    assertThat(done.getPspReference()).isEqualTo(asked.getPspReference());
    assertThatThrownBy(() -> details(redirectResult + "x"))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.getStatusCode()).isEqualTo(422));
  }

  private static PaymentDetailsResponse details(String redirectResult)
      throws IOException, ApiException {
    return payments.paymentsDetails(
        new PaymentDetailsRequest()
            .details(new PaymentCompletionDetails().redirectResult(redirectResult)));
  }

  @Test
  void aStoredCardIsChargedWithoutTheShopper() throws Exception {
    PaymentResponse first =
        payments.payments(
            payment(card("4000003800000446"), true)
                .recurringProcessingModel(
                    PaymentRequest.RecurringProcessingModelEnum.UNSCHEDULEDCARDONFILE)
                .shopperInteraction(PaymentRequest.ShopperInteractionEnum.ECOMMERCE));
    rig.client.challenge(first.getAction().getCheckoutRedirectAction().getUrl(), true);
    PaymentRequest again =
        payment(card("4000003800000446").cvc(null).networkPaymentReference("ntx_1"), true)
            .recurringProcessingModel(
                PaymentRequest.RecurringProcessingModelEnum.UNSCHEDULEDCARDONFILE)
            .shopperInteraction(PaymentRequest.ShopperInteractionEnum.CONTAUTH);
    assertThat(payments.payments(again).getResultCode())
        .isEqualTo(PaymentResponse.ResultCodeEnum.AUTHORISED);
  }

  @ParameterizedTest
  @CsvSource({
    "4000000000000002, 2, Refused",
    "4000000000009995, 12, Not enough balance",
    "4000000000000069, 6, Expired Card",
    "4000000000000127, 24, CVC Declined"
  })
  void aRefusedCardIsAResult(String number, String code, String reason) throws Exception {
    PaymentResponse refused = pay(number);
    assertThat(refused.getResultCode()).isEqualTo(PaymentResponse.ResultCodeEnum.REFUSED);
    assertThat(refused.getRefusalReasonCode()).isEqualTo(code);
    assertThat(refused.getRefusalReason()).isEqualTo(reason);
    NotificationRequestItem told = told(refused.getPspReference());
    assertThat(told.isSuccess()).isFalse();
    assertThat(told.getReason()).isEqualTo(reason);
  }

  @Test
  void whatIsWrongIsNamed() {
    assertThatThrownBy(
            () ->
                new PaymentsApi(client("of-somebody-else"), base())
                    .payments(payment(card(VISA), true)))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.getStatusCode()).isEqualTo(401));
    assertError(payment(card("4111111111111112"), true), "101");
    assertError(payment(card(VISA), true).amount(new Amount().currency("XYZ").value(1L)), "138");
    assertError(payment(card(VISA), true).merchantAccount(null), "901");
    assertThatThrownBy(() -> refund("0000000000000000", 1))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.getError().getErrorCode()).isEqualTo("167"));
  }

  private static void assertError(PaymentRequest request, String code) {
    assertThatThrownBy(() -> payments.payments(request))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.getError().getErrorCode()).isEqualTo(code));
  }

  @Test
  void theSameKeyGetsTheSameAnswer() throws Exception {
    RequestOptions key = new RequestOptions().idempotencyKey(Rig.reference());
    PaymentRequest request = payment(card(VISA), true);
    PaymentResponse first = payments.payments(request, key);
    assertThat(payments.payments(request, key)).isEqualTo(first);
    assertThatThrownBy(() -> payments.payments(request.amount(amount(5)), key))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.getError().getErrorCode()).isEqualTo("704"));
    assertThat(payments.payments(payment(card(VISA), true)).getPspReference())
        .isNotEqualTo(first.getPspReference());
  }
}
