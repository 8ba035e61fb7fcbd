package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.braintreegateway.BraintreeGateway;
import com.braintreegateway.Dispute;
import com.braintreegateway.Environment;
import com.braintreegateway.Result;
import com.braintreegateway.StatusEvent;
import com.braintreegateway.Transaction;
import com.braintreegateway.Transaction.GatewayRejectionReason;
import com.braintreegateway.Transaction.Status;
import com.braintreegateway.TransactionGateway;
import com.braintreegateway.TransactionRefundRequest;
import com.braintreegateway.TransactionRequest;
import com.braintreegateway.TransactionSearchRequest;
import com.braintreegateway.ValidationErrorCode;
import com.braintreegateway.WebhookNotification;
import com.braintreegateway.exceptions.AuthenticationException;
import com.braintreegateway.exceptions.NotFoundException;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Braintree's own client, with nothing of it changed but its environment. */
class BraintreeSdkTest {
  private static final String VISA = "4242424242424242";
  private static final String CERTIFICATE = "simulator-for-braintree.crt";
  private static final String MERCHANT = "merchant_of_the_tests";
  private static final String PUBLIC_KEY = "public_key_of_the_tests";
  private static final BigDecimal AMOUNT = new BigDecimal("19.99");

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Rig rig;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static BraintreeGateway braintree;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static TransactionGateway transactions;

