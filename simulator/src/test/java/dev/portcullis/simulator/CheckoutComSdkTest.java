package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.checkout.CheckoutApi;
import com.checkout.CheckoutApiException;
import com.checkout.CheckoutSdk;
import com.checkout.CustomEnvironment;
import com.checkout.common.Currency;
import com.checkout.payments.ActionType;
import com.checkout.payments.CaptureRequest;
import com.checkout.payments.CaptureType;
import com.checkout.payments.PaymentAction;
import com.checkout.payments.PaymentStatus;
import com.checkout.payments.PaymentType;
import com.checkout.payments.PaymentsClient;
import com.checkout.payments.PaymentsQueryFilter;
import com.checkout.payments.RefundRequest;
import com.checkout.payments.ThreeDSRequest;
import com.checkout.payments.VoidRequest;
import com.checkout.payments.request.PaymentRequest;
import com.checkout.payments.request.source.RequestCardSource;
import com.checkout.payments.response.GetPaymentResponse;
import com.checkout.payments.response.PaymentResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.http.impl.client.HttpClientBuilder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Checkout.com's own client, with nothing of it changed but its address. */
class CheckoutComSdkTest {
  private static final String VISA = "4242424242424242";
  private static final String CHALLENGED = "4000002760003184";
  private static final String UNLESS_SET_UP = "4000002500003155";
  private static final String WRONG_KEY = "sk_sbox_22222222222222222222222222a";

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Rig rig;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static PaymentsClient payments;

