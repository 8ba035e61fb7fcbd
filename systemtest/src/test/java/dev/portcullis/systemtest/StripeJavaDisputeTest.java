package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.BalanceTransaction;
import com.stripe.model.Charge;
import com.stripe.model.Dispute;
import com.stripe.model.Event;
import com.stripe.model.PaymentIntent;
import com.stripe.param.DisputeListParams;
import com.stripe.param.DisputeRetrieveParams;
import com.stripe.param.DisputeUpdateParams;
import com.stripe.param.EventListParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.service.V1Services;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Disputes from the first notice to the last, through stripe-java. */
@Order(10)
@ExtendWith(SharedPortcullis.class)
class StripeJavaDisputeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Sdk sdk;
  private final V1Services api;

  StripeJavaDisputeTest(Portcullis portcullis) {
    this.sdk = new Sdk(portcullis);
    this.api = sdk.api();
  }

  private PaymentIntent pay(String paymentMethod) throws StripeException {
    return api.paymentIntents().create(StripeJavaTest.confirmed(1999, paymentMethod).build());
  }

  private Dispute awaitDispute(PaymentIntent paid) {
    DisputeListParams ofCharge =
        DisputeListParams.builder().setCharge(paid.getLatestCharge()).build();
    return await("the dispute of " + paid.getId())
        .atMost(PATIENCE)
        .until(() -> api.disputes().list(ofCharge).getData(), found -> !found.isEmpty())
        .getFirst();
  }

  private Dispute awaitStatus(String id, String status) {
    return await(id + " is " + status)
        .atMost(PATIENCE)
        .until(() -> api.disputes().retrieve(id), found -> status.equals(found.getStatus()));
  }

  private static DisputeUpdateParams saying(String text) {
    return DisputeUpdateParams.builder()
        .setEvidence(DisputeUpdateParams.Evidence.builder().setUncategorizedText(text).build())
        .build();
  }

  private List<String> events(String dispute) throws StripeException {
    return api
        .events()
        .list(EventListParams.builder().setType("charge.dispute.*").setLimit(100L).build())
        .getData()
        .stream()
        .filter(event -> event.getData().toJson().contains(dispute))
        .map(Event::getType)
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "pm_card_createDispute, fraudulent, needs_response, 1",
    "pm_card_createDisputeProductNotReceived, product_not_received, needs_response, 1",
    "pm_card_createDisputeInquiry, fraudulent, warning_needs_response, 0"
  })
  void theDocumentedCardsAreDisputed(
      String paymentMethod, String reason, String status, int bookings) throws StripeException {
    PaymentIntent paid = pay(paymentMethod);
    assertThat(paid.getStatus()).isEqualTo("succeeded");

    Dispute dispute = awaitDispute(paid);

    assertThat(dispute.getId()).startsWith("du_");
    assertThat(dispute.getAmount()).isEqualTo(1999);
    assertThat(dispute.getCurrency()).isEqualTo("usd");
    assertThat(dispute.getPaymentIntent()).isEqualTo(paid.getId());
    assertThat(dispute.getReason()).isEqualTo(reason);
    assertThat(dispute.getStatus()).isEqualTo(status);
    assertThat(dispute.getIsChargeRefundable()).isEqualTo(bookings == 0);
    assertThat(dispute.getBalanceTransactions()).hasSize(bookings);
    assertThat(dispute.getPaymentMethodDetails().getCard().getBrand()).isEqualTo("visa");
    assertThat(dispute.getEvidenceDetails().getHasEvidence()).isFalse();
    assertThat(dispute.getEvidenceDetails().getPastDue()).isFalse();
    assertThat(dispute.getEvidenceDetails().getDueBy()).isGreaterThan(dispute.getCreated());
    assertThat(dispute.getEvidence().getReceipt()).isNull();
    Charge charge = api.charges().retrieve(paid.getLatestCharge());
    assertThat(charge.getDisputed()).isTrue();
  }

  @Test
  void winningEvidenceBringsTheMoneyBack() throws StripeException {
    PaymentIntent paid =
        api.paymentIntents()
            .create(StripeJavaTest.confirmed(1999, sdk.card("4000000000000259").getId()).build());
    Dispute dispute = awaitDispute(paid);
    BalanceTransaction taken = dispute.getBalanceTransactions().getFirst();
    assertThat(taken.getType()).isEqualTo("adjustment");
    assertThat(taken.getReportingCategory()).isEqualTo("dispute");
    assertThat(taken.getAmount()).isEqualTo(-1999);
    assertThat(taken.getFee()).isEqualTo(1500);
    assertThat(taken.getNet()).isEqualTo(-3499);
    assertThat(
            catchThrowableOfType(
                    InvalidRequestException.class,
                    () ->
                        api.refunds()
                            .create(
                                RefundCreateParams.builder()
                                    .setPaymentIntent(paid.getId())
                                    .build()))
                .getCode())
        .isEqualTo("charge_disputed");

    Dispute sent = api.disputes().update(dispute.getId(), saying("winning_evidence"));
    assertThat(sent.getEvidenceDetails().getSubmissionCount()).isEqualTo(1);
    assertThat(sent.getEvidence().getUncategorizedText()).isEqualTo("winning_evidence");
    Dispute won = awaitStatus(dispute.getId(), "won");

    assertThat(won.getBalanceTransactions()).hasSize(2);
    BalanceTransaction back = won.getBalanceTransactions().getLast();
    assertThat(back.getReportingCategory()).isEqualTo("dispute_reversal");
    assertThat(back.getNet()).isEqualTo(1999);
    assertThat(events(won.getId()))
        .contains(
            "charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.updated")
        .contains("charge.dispute.closed", "charge.dispute.funds_reinstated");
    Dispute expanded =
        api.disputes()
            .retrieve(
                won.getId(),
                DisputeRetrieveParams.builder()
                    .addExpand("charge.balance_transaction")
                    .addExpand("payment_intent")
                    .build());
    assertThat(expanded.getChargeObject().getBalanceTransactionObject().getNet()).isEqualTo(1911);
    assertThat(expanded.getPaymentIntentObject().getId()).isEqualTo(paid.getId());
  }

  @Test
  void evidenceMayHoldWhatLooksLikeASlot() throws StripeException {
    Dispute dispute = awaitDispute(pay("pm_card_createDispute"));
    String typed = "Their template said {{card.number}}, and {{no such thing}}.";
    Dispute sent = api.disputes().update(dispute.getId(), saying(typed));
    assertThat(sent.getStatus()).isEqualTo("under_review");
    assertThat(sent.getEvidence().getUncategorizedText()).isEqualTo(typed);
  }

  @Test
  void losingEvidenceAndAcceptanceLose() throws StripeException {
    Dispute fought = awaitDispute(pay("pm_card_createDispute"));
    api.disputes().update(fought.getId(), saying("losing_evidence"));
    assertThat(awaitStatus(fought.getId(), "lost").getBalanceTransactions()).hasSize(1);

    Dispute given = awaitDispute(pay("pm_card_createDispute"));
    assertThat(api.disputes().close(given.getId()).getStatus()).isEqualTo("lost");
    assertThat(
            catchThrowableOfType(
                InvalidRequestException.class, () -> api.disputes().close(given.getId())))
        .isNotNull();
    assertThat(events(given.getId())).contains("charge.dispute.closed");
  }

  @Test
  void stagedEvidenceIsKeptUntilItIsSent() throws StripeException {
    Dispute dispute = awaitDispute(pay("pm_card_createDisputeInquiry"));
    Dispute staged =
        api.disputes()
            .update(
                dispute.getId(),
                DisputeUpdateParams.builder()
                    .setSubmit(false)
                    .setEvidence(
                        DisputeUpdateParams.Evidence.builder()
                            .setUncategorizedText("winning_evidence")
                            .setCustomerName("Jenny Rosen")
                            .build())
                    .putMetadata("case", "7")
                    .build());
    assertThat(staged.getStatus()).isEqualTo("warning_needs_response");
    assertThat(staged.getEvidenceDetails().getHasEvidence()).isTrue();
    assertThat(staged.getEvidenceDetails().getSubmissionCount()).isZero();
    assertThat(staged.getMetadata()).isEqualTo(Map.of("case", "7"));
    api.disputes().update(dispute.getId(), DisputeUpdateParams.builder().setSubmit(true).build());

    Dispute closed = awaitStatus(dispute.getId(), "warning_closed");
    assertThat(closed.getBalanceTransactions()).isEmpty();
    assertThat(closed.getEvidence().getCustomerName()).isEqualTo("Jenny Rosen");
  }

  @Test
  void aFileIsRefusedByName() throws StripeException {
    Dispute dispute = awaitDispute(pay("pm_card_createDisputeInquiry"));
    InvalidRequestException refused =
        catchThrowableOfType(
            InvalidRequestException.class,
            () ->
                api.disputes()
                    .update(
                        dispute.getId(),
                        DisputeUpdateParams.builder()
                            .setEvidence(
                                DisputeUpdateParams.Evidence.builder().setReceipt("file_1").build())
                            .build()));
    assertThat(refused.getParam()).isEqualTo("evidence[receipt]");
  }
}
