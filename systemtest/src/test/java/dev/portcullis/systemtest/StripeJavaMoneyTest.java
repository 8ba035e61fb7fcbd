package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.StripeException;
import com.stripe.model.Balance;
import com.stripe.model.BalanceTransaction;
import com.stripe.model.Charge;
import com.stripe.model.PaymentIntent;
import com.stripe.model.Refund;
import com.stripe.param.BalanceTransactionListParams;
import com.stripe.param.PaymentIntentCaptureParams;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.service.V1Services;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What payments do to the balance, through stripe-java. */
@Order(10)
@ExtendWith(SharedPortcullis.class)
class StripeJavaMoneyTest {
  private static final long DAY = 86_400;

  private final V1Services api;

  StripeJavaMoneyTest(Portcullis portcullis) {
    this.api = new Sdk(portcullis).api();
  }

  private List<BalanceTransaction> of(String source) throws StripeException {
    return api.balanceTransactions()
        .list(BalanceTransactionListParams.builder().setSource(source).build())
        .getData();
  }

  @Test
  void aPaymentExpandsToWhatItEarned() throws StripeException {
    PaymentIntent paid =
        api.paymentIntents()
            .create(
                StripeJavaTest.confirmed(1999, "pm_card_visa")
                    .addExpand("latest_charge.balance_transaction")
                    .build());

    BalanceTransaction earned = paid.getLatestChargeObject().getBalanceTransactionObject();
    assertThat(earned.getAmount()).isEqualTo(1999);
    assertThat(earned.getFee()).isEqualTo(88);
    assertThat(earned.getNet()).isEqualTo(1911);
    assertThat(earned.getCurrency()).isEqualTo("usd");
    assertThat(earned.getType()).isEqualTo("charge");
    assertThat(earned.getReportingCategory()).isEqualTo("charge");
    assertThat(earned.getStatus()).isEqualTo("pending");
    assertThat(earned.getSource()).isEqualTo(paid.getLatestCharge());
    assertThat(earned.getExchangeRate()).isNull();
    assertThat(earned.getAvailableOn()).isEqualTo((earned.getCreated() / DAY + 2) * DAY);
    assertThat(earned.getFeeDetails())
        .singleElement()
        .satisfies(detail -> assertThat(detail.getAmount()).isEqualTo(88));
    assertThat(api.balanceTransactions().retrieve(earned.getId()).getNet()).isEqualTo(1911);
  }

  @Test
  void aPartialCaptureAndItsRefundMoveWhatWasMoved() throws StripeException {
    PaymentIntent reserved =
        api.paymentIntents()
            .create(
                StripeJavaTest.confirmed(5_000, "pm_card_visa")
                    .setCaptureMethod(PaymentIntentCreateParams.CaptureMethod.MANUAL)
                    .build());
    Charge before = api.charges().retrieve(reserved.getLatestCharge());
    assertThat(before.getBalanceTransaction()).isNull();
    api.paymentIntents()
        .capture(
            reserved.getId(),
            PaymentIntentCaptureParams.builder().setAmountToCapture(2_000L).build());
    Refund refund =
        api.refunds()
            .create(
                RefundCreateParams.builder()
                    .setPaymentIntent(reserved.getId())
                    .setAmount(700L)
                    .addExpand("balance_transaction")
                    .build());

    assertThat(of(reserved.getLatestCharge()))
        .singleElement()
        .satisfies(taken -> assertThat(taken.getNet()).isEqualTo(2_000 - 88));
    BalanceTransaction given = refund.getBalanceTransactionObject();
    assertThat(given.getAmount()).isEqualTo(-700);
    assertThat(given.getFee()).isZero();
    assertThat(given.getNet()).isEqualTo(-700);
    assertThat(given.getType()).isEqualTo("refund");
    assertThat(given.getStatus()).isEqualTo("available");
    assertThat(refund.getFailureBalanceTransaction()).isNull();
  }

  @Test
  void theBalanceMovesByTheNetOfEachTransaction() throws StripeException {
    PaymentIntent first = payDirhams(10_000);
    long pending = dirhams(api.balance().retrieve().getPending());
    long available = dirhams(availableAsPending());
    payDirhams(20_000);
    api.refunds()
        .create(
            RefundCreateParams.builder().setPaymentIntent(first.getId()).setAmount(900L).build());

    assertThat(dirhams(api.balance().retrieve().getPending()) - pending)
        .isEqualTo(20_000 - 580 - 30);
    assertThat(dirhams(availableAsPending()) - available).isEqualTo(-900);
  }

  private List<Balance.Pending> availableAsPending() throws StripeException {
    return api.balance().retrieve().getAvailable().stream()
        .map(
            funds -> {
              Balance.Pending same = new Balance.Pending();
              same.setCurrency(funds.getCurrency());
              same.setAmount(funds.getAmount());
              return same;
            })
        .toList();
  }

  /** No other test pays in this currency. */
  private PaymentIntent payDirhams(long amount) throws StripeException {
    return api.paymentIntents()
        .create(StripeJavaTest.confirmed(amount, "pm_card_visa").setCurrency("mad").build());
  }

  private static long dirhams(List<Balance.Pending> funds) {
    return funds.stream()
        .filter(each -> each.getCurrency().equals("mad"))
        .mapToLong(Balance.Pending::getAmount)
        .sum();
  }
}
