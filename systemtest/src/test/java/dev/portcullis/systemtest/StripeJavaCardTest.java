package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.CardException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.BalanceTransaction;
import com.stripe.model.Customer;
import com.stripe.model.PaymentIntent;
import com.stripe.model.PaymentMethod;
import com.stripe.model.Refund;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentMethodAttachParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.service.V1Services;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of cards, as a user of the SDK meets it. */
@Order(10)
@ExtendWith(SharedPortcullis.class)
class StripeJavaCardTest {

  private final V1Services api;

  StripeJavaCardTest(Portcullis portcullis) {
    this.api = new Sdk(portcullis).api();
  }

  private PaymentMethod attach(String card, Customer customer) throws StripeException {
    return api.paymentMethods()
        .attach(card, PaymentMethodAttachParams.builder().setCustomer(customer.getId()).build());
  }

  private Customer customer() throws StripeException {
    return api.customers().create(CustomerCreateParams.builder().setName("Ada").build());
  }

  @Test
  void aCardThatDeclinesIsRefusedWhenItIsAttached() throws StripeException {
    Customer customer = customer();
    assertThatThrownBy(() -> attach("pm_card_chargeDeclined", customer))
        .isInstanceOfSatisfying(
            CardException.class,
            e -> {
              assertThat(e.getStatusCode()).isEqualTo(402);
              assertThat(e.getCode()).isEqualTo("card_declined");
              assertThat(e.getDeclineCode()).isEqualTo("generic_decline");
            });
    assertThatThrownBy(() -> attach("pm_card_visa_chargeDeclinedExpiredCard", customer))
        .isInstanceOfSatisfying(
            CardException.class, e -> assertThat(e.getCode()).isEqualTo("expired_card"));
    PaymentMethod later = attach("pm_card_chargeCustomerFail", customer);
    assertThat(later.getCustomer()).isEqualTo(customer.getId());
    assertThatThrownBy(
            () ->
                api.paymentIntents()
                    .create(
                        StripeJavaTest.confirmed(1_999, later.getId())
                            .setCustomer(customer.getId())
                            .build()))
        .isInstanceOf(CardException.class);
    assertThat(attach("pm_card_authenticationRequired", customer).getCustomer())
        .isEqualTo(customer.getId());
  }

  @Test
  void aCardThatWasDetachedIsGone() throws StripeException {
    Customer customer = customer();
    PaymentMethod card = attach("pm_card_visa", customer);
    api.paymentMethods().detach(card.getId());
    assertThatThrownBy(() -> attach(card.getId(), customer))
        .isInstanceOfSatisfying(
            InvalidRequestException.class, e -> assertThat(e.getStatusCode()).isEqualTo(400));
    assertThatThrownBy(
            () ->
                api.paymentIntents().create(StripeJavaTest.confirmed(1_999, card.getId()).build()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("may not be used again");
  }

  @Test
  void itsMoneyCanBeThereAtOnce() throws StripeException {
    PaymentIntent paid =
        api.paymentIntents()
            .create(
                PaymentIntentCreateParams.builder()
                    .setAmount(1_999L)
                    .setCurrency("usd")
                    .setConfirm(true)
                    .setPaymentMethod("pm_card_bypassPending")
                    .addExpand("latest_charge.balance_transaction")
                    .build());
    BalanceTransaction earned = paid.getLatestChargeObject().getBalanceTransactionObject();
    assertThat(earned.getStatus()).isEqualTo("available");
    assertThat(earned.getAvailableOn()).isEqualTo(earned.getCreated());
  }

  @Test
  void aRefundOfACardCannotBeCancelled() throws StripeException {
    PaymentIntent paid =
        api.paymentIntents().create(StripeJavaTest.confirmed(1_999, "pm_card_visa").build());
    Refund refund =
        api.refunds().create(RefundCreateParams.builder().setPaymentIntent(paid.getId()).build());
    assertThatThrownBy(() -> api.refunds().cancel(refund.getId()))
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            e -> assertThat(e.getCode()).isEqualTo("status_transition_invalid"));
  }
}
