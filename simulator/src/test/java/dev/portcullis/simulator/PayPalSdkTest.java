package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.paypal.sdk.PaypalServerSdkClient;
import com.paypal.sdk.authentication.ClientCredentialsAuthModel;
import com.paypal.sdk.controllers.OrdersController;
import com.paypal.sdk.controllers.PaymentsController;
import com.paypal.sdk.exceptions.ApiException;
import com.paypal.sdk.exceptions.ErrorException;
import com.paypal.sdk.models.AmountWithBreakdown;
import com.paypal.sdk.models.AuthorizationStatus;
import com.paypal.sdk.models.AuthorizeOrderInput;
import com.paypal.sdk.models.CaptureAuthorizedPaymentInput;
import com.paypal.sdk.models.CaptureOrderInput;
import com.paypal.sdk.models.CaptureRequest;
import com.paypal.sdk.models.CaptureStatus;
import com.paypal.sdk.models.CapturedPayment;
import com.paypal.sdk.models.CardAttributes;
import com.paypal.sdk.models.CardExperienceContext;
import com.paypal.sdk.models.CardRequest;
import com.paypal.sdk.models.CardStoredCredential;
import com.paypal.sdk.models.CardVerification;
import com.paypal.sdk.models.CheckoutPaymentIntent;
import com.paypal.sdk.models.CreateOrderInput;
import com.paypal.sdk.models.GetAuthorizedPaymentInput;
import com.paypal.sdk.models.GetOrderInput;
import com.paypal.sdk.models.GetRefundInput;
import com.paypal.sdk.models.Money;
import com.paypal.sdk.models.Order;
import com.paypal.sdk.models.OrderCaptureRequest;
import com.paypal.sdk.models.OrderCaptureRequestPaymentSource;
import com.paypal.sdk.models.OrderRequest;
import com.paypal.sdk.models.OrderStatus;
import com.paypal.sdk.models.OrdersCapture;
import com.paypal.sdk.models.OrdersCardVerificationMethod;
import com.paypal.sdk.models.PaymentInitiator;
import com.paypal.sdk.models.PaymentSource;
import com.paypal.sdk.models.PurchaseUnitRequest;
import com.paypal.sdk.models.Refund;
import com.paypal.sdk.models.RefundCapturedPaymentInput;
import com.paypal.sdk.models.RefundRequest;
import com.paypal.sdk.models.RefundStatus;
import com.paypal.sdk.models.StoredPaymentSourcePaymentType;
import com.paypal.sdk.models.StoredPaymentSourceUsageType;
import com.paypal.sdk.models.VoidPaymentInput;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PayPal's own Java SDK against the pretended PayPal. */
class PayPalSdkTest {
  private static final String VISA = "4111111111111111";
  private static final String WHOLE = "return=representation";

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Rig rig;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static OrdersController orders;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static PaymentsController payments;

