package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.LineItem;
import com.stripe.model.checkout.Session;
import com.stripe.param.EventListParams;
import com.stripe.param.checkout.SessionCreateParams;
import com.stripe.param.checkout.SessionListParams;
import com.stripe.param.checkout.SessionRetrieveParams;
import com.stripe.service.V1Services;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Checkout sessions through stripe-java. */
@Order(16)
@ExtendWith(SharedPortcullis.class)
class StripeJavaCheckoutTest {
  private final V1Services api;

  StripeJavaCheckoutTest(Portcullis portcullis) {
    this.api = new Sdk(portcullis).api();
  }

  private static SessionCreateParams.Builder session() {
    return SessionCreateParams.builder()
        .setMode(SessionCreateParams.Mode.PAYMENT)
        .setSuccessUrl("https://shop.example.com/done?session={CHECKOUT_SESSION_ID}")
        .addLineItem(
            SessionCreateParams.LineItem.builder()
                .setQuantity(3L)
                .setPriceData(
                    SessionCreateParams.LineItem.PriceData.builder()
                        .setCurrency("usd")
                        .setUnitAmount(1250L)
                        .setProductData(
                            SessionCreateParams.LineItem.PriceData.ProductData.builder()
                                .setName("A cup")
                                .build())
                        .build())
                .build());
  }

  @Test
  void aSessionWaitsUntilItIsEnded() throws StripeException {
    Session made = api.checkout().sessions().create(session().build());
    assertThat(made.getStatus()).isEqualTo("open");
    assertThat(made.getPaymentStatus()).isEqualTo("unpaid");
    assertThat(made.getAmountTotal()).isEqualTo(3750);
    assertThat(made.getUrl()).contains("/checkout/acct_");
    assertThat(made.getPaymentIntent()).isNull();
    Session known =
        api.checkout()
            .sessions()
            .retrieve(
                made.getId(), SessionRetrieveParams.builder().addExpand("line_items").build());
    assertThat(known.getLineItems().getData())
        .extracting(LineItem::getDescription)
        .containsExactly("A cup");
    assertThat(api.checkout().sessions().lineItems().list(made.getId()).getData())
        .extracting(LineItem::getAmountTotal)
        .containsExactly(3750L);

    assertThat(api.checkout().sessions().expire(made.getId()).getStatus()).isEqualTo("expired");

    assertThat(
            api.checkout()
                .sessions()
                .list(
                    SessionListParams.builder().setStatus(SessionListParams.Status.EXPIRED).build())
                .getData())
        .extracting(Session::getId)
        .contains(made.getId());
    assertThat(
            api.events()
                .list(EventListParams.builder().setType("checkout.session.expired").build())
                .getData())
        .anyMatch(event -> event.toJson().contains(made.getId()));
  }

  @Test
  void whatIsNotSupportedIsRefusedByName() {
    InvalidRequestException refused =
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> api.checkout().sessions().create(session().setAllowPromotionCodes(true).build()));
    assertThat(refused.getParam()).isEqualTo("allow_promotion_codes");
    assertThat(refused.getCode()).isEqualTo("parameter_unsupported");
  }
}
