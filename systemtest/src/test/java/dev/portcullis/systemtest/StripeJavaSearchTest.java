package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Charge;
import com.stripe.model.Customer;
import com.stripe.model.PaymentIntent;
import com.stripe.model.StripeSearchResult;
import com.stripe.param.ChargeSearchParams;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.CustomerSearchParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.PaymentIntentSearchParams;
import com.stripe.service.V1Services;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Search through stripe-java. */
@Order(15)
@ExtendWith(SharedPortcullis.class)
class StripeJavaSearchTest {
  private final V1Services api;
  private final String mark = UUID.randomUUID().toString().substring(0, 8);

  StripeJavaSearchTest(Portcullis portcullis) {
    this.api = new Sdk(portcullis).api();
  }

  private PaymentIntent paid(long amount) throws StripeException {
    return api.paymentIntents()
        .create(
            PaymentIntentCreateParams.builder()
                .setAmount(amount)
                .setCurrency("usd")
                .setPaymentMethod("pm_card_visa")
                .setConfirm(true)
                .putMetadata("mark", mark)
                .build());
  }

  private PaymentIntentSearchParams.Builder query(String query) {
    return PaymentIntentSearchParams.builder()
        .setQuery("metadata['mark']:'" + mark + "' AND " + query);
  }

  @Test
  void paymentsAndTheirChargesAreFoundAtOnce() throws StripeException {
    PaymentIntent small = paid(700);
    PaymentIntent large = paid(1700);

    StripeSearchResult<PaymentIntent> found =
        api.paymentIntents().search(query("status:'succeeded' AND amount>1000").build());

    assertThat(found.getData()).extracting(PaymentIntent::getId).containsExactly(large.getId());
    assertThat(found.getHasMore()).isFalse();
    assertThat(found.getTotalCount()).isNull();
    List<String> all = new ArrayList<>();
    for (PaymentIntent intent :
        api.paymentIntents()
            .search(query("currency:'usd'").setLimit(1L).addExpand("total_count").build())
            .autoPagingIterable()) {
      all.add(intent.getId());
    }
    assertThat(all).containsExactly(large.getId(), small.getId());
    StripeSearchResult<Charge> charges =
        api.charges()
            .search(
                ChargeSearchParams.builder()
                    .setQuery(
                        "payment_method_details.card.last4:4242 metadata[\"mark\"]:\""
                            + mark
                            + "\"")
                    .addExpand("total_count")
                    .build());
    assertThat(charges.getTotalCount()).isEqualTo(2);
    assertThat(charges.getData())
        .extracting(Charge::getPaymentIntent)
        .containsExactly(large.getId(), small.getId());
  }

  @Test
  void customersAreFoundByAPartOfTheirAddress() throws StripeException {
    Customer customer =
        api.customers()
            .create(
                CustomerCreateParams.builder().setEmail("ada." + mark + "@example.com").build());
    assertThat(
            api.customers()
                .search(
                    CustomerSearchParams.builder().setQuery("email~\"" + mark + "@exam\"").build())
                .getData())
        .extracting(Customer::getId)
        .containsExactly(customer.getId());
  }

  @Test
  void aQueryThatCannotBeReadIsRefusedByName() {
    InvalidRequestException refused =
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> api.paymentIntents().search(query("amount>1 OR amount<2").build()));
    assertThat(refused.getParam()).isEqualTo("query");
    assertThat(refused.getStatusCode()).isEqualTo(400);
  }
}