  @BeforeAll
  static void start() throws IOException {
    rig = Rig.create();
    PaypalServerSdkClient client = client(Client.PROVIDER_KEY);
    orders = client.getOrdersController();
    payments = client.getPaymentsController();
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  /** The SDK knows two hosts and no other: its requests are turned round on their way. */
  private static PaypalServerSdkClient client(String secret) {
    HttpUrl here = HttpUrl.get(rig.simulator.providerUrl());
    OkHttpClient http =
        new OkHttpClient.Builder()
            .sslSocketFactory(TestTls.context().getSocketFactory(), TestTls.trust())
            .addInterceptor(
                chain ->
                    chain.proceed(
                        chain
                            .request()
                            .newBuilder()
                            .url(
                                chain
                                    .request()
                                    .url()
                                    .newBuilder()
                                    .host(here.host())
                                    .port(here.port())
                                    .build())
                            .build()))
            .build();
    return new PaypalServerSdkClient.Builder()
        .httpClientConfig(config -> config.httpClientInstance(http, true))
        .clientCredentialsAuth(new ClientCredentialsAuthModel.Builder("client", secret).build())
        .build();
  }

  private static CardRequest.Builder card(String number) {
    return new CardRequest.Builder().number(number).expiry("2034-12").securityCode("123");
  }

  private static CreateOrderInput.Builder input(
      CheckoutPaymentIntent intent, CardRequest.@Nullable Builder card) {
    OrderRequest.Builder order =
        new OrderRequest.Builder(
            intent,
            List.of(
                new PurchaseUnitRequest.Builder(new AmountWithBreakdown("USD", "19.99", null))
                    .invoiceId(Rig.reference())
                    .customId("order-7")
                    .build()));
    if (card != null) {
      order.paymentSource(new PaymentSource.Builder().card(card.build()).build());
    }
    return new CreateOrderInput.Builder(null, order.build())
        .paypalRequestId(Rig.reference())
        .prefer(WHOLE);
  }

  private static Order create(CheckoutPaymentIntent intent, CardRequest.Builder card)
      throws IOException, ApiException {
    return orders.createOrder(input(intent, card).build()).getResult();
  }

  private static Order pay(String number) throws IOException, ApiException {
    return create(CheckoutPaymentIntent.CAPTURE, card(number));
  }

  private static OrdersCapture capture(Order order) {
    return order.getPurchaseUnits().getFirst().getPayments().getCaptures().getFirst();
  }

  private static String held() throws IOException, ApiException {
    return create(CheckoutPaymentIntent.AUTHORIZE, card(VISA))
        .getPurchaseUnits()
        .getFirst()
        .getPayments()
        .getAuthorizations()
        .getFirst()
        .getId();
  }

  @Test
  void paysAndLooksUp() throws Exception {
    Order paid = pay(VISA);
    assertThat(paid.getStatus()).isEqualTo(OrderStatus.COMPLETED);
    assertThat(paid.getPaymentSource().getCard().getLastDigits()).isEqualTo("1111");
    OrdersCapture capture = capture(paid);
    assertThat(capture.getStatus()).isEqualTo(CaptureStatus.COMPLETED);
    assertThat(capture.getAmount().getValue()).isEqualTo("19.99");
    assertThat(capture.getProcessorResponse().getCvvCode().value()).isEqualTo("M");
    Order again = orders.getOrder(new GetOrderInput.Builder(paid.getId()).build()).getResult();
    assertThat(capture(again).getId()).isEqualTo(capture.getId());
    assertThat(again.getPurchaseUnits().getFirst().getCustomId()).isEqualTo("order-7");
  }

  @Test
  void capturesInPartsUntilTheLast() throws Exception {
    String id = held();
    CapturedPayment part = take(id, "5.00", false);
    assertThat(part.getStatus()).isEqualTo(CaptureStatus.COMPLETED);
    assertThat(authorization(id)).isEqualTo(AuthorizationStatus.PARTIALLY_CAPTURED);
    assertIssue("MAX_CAPTURE_AMOUNT_EXCEEDED", () -> take(id, "15.00", false));
    take(id, "10.00", true);
    assertThat(authorization(id)).isEqualTo(AuthorizationStatus.CAPTURED);
    assertIssue("AUTHORIZATION_ALREADY_CAPTURED", () -> take(id, "1.00", true));
    refund(part.getId(), "5.00");
    assertIssue("CAPTURE_FULLY_REFUNDED", () -> refund(part.getId(), "1.00"));
  }

  private static CapturedPayment take(String authorization, String value, boolean last)
      throws IOException, ApiException {
    return payments
        .captureAuthorizedPayment(
            new CaptureAuthorizedPaymentInput.Builder(authorization, null)
                .paypalRequestId(Rig.reference())
                .prefer(WHOLE)
                .body(
                    new CaptureRequest.Builder()
                        .amount(new Money("USD", value))
                        .finalCapture(last)
                        .build())
                .build())
        .getResult();
  }

  private static AuthorizationStatus authorization(String id) throws IOException, ApiException {
    return payments
        .getAuthorizedPayment(new GetAuthorizedPaymentInput.Builder(id).build())
        .getResult()
        .getStatus();
  }

  @Test
  void voidsWhatIsHeld() throws Exception {
    String id = held();
    assertThat(
            payments
                .voidPayment(new VoidPaymentInput.Builder(id).prefer(WHOLE).build())
                .getResult()
                .getStatus())
        .isEqualTo(AuthorizationStatus.VOIDED);
    assertIssue("AUTHORIZATION_VOIDED", () -> take(id, "1.00", true));
    String quiet = held();
    assertThat(payments.voidPayment(new VoidPaymentInput.Builder(quiet).build()).getStatusCode())
        .isEqualTo(204);
  }

  @Test
  void refundsInPartsAndWhole() throws Exception {
    String id = capture(pay(VISA)).getId();
    Refund part = refund(id, "5.00");
    assertThat(part.getStatus()).isEqualTo(RefundStatus.COMPLETED);
    assertIssue("REFUND_AMOUNT_EXCEEDED", () -> refund(id, "15.00"));
    assertThat(refund(id, null).getAmount().getValue()).isEqualTo("14.99");
    assertThat(
            payments
                .getRefund(new GetRefundInput.Builder(part.getId()).build())
                .getResult()
                .getAmount()
                .getValue())
        .isEqualTo("5.00");
  }

  private static Refund refund(String capture, @Nullable String value)
      throws IOException, ApiException {
    RefundRequest.Builder request = new RefundRequest.Builder();
    if (value != null) {
      request.amount(new Money("USD", value));
    }
    return payments
        .refundCapturedPayment(
            new RefundCapturedPaymentInput.Builder(capture, null)
                .paypalRequestId(Rig.reference())
                .prefer(WHOLE)
                .body(request.build())
                .build())
        .getResult();
  }

  @ParameterizedTest
  @CsvSource({"true, COMPLETED", "false, DECLINED"})
  void goesOnAfterTheShoppersAnswer(boolean pass, CaptureStatus status) throws Exception {
    Order asked = create(CheckoutPaymentIntent.CAPTURE, verified("4000002760003184"));
    assertThat(asked.getStatus()).isEqualTo(OrderStatus.PAYER_ACTION_REQUIRED);
    assertIssue("PAYER_ACTION_REQUIRED", () -> go(asked));
    String link =
        asked.getLinks().stream()
            .filter(each -> each.getRel().equals("payer-action"))
            .findFirst()
            .orElseThrow()
            .getHref();
    assertThat(rig.client.challenge(link, pass))
        .isEqualTo("https://shop.example/return?token=" + asked.getId());
    Order after = orders.getOrder(new GetOrderInput.Builder(asked.getId()).build()).getResult();
    assertThat(
            after
                .getPaymentSource()
                .getCard()
                .getAuthenticationResult()
                .getLiabilityShift()
                .value())
        .isEqualTo(pass ? "POSSIBLE" : "NO");
    assertThat(capture(go(asked)).getStatus()).isEqualTo(status);
    assertIssue("ORDER_ALREADY_CAPTURED", () -> go(asked));
  }

  private static CardRequest.Builder verified(String number) {
    return card(number)
        .attributes(
            new CardAttributes.Builder()
                .verification(
                    new CardVerification.Builder()
                        .method(OrdersCardVerificationMethod.SCA_WHEN_REQUIRED)
                        .build())
                .build())
        .experienceContext(
            new CardExperienceContext.Builder()
                .returnUrl("https://shop.example/return")
                .cancelUrl("https://shop.example/cancel")
                .build());
  }

  private static Order go(Order order) throws IOException, ApiException {
    return orders
        .captureOrder(
            new CaptureOrderInput.Builder(order.getId(), null)
                .paypalRequestId(Rig.reference())
                .prefer(WHOLE)
                .build())
        .getResult();
  }

  private static Order go(Order order, CardRequest.Builder card) throws IOException, ApiException {
    return orders
        .captureOrder(
            new CaptureOrderInput.Builder(order.getId(), null)
                .paypalRequestId(Rig.reference())
                .prefer(WHOLE)
                .body(
                    new OrderCaptureRequest.Builder()
                        .paymentSource(
                            new OrderCaptureRequestPaymentSource.Builder()
                                .card(card.build())
                                .build())
                        .build())
                .build())
        .getResult();
  }

  @Test
  void anOrderWaitsForItsCard() throws Exception {
    Order made =
        orders.createOrder(input(CheckoutPaymentIntent.AUTHORIZE, null).build()).getResult();
    assertThat(made.getStatus()).isEqualTo(OrderStatus.CREATED);
    AuthorizeOrderInput authorize =
        new AuthorizeOrderInput.Builder(made.getId(), null)
            .paypalRequestId(Rig.reference())
            .build();
    assertIssue("ORDER_NOT_APPROVED", () -> orders.authorizeOrder(authorize));
    assertIssue("ACTION_DOES_NOT_MATCH_INTENT", () -> go(made));
  }

  /** The card comes with the request that pays the order, and so may the wish to authenticate. */
  @Test
  void anOrderThatWasMadeBeforeIsPaidWithACard() throws Exception {
    Order open = orders.createOrder(input(CheckoutPaymentIntent.CAPTURE, null).build()).getResult();
    assertThat(open.getStatus()).isEqualTo(OrderStatus.CREATED);
    assertIssue("ORDER_NOT_APPROVED", () -> go(open));
    assertIssue("PAYER_ACTION_REQUIRED", () -> go(open, verified("4000002760003184")));
    Order asked = orders.getOrder(new GetOrderInput.Builder(open.getId()).build()).getResult();
    assertThat(asked.getStatus()).isEqualTo(OrderStatus.PAYER_ACTION_REQUIRED);
    Order plain =
        orders.createOrder(input(CheckoutPaymentIntent.CAPTURE, null).build()).getResult();
    assertThat(capture(go(plain, card(VISA))).getStatus()).isEqualTo(CaptureStatus.COMPLETED);
    assertIssue("ORDER_ALREADY_CAPTURED", () -> go(plain, card(VISA)));
  }

  @Test
  void aStoredCardIsChargedWithoutTheShopper() throws Exception {
    String number = "4000002500003155";
    Order first =
        create(
            CheckoutPaymentIntent.CAPTURE,
            verified(number).storedCredential(stored(PaymentInitiator.CUSTOMER, null)));
    String link =
        first.getLinks().stream()
            .filter(each -> each.getRel().equals("payer-action"))
            .findFirst()
            .orElseThrow()
            .getHref();
    rig.client.challenge(link, true);
    String agreement = capture(go(first)).getNetworkTransactionReference().getId();
    UnaryOperator<String> charged =
        reference -> {
          try {
            return capture(
                    create(
                        CheckoutPaymentIntent.CAPTURE,
                        new CardRequest.Builder()
                            .number(number)
                            .expiry("2034-12")
                            .storedCredential(stored(PaymentInitiator.MERCHANT, reference))))
                .getStatus()
                .value();
          } catch (IOException | ApiException e) {
            throw new IllegalStateException(e);
          }
        };
    assertThat(charged.apply(agreement)).isEqualTo("COMPLETED");
    assertThat(charged.apply("ntx_00000000never")).isEqualTo("DECLINED");
  }

  private static CardStoredCredential stored(
      PaymentInitiator initiator, @Nullable String agreement) {
    CardStoredCredential.Builder stored =
        new CardStoredCredential.Builder(initiator, StoredPaymentSourcePaymentType.UNSCHEDULED)
            .usage(
                agreement == null
                    ? StoredPaymentSourceUsageType.FIRST
                    : StoredPaymentSourceUsageType.SUBSEQUENT);
    if (agreement != null) {
      stored.previousNetworkTransactionReference(
          new com.paypal.sdk.models.NetworkTransaction.Builder().id(agreement).build());
    }
    return stored.build();
  }

  @ParameterizedTest
  @CsvSource({
    "4000000000000002, 5100",
    "4000000000009995, 5120",
    "4000000000000127, 5110",
    "4100000000000019, 9500"
  })
  void aRefusedCardIsACaptureThatWasDeclined(String number, String code) throws Exception {
    OrdersCapture refused = capture(pay(number));
    assertThat(refused.getStatus()).isEqualTo(CaptureStatus.DECLINED);
    assertThat(refused.getProcessorResponse().getResponseCode().value()).isEqualTo(code);
  }

  /** A request that is expected to fail. */
  @FunctionalInterface
  private interface Sent {
    void send() throws IOException, ApiException;
  }

  private static void assertIssue(String issue, Sent sent) {
    assertThatThrownBy(sent::send)
        .isInstanceOfSatisfying(
            ErrorException.class,
            e -> assertThat(e.getDetails().getFirst().getIssue()).isEqualTo(issue));
  }

  @Test
  void whatIsWrongIsNamed() throws Exception {
    assertThatThrownBy(
            () ->
                client("of-somebody-else")
                    .getOrdersController()
                    .createOrder(input(CheckoutPaymentIntent.CAPTURE, card(VISA)).build()))
        .isInstanceOf(Exception.class)
        .hasMessageContaining("Client");
    assertIssue("INVALID_PARAMETER_SYNTAX", () -> pay("4111111111111112"));
    assertIssue(
        "CARD_EXPIRED", () -> create(CheckoutPaymentIntent.CAPTURE, card(VISA).expiry("2024-12")));
    assertIssue("INVALID_RESOURCE_ID", () -> refund("00000000000000000", "1.00"));
    assertIssue(
        "PAYPAL_REQUEST_ID_REQUIRED",
        () ->
            orders.createOrder(
                input(CheckoutPaymentIntent.CAPTURE, card(VISA)).paypalRequestId(null).build()));
  }

  @Test
  void theSameKeyGetsTheSameAnswer() throws Exception {
    CreateOrderInput input = input(CheckoutPaymentIntent.CAPTURE, card(VISA)).build();
    var first = orders.createOrder(input);
    var again = orders.createOrder(input);
    assertThat(first.getStatusCode()).isEqualTo(201);
    assertThat(again.getStatusCode()).isEqualTo(200);
    assertThat(again.getResult().getId()).isEqualTo(first.getResult().getId());
    // The key is another now, and the invoice is paid all the same.
    input.setPaypalRequestId(Rig.reference());
    assertIssue("DUPLICATE_INVOICE_ID", () -> orders.createOrder(input));
  }

  @Test
  void tellsAndVerifiesWhatItTold() throws Exception {
    try (Receiver receiver = new Receiver()) {
      receiver.fail(1);
      String webhook = "8PT597110X687430LKGECATA";
      rig.notify("paypal", Map.of("url", receiver.url(), "secret", webhook));
      String id = capture(pay(VISA)).getId();
      Receiver.Received told =
          await()
              .atMost(Duration.ofSeconds(30))
              .until(
                  () -> {
                    // It comes again after a while, and the clock stands still.
                    rig.pass(Duration.ofSeconds(1));
                    return receiver.with("PAYMENT.CAPTURE.COMPLETED");
                  },
                  all -> !all.isEmpty())
              .getFirst();
      assertThat(told.body()).contains(id);
      assertThat(verified(told, webhook)).isEqualTo("SUCCESS");
      assertThat(verified(told, "another-webhook")).isEqualTo("FAILURE");
    } finally {
      rig.client.control("DELETE", "/control/notifications?provider=paypal", null);
    }
  }

  /** The SDK verifies nothing; PayPal's API does. */
  private static String verified(Receiver.Received told, String webhook) throws IOException {
    Map<String, Object> body =
        Map.of(
            "transmission_id", header(told, "id"),
            "transmission_time", header(told, "time"),
            "transmission_sig", header(told, "sig"),
            "auth_algo", "SHA256withRSA",
            "cert_url", String.valueOf(told.headers().get("paypal-cert-url")),
            "webhook_id", webhook,
            "webhook_event", Json.readObject(told.body()));
    return rig.client
        .send(
            HttpRequest.newBuilder(
                    URI.create(
                        rig.simulator.providerUrl() + "/v1/notifications/verify-webhook-signature"))
                .header("Authorization", "Bearer " + token())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body)))
                .build())
        .text("verification_status");
  }

  private static String header(Receiver.Received told, String name) {
    return String.valueOf(told.headers().get("paypal-transmission-" + name));
  }

  private static String token() throws IOException {
    String pair =
        Base64.getEncoder()
            .encodeToString(
                ("c:" + Client.PROVIDER_KEY).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return rig.client
        .send(
            HttpRequest.newBuilder(URI.create(rig.simulator.providerUrl() + "/v1/oauth2/token"))
                .header("Authorization", "Basic " + pair)
                .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials"))
                .build())
        .text("access_token");
  }
}
