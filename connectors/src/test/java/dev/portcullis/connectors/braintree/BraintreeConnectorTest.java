package dev.portcullis.connectors.braintree;

import static dev.portcullis.connectors.braintree.BraintreeSpecimen.node;
import static dev.portcullis.connectors.braintree.BraintreeSpecimen.payload;
import static dev.portcullis.connectors.braintree.BraintreeSpecimen.refund;
import static dev.portcullis.connectors.braintree.BraintreeSpecimen.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.Operations;
import dev.portcullis.connectors.Recorded;
import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.PreparationStep.Prepared;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderOperation.Lookup;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.NotFound;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BraintreeConnectorTest {

  private static final BraintreeConnector CONNECTOR = new BraintreeConnector();

  /** "Authorization responses": 2000 to 2108 without the one that there is not, and 3000. */
  @Test
  void everyDocumentedResponseCodeHasItsOwn() {
    assertThat(
            IntStream.concat(IntStream.rangeClosed(2000, 2108), IntStream.of(3000))
                .filter(code -> code != 2052)
                .mapToObj(String::valueOf))
        .allMatch(BraintreeCodes.PROCESSOR::has);
    assertThat(BraintreeCodes.PROCESSOR.has("1000")).isFalse();
  }

  /** {@code GatewayRejectionReason}, all but the one that nothing is concluded of. */
  @Test
  void everyReasonOfTheGatewayHasItsOwn() {
    assertThat(
            List.of(
                """
                APPLICATION_INCOMPLETE AVS AVS_AND_CVV CVV EXCESSIVE_RETRY FRAUD
                MANUAL_TRANSACTIONS_DISABLED PAYMENT_METHOD_BLOCKED RISK_THRESHOLD THREE_D_SECURE
                TOKEN_ISSUANCE TOO_MANY_CONFIRMATION_ATTEMPTS UNION_PAY_ENROLLMENT_REQUIRED
                """
                    .strip()
                    .split("\\s+")))
        .hasSize(13)
        .allMatch(BraintreeCodes.GATEWAY::has);
  }

  @ParameterizedTest
  @CsvSource({
    "2000, DO_NOT_HONOR",
    "2001, INSUFFICIENT_FUNDS",
    "2004, EXPIRED_CARD",
    "2010, INCORRECT_CVC",
    "2012, LOST_CARD",
    "2013, STOLEN_CARD",
    "2099, AUTHENTICATION_REQUIRED",
    "2500, GENERIC_DECLINE",
    "3000, ISSUER_NOT_AVAILABLE"
  })
  void aResponseCodeSaysWhy(String code, DeclineCode expected) {
    assertThat(pay(transaction("PROCESSOR_DECLINED", "").replace("1000", code)))
        .isInstanceOfSatisfying(
            Declined.class,
            declined -> {
              assertThat(declined.code()).isEqualTo(expected);
              assertThat(declined.details().said().code()).isEqualTo(code);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "AVS, INCORRECT_ZIP",
    "CVV, INCORRECT_CVC",
    "FRAUD, FRAUDULENT",
    "THREE_D_SECURE, AUTHENTICATION_REQUIRED",
    "SOMETHING_NEW, GENERIC_DECLINE"
  })
  void aRejectionSaysWhy(String reason, DeclineCode expected) {
    assertThat(pay(rejected(reason)))
        .isInstanceOfSatisfying(Declined.class, d -> assertThat(d.code()).isEqualTo(expected));
  }

  @Test
  void aDuplicateProvesNothing() {
    assertThat(pay(rejected("DUPLICATE"))).isInstanceOf(Unknown.class);
    Lookup lost = Operations.lookup("op_1", OperationKind.AUTHORIZE, Operations.AMOUNT, null);
    String both =
        "{\"data\": {\"search\": {\"transactions\": {\"edges\": [{\"node\": %s}, {\"node\": %s}]}}}}"
            .formatted(rejected("DUPLICATE"), transaction("AUTHORIZED", ""));
    assertThat(interpret(lost, both)).isInstanceOf(Approved.class);
    assertThat(interpret(lost, "{\"data\": {\"search\": {\"transactions\": {\"edges\": []}}}}"))
        .isEqualTo(new NotFound());
  }

  private static String rejected(String reason) {
    return transaction("GATEWAY_REJECTED", "")
        .replace("[{", "[{\"gatewayRejectionReason\": \"" + reason + "\", ");
  }

  @ParameterizedTest
  @CsvSource({
    "AUTHORIZED, Approved, NotFound",
    "SUBMITTED_FOR_SETTLEMENT, Approved, Approved",
    "SETTLING, Approved, Approved",
    "SETTLED, Approved, Approved",
    "SETTLEMENT_PENDING, Approved, Approved",
    "SETTLEMENT_CONFIRMED, Approved, Approved",
    "AUTHORIZING, Pending, Pending",
    "AUTHORIZATION_EXPIRED, Declined, Declined",
    "FAILED, Declined, Declined",
    "GATEWAY_REJECTED, Declined, Declined",
    "PROCESSOR_DECLINED, Declined, Declined",
    "SETTLEMENT_DECLINED, Declined, Declined",
    "VOIDED, Declined, Declined"
  })
  void everyStatusMeansSomething(String status, String paid, String captured) {
    assertThat(pay(transaction(status, "")).getClass().getSimpleName()).isEqualTo(paid);
    Lookup capture = Operations.lookup("op_2", OperationKind.CAPTURE, Operations.AMOUNT, null);
    assertThat(interpret(capture, node(transaction(status, ""))).getClass().getSimpleName())
        .isEqualTo(captured);
  }

  @Test
  void aPartIsNoApproval() {
    String partial =
        transaction("AUTHORIZED", "")
            .replace("\"partiallyAuthorized\": false", "\"partiallyAuthorized\": true");
    assertThat(pay(partial))
        .isInstanceOfSatisfying(Pending.class, p -> assertThat(p.alert()).contains("part"));
  }

  @ParameterizedTest
  @CsvSource({
    "81715, INVALID_NUMBER",
    "81710, INVALID_EXPIRY_YEAR",
    "81707, INVALID_CVC",
    "81703, CARD_NOT_SUPPORTED"
  })
  void aFaultOfTheCardIsADeclineAtEitherStep(String code, DeclineCode expected) {
    Declined declined = (Declined) CONNECTOR.interpret(Operations.PAY, invalid(code));
    assertThat(declined.code()).isEqualTo(expected);
    assertThat(CONNECTOR.prepared(Operations.PAY, invalid(code)))
        .isEqualTo(new Prepared.Decided(declined));
    assertThat(CONNECTOR.interpret(Operations.CAPTURE, invalid(code))).isInstanceOf(Rejected.class);
  }

  @ParameterizedTest
  @CsvSource({
    "91506, OTHER",
    "91513, CREDENTIAL",
    "91514, CREDENTIAL",
    "91517, UNSUPPORTED",
    "91546, UNSUPPORTED",
    "91547, UNSUPPORTED",
    "91558, UNSUPPORTED",
    "91567, UNSUPPORTED",
    "915101, UNSUPPORTED",
    "915102, UNSUPPORTED",
    "915104, UNSUPPORTED",
    "91577, UNSUPPORTED",
    "91578, UNSUPPORTED",
    "91528, MALFORMED"
  })
  void aRefusalIsOfAKind(String code, Rejected.Kind expected) {
    assertThat(CONNECTOR.interpret(Operations.CAPTURE, invalid(code)))
        .isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.kind()).isEqualTo(expected));
  }

  /** An earlier request with this token arrived. */
  @Test
  void aTokenThatWasUsedProvesNothing() {
    assertThat(CONNECTOR.interpret(Operations.PAY, invalid("93107"))).isInstanceOf(Unknown.class);
  }

  private static ForwardAnswer invalid(String code) {
    return answer(
        Json.writeString(BraintreeSpecimen.failed(200, "VALIDATION", "m").body())
            .replace("\"VALIDATION\"", "\"VALIDATION\",\"legacyCode\":\"" + code + "\""));
  }

  @ParameterizedTest
  @CsvSource({"INTERNAL", "SERVICE_AVAILABILITY", "RESOURCE_LIMIT", "SOMETHING_NEW"})
  void aFaultOfBraintreesProvesNothing(String type) {
    ForwardAnswer answer =
        answer(Json.writeString(BraintreeSpecimen.failed(200, type, "m").body()));
    assertThat(CONNECTOR.interpret(Operations.PAY, answer)).isInstanceOf(Unknown.class);
    assertThat(CONNECTOR.prepared(Operations.PAY, answer)).isInstanceOf(Prepared.NotReady.class);
  }

  @Test
  void aCardBecomesATokenThatPays() {
    ForwardRequest token = CONNECTOR.preparation(Operations.PAY).orElseThrow();
    assertThat(token.operation()).isEqualTo("braintree.tokenize");
    assertThat(String.valueOf(token.body()))
        .contains("number={{card.number}}")
        .contains("cardholderName=Jenny Rosen")
        .contains("addressLine1=1 Main Street")
        .doesNotContain("op_1");
    ForwardRequest pay = ready(Operations.PAY, "tokencc_1");
    assertThat(pay.operation()).isEqualTo("braintree.charge_usd");
    assertThat(String.valueOf(pay.body()))
        .contains("clientMutationId=op_1, apiRequestKey=op_1, paymentMethodId=tokencc_1")
        .contains("transaction={amount=19.99, orderId=op_1")
        .doesNotContain("{{");
    assertThat(ready(Operations.RESERVE, "t").operation()).isEqualTo("braintree.authorize_usd");
  }

  /** A merchant account charges in its own currency whatever was meant. */
  @Test
  void aPaymentNamesItsCurrencyWhereThePolicySeesIt() {
    ProviderOperation inEuro =
        Operations.authorize(
            Money.of(500, "eur"),
            true,
            CardUse.ONCE,
            Shopper.UNKNOWN,
            Challenge.ifNeeded("https://a/"));
    assertThat(ready(inEuro, "t").operation()).isEqualTo("braintree.charge_eur");
  }

  @Test
  void saysWhoseCardItIs() {
    assertThat(String.valueOf(ready(Operations.AGAIN, "t").body()))
        .contains("paymentInitiator=UNSCHEDULED")
        .contains("externalVault={status=VAULTED, verifyingNetworkTransactionId=ntx_1}");
    assertThat(String.valueOf(ready(Operations.RESERVE, "t").body()))
        .contains("externalVault={status=WILL_VAULT}");
    assertThat(String.valueOf(ready(Operations.PAY, "t").body())).doesNotContain("externalVault");
  }

  private static ForwardRequest ready(ProviderOperation operation, String token) {
    String made =
        "{\"data\": {\"tokenizeCreditCard\": {\"paymentMethod\": {\"id\": \"%s\"}}}}"
            .formatted(token);
    return ((Prepared.Ready) CONNECTOR.prepared(operation, answer(made))).request();
  }

  @ParameterizedTest
  @CsvSource({
    "SETTLED, 1999, braintree.refund",
    "SETTLING, 500, braintree.refund",
    "SUBMITTED_FOR_SETTLEMENT, 1999, braintree.reverse",
    "SUBMITTED_FOR_SETTLEMENT, 500, ",
    "AUTHORIZED, 1999, ",
    "VOIDED, 1999, "
  })
  void whatIsNotSettledIsVoidedAsAWhole(String status, long amount, @Nullable String expected) {
    ProviderOperation refund =
        new ProviderOperation.Refund("op_4", "ref_auth", Money.of(amount, "usd"));
    Prepared prepared =
        CONNECTOR.prepared(refund, answer(node(transaction(status, ", \"refunds\": []"))));
    if (expected == null) {
      assertThat(((Prepared.Decided) prepared).result())
          .isInstanceOfSatisfying(
              Rejected.class, r -> assertThat(r.kind()).isEqualTo(Rejected.Kind.OTHER));
    } else {
      assertThat(((Prepared.Ready) prepared).request().operation()).isEqualTo(expected);
    }
  }

  @Test
  void aReversalVoidsOrRefunds() {
    assertThat(interpret(Operations.REFUND, BraintreeSpecimen.reversal("op_4", "VOIDED")))
        .isInstanceOf(Approved.class);
    String refunded =
        "{\"data\": {\"reverseTransaction\": {\"clientMutationId\": \"op_3\", \"reversal\": %s}}}"
            .formatted(
                refund("op_1", "SETTLING")
                    .replace("{\"id\"", "{\"__typename\": \"Refund\", \"id\""));
    assertThat(interpret(Operations.REVERSE, refunded)).isInstanceOf(Approved.class);
    assertThat(interpret(Operations.CANCEL, refunded))
        .isInstanceOfSatisfying(Pending.class, p -> assertThat(p.alert()).isNotNull());
    assertThat(interpret(Operations.CANCEL, BraintreeSpecimen.reversal("op_3", "AUTHORIZED")))
        .isInstanceOf(Unknown.class);
  }

  @Test
  void aPaymentShowsWhatWasGivenBack() {
    Lookup lost = Operations.lookup("op_4", OperationKind.REFUND, Operations.AMOUNT, null);
    assertThat(interpret(lost, node(transaction("SETTLED", "")))).isEqualTo(new NotFound());
    assertThat(interpret(lost, node(with(refund("op_4", "SETTLING")))))
        .isInstanceOf(Approved.class);
    assertThat(interpret(lost, node(with(refund("op_1", "SETTLING")))))
        .isInstanceOf(Approved.class);
    assertThat(interpret(lost, node(with(refund("op_9", "SETTLING"))))).isEqualTo(new NotFound());
    assertThat(interpret(lost, node(with(refund("op_4", "PROCESSOR_DECLINED")))))
        .isInstanceOfSatisfying(
            Declined.class, d -> assertThat(d.details().failureReason()).isEqualTo("unknown"));
    assertThat(interpret(lost, node(transaction("VOIDED", "")))).isInstanceOf(Approved.class);
    Lookup part = Operations.lookup("op_4", OperationKind.REFUND, Money.of(500, "usd"), null);
    assertThat(interpret(part, node(transaction("VOIDED", ""))))
        .isInstanceOfSatisfying(Pending.class, p -> assertThat(p.alert()).isNotNull());
  }

  private static String with(String refund) {
    return transaction("SETTLED", ", \"refunds\": [" + refund + "]");
  }

  @Test
  void nobodyIsPromisedAChallenge() {
    ProviderOperation wish = Operations.wishing(Challenge.Wish.ALWAYS);
    assertThat(CONNECTOR.manifest().refusal(wish).orElseThrow().forMerchant())
        .contains("cannot authenticate the shopper");
    assertThat(CONNECTOR.manifest().refusal(Operations.VERIFY)).isPresent();
    assertThat(CONNECTOR.manifest().refusal(Operations.PAY)).isEmpty();
  }

  private static ProviderResult pay(String transaction) {
    return interpret(Operations.PAY, payload("chargeCreditCard", "op_1", transaction));
  }

  private static ProviderResult interpret(ProviderOperation operation, Recorded recorded) {
    return CONNECTOR.interpret(operation, answer(recorded));
  }

  private static ProviderResult interpret(ProviderOperation operation, String body) {
    return CONNECTOR.interpret(operation, answer(body));
  }

  private static ForwardAnswer answer(Recorded recorded) {
    return new ForwardAnswer(recorded.status(), recorded.body());
  }

  private static ForwardAnswer answer(String body) {
    return new ForwardAnswer(200, Json.readObject(body));
  }

  @ParameterizedTest
  @CsvSource({"sale, AUTHORIZE", "credit, REFUND"})
  void whatSettledIsSomethingToAskFor(String type, OperationKind kind) {
    assertThat(read(settled("transaction_settled", type)))
        .isEqualTo(
            new Notification.Outcome(
                "transaction_settled dHJhbnM 2026-11-25T12:00:00Z",
                new Notification.About("op_1", kind, "dHJhbnM", null),
                new Pending("dHJhbnM"),
                null,
                Instant.parse("2026-11-25T12:00:00Z")));
  }

  @Test
  void whatDidNotSettleIsNotThere() {
    assertThat(read(settled("transaction_settlement_declined", "sale")))
        .isInstanceOfSatisfying(
            Notification.Outcome.class,
            told ->
                assertThat(told.result())
                    .isInstanceOfSatisfying(
                        Declined.class,
                        declined ->
                            assertThat(declined.details().said().code()).isEqualTo("4001")));
  }

  @Test
  void otherNotificationsAreAboutSomethingElse() {
    for (String kind : List.of("check", "subscription_canceled")) {
      assertThat(read(settled(kind, "sale"))).isEqualTo(new Notification.Other(kind));
    }
    String elsewhere =
        settled("transaction_settled", "sale").replace("<order-id>op_1</order-id>", "<order-id/>");
    assertThat(read(elsewhere)).isInstanceOf(Notification.Other.class);
  }

  @ParameterizedTest
  @CsvSource({
    "dispute_opened, chargeback, CHARGEBACK, INQUIRY",
    "dispute_disputed, chargeback, CHARGEBACK_UNDER_REVIEW, INQUIRY_UNDER_REVIEW",
    "dispute_under_review, pre_arbitration, CHARGEBACK_UNDER_REVIEW, INQUIRY_UNDER_REVIEW",
    "dispute_expired, chargeback, LOST, INQUIRY_CLOSED",
    "dispute_accepted, chargeback, LOST, INQUIRY_CLOSED",
    "dispute_auto_accepted, chargeback, LOST, INQUIRY_CLOSED",
    "dispute_lost, pre_arbitration, LOST, INQUIRY_CLOSED",
    "dispute_won, chargeback, WON, INQUIRY_CLOSED"
  })
  void whereADisputeStandsItTells(
      String kind, String about, DisputeNotice.Stage stage, DisputeNotice.Stage ofQuestions) {
    long amount = stage == DisputeNotice.Stage.WON ? 1_500 : 2_550;
    assertThat(read(disputed(kind, about)))
        .isInstanceOfSatisfying(
            Notification.Disputed.class,
            told -> {
              assertThat(told.id()).isEqualTo(kind + " du1 " + amount);
              assertThat(told.reference()).isEqualTo("du1");
              assertThat(told.operation()).isEqualTo("op_1");
              assertThat(told.amount()).isEqualTo(Money.of(amount, "usd"));
              assertThat(told.stage()).isEqualTo(stage);
              assertThat(told.telling()).isEqualTo(DisputeNotice.Telling.STATE);
            });
    assertThat(read(disputed(kind, "retrieval")))
        .isInstanceOfSatisfying(
            Notification.Disputed.class, told -> assertThat(told.stage()).isEqualTo(ofQuestions));
    assertThat(read(disputed(kind, "something")))
        .as("it may have taken money")
        .isInstanceOf(Notification.Unread.class);
    assertThat(read(disputed(kind, about).replace("25.50", "0.00").replace("15.00", "0.00")))
        .isInstanceOf(Notification.Unread.class);
    assertThat(read(disputed(kind, about).replace("<order-id>op_1</order-id>", "<order-id/>")))
        .isEqualTo(new Notification.Other(kind));
  }

  private static String disputed(String kind, String about) {
    return """
    <notification>
      <kind>%s</kind>
      <timestamp type="datetime">2026-11-25T12:00:00Z</timestamp>
      <subject>
        <dispute>
          <id>du1</id>
          <amount>25.50</amount>
          <amount-disputed>25.50</amount-disputed>
          <amount-won>15.00</amount-won>
          <currency-iso-code>USD</currency-iso-code>
          <kind>%s</kind>
          <reason>fraud</reason>
          <received-date type="date">2026-11-20</received-date>
          <transaction>
            <id>abc</id>
            <order-id>op_1</order-id>
            <amount>100.00</amount>
          </transaction>
        </dispute>
      </subject>
    </notification>
    """
        .formatted(kind, about);
  }

  /** No entity is expanded, no file read, and what is no such document is nothing. */
  @Test
  void readsNothingOutsideOfTheDocument() {
    String good = settled("transaction_settled", "sale");
    String entity =
        "<!DOCTYPE notification [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
            + good.replace("op_1", "&x;");
    for (String bad :
        List.of(
            "",
            "no xml",
            entity,
            good.replace("op_1", "&x;"),
            good.replace("notification>", "note>"),
            good.substring(0, good.length() - 5),
            "<notification>" + "<a>".repeat(50) + "</a>".repeat(50) + "</notification>",
            "<notification>" + "<a/>".repeat(6_000) + "</notification>")) {
      assertThat(read(bad)).as(bad).isInstanceOf(Notification.Unread.class);
    }
    assertThat(CONNECTOR.read(Map.of("bt_payload", "*")).getFirst())
        .isInstanceOf(Notification.Unread.class);
    assertThat(CONNECTOR.read(Map.of()).getFirst()).isInstanceOf(Notification.Unread.class);
  }

  private static Notification read(String document) {
    byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
    return CONNECTOR
        .read(Map.of("bt_payload", Base64.getMimeEncoder().encodeToString(bytes) + "\n"))
        .getFirst();
  }

  private static String settled(String kind, String type) {
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <notification>
      <kind>%s</kind>
      <timestamp type="datetime">2026-11-25T12:00:00Z</timestamp>
      <subject>
        <transaction>
          <id>abc</id>
          <global-id>dHJhbnM</global-id>
          <type>%s</type>
          <order-id>op_1</order-id>
          <processor-settlement-response-code>4001</processor-settlement-response-code>
          <status-history type="array">
            <status-event><status>settled</status></status-event>
            <status-event><status>authorized</status></status-event>
          </status-history>
        </transaction>
      </subject>
    </notification>
    """
        .formatted(kind, type);
  }
}
