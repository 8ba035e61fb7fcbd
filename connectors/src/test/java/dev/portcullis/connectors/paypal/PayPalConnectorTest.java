package dev.portcullis.connectors.paypal;

import static dev.portcullis.connectors.paypal.PayPalSpecimen.challenged;
import static dev.portcullis.connectors.paypal.PayPalSpecimen.made;
import static dev.portcullis.connectors.paypal.PayPalSpecimen.order;
import static dev.portcullis.connectors.paypal.PayPalSpecimen.paid;
import static dev.portcullis.connectors.paypal.PayPalSpecimen.payment;
import static dev.portcullis.connectors.paypal.PayPalSpecimen.reserved;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.Operations;
import dev.portcullis.connectors.spi.CardUse;
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
import dev.portcullis.connectors.spi.ProviderResult.NotFound;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayPalConnectorTest {

  private static final PayPalConnector CONNECTOR = new PayPalConnector();

  /** Orders v2, {@code processor_response.response_code}: all but the approval. */
  private static final List<String> CODES =
      List.of(
          """
          00N7 0100 0390 0500 0580 0800 0880 0890 0960 0R00 1000 10BR 1300 1310 1312 1317 1320 1330
          1335 1340 1350 1352 1360 1370 1380 1382 1384 1390 1393 5100 5110 5120 5130 5135 5140 5150
          5160 5170 5180 5190 5200 5210 5400 5500 5650 5700 5710 5800 5900 5910 5920 5930 5950 6300
          7600 7700 7710 7800 7900 8000 8010 8020 8030 8100 8110 8220 9100 9500 9510 9520 9530 9540
          9600 PCNR PCVV PP06 PPRN PPAD PPAB PPAE PPAG PPAI PPAR PPAU PPAV PPAX PPBG PPC2 PPCE PPCO
          PPCR PPCT PPCU PPD3 PPDC PPDI PPDV PPDT PPEF PPEL PPER PPEX PPFE PPFI PPFR PPFV PPGR PPH1
          PPIF PPII PPIM PPIT PPLR PPLS PPMB PPMC PPMD PPNC PPNL PPNM PPNT PPPH PPPI PPPM PPQC PPRE
          PPRF PPRR PPS0 PPS1 PPS2 PPS3 PPS4 PPS5 PPS6 PPSC PPSD PPSE PPTE PPTF PPTI PPTR PPTT PPTV
          PPUA PPUC PPUE PPUI PPUP PPUR PPVC PPVE PPVT
          """
              .strip()
              .split("\\s+"));

  @Test
  void everyDocumentedResponseCodeHasItsOwn() {
    assertThat(CODES).hasSizeGreaterThan(140).allMatch(PayPalCodes.PROCESSOR::has);
    assertThat(PayPalCodes.PROCESSOR.has("0000")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "0500, DO_NOT_HONOR",
    "5120, INSUFFICIENT_FUNDS",
    "5400, EXPIRED_CARD",
    "00N7, INCORRECT_CVC",
    "5650, AUTHENTICATION_REQUIRED",
    "9500, FRAUDULENT",
    "9520, LOST_CARD",
    "ZZZZ, GENERIC_DECLINE",
    "0000, GENERIC_DECLINE"
  })
  void aResponseCodeSaysWhy(String code, DeclineCode expected) {
    assertThat(interpret(Operations.PAY, 201, paid("DECLINED").replace("0000", code)))
        .isInstanceOfSatisfying(
            Declined.class,
            declined -> {
              assertThat(declined.code()).isEqualTo(expected);
              assertThat(declined.details().said().code()).isEqualTo(code);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "COMPLETED, Approved",
    "PARTIALLY_REFUNDED, Approved",
    "REFUNDED, Approved",
    "PENDING, Pending",
    "DECLINED, Declined",
    "FAILED, Declined"
  })
  void everyStatusOfACaptureMeansSomething(String status, String expected) {
    assertThat(interpret(Operations.PAY, 201, paid(status)).getClass().getSimpleName())
        .isEqualTo(expected);
    String capture = payment("ref_own", "op_2", status);
    assertThat(interpret(Operations.CAPTURE, 201, capture).getClass().getSimpleName())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "CREATED, Approved",
    "CAPTURED, Approved",
    "PARTIALLY_CAPTURED, Approved",
    "PENDING, Pending",
    "DENIED, Declined",
    "VOIDED, Declined"
  })
  void everyStatusOfAnAuthorizationMeansSomething(String status, String expected) {
    assertThat(interpret(Operations.RESERVE, 201, reserved(status)).getClass().getSimpleName())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "CREATED, Pending",
    "SAVED, Pending",
    "APPROVED, Pending",
    "COMPLETED, Pending",
    "VOIDED, Declined"
  })
  void anOrderWithoutAPaymentTookNothing(String status, String expected) {
    assertThat(interpret(Operations.PAY, 201, order(status, "{}")).getClass().getSimpleName())
        .isEqualTo(expected);
  }

  @Test
  void whereNobodyCanBeSentAChallengeIsADecline() {
    String asks = order("PAYER_ACTION_REQUIRED", "{}").replace("\"self\"", "\"payer-action\"");
    for (ProviderOperation unattended :
        List.of(Operations.AGAIN, Operations.wishing(Challenge.Wish.NEVER))) {
      assertThat(interpret(unattended, 201, asks))
          .isInstanceOfSatisfying(
              Declined.class,
              d -> assertThat(d.code()).isEqualTo(DeclineCode.AUTHENTICATION_REQUIRED));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "INSTRUMENT_DECLINED, GENERIC_DECLINE",
    "CARD_EXPIRED, EXPIRED_CARD",
    "INVALID_SECURITY_CODE_LENGTH, INVALID_CVC",
    "CARD_BRAND_NOT_SUPPORTED, CARD_NOT_SUPPORTED"
  })
  void anIssueOfTheCardIsADecline(String issue, DeclineCode expected) {
    assertThat(interpret(Operations.PAY, 422, issue(issue)))
        .isInstanceOfSatisfying(Declined.class, d -> assertThat(d.code()).isEqualTo(expected));
    assertThat(interpret(Operations.REFUND, 422, issue(issue))).isInstanceOf(Rejected.class);
  }

  @Test
  void aFaultInTheCardsFieldIsADecline() {
    String fault = issue("INVALID_PARAMETER_SYNTAX").replace("/x", "/payment_source/card/number");
    assertThat(interpret(Operations.PAY, 400, fault))
        .isInstanceOfSatisfying(
            Declined.class, d -> assertThat(d.code()).isEqualTo(DeclineCode.INVALID_NUMBER));
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID_CURRENCY_CODE, UNSUPPORTED",
    "PAYEE_ACCOUNT_RESTRICTED, CREDENTIAL",
    "AUTHORIZATION_EXPIRED, OTHER",
    "INVALID_RESOURCE_ID, UNKNOWN_REFERENCE",
    "DECIMAL_PRECISION, UNSUPPORTED",
    "INVALID_STRING_LENGTH, MALFORMED"
  })
  void aRefusalIsOfAKind(String issue, Rejected.Kind expected) {
    assertThat(interpret(Operations.CAPTURE, 422, issue(issue)))
        .isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.kind()).isEqualTo(expected));
  }

  /** The earlier request may have been this operation's. */
  @ParameterizedTest
  @ValueSource(
      strings = {"DUPLICATE_INVOICE_ID", "ORDER_ALREADY_CAPTURED", "PREVIOUS_REQUEST_IN_PROGRESS"})
  void whatWasDoneBeforeProvesNothing(String issue) {
    assertThat(interpret(Operations.PAY, 422, issue(issue))).isInstanceOf(Unknown.class);
  }

  private static String issue(String issue) {
    return "{\"name\": \"UNPROCESSABLE_ENTITY\", \"details\": [{\"issue\": \"%s\", \"field\": \"/x\"}]}"
        .formatted(issue);
  }

  @ParameterizedTest
  @CsvSource({
    "POSSIBLE, Y, Y, true",
    "POSSIBLE, Y, A, true",
    "NO, Y, Y, false",
    "UNKNOWN, Y, A, false",
    "NO, Y, N, false",
    "NO, Y, R, false",
    "UNKNOWN, Y, U, false",
    "NO, Y, U, false",
    "UNKNOWN, Y, C, false",
    "NO, Y, '', false",
    "NO, N, '', true",
    "NO, U, '', true",
    "UNKNOWN, U, '', false",
    "NO, B, '', true",
    "UNKNOWN, '', '', false"
  })
  void anOrderIsCompletedOnlyAfterAGoodAuthentication(
      String shift, String enrolled, String authenticated, boolean expected) {
    Prepared prepared =
        prepared(Operations.COMPLETE, challenged("APPROVED", shift, enrolled, authenticated));
    if (expected) {
      assertThat(prepared)
          .isEqualTo(
              new Prepared.Ready(
                  new ForwardRequest(
                      "paypal.complete_pay", Map.of("order", "ref_auth"), Map.of())));
    } else {
      assertThat(((Declined) ((Prepared.Decided) prepared).result()).code())
          .isEqualTo(DeclineCode.AUTHENTICATION_FAILED);
    }
  }

  @Test
  void anOrderWhoseShopperWasThereNeedsNoReturn() {
    Lookup asked =
        Operations.lookup("op_1", OperationKind.AUTHORIZE, Operations.AMOUNT, "ref_auth");
    String been = challenged("APPROVED", "POSSIBLE", "Y", "Y");
    assertThat(CONNECTOR.completes(asked, answer(200, been))).isTrue();
    assertThat(CONNECTOR.completes(asked, answer(404, been))).isFalse();
    assertThat(CONNECTOR.completes(asked, answer(200, been.replace("op_1", "op_9")))).isFalse();
    for (String other : List.of(made("CREATED"), made("APPROVED"), paid("COMPLETED"))) {
      assertThat(CONNECTOR.completes(asked, answer(200, other))).isFalse();
    }
    Lookup completion =
        new Lookup("op_5", OperationKind.COMPLETE, Operations.AMOUNT, null, "ref_auth");
    assertThat(CONNECTOR.completes(completion, answer(200, been))).isFalse();
  }

  @Test
  void anOrderThatIsPaidIsNotPaidAgain() {
    assertThat(prepared(Operations.COMPLETE, paid("COMPLETED")))
        .isInstanceOfSatisfying(
            Prepared.Decided.class,
            decided -> assertThat(decided.result()).isInstanceOf(Approved.class));
    String another = challenged("APPROVED", "POSSIBLE", "Y", "Y").replace("op_1", "op_9");
    assertThat(prepared(Operations.COMPLETE, another)).isInstanceOf(Prepared.NotReady.class);
  }

  @Test
  void whoHasNotBeenThroughTheChallengeIsStillAwaited() {
    String waits =
        order("PAYER_ACTION_REQUIRED", "{}")
            .replace("\"self\"", "\"payer-action\"")
            .replace("\"liability_shift\": \"POSSIBLE\",", "");
    assertThat(prepared(Operations.COMPLETE, waits))
        .isInstanceOfSatisfying(
            Prepared.Decided.class,
            decided ->
                assertThat(decided.result()).isInstanceOf(ProviderResult.RequiresAction.class));
  }

  @Test
  void theOrderTellsWhatIsCapturedVoidedAndRefunded() {
    assertThat(ready(Operations.CAPTURE, reserved("CREATED")).path())
        .isEqualTo(Map.of("authorization", "aut_1"));
    assertThat(ready(Operations.CAPTURE, reserved("CREATED")).body())
        .containsEntry("amount", Map.of("currency_code", "USD", "value", "19.99"))
        .containsEntry("final_capture", true)
        .containsEntry("invoice_id", "op_2");
    assertThat(ready(Operations.CANCEL, reserved("CREATED")).operation()).isEqualTo("paypal.void");
    assertThat(ready(Operations.REVERSE, paid("COMPLETED")).operation()).isEqualTo("paypal.refund");
    assertThat(ready(Operations.REFUND, paid("PARTIALLY_REFUNDED")).path())
        .isEqualTo(Map.of("capture", "cap_1"));
  }

  @Test
  void whatTheOrderShowsAsDoneIsNotDoneAgain() {
    String all =
        order(
            "COMPLETED",
            "{\"captures\": [%s], \"refunds\": [%s]}"
                .formatted(
                    payment("ref_own", "op_2", "COMPLETED"),
                    payment("ref_own", "op_4", "COMPLETED")));
    for (ProviderOperation done : List.of(Operations.CAPTURE, Operations.REFUND)) {
      assertThat(((Prepared.Decided) prepared(done, all)).result()).isInstanceOf(Approved.class);
    }
    assertThat(((Prepared.Decided) prepared(Operations.CANCEL, reserved("VOIDED"))).result())
        .isInstanceOf(Approved.class);
    assertThat(((Prepared.Decided) prepared(Operations.CANCEL, order("CREATED", "{}"))).result())
        .isInstanceOf(Approved.class);
  }

  @Test
  void whatIsNotThereIsRefused() {
    for (Prepared prepared :
        List.of(
            prepared(Operations.CAPTURE, reserved("VOIDED")),
            prepared(Operations.CANCEL, paid("COMPLETED")),
            prepared(Operations.REFUND, reserved("CREATED")))) {
      assertThat(((Prepared.Decided) prepared).result()).isInstanceOf(Rejected.class);
    }
  }

  @Test
  void anOrderShowsAllThatFollowedIt() {
    Lookup refund = Operations.lookup("op_4", OperationKind.REFUND, Operations.AMOUNT, null);
    assertThat(interpret(refund, 200, paid("COMPLETED"))).isEqualTo(new NotFound());
    assertThat(interpret(refund, 200, order("COMPLETED", refunds("COMPLETED"))))
        .isInstanceOf(Approved.class);
    assertThat(interpret(refund, 200, order("COMPLETED", refunds("PENDING"))))
        .isEqualTo(new Pending("ref_own"));
    assertThat(interpret(refund, 200, order("COMPLETED", refunds("FAILED"))))
        .isInstanceOfSatisfying(
            Declined.class, d -> assertThat(d.details().failureReason()).isEqualTo("unknown"));
    Lookup cancel = Operations.lookup("op_3", OperationKind.CANCEL, null, null);
    assertThat(interpret(cancel, 200, reserved("CREATED"))).isEqualTo(new NotFound());
    assertThat(interpret(cancel, 200, reserved("CAPTURED")))
        .isInstanceOfSatisfying(Pending.class, p -> assertThat(p.alert()).isNotNull());
  }

  private static String refunds(String status) {
    return "{\"refunds\": [" + payment("ref_own", "op_4", status) + "]}";
  }

  /** The order's id is known before the card is sent to it. */
  @Test
  void theOrderIsMadeBeforeItIsPaid() {
    for (ProviderOperation asked : List.of(Operations.PAY, Operations.RESERVE)) {
      ForwardRequest first = CONNECTOR.preparation(asked).orElseThrow();
      assertThat(String.valueOf(first.body())).doesNotContain("card").contains("op_1");
      Prepared.Ready ready = (Prepared.Ready) prepared(asked, made("CREATED"));
      assertThat(ready.reference()).isEqualTo("ref_auth");
      assertThat(ready.request().path()).isEqualTo(Map.of("order", "ref_auth"));
      assertThat(ready.request().body()).containsOnlyKeys("payment_source");
      assertThat(prepared(asked, made("CREATED").replace("op_1", "op_9")))
          .isInstanceOf(Prepared.NotReady.class);
      assertThat(prepared(asked, paid("COMPLETED"))).isInstanceOf(Prepared.NotReady.class);
    }
    assertThat(CONNECTOR.preparation(Operations.PAY).orElseThrow().operation())
        .isEqualTo("paypal.create_to_pay");
    assertThat(CONNECTOR.preparation(Operations.RESERVE).orElseThrow().operation())
        .isEqualTo("paypal.create_to_authorize");
  }

  /** Somebody has paid it before: a new order that nobody pays proves nothing. */
  @Test
  void aPaidInvoiceIsLeftAlone() {
    Prepared prepared =
        CONNECTOR.prepared(Operations.PAY, answer(422, issue("DUPLICATE_INVOICE_ID")));
    assertThat(prepared)
        .isInstanceOfSatisfying(
            Prepared.Decided.class,
            decided ->
                assertThat(decided.result())
                    .isInstanceOfSatisfying(
                        Pending.class, pending -> assertThat(pending.alert()).isNotNull()));
  }

  @Test
  void anOrderThatNobodyHasPaidTookNothing() {
    Lookup payment =
        Operations.lookup("op_1", OperationKind.AUTHORIZE, Operations.AMOUNT, "ref_auth");
    assertThat(interpret(payment, 200, made("CREATED"))).isEqualTo(new NotFound());
    assertThat(interpret(payment, 200, made("CREATED").replace("op_1", "op_9")))
        .isInstanceOf(Unknown.class);
    assertThat(interpret(payment, 200, made("APPROVED"))).isInstanceOf(Pending.class);
    Lookup completion =
        new Lookup("op_5", OperationKind.COMPLETE, Operations.AMOUNT, null, "ref_auth");
    assertThat(interpret(completion, 200, challenged("APPROVED", "POSSIBLE", "Y", "Y")))
        .isEqualTo(new NotFound());
    assertThat(interpret(completion, 200, paid("COMPLETED"))).isInstanceOf(Approved.class);
  }

  @Test
  void anErrorMayAskForTheShopper() {
    String asks =
        issue("PAYER_ACTION_REQUIRED")
            .replaceFirst(
                "\\{",
                "{\"links\": [{\"rel\": \"payer-action\","
                    + " \"href\": \"https://acs.example/c\"}], ");
    assertThat(interpret(Operations.PAY, 422, asks))
        .isEqualTo(new ProviderResult.RequiresAction(null, "https://acs.example/c"));
    assertThat(interpret(Operations.PAY, 422, issue("PAYER_ACTION_REQUIRED")))
        .isInstanceOf(Unknown.class);
    assertThat(interpret(Operations.wishing(Challenge.Wish.NEVER), 422, asks))
        .isInstanceOfSatisfying(
            Declined.class,
            d -> assertThat(d.code()).isEqualTo(DeclineCode.AUTHENTICATION_REQUIRED));
  }

  @Test
  void onlyAReferenceIsLookedUp() {
    Lookup lost = Operations.lookup("op_1", OperationKind.AUTHORIZE, Operations.AMOUNT, null);
    assertThat(CONNECTOR.manifest().refusal(lost)).isPresent();
    assertThat(
            CONNECTOR
                .manifest()
                .refusal(
                    Operations.lookup(
                        "op_1", OperationKind.AUTHORIZE, Operations.AMOUNT, "ref_auth")))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"usd, 1999, USD, 19.99", "jpy, 500, JPY, 500", "huf, 50000, HUF, 500"})
  void writesAmountsAsPayPalDoes(String ours, long amount, String theirs, String value) {
    Map<String, Object> body =
        Objects.requireNonNull(
            CONNECTOR.preparation(pay(Money.of(amount, ours))).orElseThrow().body());
    assertThat(String.valueOf(body.get("purchase_units")))
        .contains("amount={currency_code=" + theirs + ", value=" + value + "}")
        .contains("custom_id=op_1, invoice_id=op_1");
  }

  @Test
  void refusesWhatItCannotCharge() {
    assertThat(CONNECTOR.manifest().refusal(pay(Money.of(50_050, "huf")))).isPresent();
    assertThat(CONNECTOR.manifest().refusal(pay(Money.of(500, "krw")))).isPresent();
    assertThat(CONNECTOR.manifest().refusal(Operations.VERIFY)).isPresent();
  }

  private static ProviderOperation pay(Money amount) {
    return Operations.authorize(
        amount, true, CardUse.ONCE, Shopper.UNKNOWN, Challenge.ifNeeded("https://a/"));
  }

  @Test
  void saysWhoseCardItIsAndWhetherItMayBeChallenged() {
    assertThat(ready(Operations.PAY, made("CREATED")).operation()).isEqualTo("paypal.pay");
    assertThat(ready(Operations.RESERVE, made("CREATED")).operation())
        .isEqualTo("paypal.authorize");
    assertThat(card(Operations.PAY))
        .contains("method=SCA_WHEN_REQUIRED")
        .contains("return_url=https://shop.example/r")
        .doesNotContain("stored_credential");
    assertThat(card(Operations.wishing(Challenge.Wish.ALWAYS))).contains("method=SCA_ALWAYS");
    assertThat(card(Operations.wishing(Challenge.Wish.NEVER))).doesNotContain("SCA_");
    assertThat(card(Operations.RESERVE))
        .contains("{payment_initiator=CUSTOMER, payment_type=UNSCHEDULED, usage=FIRST}");
    assertThat(card(Operations.AGAIN))
        .contains("payment_initiator=MERCHANT, payment_type=UNSCHEDULED, usage=SUBSEQUENT")
        .contains("previous_network_transaction_reference={id=ntx_1}")
        .doesNotContain("SCA_");
  }

  private static String card(ProviderOperation operation) {
    return String.valueOf(
        Objects.requireNonNull(ready(operation, made("CREATED")).body()).get("payment_source"));
  }

  @ParameterizedTest
  @CsvSource({
    "X, PASS, PASS",
    "A, PASS, FAIL",
    "Z, FAIL, PASS",
    "N, FAIL, FAIL",
    "U, UNAVAILABLE, UNAVAILABLE"
  })
  void readsWhatWasCompared(String avs, Check address, Check postalCode) {
    Approved approved =
        (Approved)
            interpret(Operations.PAY, 201, paid("COMPLETED").replace("\"Z\"", "\"" + avs + "\""));
    assertThat(approved.details().checks().addressLine1()).isEqualTo(address);
    assertThat(approved.details().checks().postalCode()).isEqualTo(postalCode);
  }

  @ParameterizedTest
  @CsvSource({
    "PAYMENT.AUTHORIZATION.CREATED, op_1, op_1, AUTHORIZE, op_1, ord_1, ",
    "PAYMENT.AUTHORIZATION.VOIDED, op_1, op_1, AUTHORIZE, op_1, ord_1, ",
    "PAYMENT.CAPTURE.COMPLETED, op_1, op_1, AUTHORIZE, op_1, ord_1, ",
    "PAYMENT.CAPTURE.COMPLETED, op_1, op_2, CAPTURE, op_2, own_1, ord_1",
    "PAYMENT.CAPTURE.DENIED, , op_2, CAPTURE, op_2, own_1, ord_1",
    "PAYMENT.CAPTURE.PENDING, op_1, op_1, AUTHORIZE, op_1, ord_1, ",
    "PAYMENT.CAPTURE.REFUNDED, op_4, op_4, REFUND, op_4, own_1, ord_1",
    "PAYMENT.REFUND.FAILED, op_4, op_4, REFUND, op_4, own_1, ord_1"
  })
  void aNotificationSaysThatThereIsSomethingToLookUp(
      String type,
      @Nullable String custom,
      String invoice,
      OperationKind kind,
      String operation,
      String reference,
      @Nullable String authorization) {
    assertThat(CONNECTOR.read(event(type, custom, invoice)))
        .containsExactly(
            new Notification.Outcome(
                "WH-1",
                new Notification.About(operation, kind, reference, authorization),
                new Pending(reference),
                null,
                null));
  }

  @Test
  void aReversalIsForAPerson() {
    assertThat(CONNECTOR.read(event("PAYMENT.CAPTURE.REVERSED", "op_1", "op_1")))
        .singleElement()
        .isInstanceOfSatisfying(
            Notification.Outcome.class,
            told -> {
              assertThat(told.about().kind()).isEqualTo(OperationKind.AUTHORIZE);
              assertThat(told.result()).isInstanceOf(Declined.class);
            });
  }

  /** Nothing that it says of one is believed. */
  @Test
  void aDisputeIsAReasonToReadTheirList() {
    for (String what : List.of("CREATED", "UPDATED", "RESOLVED")) {
      Map<String, @Nullable Object> event = event("CUSTOMER.DISPUTE." + what, null, null);
      assertThat(CONNECTOR.read(event))
          .containsExactly(
              new Notification.DisputesChanged(Objects.requireNonNull((String) event.get("id"))));
    }
  }

  @Test
  void whatIsNotOursIsSomethingElse() {
    for (String type : List.of("CHECKOUT.ORDER.APPROVED", "x")) {
      assertThat(CONNECTOR.read(event(type, "op_1", "op_1")))
          .containsExactly(new Notification.Other(type));
    }
    assertThat(CONNECTOR.read(event("PAYMENT.REFUND.FAILED", "op_1", null)).getFirst())
        .isInstanceOf(Notification.Other.class);
    assertThat(CONNECTOR.read(Map.of("id", "WH-1")).getFirst())
        .isInstanceOf(Notification.Unread.class);
  }

  private static Map<String, @Nullable Object> event(
      String type, @Nullable String custom, @Nullable String invoice) {
    Map<String, @Nullable Object> resource = new LinkedHashMap<>();
    resource.put("id", "own_1");
    resource.put("custom_id", custom);
    resource.put("invoice_id", invoice);
    resource.put("supplementary_data", Map.of("related_ids", Map.of("order_id", "ord_1")));
    Map<String, @Nullable Object> event = new LinkedHashMap<>();
    event.put("id", "WH-1");
    event.put("event_type", type);
    event.put("resource", resource);
    return event;
  }

  private static ForwardRequest ready(ProviderOperation operation, String body) {
    return ((Prepared.Ready) prepared(operation, body)).request();
  }

  private static Prepared prepared(ProviderOperation operation, String body) {
    return CONNECTOR.prepared(operation, answer(200, body));
  }

  private static ProviderResult interpret(
      ProviderOperation operation, int status, @Nullable String body) {
    return CONNECTOR.interpret(operation, answer(status, body));
  }

  private static ForwardAnswer answer(int status, @Nullable String body) {
    return new ForwardAnswer(status, body == null ? null : Json.readObject(body));
  }
}