  @BeforeAll
  static void start() throws IOException {
    rig = Rig.create();
    payments = client(Client.PROVIDER_KEY);
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  private static PaymentsClient client(String key) {
    URI here = URI.create(rig.simulator.providerUrl() + "/");
    CheckoutApi api =
        CheckoutSdk.builder()
            .staticKeys()
            .secretKey(key)
            .environment(
                CustomEnvironment.builder()
                    .checkoutApi(here)
                    .filesApi(here)
                    .transfersApi(here)
                    .balancesApi(here)
                    .oAuthAuthorizationApi(here)
                    .sandbox(true)
                    .build())
            .httpClientBuilder(HttpClientBuilder.create().setSSLContext(TestTls.context()))
            .build();
    return api.paymentsClient();
  }

  private static PaymentRequest.PaymentRequestBuilder request(String number) {
    return PaymentRequest.builder()
        .source(
            RequestCardSource.builder()
                .number(number)
                .expiryMonth(12)
                .expiryYear(2034)
                .cvv("123")
                .build())
        .amount(1_999L)
        .currency(Currency.USD)
        .reference(Rig.reference())
        .processingChannelId("pc_abcdefghijklmnopqrstuvwxyz");
  }

  private static PaymentResponse pay(PaymentRequest.PaymentRequestBuilder request) {
    return payments.requestPayment(request.build()).join();
  }

  private static GetPaymentResponse get(String payment) {
    return payments.getPayment(payment).join();
  }

  private static void comeTrue() {
    rig.pass(Duration.ofSeconds(1));
  }

  @Test
  void capturesWhatItAuthorized() {
    PaymentResponse held = pay(request(VISA).capture(false));
    assertThat(held.getHttpStatusCode()).isEqualTo(201);
    assertThat(held.getStatus()).isEqualTo(PaymentStatus.AUTHORIZED);
    assertThat(held.isApproved()).isTrue();
    assertThat(held.getResponseCode()).isEqualTo("10000");
    assertThat(held.getBalances().getAvailableToCapture()).isEqualTo(1_999);
    assertThat(payments.capturePayment(held.getId()).join().getActionId()).startsWith("act_");
    assertThat(get(held.getId()).getStatus()).isEqualTo(PaymentStatus.AUTHORIZED);
    comeTrue();
    assertThat(get(held.getId()).getStatus()).isEqualTo(PaymentStatus.CAPTURED);
  }

  @Test
  void capturesInPartsUntilTheLast() {
    String payment = pay(request(VISA).capture(false)).getId();
    payments
        .capturePayment(
            payment,
            CaptureRequest.builder().amount(500L).captureType(CaptureType.NON_FINAL).build())
        .join();
    comeTrue();
    GetPaymentResponse first = get(payment);
    assertThat(first.getStatus()).isEqualTo(PaymentStatus.PARTIALLY_CAPTURED);
    assertThat(first.getBalances().getAvailableToCapture()).isEqualTo(1_499);
    payments.capturePayment(payment, CaptureRequest.builder().amount(100L).build()).join();
    comeTrue();
    assertThat(get(payment).getBalances().getTotalCaptured()).isEqualTo(600);
    assertThat(get(payment).getBalances().getAvailableToCapture()).isZero();
    refused(403, () -> payments.capturePayment(payment).join());
  }

  @Test
  void givesBackAPartAndThenTheRest() {
    String payment = pay(request(VISA)).getId();
    assertThat(get(payment).getStatus()).isEqualTo(PaymentStatus.CAPTURED);
    payments.refundPayment(payment, RefundRequest.builder().amount(500L).build()).join();
    comeTrue();
    assertThat(get(payment).getStatus()).isEqualTo(PaymentStatus.PARTIALLY_REFUNDED);
    assertThat(
            refused(
                422,
                () ->
                    payments
                        .refundPayment(payment, RefundRequest.builder().amount(1_500L).build())
                        .join()))
        .isEqualTo(List.of("refund_amount_exceeds_balance"));
    payments.refundPayment(payment).join();
    comeTrue();
    assertThat(get(payment).getStatus()).isEqualTo(PaymentStatus.REFUNDED);
    List<PaymentAction> actions = payments.getPaymentActions(payment).join().getItems();
    assertThat(actions.stream().map(PaymentAction::getType))
        .containsExactly(
            ActionType.REFUND, ActionType.REFUND, ActionType.CAPTURE, ActionType.AUTHORIZATION);
    assertThat(actions.getFirst().getAmount()).isEqualTo(1_499);
  }

  @Test
  void voidsWhatIsNotCaptured() {
    String payment = pay(request(VISA).capture(false)).getId();
    payments.voidPayment(payment, VoidRequest.builder().reference("void-7").build()).join();
    comeTrue();
    assertThat(get(payment).getStatus()).isEqualTo(PaymentStatus.VOIDED);
    refused(403, () -> payments.capturePayment(payment).join());
    String captured = pay(request(VISA)).getId();
    refused(403, () -> payments.voidPayment(captured).join());
  }

  @Test
  void sendsTheShopperToTheirBank() throws IOException {
    PaymentResponse asked =
        pay(
            request(CHALLENGED)
                .threeDS(ThreeDSRequest.builder().enabled(true).build())
                .successUrl("https://shop.example/good?order=7")
                .failureUrl("https://shop.example/bad"));
    assertThat(asked.getHttpStatusCode()).isEqualTo(202);
    assertThat(asked.getStatus()).isEqualTo(PaymentStatus.PENDING);
    String bank = asked.getLink("redirect").getHref();
    assertThat(rig.client.challenge(bank, true))
        .startsWith("https://shop.example/good?order=7&cko-session-id=sid_");
    GetPaymentResponse paid = get(asked.getId());
    assertThat(paid.getStatus()).isEqualTo(PaymentStatus.CAPTURED);
    assertThat(paid.getThreeDSData().getAuthenticationResponse()).isEqualTo("Y");
  }

  @Test
  void sendsAShopperWhoFailsElsewhere() throws IOException {
    PaymentResponse asked =
        pay(
            request(CHALLENGED)
                .threeDS(ThreeDSRequest.builder().enabled(true).build())
                .successUrl("https://shop.example/good")
                .failureUrl("https://shop.example/bad"));
    String back = rig.client.challenge(asked.getLink("redirect").getHref(), false);
    assertThat(back).startsWith("https://shop.example/bad?cko-session-id=sid_");
    String session = back.substring(back.indexOf("sid_"));
    assertThat(get(asked.getId()).getStatus()).isEqualTo(PaymentStatus.DECLINED);
    assertThat(get(asked.getId()).getActions()).as("which it shows to a session alone").isNull();
    assertThat(get(session).getActions().getFirst().getResponseCode()).isEqualTo("20151");
    rig.pass(Duration.ofMinutes(16));
    refused(404, () -> get(session));
  }

  @Test
  void chargesAStoredCardWithoutTheShopper() throws IOException {
    PaymentResponse asked =
        pay(
            request(UNLESS_SET_UP)
                .amount(0L)
                .paymentType(PaymentType.RECURRING)
                .threeDS(ThreeDSRequest.builder().enabled(true).build())
                .successUrl("https://shop.example/good"));
    rig.client.challenge(asked.getLink("redirect").getHref(), true);
    assertThat(get(asked.getId()).getStatus()).isEqualTo(PaymentStatus.CARD_VERIFIED);
    PaymentResponse charged =
        pay(
            request(UNLESS_SET_UP)
                .paymentType(PaymentType.RECURRING)
                .merchantInitiated(true)
                .previousPaymentId(asked.getId()));
    assertThat(charged.getStatus()).isEqualTo(PaymentStatus.AUTHORIZED);
    PaymentResponse alone =
        pay(request(UNLESS_SET_UP).paymentType(PaymentType.RECURRING).merchantInitiated(true));
    assertThat(alone.getResponseCode()).isEqualTo("20154");
  }

  @Test
  void declinesWithTheNetworksReason() {
    PaymentResponse declined = pay(request("4000000000009995"));
    assertThat(declined.getHttpStatusCode()).isEqualTo(201);
    assertThat(declined.isApproved()).isFalse();
    assertThat(declined.getStatus()).isEqualTo(PaymentStatus.DECLINED);
    assertThat(declined.getResponseCode()).isEqualTo("20051");
    assertThat(declined.getResponseSummary()).isEqualTo("Insufficient funds");
  }

  @Test
  void refusesWhatItCannotRead() {
    refused(401, () -> client(WRONG_KEY).getPayment("pay_x").join());
    refused(404, () -> payments.getPayment("pay_0000000000000000000000000").join());
    assertThat(refused(422, () -> pay(request("4242424242424241"))))
        .isEqualTo(List.of("card_number_invalid"));
    assertThat(refused(422, () -> pay(request(VISA).currency(null))))
        .isEqualTo(List.of("currency_invalid"));
    assertThat(refused(422, () -> pay(request(VISA).processingChannelId(null))))
        .isEqualTo(List.of("processing_channel_id_required"));
    String payment = pay(request(VISA).capture(false)).getId();
    assertThat(
            refused(
                422,
                () ->
                    payments
                        .capturePayment(payment, CaptureRequest.builder().amount(2_000L).build())
                        .join()))
        .isEqualTo(List.of("capture_value_greater_than_authorized"));
  }

  @Test
  void theSameKeyPaysOnce() {
    String key = Rig.reference();
    PaymentRequest request = request(VISA).build();
    PaymentResponse first = payments.requestPayment(request, key).join();
    PaymentResponse second = payments.requestPayment(request, key).join();
    assertThat(second.getBody()).isEqualTo(first.getBody());
    String capture = Rig.reference();
    String held = pay(request(VISA).capture(false)).getId();
    assertThat(payments.capturePayment(held, capture).join().getActionId())
        .isEqualTo(payments.capturePayment(held, capture).join().getActionId());
  }

  @Test
  void findsPaymentsByTheirReference() {
    String reference = Rig.reference();
    pay(request("4000000000009995").reference(reference));
    PaymentResponse second = pay(request(VISA).reference(reference));
    var found =
        payments
            .getPaymentsList(PaymentsQueryFilter.builder().reference(reference).limit(1).build())
            .join();
    assertThat(found.getTotalCount()).isEqualTo(2);
    assertThat(found.getData().stream().map(GetPaymentResponse::getId))
        .containsExactly(second.getId());
  }

  /** Its Java client has no verifier: the documentation's own recipe stands here in its place. */
  @Test
  void signsWhatItTells() throws Exception {
    try (Receiver receiver = new Receiver()) {
      rig.notify("checkoutcom", Map.of("url", receiver.url(), "secret", "webhook-key"));
      String payment = pay(request(VISA).capture(false)).getId();
      payments.capturePayment(payment).join();
      comeTrue();
      // Approved, and the capture pending and done.
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> receiver.received().size() == 3);
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec("webhook-key".getBytes(StandardCharsets.UTF_8), mac.getAlgorithm()));
      for (Receiver.Received one : receiver.received()) {
        assertThat(one.headers().get("cko-signature"))
            .isEqualTo(
                HexFormat.of().formatHex(mac.doFinal(one.body().getBytes(StandardCharsets.UTF_8))));
      }
      assertThat(receiver.with(payment)).hasSize(3);
      assertThat(receiver.with("\"type\":\"payment_approved\"")).hasSize(1);
      assertThat(receiver.with("\"type\":\"payment_capture_pending\"")).hasSize(1);
      assertThat(receiver.with("\"type\":\"payment_captured\"")).hasSize(1);
      rig.client.control("DELETE", "/control/notifications?provider=checkoutcom", null);
    }
  }

  @Test
  void tellsOfADispute() throws IOException {
    try (Receiver receiver = new Receiver()) {
      rig.notify("checkoutcom", Map.of("url", receiver.url(), "secret", "webhook-key"));
      String payment = pay(request("4000000000000259")).getId();
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> !receiver.with("dispute_evidence_required").isEmpty());
      assertThat(receiver.with("dispute_evidence_required").getFirst().body())
          .contains("\"payment_id\":\"" + payment + "\"", "\"amount\":1999");
      rig.client.control("DELETE", "/control/notifications?provider=checkoutcom", null);
    }
  }

  private static Object refused(int status, Runnable call) {
    var thrown = new Object[1];
    assertThatThrownBy(call::run)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            CheckoutApiException.class,
            refused -> {
              assertThat(refused.getHttpStatusCode()).isEqualTo(status);
              thrown[0] =
                  refused.getErrorDetails() == null
                      ? List.of()
                      : refused.getErrorDetails().getOrDefault("error_codes", List.of());
            });
    return thrown[0];
  }
}