  @BeforeAll
  static void start() throws IOException, URISyntaxException {
    rig = Rig.create();
    // The client trusts a certificate that lies on its class path, and no other.
    TestTls.writeCertificate(
        Path.of(BraintreeSdkTest.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolve(CERTIFICATE));
    braintree = gateway(Client.PROVIDER_KEY);
    transactions = braintree.transaction();
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  private static BraintreeGateway gateway(String privateKey) {
    String here = rig.simulator.providerUrl();
    return new BraintreeGateway(
        new Environment(here, here, new String[] {CERTIFICATE}, "simulator", here + "/graphql"),
        MERCHANT,
        PUBLIC_KEY,
        privateKey);
  }

  private static TransactionRequest sale(String number) {
    return new TransactionRequest()
        .amount(AMOUNT)
        .orderId(Rig.reference())
        .creditCard()
        .number(number)
        .expirationDate("12/34")
        .cvv("123")
        .done();
  }

  private static Transaction paid(TransactionRequest request) {
    Result<Transaction> result =
        transactions.sale(request.options().submitForSettlement(true).done());
    assertThat(result.isSuccess()).as(result.getMessage()).isTrue();
    return result.getTarget();
  }

  private static Transaction held() {
    Result<Transaction> result = transactions.sale(sale(VISA));
    assertThat(result.isSuccess()).as(result.getMessage()).isTrue();
    return result.getTarget();
  }

  private static void assertRefused(Result<Transaction> result, ValidationErrorCode code) {
    assertThat(result.isSuccess()).isFalse();
    assertThat(result.getErrors().getAllDeepValidationErrors())
        .singleElement()
        .satisfies(error -> assertThat(error.getCode()).isEqualTo(code));
  }

  @Test
  void submitsWhatItAuthorized() {
    Transaction held = held();
    assertThat(held.getStatus()).isEqualTo(Status.AUTHORIZED);
    assertThat(held.getAmount()).isEqualByComparingTo(AMOUNT);
    assertThat(held.getCurrencyIsoCode()).isEqualTo("USD");
    assertThat(held.getProcessorResponseCode()).isEqualTo("1000");
    assertThat(held.getCreditCard().getLast4()).isEqualTo("4242");
    assertThat(held.getCreditCard().getExpirationYear()).isEqualTo("2034");
    assertThat(held.getCvvResponseCode()).isEqualTo("M");
    Result<Transaction> part =
        transactions.submitForSettlement(held.getId(), new BigDecimal("7.00"));
    assertThat(part.getTarget().getStatus()).isEqualTo(Status.SUBMITTED_FOR_SETTLEMENT);
    assertThat(part.getTarget().getAmount()).isEqualByComparingTo("7.00");
    assertThat(
            transactions.find(held.getId()).getStatusHistory().stream().map(StatusEvent::getStatus))
        .containsExactly(Status.AUTHORIZED, Status.SUBMITTED_FOR_SETTLEMENT);
    assertRefused(
        transactions.submitForSettlement(held.getId()),
        ValidationErrorCode.TRANSACTION_CANNOT_SUBMIT_FOR_SETTLEMENT);
    assertRefused(
        transactions.submitForSettlement(held().getId(), new BigDecimal("20.00")),
        ValidationErrorCode.TRANSACTION_SETTLEMENT_AMOUNT_IS_TOO_LARGE);
  }

  @Test
  void voidsUntilItSettlesAndRefundsAfterwards() {
    Transaction first = paid(sale(VISA));
    assertRefused(
        transactions.refund(first.getId()),
        ValidationErrorCode.TRANSACTION_CANNOT_REFUND_UNLESS_SETTLED);
    assertThat(transactions.voidTransaction(first.getId()).getTarget().getStatus())
        .isEqualTo(Status.VOIDED);
    Transaction second = paid(sale(VISA));
    rig.pass(Duration.ofDays(1));
    assertThat(transactions.find(second.getId()).getStatus()).isEqualTo(Status.SETTLED);
    assertRefused(
        transactions.voidTransaction(second.getId()),
        ValidationErrorCode.TRANSACTION_CANNOT_BE_VOIDED);
    Transaction refund = transactions.refund(second.getId(), new BigDecimal("5.00")).getTarget();
    assertThat(refund.getType()).isEqualTo(Transaction.Type.CREDIT);
    assertThat(refund.getRefundedTransactionId()).isEqualTo(second.getId());
    assertRefused(
        transactions.refund(second.getId(), new BigDecimal("15.00")),
        ValidationErrorCode.TRANSACTION_REFUND_AMOUNT_IS_TOO_LARGE);
    Transaction rest = transactions.refund(second.getId()).getTarget();
    assertThat(rest.getAmount()).isEqualByComparingTo("14.99");
    assertThat(transactions.find(second.getId()).getRefundIds())
        .containsExactly(refund.getId(), rest.getId());
    assertRefused(
        transactions.refund(second.getId()),
        ValidationErrorCode.TRANSACTION_HAS_ALREADY_BEEN_REFUNDED);
  }

  @Test
  void chargesAStoredCardWithoutTheShopper() {
    String card = "4000003800000446";
    Transaction first =
        paid(sale(card).transactionSource("recurring_first").externalVault().willVault().done());
    assertThat(first.getNetworkTransactionId()).isNotBlank();
    Transaction second =
        paid(
            sale(card)
                .transactionSource("recurring")
                .externalVault()
                .vaulted()
                .previousNetworkTransactionId(first.getNetworkTransactionId())
                .done());
    assertThat(second.getStatus()).isEqualTo(Status.SUBMITTED_FOR_SETTLEMENT);
  }

  @Test
  void declinesWithTheProcessorsReason() {
    Result<Transaction> declined = transactions.sale(sale("4000000000009995"));
    assertThat(declined.isSuccess()).isFalse();
    assertThat(declined.getMessage()).isEqualTo("Insufficient Funds");
    assertThat(declined.getTransaction().getStatus()).isEqualTo(Status.PROCESSOR_DECLINED);
    assertThat(declined.getTransaction().getProcessorResponseCode()).isEqualTo("2001");
    Result<Transaction> fraud = transactions.sale(sale("4100000000000019"));
    assertThat(fraud.getTransaction().getGatewayRejectionReason())
        .isEqualTo(GatewayRejectionReason.FRAUD);
  }

  @Test
  void refusesWhatItCannotRead() {
    assertThatThrownBy(() -> gateway("wrong").transaction().find("abc"))
        .isInstanceOf(AuthenticationException.class);
    assertThatThrownBy(() -> transactions.find("zzzzzzzz")).isInstanceOf(NotFoundException.class);
    assertRefused(
        transactions.sale(sale("4242424242424241")),
        ValidationErrorCode.CREDIT_CARD_NUMBER_IS_INVALID);
    assertRefused(
        transactions.sale(sale(VISA).amount(new BigDecimal("0.00"))),
        ValidationErrorCode.TRANSACTION_AMOUNT_MUST_BE_GREATER_THAN_ZERO);
    assertThatThrownBy(() -> transactions.voidTransaction("zzzzzzzz"))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void theSameKeyPaysAndRefundsOnce() {
    TransactionRequest sale =
        sale(VISA).apiRequestKey(Rig.reference()).options().submitForSettlement(true).done();
    Transaction first = transactions.sale(sale).getTarget();
    assertThat(transactions.sale(sale).getTarget().getId()).isEqualTo(first.getId());
    rig.pass(Duration.ofDays(1));
    assertThat(transactions.sale(sale).getTarget().getStatus())
        .as("as it stands by then")
        .isEqualTo(Status.SETTLED);
    TransactionRefundRequest refund =
        new TransactionRefundRequest()
            .amount(new BigDecimal("15.00"))
            .apiRequestKey(Rig.reference());
    String given = transactions.refund(first.getId(), refund).getTarget().getId();
    assertThat(transactions.refund(first.getId(), refund).getTarget().getId()).isEqualTo(given);
  }

  @Test
  void findsPaymentsByTheirOrder() {
    String order = Rig.reference();
    transactions.sale(sale("4000000000009995").orderId(order));
    Transaction paid = paid(sale(VISA).orderId(order));
    List<String> found = new ArrayList<>();
    transactions
        .search(new TransactionSearchRequest().orderId().is(order))
        .forEach(one -> found.add(one.getId()));
    assertThat(found).hasSize(2).first().isEqualTo(paid.getId());
    assertThat(
            transactions
                .search(new TransactionSearchRequest().orderId().is("no-such-order"))
                .getMaximumSize())
        .isZero();
  }

  @Test
  void tellsWhatTheClientVerifies() throws IOException {
    try (Receiver receiver = new Receiver()) {
      rig.notify(
          "braintree",
          Map.of("url", receiver.url(), "secret", PUBLIC_KEY + "|" + Client.PROVIDER_KEY));
      Transaction paid = paid(sale(VISA));
      braintree.testing().settle(paid.getId());
      WebhookNotification settled = notification(receiver, 0);
      assertThat(settled.getKind()).isEqualTo(WebhookNotification.Kind.TRANSACTION_SETTLED);
      assertThat(settled.getTransaction().getId()).isEqualTo(paid.getId());
      assertThat(settled.getTransaction().getStatus()).isEqualTo(Status.SETTLED);
      Transaction disputed = paid(sale("4000000000000259"));
      WebhookNotification dispute = notification(receiver, 1);
      assertThat(dispute.getKind()).isEqualTo(WebhookNotification.Kind.DISPUTE_OPENED);
      assertThat(dispute.getDispute().getReason()).isEqualTo(Dispute.Reason.FRAUD);
      assertThat(dispute.getDispute().getTransaction().getId()).isEqualTo(disputed.getId());
      rig.client.control("DELETE", "/control/notifications?provider=braintree", null);
    }
  }

  private static WebhookNotification notification(Receiver receiver, int number) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> receiver.received().size() > number);
    Map<String, String> form = new HashMap<>();
    for (String pair : receiver.received().get(number).body().split("&")) {
      String[] parts = pair.split("=", 2);
      form.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return braintree
        .webhookNotification()
        .parse(
            Objects.requireNonNull(form.get("bt_signature")),
            Objects.requireNonNull(form.get("bt_payload")));
  }
}
