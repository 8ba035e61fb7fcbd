package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.stripe.StripeClient;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.CardException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.exception.StripeException;
import com.stripe.model.Charge;
import com.stripe.model.Event;
import com.stripe.model.PaymentIntent;
import com.stripe.model.Refund;
import com.stripe.net.RequestOptions;
import com.stripe.net.Webhook;
import com.stripe.param.PaymentIntentCancelParams;
import com.stripe.param.PaymentIntentCaptureParams;
import com.stripe.param.PaymentIntentConfirmParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentIntentSearchParams;
import com.stripe.param.RefundCreateParams;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stripe's own Java SDK against the pretended Stripe. */
class StripeSdkTest {
  private static final String VISA = "4242424242424242";

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Rig rig;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static StripeClient stripe;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static SSLSocketFactory usual;

  @BeforeAll
  static void start() throws IOException {
    rig = Rig.create();
    // The SDK takes no trust anchor of its own.
    usual = HttpsURLConnection.getDefaultSSLSocketFactory();
    HttpsURLConnection.setDefaultSSLSocketFactory(TestTls.context().getSocketFactory());
    stripe = client(Client.PROVIDER_KEY);
  }

  @AfterAll
  static void stop() {
    HttpsURLConnection.setDefaultSSLSocketFactory(usual);
    rig.close();
  }

  private static StripeClient client(String key) {
    return StripeClient.builder()
        .setApiKey(key)
        .setApiBase(rig.simulator.providerUrl())
        .setMaxNetworkRetries(0)
        .build();
  }

  private static PaymentIntentCreateParams.Builder payment(String number, long amount) {
    return PaymentIntentCreateParams.builder()
        .setAmount(amount)
        .setCurrency("usd")
        .setConfirm(true)
        .addPaymentMethodType("card")
        .setReturnUrl("https://shop.example/return?order=7")
        .addExpand("latest_charge")
        .putMetadata("operation", Rig.reference())
        .setPaymentMethodData(
            PaymentIntentCreateParams.PaymentMethodData.builder()
                .putExtraParam("type", "card")
                .putExtraParam(
                    "card",
                    Map.of("number", number, "exp_month", 12, "exp_year", 2034, "cvc", "123"))
                .build());
  }

  private static PaymentIntentCreateParams.Builder manual(long amount) {
    return payment(VISA, amount).setCaptureMethod(PaymentIntentCreateParams.CaptureMethod.MANUAL);
  }

  private static PaymentIntent make(PaymentIntentCreateParams.Builder params)
      throws StripeException {
    return stripe.v1().paymentIntents().create(params.build());
  }

  @Test
  void paysAndLooksUp() throws StripeException {
    PaymentIntent paid = make(payment(VISA, 1_999));
    assertThat(paid.getStatus()).isEqualTo("succeeded");
    assertThat(paid.getAmountReceived()).isEqualTo(1_999);
    Charge charge = paid.getLatestChargeObject();
    assertThat(charge.getPaid()).isTrue();
    assertThat(charge.getPaymentMethodDetails().getCard().getLast4()).isEqualTo("4242");
    assertThat(charge.getPaymentMethodDetails().getCard().getChecks().getCvcCheck())
        .isEqualTo("pass");
    PaymentIntent again = stripe.v1().paymentIntents().retrieve(paid.getId());
    assertThat(again.getStatus()).isEqualTo("succeeded");
    assertThat(again.getLatestCharge()).isEqualTo(charge.getId());
    assertThat(stripe.v1().charges().retrieve(charge.getId()).getPaymentIntent())
        .isEqualTo(paid.getId());
  }

  @Test
  void findsAPaymentByItsMetadata() throws StripeException {
    PaymentIntent paid = make(payment(VISA, 1_999));
    String operation = String.valueOf(paid.getMetadata().get("operation"));
    assertThat(search(operation)).containsExactly(paid.getId());
    assertThat(search("op_never")).isEmpty();
  }

