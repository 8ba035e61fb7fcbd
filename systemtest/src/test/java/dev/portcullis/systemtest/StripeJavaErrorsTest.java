package dev.portcullis.systemtest;

import static dev.portcullis.systemtest.StripeJavaTest.confirmed;
import static dev.portcullis.systemtest.StripeJavaTest.payment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonParser;
import com.stripe.StripeClient;
import com.stripe.exception.ApiException;
import com.stripe.exception.AuthenticationException;
import com.stripe.exception.CardException;
import com.stripe.exception.IdempotencyException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.PermissionException;
import com.stripe.exception.StripeException;
import com.stripe.model.PaymentIntent;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.net.RawRequestOptions;
import com.stripe.net.RequestOptions;
import com.stripe.net.StripeResponse;
import com.stripe.param.CustomerCreateParams;
import com.stripe.service.V1Services;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each error is the class that the SDK has for it; requests that the SDK has no method for. */
@Order(19)
@ExtendWith(SharedPortcullis.class)
class StripeJavaErrorsTest {
  private static final String SLOW =
      "{\"seed\":1,\"rates\":{\"latency\":1},\"latency_ms\":[3000,3000]}";

  private final Portcullis portcullis;
  private final V1Services api;
  private final StripeClient client;

  StripeJavaErrorsTest(Portcullis portcullis) {
    this.portcullis = portcullis;
    this.api = new Sdk(portcullis).api();
    this.client =
        StripeClient.builder()
            .setApiKey(portcullis.secretKey())
            .setApiBase(portcullis.api())
            .build();
  }

  private void says(StripeException error, int status, String type) {
    assertThat(error.getStatusCode()).isEqualTo(status);
    assertThat(error.getStripeError().getType()).isEqualTo(type);
    assertThat(error.getRequestId()).startsWith("req_");
    assertThat(error.getStripeError().getMessage()).isNotBlank();
  }

