package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.stripe.exception.CardException;
import com.stripe.exception.RateLimitException;
import com.stripe.exception.StripeException;
import com.stripe.model.Charge;
import com.stripe.model.PaymentMethod;
import com.stripe.model.radar.ValueList;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.radar.ValueListCreateParams;
import com.stripe.param.radar.ValueListItemCreateParams;
import com.stripe.service.V1Services;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What an official SDK makes of limits and of blocked payments. */
@Order(40)
class StripeJavaLimitsTest {

  private static Portcullis portcullis;
  private static V1Services api;

  @BeforeAll
  static void start() {
    portcullis =
        Portcullis.start(
            Map.of(
                "PORTCULLIS_GATEWAY_LIMITS_TEST_KEY_LISTS",
                "1",
                "PORTCULLIS_GATEWAY_LIMITS_BURST",
                "5"));
    api = new Sdk(portcullis).api();
  }

  @AfterAll
  static void stop() {
    portcullis.close();
  }

  private static PaymentIntentCreateParams payment(String card) {
    return PaymentIntentCreateParams.builder()
        .setAmount(1_999L)
        .setCurrency("usd")
        .setPaymentMethod(card)
        .setConfirm(true)
        .build();
  }

  @Test
  void one_list_too_many_is_a_RateLimitException_and_payments_go_on() throws StripeException {
    RateLimitException refused =
        catchThrowableOfType(
            RateLimitException.class,
            () -> {
              for (int n = 0; n < 1_000; n++) {
                assertThat(api.customers().list().getData()).isNotNull();
              }
            });
    assertThat(refused.getStatusCode()).isEqualTo(429);
    assertThat(refused.getCode()).isEqualTo("rate_limit");
    var headers = refused.getStripeError().getLastResponse().headers();
    assertThat(headers.firstValue("Retry-After")).hasValue("1");
    assertThat(headers.firstValue("Stripe-Should-Retry")).hasValue("true");
    assertThat(headers.firstValue("Stripe-Rate-Limited-Reason")).hasValue("endpoint-rate");
    assertThat(api.paymentIntents().create(payment("pm_card_visa")).getStatus())
        .isEqualTo("succeeded");
    // A client that retries as it is told gets its list.
    assertThat(new Sdk(portcullis, 3).api().customers().list().getData()).isNotNull();
  }

  @Test
  void a_listed_card_is_declined_without_the_provider() throws StripeException {
    PaymentMethod card = new Sdk(portcullis).card("4242424242424242");
    ValueList list =
        api.radar()
            .valueLists()
            .create(
                ValueListCreateParams.builder()
                    .setAlias("card_fingerprint_blocklist")
                    .setName("Cards that we do not take")
                    .setItemType(ValueListCreateParams.ItemType.CARD_FINGERPRINT)
                    .build());
    api.radar()
        .valueListItems()
        .create(
            ValueListItemCreateParams.builder()
                .setValueList(list.getId())
                .setValue(card.getCard().getFingerprint())
                .build());
    CardException blocked =
        catchThrowableOfType(
            CardException.class, () -> api.paymentIntents().create(payment(card.getId())));
    assertThat(blocked.getCode()).isEqualTo("card_declined");
    Charge charge = api.charges().retrieve(blocked.getCharge());
    assertThat(charge.getOutcome().getType()).isEqualTo("blocked");
    assertThat(charge.getOutcome().getNetworkStatus()).isEqualTo("not_sent_to_network");
    assertThat(charge.getOutcome().getReason()).isEqualTo("rule");
    assertThat(api.radar().valueLists().delete(list.getId()).getDeleted()).isTrue();
    assertThat(
            api.paymentIntents()
                .create(payment(new Sdk(portcullis).card("4242424242424242").getId()))
                .getStatus())
        .isEqualTo("succeeded");
  }
}
