package dev.portcullis.systemtest;

import static dev.portcullis.systemtest.StripeJavaTest.confirmed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.stripe.exception.CardException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.PaymentIntent;
import com.stripe.model.PaymentMethod;
import com.stripe.model.SetupIntent;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.SetupIntentConfirmParams;
import com.stripe.param.SetupIntentCreateParams;
import com.stripe.service.V1Services;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The shopper proves who they are; cards kept for later. */
@Order(11)
@ExtendWith(SharedPortcullis.class)
class StripeJavaAuthenticationTest {
  private static final String ALWAYS = "4000002760003184";
  private static final String UNLESS_SET_UP = "4000002500003155";
  private static final String RETURN_URL = "https://shop.example.com/done?order=7";

  private final Portcullis portcullis;
  private final Sdk sdk;
  private final V1Services api;

  StripeJavaAuthenticationTest(Portcullis portcullis) {
    this.portcullis = portcullis;
    this.sdk = new Sdk(portcullis);
    this.api = sdk.api();
  }

  private PaymentIntent challenged(String card) throws StripeException {
    PaymentIntent intent =
        api.paymentIntents().create(confirmed(1099, card).setReturnUrl(RETURN_URL).build());
    assertThat(intent.getStatus()).isEqualTo("requires_action");
    assertThat(intent.getNextAction().getType()).isEqualTo("redirect_to_url");
    assertThat(intent.getNextAction().getRedirectToUrl().getReturnUrl()).isEqualTo(RETURN_URL);
    return intent;
  }

  /** Where the shopper stands after every redirect of ours. */
  private String home(String location) throws IOException, InterruptedException {
    String at = location;
    for (int hop = 0; hop < 5 && at.startsWith(portcullis.api()); hop++) {
      Http.Answer answer = Http.send(Http.request(at).GET());
      assertThat(answer.status()).as(answer.body()).isBetween(302, 303);
      at = answer.header("location");
    }
    return at;
  }

