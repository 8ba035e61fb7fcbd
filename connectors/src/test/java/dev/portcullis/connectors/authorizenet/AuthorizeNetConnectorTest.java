package dev.portcullis.connectors.authorizenet;

import static dev.portcullis.connectors.authorizenet.AuthorizeNetSpecimen.details;
import static dev.portcullis.connectors.authorizenet.AuthorizeNetSpecimen.failed;
import static dev.portcullis.connectors.authorizenet.AuthorizeNetSpecimen.list;
import static dev.portcullis.connectors.authorizenet.AuthorizeNetSpecimen.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.Operations;
import dev.portcullis.connectors.Recorded;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.PreparationStep.Prepared;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderOperation.Lookup;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Check;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizeNetConnectorTest {

  private static final AuthorizeNetConnector CONNECTOR = new AuthorizeNetConnector();

  /**
   * The reasons of "Response Codes" that a card's transaction can have: not those of bank accounts,
   * of other wallets, of devices, of forms, of auctions and of line items.
   */
  private static final List<Integer> REASONS =
      Stream.of(
              IntStream.rangeClosed(1, 8),
              IntStream.of(
                  11, 13, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33),
              IntStream.rangeClosed(34, 45),
              IntStream.rangeClosed(47, 52),
              IntStream.rangeClosed(54, 67),
              IntStream.of(
                  78, 97, 98, 99, 102, 103, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124),
              IntStream.of(127, 128, 130, 131, 132, 141, 145, 152, 153, 155, 156, 165),
              IntStream.of(170, 171, 172, 173, 174, 175, 180, 181, 185, 191, 192),
              IntStream.rangeClosed(200, 242),
              IntStream.of(250, 251, 254, 260, 261, 265, 288, 289, 290, 307, 308, 310, 311),
              IntStream.of(314, 315, 316, 317, 318, 319, 325, 326, 327, 328, 901, 2007))
          .flatMap(IntStream::boxed)
          .toList();

  @Test
  void everyReasonMeansOneThing() {
    for (int reason : REASONS) {
      String code = String.valueOf(reason);
      int meanings =
          (AuthorizeNetCodes.REASONS.has(code) ? 1 : 0)
              + (AuthorizeNetCodes.kind(code) != null ? 1 : 0)
              + (AuthorizeNetCodes.isIndefinite(code) ? 1 : 0);
      assertThat(meanings).as(code).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, GENERIC_DECLINE",
    "3, CALL_ISSUER",
    "4, PICKUP_CARD",
    "27, INCORRECT_ADDRESS",
    "44, INCORRECT_CVC",
    "65, INCORRECT_CVC",
    "250, FRAUDULENT",
    "9999, GENERIC_DECLINE"
  })
  void aDeclineSaysWhy(String reason, DeclineCode expected) {
    assertThat(interpret(Operations.PAY, refused("2", reason)))
        .isInstanceOfSatisfying(Declined.class, d -> assertThat(d.code()).isEqualTo(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "6, Declined",
    "8, Declined",
    "19, Declined",
    "78, Declined",
    "13, Rejected",
    "39, Rejected",
    "50, Rejected",
    "11, Pending",
    "120, Pending",
    "9999, Pending"
  })
  void anErrorIsOfTheCardOrOfTheRequestOrProvesNothing(String reason, String expected) {
    assertThat(interpret(Operations.PAY, refused("3", reason)).getClass().getSimpleName())
        .isEqualTo(expected);
  }

  @Test
  void aDuplicateThatIsNotNamedProvesNothing() {
    assertThat(interpret(Operations.PAY, refused("3", "11").replace("\"ref_auth\"", "\"0\"")))
        .isInstanceOf(Unknown.class);
  }

  @Test
  void whatIsHeldWaitsForAPerson() {
    assertThat(interpret(Operations.PAY, refused("4", "252")))
        .isInstanceOfSatisfying(Pending.class, p -> assertThat(p.alert()).contains("approve"));
  }

  private static String refused(String code, String reason) {
    return text(response("op_1", "ref_auth", "2"))
        .replace("\"responseCode\":\"2\"", "\"responseCode\":\"" + code + "\"")
        .replace("\"errorCode\":\"2\"", "\"errorCode\":\"" + reason + "\"");
  }

  @Test
  void aPartIsNoApproval() {
    String partial =
        text(response("op_1", "ref_auth", "1"))
            .replace("\"authCode\"", "\"splitTenderId\":\"9\",\"authCode\"");
    assertThat(interpret(Operations.PAY, partial))
        .isInstanceOfSatisfying(Pending.class, p -> assertThat(p.alert()).contains("part"));
  }

  /** It may have been captured before with another amount. */
  @Test
  void aCaptureThatWasMadeBeforeProvesNothing() {
    assertThat(
            interpret(
                Operations.CAPTURE,
                text(response("op_2", "ref_auth", "1"))
                    .replace("\"code\":\"1\"", "\"code\":\"311\"")))
        .isInstanceOf(Unknown.class);
  }

  @ParameterizedTest
  @CsvSource({
    "E00007, CREDENTIAL",
    "E00011, CREDENTIAL",
    "E00040, UNKNOWN_REFERENCE",
    "E00060, UNSUPPORTED",
    "E00013, MALFORMED"
  })
  void aMessageSaysOfWhatKindARefusalIs(String code, Rejected.Kind expected) {
    assertThat(interpret(Operations.PAY, text(failed(200, code, "m"))))
        .isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.kind()).isEqualTo(expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"E00001", "E00027", "E00053", "E00104", "E99999"})
  void aFaultOfAuthorizeNetsProvesNothing(String code) {
    Recorded answer = failed(200, code, "m");
    assertThat(interpret(Operations.PAY, text(answer))).isInstanceOf(Unknown.class);
    assertThat(prepared(Operations.REFUND, answer)).isInstanceOf(Prepared.NotReady.class);
  }

  @ParameterizedTest
  @CsvSource({
    "authorizedPendingCapture, Approved, NotFound, NotFound",
    "authorizedPendingRelease, Approved, NotFound, NotFound",
    "capturedPendingSettlement, Approved, Approved, Pending",
    "pendingSettlement, Approved, Approved, Pending",
    "pendingFinalSettlement, Approved, Approved, Pending",
    "updatingSettlement, Approved, Approved, Pending",
    "settledSuccessfully, Approved, Approved, Pending",
    "chargeback, Approved, Approved, Pending",
    "chargebackReversal, Approved, Approved, Pending",
    "declined, Declined, Declined, Pending",
    "voided, Declined, Declined, Approved",
    "expired, Declined, Declined, Approved",
    "failedReview, Declined, Declined, Pending",
    "generalError, Declined, Pending, Pending",
    "communicationError, Declined, Pending, Pending",
    "settlementError, Declined, Declined, Pending",
    "returnedItem, Declined, Pending, Pending",
    "FDSPendingReview, Pending, Pending, Pending",
    "FDSAuthorizedPendingReview, Pending, Pending, Pending",
    "underReview, Pending, Pending, Pending",
    "approvedReview, Pending, Pending, Pending",
    "couldNotVoid, Pending, Pending, Pending",
    "refundPendingSettlement, Pending, Pending, Pending",
    "refundSettledSuccessfully, Pending, Pending, Pending"
  })
  void everyStatusMeansSomething(String status, String paid, String captured, String cancelled) {
    String body = text(details("ref_auth", "op_1", status, Operations.AMOUNT));
    Lookup pay = Operations.lookup("op_1", OperationKind.AUTHORIZE, Operations.AMOUNT, "ref_auth");
    Lookup capture = Operations.lookup("op_2", OperationKind.CAPTURE, Operations.AMOUNT, null);
    Lookup cancel = Operations.lookup("op_3", OperationKind.CANCEL, null, null);
    assertThat(interpret(pay, body).getClass().getSimpleName()).isEqualTo(paid);
    assertThat(interpret(capture, body).getClass().getSimpleName()).isEqualTo(captured);
    assertThat(interpret(cancel, body).getClass().getSimpleName()).isEqualTo(cancelled);
  }

  @Test
  void whatHasNoNameYetIsLookedForAmongWhatHasNotSettled() {
    Lookup lost = Operations.lookup("op_1", OperationKind.AUTHORIZE, Operations.AMOUNT, null);
    assertThat(CONNECTOR.request(lost).operation()).isEqualTo("authorizenet.unsettled");
    assertThat(interpret(lost, text(list("ref_auth", "op_1", "declined"))))
        .isEqualTo(new Pending("ref_auth"));
    // It may have settled, which takes it from the list.
    assertThat(interpret(lost, text(list("ref_auth", "op_9", "declined"))))
        .isInstanceOf(Unknown.class);
  }

  @Test
  void aRefundIsFoundByItsInvoiceOrAsAVoid() {
    Lookup lost = Operations.lookup("op_4", OperationKind.REFUND, Operations.AMOUNT, null);
    assertThat(interpret(lost, text(list("ref_own", "op_4", "refundPendingSettlement"))))
        .isEqualTo(new Pending("ref_own"));
    assertThat(interpret(lost, text(list("ref_auth", "op_1", "voided"))))
        .isInstanceOf(Approved.class);
    Lookup known = Operations.lookup("op_4", OperationKind.REFUND, Operations.AMOUNT, "ref_own");
    assertThat(
            interpret(
                known,
                text(details("ref_own", "op_4", "refundSettledSuccessfully", Operations.AMOUNT))))
        .isInstanceOf(Approved.class);
    assertThat(interpret(known, text(details("ref_own", "op_4", "declined", Operations.AMOUNT))))
        .isInstanceOfSatisfying(
            Declined.class, d -> assertThat(d.details().failureReason()).isEqualTo("unknown"));
    Lookup part = Operations.lookup("op_4", OperationKind.REFUND, Money.of(500, "usd"), null);
    assertThat(interpret(part, text(list("ref_auth", "op_1", "voided"))))
        .isInstanceOf(Unknown.class);
  }

  @ParameterizedTest
  @CsvSource({
    "settledSuccessfully, 1999, authorizenet.refund",
    "settledSuccessfully, 500, authorizenet.refund",
    "capturedPendingSettlement, 1999, authorizenet.void",
    "capturedPendingSettlement, 500, ",
    "authorizedPendingCapture, 1999, ",
    "voided, 1999, "
  })
  void whatIsNotSettledIsVoidedAsAWhole(String status, long amount, @Nullable String expected) {
    ProviderOperation refund =
        new ProviderOperation.Refund("op_4", "ref_auth", Money.of(amount, "usd"));
    Prepared prepared = prepared(refund, details("ref_auth", "op_1", status, Operations.AMOUNT));
    if (expected == null) {
      assertThat(((Prepared.Decided) prepared).result()).isInstanceOf(Rejected.class);
    } else {
      ForwardRequest request = ((Prepared.Ready) prepared).request();
      assertThat(request.operation()).isEqualTo(expected);
      if (expected.endsWith("refund")) {
        assertThat(String.valueOf(request.body()))
            .contains("creditCard={cardNumber=1111, expirationDate=XXXX}}, refTransId=ref_auth")
            .contains(
                amount == 500 ? "amount=5.00, currencyCode=USD" : "amount=19.99, currencyCode=USD")
            .contains("order={invoiceNumber=op_4}");
      }
    }
  }

  /** Its reader goes by the order of a schema. */
  @Test
  void membersStandInTheSchemasOrder() {
    assertThat(members(Operations.PAY))
        .isEqualTo(
            "amount currencyCode payment order customer billTo customerIP transactionSettings");
    assertThat(members(Operations.AGAIN))
        .isEqualTo(
            "amount currencyCode payment order customer billTo customerIP transactionSettings"
                + " processingOptions subsequentAuthInformation");
    assertThat(body(Operations.PAY).keySet()).containsExactly("refId", "transactionRequest");
  }

  private static Map<String, Object> body(ProviderOperation operation) {
    return Objects.requireNonNull(CONNECTOR.request(operation).body());
  }

  private static String members(ProviderOperation operation) {
    Map<?, ?> request =
        (Map<?, ?>) Objects.requireNonNull(body(operation).get("transactionRequest"));
    return request.keySet().stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  @Test
  void saysWhoPaysAndWhoseCardItIs() {
    assertThat(String.valueOf(CONNECTOR.request(Operations.PAY).body()))
        .contains("firstName=Jenny, lastName=Rosen, address=1 Main Street")
        .contains("{settingName=duplicateWindow, settingValue=28800}")
        .contains("amount=19.99, currencyCode=USD");
    assertThat(String.valueOf(CONNECTOR.request(Operations.RESERVE).body()))
        .contains("processingOptions={isFirstSubsequentAuth=true}");
    assertThat(String.valueOf(CONNECTOR.request(Operations.AGAIN).body()))
        .contains("processingOptions={isSubsequentAuth=true, isStoredCredentials=true}")
        .contains("subsequentAuthInformation={originalNetworkTransId=ntx_1}");
    assertThat(CONNECTOR.request(Operations.VERIFY).operation())
        .isEqualTo("authorizenet.authorize");
  }

  @Test
  void aLongIdIsNamedByItsEnd() {
    ProviderOperation capture =
        new ProviderOperation.Capture("op_0354M7Fy5x2NW4t0ukcPJA", "40", Operations.AMOUNT);
    assertThat(CONNECTOR.request(capture).body()).containsEntry("refId", "54M7Fy5x2NW4t0ukcPJA");
  }

  @Test
  void refusesWhatItCannotDo() {
    assertThat(CONNECTOR.manifest().refusal(Operations.wishing(Challenge.Wish.ALWAYS))).isPresent();
    assertThat(
            CONNECTOR
                .manifest()
                .refusal(new ProviderOperation.Refund("op_4", "ref_auth", Money.of(500, "jpy"))))
        .isPresent();
  }

  @ParameterizedTest
  @CsvSource({"Y, PASS, PASS", "A, PASS, FAIL", "Z, FAIL, PASS", "N, FAIL, FAIL", "B, , ", "P, , "})
  void readsWhatWasCompared(String avs, @Nullable Check address, @Nullable Check postalCode) {
    Approved approved =
        (Approved)
            interpret(
                Operations.PAY,
                text(response("op_1", "ref_auth", "1")).replace("\"Z\"", "\"" + avs + "\""));
    assertThat(approved.details().checks().addressLine1()).isEqualTo(address);
    assertThat(approved.details().checks().postalCode()).isEqualTo(postalCode);
  }

  /** Its answers begin with a byte order mark. */
  @Test
  void aByteOrderMarkIsReadOver() {
    assertThat(Json.readObject("\uFEFF{\"refId\": \"op_1\"}".getBytes(StandardCharsets.UTF_8)))
        .containsEntry("refId", "op_1");
  }

  @ParameterizedTest
  @CsvSource({
    "net.authorize.payment.authcapture.created, AUTHORIZE, ",
    "net.authorize.payment.fraud.declined, AUTHORIZE, ",
    "net.authorize.payment.priorAuthCapture.created, CAPTURE, 40",
    "net.authorize.payment.void.created, CANCEL, 40",
    "net.authorize.payment.refund.created, REFUND, "
  })
  void aNotificationSaysThatThereIsSomethingToLookUp(
      String type, OperationKind kind, @Nullable String authorization) {
    assertThat(event(type, "op_1"))
        .isEqualTo(
            new Notification.Outcome(
                "d0e8e7fe",
                new Notification.About("op_1", kind, "40", authorization),
                new Pending("40"),
                null,
                Instant.parse("2026-01-01T12:00:00Z")));
  }

  @Test
  void whatIsNoOperationIsAnother() {
    assertThat(event("net.authorize.customer.created", "op_1"))
        .isInstanceOf(Notification.Other.class);
    assertThat(event("net.authorize.payment.void.created", "ORD 5"))
        .isInstanceOf(Notification.Other.class);
    assertThat(CONNECTOR.read(Map.of()).getFirst()).isInstanceOf(Notification.Unread.class);
  }

  private static Notification event(String type, String reference) {
    return CONNECTOR
        .read(
            Json.readObject(
                """
                {"notificationId": "d0e8e7fe", "eventType": "%s",
                 "eventDate": "2026-01-01T12:00:00Z",
                 "payload": {"id": "40", "merchantReferenceId": "%s", "authAmount": 19.99}}\
                """
                    .formatted(type, reference)))
        .getFirst();
  }

  private static String text(Recorded recorded) {
    return Json.writeString(recorded.body());
  }

  private static Prepared prepared(ProviderOperation operation, Recorded recorded) {
    return CONNECTOR.prepared(operation, new ForwardAnswer(200, recorded.body()));
  }

  private static ProviderResult interpret(ProviderOperation operation, String body) {
    return CONNECTOR.interpret(operation, new ForwardAnswer(200, Json.readObject(body)));
  }
}