  @Test
  void eachCaseOfTheTableIsItsClass() throws StripeException {
    InvalidRequestException missing =
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> client.rawRequest(RequestMethod.POST, "/v1/payment_intents", "currency=usd"));
    says(missing, 400, "invalid_request_error");
    assertThat(missing.getCode()).isEqualTo("parameter_missing");
    assertThat(missing.getParam()).isEqualTo("amount");
    V1Services wrongKey = Sdk.client(portcullis.api(), "sk_test_wrong", 0);
    says(
        catchThrowableOfType(AuthenticationException.class, () -> wrongKey.balance().retrieve()),
        401,
        "invalid_request_error");
    CardException declined =
        catchThrowableOfType(
            CardException.class,
            () ->
                api.paymentIntents()
                    .create(confirmed(1_500, "pm_card_visa_chargeDeclined").build()));
    says(declined, 402, "card_error");
    assertThat(declined.getDeclineCode()).isEqualTo("generic_decline");
    assertThat(declined.getCharge()).startsWith("ch_");
    V1Services browser = Sdk.client(portcullis.api(), portcullis.lastStatus().publishableKey(), 0);
    says(
        catchThrowableOfType(PermissionException.class, () -> browser.balance().retrieve()),
        403,
        "invalid_request_error");
    says(
        catchThrowableOfType(
            InvalidRequestException.class, () -> api.customers().retrieve("cus_none")),
        404,
        "invalid_request_error");
    String key = UUID.randomUUID().toString();
    api.paymentIntents().create(payment(100).build(), Sdk.key(key));
    says(
        catchThrowableOfType(
            IdempotencyException.class,
            () -> api.paymentIntents().create(payment(101).build(), Sdk.key(key))),
        400,
        "idempotency_error");
  }

  @Test
  void aKeyInUseIsAConflictAndAClientThatTriesAgainGetsTheAnswer() throws Exception {
    String key = UUID.randomUUID().toString();
    var params = confirmed(7_409, "pm_card_visa").setDescription(key).build();
    V1Services patient = Sdk.client(portcullis.api(), portcullis.secretKey(), 8);
    portcullis.simulator().faults(SLOW);
    try (ExecutorService caller = Executors.newSingleThreadExecutor()) {
      Future<PaymentIntent> first =
          caller.submit(() -> api.paymentIntents().create(params, Sdk.key(key)));
      Awaitility.await("the first request has begun")
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> begun(key));
      ApiException conflict =
          catchThrowableOfType(
              ApiException.class, () -> api.paymentIntents().create(params, Sdk.key(key)));
      says(conflict, 409, "idempotency_error");
      assertThat(conflict.getCode()).isEqualTo("idempotency_key_in_use");
      PaymentIntent again = patient.paymentIntents().create(params, Sdk.key(key));
      assertThat(again.getId()).isEqualTo(first.get().getId());
      assertThat(again.getStatus()).isEqualTo("succeeded");
    } finally {
      portcullis.simulator().noFaults();
    }
    assertThat(
            portcullis.simulator().ledger().stream()
                .filter(each -> each.amount() == 7_409 && each.kind().equals("authorization")))
        .hasSize(1);
  }

  /** The payment of that description is stored. */
  private boolean begun(String description) throws StripeException {
    return api.paymentIntents().list().getData().stream()
        .anyMatch(intent -> description.equals(intent.getDescription()));
  }

  @Test
  void aPartThatIsAwayIsAnApiErrorAndAClientThatTriesAgainWaitsForIt() {
    portcullis.killNine("vault");
    ApiException away =
        catchThrowableOfType(
            ApiException.class, () -> api.paymentMethods().retrieve("pm_0000000000000000000000"));
    says(away, 503, "api_error");
    V1Services patient = Sdk.client(portcullis.api(), portcullis.secretKey(), 20);
    InvalidRequestException missing =
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> patient.paymentMethods().retrieve("pm_0000000000000000000000"));
    assertThat(missing.getStatusCode()).isEqualTo(404);
    portcullis.awaitHealthy();
  }

  @Test
  void rawRequestsGoWhereTheyAreSent() throws StripeException {
    RawRequestOptions older =
        RawRequestOptions.builder()
            .setAdditionalHeaders(Map.of("Stripe-Version", "2023-08-16"))
            .setIdempotencyKey(UUID.randomUUID().toString())
            .build();
    StripeResponse made =
        client.rawRequest(
            RequestMethod.POST,
            "/v1/payment_intents",
            "amount=1200&currency=usd&metadata[a]=b",
            older);
    assertThat(made.code()).isEqualTo(200);
    assertThat(made.headers().firstValue("Stripe-Version")).hasValue("2023-08-16");
    PaymentIntent intent =
        (PaymentIntent) client.deserialize(made.body(), com.stripe.net.ApiMode.V1);
    assertThat(intent.getAmount()).isEqualTo(1_200);
    assertThat(intent.getMetadata()).containsEntry("a", "b");
    // That version had another default.
    assertThat(JsonParser.parseString(made.body()).getAsJsonObject().get("capture_method"))
        .hasToString("\"automatic\"");
    StripeResponse newest =
        client.rawRequest(RequestMethod.GET, "/v1/payment_intents/" + intent.getId(), null);
    assertThat(newest.headers().firstValue("Stripe-Version"))
        .hasValue(com.stripe.Stripe.API_VERSION);
    InvalidRequestException unknown =
        catchThrowableOfType(
            InvalidRequestException.class,
            () ->
                client.rawRequest(
                    RequestMethod.GET,
                    "/v1/balance",
                    null,
                    RawRequestOptions.builder()
                        .setAdditionalHeaders(Map.of("Stripe-Version", "1999-01-01"))
                        .build()));
    says(unknown, 400, "invalid_request_error");
    says(
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> client.rawRequest(RequestMethod.GET, "/v1/unheard_of", null)),
        404,
        "invalid_request_error");
  }

  @Test
  void anotherAccountIsRefused() throws Exception {
    RequestOptions account = RequestOptions.builder().setStripeAccount("acct_other").build();
    PermissionException otherAccount =
        catchThrowableOfType(
            PermissionException.class,
            () -> api.customers().create(CustomerCreateParams.builder().build(), account));
    says(otherAccount, 403, "invalid_request_error");
    assertThat(otherAccount.getMessage()).contains("acct_other");
    for (String context : new String[] {"acct_other", "org_1/acct_other"}) {
      RequestOptions options = RequestOptions.builder().setStripeContext(context).build();
      PermissionException otherContext =
          catchThrowableOfType(
              PermissionException.class,
              () -> api.customers().create(CustomerCreateParams.builder().build(), options));
      says(otherContext, 403, "invalid_request_error");
      assertThat(otherContext.getMessage()).contains(context);
      Http.Answer card =
          Http.send(
              Http.authorized(portcullis.cards() + "/v1/tokens", portcullis.secretKey())
                  .header("Stripe-Context", context),
              Map.of("card[number]", "4242424242424242"));
      assertThat(card.status()).isEqualTo(403);
    }
  }
}