  private static <T> T soon(String what, Callable<T> look, java.util.function.Predicate<T> until) {
    return await(what)
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(50))
        .until(look, until);
  }

  private PaymentIntent settled(String id) {
    return soon(
        "the challenge's outcome",
        () -> api.paymentIntents().retrieve(id),
        intent -> !"requires_action".equals(intent.getStatus()));
  }

  @Test
  void aPassedChallengePays() throws Exception {
    PaymentIntent intent = challenged(sdk.card(ALWAYS).getId());

    String left = home(Challenge.complete(intent.getNextAction().getRedirectToUrl().getUrl()));

    assertThat(left).startsWith("https://shop.example.com/done?order=7");
    assertThat(left)
        .contains("payment_intent=" + intent.getId())
        .contains("payment_intent_client_secret=" + intent.getClientSecret());
    PaymentIntent paid = settled(intent.getId());
    assertThat(paid.getStatus()).isEqualTo("succeeded");
    assertThat(paid.getAmountReceived()).isEqualTo(1099);
    assertThat(paid.getNextAction()).isNull();
  }

  /** A card that no bank would ask about. */
  @Test
  void aMerchantMayWantEveryShopperAuthenticated() throws Exception {
    PaymentIntent intent =
        api.paymentIntents()
            .create(
                confirmed(1099, "pm_card_visa")
                    .setPaymentMethodOptions(
                        PaymentIntentCreateParams.PaymentMethodOptions.builder()
                            .setCard(
                                PaymentIntentCreateParams.PaymentMethodOptions.Card.builder()
                                    .setRequestThreeDSecure(
                                        PaymentIntentCreateParams.PaymentMethodOptions.Card
                                            .RequestThreeDSecure.ANY)
                                    .build())
                            .build())
                    .setReturnUrl(RETURN_URL)
                    .build());
    assertThat(intent.getStatus()).isEqualTo("requires_action");
    home(Challenge.complete(intent.getNextAction().getRedirectToUrl().getUrl()));
    PaymentIntent paid = settled(intent.getId());
    assertThat(paid.getStatus()).isEqualTo("succeeded");
    assertThat(
            api.charges()
                .retrieve(paid.getLatestCharge())
                .getPaymentMethodDetails()
                .getCard()
                .getThreeDSecure()
                .getResult())
        .isEqualTo("authenticated");
  }

  @Test
  void aPassedChallengeHoldsWhenCaptureIsManual() throws Exception {
    PaymentIntent intent =
        api.paymentIntents()
            .create(
                confirmed(1099, "pm_card_authenticationRequired")
                    .setCaptureMethod(PaymentIntentCreateParams.CaptureMethod.MANUAL)
                    .setReturnUrl(RETURN_URL)
                    .build());
    assertThat(intent.getStatus()).isEqualTo("requires_action");
    home(Challenge.complete(intent.getNextAction().getRedirectToUrl().getUrl()));
    assertThat(settled(intent.getId()).getStatus()).isEqualTo("requires_capture");
    assertThat(api.paymentIntents().capture(intent.getId()).getAmountReceived()).isEqualTo(1099);
  }

  @Test
  void aPassedChallengeWaitsForTheServerWhenConfirmationIsManual() throws Exception {
    PaymentIntent intent =
        api.paymentIntents()
            .create(
                confirmed(1099, "pm_card_authenticationRequired")
                    .setConfirmationMethod(PaymentIntentCreateParams.ConfirmationMethod.MANUAL)
                    .setReturnUrl(RETURN_URL)
                    .build());
    assertThat(intent.getStatus()).isEqualTo("requires_action");
    home(Challenge.complete(intent.getNextAction().getRedirectToUrl().getUrl()));
    PaymentIntent agreed = settled(intent.getId());
    assertThat(agreed.getStatus()).isEqualTo("requires_confirmation");
    assertThat(agreed.getAmountReceived()).isZero();
    PaymentIntent paid = api.paymentIntents().confirm(intent.getId());
    assertThat(paid.getStatus()).isEqualTo("succeeded");
    assertThat(paid.getAmountReceived()).isEqualTo(1099);
  }

  @Test
  void aFailedChallengeAsksForAnotherCard() throws Exception {
    PaymentIntent intent = challenged(sdk.card(ALWAYS).getId());

    home(Challenge.fail(intent.getNextAction().getRedirectToUrl().getUrl()));

    PaymentIntent failed = settled(intent.getId());
    assertThat(failed.getStatus()).isEqualTo("requires_payment_method");
    assertThat(failed.getLastPaymentError().getCode())
        .isEqualTo("payment_intent_authentication_failure");
    assertThat(failed.getAmountReceived()).isZero();
  }

  @Test
  void aChallengedIntentCanBeCanceled() throws StripeException {
    PaymentIntent intent = challenged(sdk.card(ALWAYS).getId());
    assertThat(api.paymentIntents().cancel(intent.getId()).getStatus()).isEqualTo("canceled");
  }

  @Test
  void offSessionACardThatNeedsTheShopperIsDeclined() throws StripeException {
    Customer customer = api.customers().create(CustomerCreateParams.builder().build());
    PaymentMethod card = sdk.card(ALWAYS);
    CardException declined =
        catchThrowableOfType(
            CardException.class,
            () ->
                api.paymentIntents()
                    .create(
                        confirmed(1099, card.getId())
                            .setCustomer(customer.getId())
                            .setOffSession(true)
                            .build()));
    assertThat(declined.getCode()).isEqualTo("authentication_required");
    assertThat(declined.getStripeError().getPaymentIntent().getStatus())
        .isEqualTo("requires_payment_method");
  }

  @Test
  void aCardSetUpOncePaysLaterWithoutTheShopper() throws Exception {
    Customer customer = api.customers().create(CustomerCreateParams.builder().build());
    PaymentMethod card = sdk.card(UNLESS_SET_UP);
    SetupIntent setup =
        api.setupIntents()
            .create(
                SetupIntentCreateParams.builder()
                    .setCustomer(customer.getId())
                    .setUsage(SetupIntentCreateParams.Usage.OFF_SESSION)
                    .build());
    assertThat(setup.getStatus()).isEqualTo("requires_payment_method");
    SetupIntent asked =
        api.setupIntents()
            .confirm(
                setup.getId(),
                SetupIntentConfirmParams.builder()
                    .setPaymentMethod(card.getId())
                    .setReturnUrl(RETURN_URL)
                    .build());
    assertThat(asked.getStatus()).isEqualTo("requires_action");
    home(Challenge.complete(asked.getNextAction().getRedirectToUrl().getUrl()));
    SetupIntent done =
        soon(
            "the set-up's outcome",
            () -> api.setupIntents().retrieve(setup.getId()),
            seen -> !"requires_action".equals(seen.getStatus()));
    assertThat(done.getStatus()).isEqualTo("succeeded");
    assertThat(api.paymentMethods().retrieve(card.getId()).getCustomer())
        .isEqualTo(customer.getId());

    PaymentIntent later =
        api.paymentIntents()
            .create(
                confirmed(5000, card.getId())
                    .setCustomer(customer.getId())
                    .setOffSession(true)
                    .build());

    assertThat(later.getStatus()).isEqualTo("succeeded");
  }

  @Test
  void aCardKeptByAPaymentPaysLaterWithoutTheShopper() throws Exception {
    Customer customer = api.customers().create(CustomerCreateParams.builder().build());
    PaymentMethod card = sdk.card(UNLESS_SET_UP);
    PaymentIntent first =
        api.paymentIntents()
            .create(
                confirmed(1099, card.getId())
                    .setCustomer(customer.getId())
                    .setSetupFutureUsage(PaymentIntentCreateParams.SetupFutureUsage.OFF_SESSION)
                    .setReturnUrl(RETURN_URL)
                    .build());
    assertThat(first.getStatus()).isEqualTo("requires_action");
    home(Challenge.complete(first.getNextAction().getRedirectToUrl().getUrl()));
    assertThat(settled(first.getId()).getStatus()).isEqualTo("succeeded");

    PaymentIntent later =
        api.paymentIntents()
            .create(
                confirmed(5000, card.getId())
                    .setCustomer(customer.getId())
                    .setOffSession(true)
                    .build());

    assertThat(later.getStatus()).isEqualTo("succeeded");
  }

  @Test
  void aPlainCardIsSetUpAtOnceAndADeclinedOneIsNot() throws StripeException {
    Customer customer = api.customers().create(CustomerCreateParams.builder().build());
    SetupIntent done =
        api.setupIntents()
            .create(
                SetupIntentCreateParams.builder()
                    .setCustomer(customer.getId())
                    .setPaymentMethod("pm_card_visa")
                    .setConfirm(true)
                    .build());
    assertThat(done.getStatus()).isEqualTo("succeeded");
    CardException declined =
        catchThrowableOfType(
            CardException.class,
            () ->
                api.setupIntents()
                    .create(
                        SetupIntentCreateParams.builder()
                            .setPaymentMethod("pm_card_visa_chargeDeclined")
                            .setConfirm(true)
                            .build()));
    assertThat(declined.getStatusCode()).isEqualTo(402);
    assertThat(declined.getStripeError().getSetupIntent().getStatus())
        .isEqualTo("requires_payment_method");
  }

  @Test
  void aPaymentCanKeepItsCardForLater() throws StripeException {
    Customer customer = api.customers().create(CustomerCreateParams.builder().build());
    PaymentMethod card = sdk.card("4242424242424242");
    PaymentIntent paid =
        api.paymentIntents()
            .create(
                confirmed(800, card.getId())
                    .setCustomer(customer.getId())
                    .setSetupFutureUsage(PaymentIntentCreateParams.SetupFutureUsage.OFF_SESSION)
                    .build());
    assertThat(paid.getStatus()).isEqualTo("succeeded");
    assertThat(api.paymentMethods().retrieve(card.getId()).getCustomer())
        .isEqualTo(customer.getId());
    PaymentIntent later =
        api.paymentIntents()
            .create(
                confirmed(900, card.getId())
                    .setCustomer(customer.getId())
                    .setOffSession(true)
                    .build());
    assertThat(later.getStatus()).isEqualTo("succeeded");
  }
}
