package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.ApiException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.PaymentIntent;
import com.stripe.param.ChargeListParams;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentIntentListParams;
import com.stripe.service.V1Services;
import dev.portcullis.systemtest.CuttingProxy.Cut;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The SDK tries again by itself, with the same key: what was cut off is paid once. */
@Order(18)
@ExtendWith(SharedPortcullis.class)
class StripeJavaRetryTest {
  private final Portcullis portcullis;
  private final V1Services api;
  private final CuttingProxy proxy;
  private final V1Services cut;

  StripeJavaRetryTest(Portcullis portcullis) {
    this.portcullis = portcullis;
    this.api = new Sdk(portcullis).api();
    this.proxy = new CuttingProxy(portcullis.api());
    this.cut = Sdk.client(proxy.url(), portcullis.secretKey(), 3);
  }

  @AfterEach
  void closeProxy() throws IOException {
    proxy.close();
  }

  private Customer customer() throws StripeException {
    return api.customers().create(CustomerCreateParams.builder().build());
  }

  private static PaymentIntentCreateParams params(Customer customer, Cut where, long amount) {
    return StripeJavaTest.confirmed(amount, "pm_card_visa")
        .setCustomer(customer.getId())
        .putMetadata("cut", where.word())
        .build();
  }

  private PaymentIntent pay(Customer customer, Cut where, long amount) throws StripeException {
    return cut.paymentIntents().create(params(customer, where, amount));
  }

  private long charged(long amount) throws IOException, InterruptedException {
    return portcullis.simulator().ledger().stream()
        .filter(each -> each.kind().equals("authorization") && each.amount() == amount)
        .count();
  }

  @ParameterizedTest
  @CsvSource({"REQUEST, 7310", "ANSWER, 7311", "ADVISED, 7313"})
  void whatIsCutOffIsPaidOnce(Cut where, long amount) throws Exception {
    Customer customer = customer();

    PaymentIntent paid = pay(customer, where, amount);

    assertThat(paid.getStatus()).isEqualTo("succeeded");
    assertThat(paid.getAmountReceived()).isEqualTo(amount);
    List<CuttingProxy.Seen> tries = proxy.seen(customer.getId());
    assertThat(tries).hasSizeBetween(2, 4);
    assertThat(tries).extracting(CuttingProxy.Seen::key).containsOnly(tries.getFirst().key());
    assertThat(tries.getFirst().key()).isNotEmpty();
    assertThat(paid.getLastResponse().headers().firstValue("Idempotent-Replayed").isPresent())
        .isEqualTo(where == Cut.ANSWER);
    paidOnce(customer, paid, amount);
  }

  /**
   * When an answer has begun, stripe-java does not try again by itself but says so; a caller who
   * does, with the key of the first time, gets the answer of the first time.
   */
  @Test
  void whatBreaksOffInTheAnswerIsToldAndPaidOnceWithTheSameKey() throws Exception {
    long amount = 7_312;
    Customer customer = customer();
    String key = UUID.randomUUID().toString();
    PaymentIntentCreateParams params = params(customer, Cut.MIDDLE, amount);
    assertThat(
            catchThrowableOfType(
                ApiConnectionException.class,
                () -> cut.paymentIntents().create(params, Sdk.key(key))))
        .isNotNull();
    PaymentIntent paid = cut.paymentIntents().create(params, Sdk.key(key));
    assertThat(paid.getStatus()).isEqualTo("succeeded");
    assertThat(paid.getLastResponse().headers().firstValue("Idempotent-Replayed")).hasValue("true");
    assertThat(proxy.seen(customer.getId())).hasSize(2);
    paidOnce(customer, paid, amount);
  }

  private void paidOnce(Customer customer, PaymentIntent paid, long amount) throws Exception {
    PaymentIntentListParams theirs =
        PaymentIntentListParams.builder().setCustomer(customer.getId()).build();
    assertThat(api.paymentIntents().list(theirs).getData())
        .extracting(PaymentIntent::getId)
        .containsExactly(paid.getId());
    assertThat(
            api.charges()
                .list(ChargeListParams.builder().setPaymentIntent(paid.getId()).build())
                .getData())
        .hasSize(1);
    assertThat(charged(amount)).isEqualTo(1);
    assertThat(api.paymentIntents().retrieve(paid.getId()).toJson()).isEqualTo(paid.toJson());
  }

  @Test
  void adviceNotToTryAgainIsTaken() throws Exception {
    long amount = 7_314;
    Customer customer = customer();
    ApiException refused =
        catchThrowableOfType(ApiException.class, () -> pay(customer, Cut.DISCOURAGED, amount));
    assertThat(refused.getStatusCode()).isEqualTo(503);
    assertThat(proxy.seen(customer.getId())).hasSize(1);
    assertThat(charged(amount)).isZero();
  }
}