  private static java.util.List<String> search(String operation) throws StripeException {
    return stripe
        .v1()
        .paymentIntents()
        .search(
            PaymentIntentSearchParams.builder()
                .setQuery("metadata['operation']:'" + operation + "'")
                .build())
        .getData()
        .stream()
        .map(PaymentIntent::getId)
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"2500, 2500", "900, 900"})
  void capturesOnceAndReleasesTheRest(long amount, long received) throws StripeException {
    PaymentIntent held = make(manual(2_500));
    assertThat(held.getStatus()).isEqualTo("requires_capture");
    assertThat(held.getAmountCapturable()).isEqualTo(2_500);
    PaymentIntent taken = capture(held, amount);
    assertThat(taken.getStatus()).isEqualTo("succeeded");
    assertThat(taken.getAmountReceived()).isEqualTo(received);
    assertThat(taken.getAmountCapturable()).isZero();
    assertThatThrownBy(() -> capture(held, 1_000))
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            e -> assertThat(e.getCode()).isEqualTo("payment_intent_unexpected_state"));
  }

  private static PaymentIntent capture(PaymentIntent held, long amount) throws StripeException {
    return stripe
        .v1()
        .paymentIntents()
        .capture(
            held.getId(), PaymentIntentCaptureParams.builder().setAmountToCapture(amount).build());
  }

  @Test
  void takesNoMoreThanWasAuthorized() throws StripeException {
    PaymentIntent held = make(manual(2_500));
    assertThatThrownBy(() -> capture(held, 2_501))
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            e -> {
              assertThat(e.getCode()).isEqualTo("amount_too_large");
              assertThat(e.getParam()).isEqualTo("amount_to_capture");
            });
  }

  @Test
  void cancels() throws StripeException {
    PaymentIntent held = make(manual(2_500));
    PaymentIntent canceled =
        stripe
            .v1()
            .paymentIntents()
            .cancel(
                held.getId(),
                PaymentIntentCancelParams.builder()
                    .setCancellationReason(
                        PaymentIntentCancelParams.CancellationReason.REQUESTED_BY_CUSTOMER)
                    .build());
    assertThat(canceled.getStatus()).isEqualTo("canceled");
    assertThat(canceled.getCancellationReason()).isEqualTo("requested_by_customer");
    assertThatThrownBy(() -> capture(held, 100)).isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> refund(held.getId(), null))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void refundsInPartsAndWhole() throws StripeException {
    PaymentIntent paid = make(payment(VISA, 1_999));
    Refund part = refund(paid.getId(), 500L);
    assertThat(part.getStatus()).isEqualTo("succeeded");
    assertThat(part.getAmount()).isEqualTo(500);
    assertThatThrownBy(() -> refund(paid.getId(), 1_500L))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("greater than unrefunded");
    assertThat(refund(paid.getId(), null).getAmount()).isEqualTo(1_499);
    assertThatThrownBy(() -> refund(paid.getId(), 1L))
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            e -> assertThat(e.getCode()).isEqualTo("charge_already_refunded"));
    assertThat(stripe.v1().refunds().retrieve(part.getId()).getPaymentIntent())
        .isEqualTo(paid.getId());
    Charge charge = stripe.v1().charges().retrieve(paid.getLatestCharge());
    assertThat(charge.getRefunded()).isTrue();
  }

  private static Refund refund(String payment, @Nullable Long amount) throws StripeException {
    var params = RefundCreateParams.builder().setPaymentIntent(payment);
    return stripe
        .v1()
        .refunds()
        .create((amount == null ? params : params.setAmount(amount)).build());
  }

  @ParameterizedTest
  @CsvSource({"true, succeeded, succeeded", "false, requires_payment_method, failed"})
  void sendsTheShopperToTheBank(boolean pass, String status, String redirect)
      throws StripeException, IOException {
    PaymentIntent asked = make(payment("4000002760003184", 1_999));
    assertThat(asked.getStatus()).isEqualTo("requires_action");
    assertThat(asked.getLatestCharge()).isNull();
    assertThat(asked.getNextAction().getType()).isEqualTo("redirect_to_url");
    String back = rig.client.challenge(asked.getNextAction().getRedirectToUrl().getUrl(), pass);
    assertThat(back)
        .startsWith("https://shop.example/return?order=7&payment_intent=" + asked.getId())
        .endsWith("&redirect_status=" + redirect);
    PaymentIntent after = stripe.v1().paymentIntents().retrieve(asked.getId());
    assertThat(after.getStatus()).isEqualTo(status);
    assertThat(after.getNextAction()).isNull();
    if (!pass) {
      assertThat(after.getLastPaymentError().getCode())
          .isEqualTo("payment_intent_authentication_failure");
    }
  }

  @Test
  void aStoredCardIsChargedWithoutTheShopper() throws StripeException, IOException {
    PaymentIntent first =
        make(
            payment("4000002500003155", 1_999)
                .setSetupFutureUsage(PaymentIntentCreateParams.SetupFutureUsage.OFF_SESSION));
    rig.client.challenge(first.getNextAction().getRedirectToUrl().getUrl(), true);
    String agreement =
        stripe
            .v1()
            .charges()
            .retrieve(stripe.v1().paymentIntents().retrieve(first.getId()).getLatestCharge())
            .getPaymentMethodDetails()
            .getCard()
            .getNetworkTransactionId();
    assertThat(make(merchants(agreement)).getStatus()).isEqualTo("succeeded");
    assertThatThrownBy(() -> make(merchants("ntx_00000000never")))
        .isInstanceOfSatisfying(
            CardException.class, e -> assertThat(e.getCode()).isEqualTo("authentication_required"));
  }

  private static PaymentIntentCreateParams.Builder merchants(String agreement) {
    return payment("4000002500003155", 900)
        .setReturnUrl(null)
        .setOffSession(true)
        .setPaymentMethodOptions(
            PaymentIntentCreateParams.PaymentMethodOptions.builder()
                .setCard(
                    PaymentIntentCreateParams.PaymentMethodOptions.Card.builder()
                        .putExtraParam("mit_exemption", Map.of("network_transaction_id", agreement))
                        .build())
                .build());
  }

  @ParameterizedTest
  @CsvSource({
    "4000000000000002, card_declined, generic_decline",
    "4000000000009995, card_declined, insufficient_funds",
    "4000000000000069, expired_card,",
    "4000000000000127, incorrect_cvc,",
    "4000000000000119, processing_error,",
    "4242424242424241, incorrect_number,"
  })
  void aRefusedCardIsAnError(String number, String code, String decline) throws StripeException {
    assertThatThrownBy(() -> make(payment(number, 1_999)))
        .isInstanceOfSatisfying(
            CardException.class,
            e -> {
              assertThat(e.getStatusCode()).isEqualTo(402);
              assertThat(e.getCode()).isEqualTo(code);
              assertThat(e.getDeclineCode()).isEqualTo(decline);
              assertThat(e.getStripeError().getPaymentIntent().getStatus())
                  .isEqualTo("requires_payment_method");
            });
  }

  @Test
  void anotherCardMayBeTried() throws StripeException {
    PaymentIntent made =
        stripe
            .v1()
            .paymentIntents()
            .create(
                PaymentIntentCreateParams.builder()
                    .setAmount(1_999L)
                    .setCurrency("eur")
                    .addPaymentMethodType("card")
                    .build());
    assertThat(made.getStatus()).isEqualTo("requires_payment_method");
    assertThatThrownBy(() -> confirm(made, "pm_card_chargeDeclined"))
        .isInstanceOf(CardException.class);
    assertThat(confirm(made, "pm_card_visa").getStatus()).isEqualTo("succeeded");
    assertThatThrownBy(() -> confirm(made, "pm_card_visa"))
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            e -> assertThat(e.getCode()).isEqualTo("payment_intent_unexpected_state"));
  }

  private static PaymentIntent confirm(PaymentIntent intent, String method) throws StripeException {
    return stripe
        .v1()
        .paymentIntents()
        .confirm(
            intent.getId(),
            PaymentIntentConfirmParams.builder()
                .setPaymentMethod(method)
                .setReturnUrl("https://shop.example/")
                .build());
  }

  @Test
  void aWrongKeyOpensNothing() {
    assertThatThrownBy(() -> client("sk_test_wrong").v1().paymentIntents().retrieve("pi_x"))
        .isInstanceOf(AuthenticationException.class);
  }

  @Test
  void whatIsWrongIsNamed() {
    assertThatThrownBy(() -> make(payment(VISA, 1_999).setCurrency("xyz")))
        .isInstanceOfSatisfying(
            InvalidRequestException.class, e -> assertThat(e.getParam()).isEqualTo("currency"));
    assertThatThrownBy(() -> make(payment(VISA, 49)))
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            e -> assertThat(e.getCode()).isEqualTo("amount_too_small"));
    assertThatThrownBy(() -> make(payment(VISA, 1_999).putExtraParam("amuont", "1")))
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            e -> assertThat(e.getCode()).isEqualTo("parameter_unknown"));
    assertThatThrownBy(() -> stripe.v1().paymentIntents().retrieve("pi_never"))
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            e -> {
              assertThat(e.getStatusCode()).isEqualTo(404);
              assertThat(e.getCode()).isEqualTo("resource_missing");
            });
  }

  @Test
  void theSameKeyGetsTheSameAnswer() throws StripeException {
    RequestOptions key = RequestOptions.builder().setIdempotencyKey(Rig.reference()).build();
    PaymentIntentCreateParams params = manual(1_999).build();
    PaymentIntent first = stripe.v1().paymentIntents().create(params, key);
    capture(first, 1_999);
    PaymentIntent again = stripe.v1().paymentIntents().create(params, key);
    assertThat(again.getId()).isEqualTo(first.getId());
    assertThat(again.getStatus()).isEqualTo("requires_capture");
    assertThat(again.getLastResponse().headers().firstValue("Idempotent-Replayed"))
        .contains("true");
    assertThatThrownBy(() -> stripe.v1().paymentIntents().create(manual(2_000).build(), key))
        .isInstanceOfSatisfying(
            IdempotencyException.class, e -> assertThat(e.getStatusCode()).isEqualTo(400));
    RequestOptions refused = RequestOptions.builder().setIdempotencyKey(Rig.reference()).build();
    PaymentIntentCreateParams declined = payment("4000000000000002", 1_999).build();
    String intent = declinedIntent(declined, refused);
    assertThat(declinedIntent(declined, refused)).isEqualTo(intent);
  }

  private static String declinedIntent(PaymentIntentCreateParams params, RequestOptions key)
      throws StripeException {
    try {
      return "not declined: " + stripe.v1().paymentIntents().create(params, key).getId();
    } catch (CardException e) {
      return e.getStripeError().getPaymentIntent().getId();
    }
  }

  @Test
  void tellsOfWhatChangesAndSignsIt() throws Exception {
    try (Receiver receiver = new Receiver()) {
      String secret = "whsec_of_the_tests";
      rig.notify("stripe", Map.of("url", receiver.url(), "secret", secret, "twice", 1L));
      PaymentIntent paid = make(payment("4000000000005126", 1_999));
      Refund refund = refund(paid.getId(), 500L);
      rig.client.control("POST", "/control/clock", Map.of("advance_seconds", 5L));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> receiver.with("\"refund.failed\"").size() == 2);
      Receiver.Received first = receiver.with("\"payment_intent.succeeded\"").getFirst();
      String signature = first.headers().get("stripe-signature");
      // The simulator's clock is the test's: no tolerance fits.
      Event event = Webhook.constructEvent(first.body(), signature, secret, Long.MAX_VALUE / 2);
      PaymentIntent told = (PaymentIntent) event.getDataObjectDeserializer().deserializeUnsafe();
      assertThat(told.getId()).isEqualTo(paid.getId());
      assertThatThrownBy(
              () ->
                  Webhook.constructEvent(
                      first.body(), signature, "whsec_other", Long.MAX_VALUE / 2))
          .isInstanceOf(SignatureVerificationException.class);
      assertThat(receiver.with("\"payment_intent.succeeded\""))
          .hasSize(2)
          .extracting(Receiver.Received::body)
          .containsOnly(first.body());
      assertThat(receiver.with("\"refund.failed\"").getFirst().body()).contains(refund.getId());
    } finally {
      rig.client.control("DELETE", "/control/notifications?provider=stripe", null);
    }
  }
}
