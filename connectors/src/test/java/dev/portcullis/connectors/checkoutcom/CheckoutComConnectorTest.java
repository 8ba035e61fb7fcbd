package dev.portcullis.connectors.checkoutcom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.Operations;
import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.OperationKind;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckoutComConnectorTest {

  private static final CheckoutComConnector CONNECTOR = new CheckoutComConnector();

  /** checkout.com/docs, "API response codes": those that refuse a payment. */
  private static final List<String> CODES =
      List.of(
          """
          20001 20002 20003 20004 20005 20006 20009 20012 20013 20014 20015 20016 20017 20018 20019
          20020 20021 20022 20023 20024 20025 20026 20027 20028 20029 20030 20031 20032 20033 20038
          20039 20040 20042 20044 20045 20046 20051 20052 20053 20054 20055 20056 20057 20058 20059
          20060 20061 20062 20063 20064 20065 20066 20067 20068 20072 20075 20078 20081 20082 20083
          20084 20085 20086 20087 20088 20089 20090 20091 20092 20093 20094 20095 20096 20097 20098
          20099 2005C 2006P 2009G 200A4 200A5 200A6 200E0 200E2 200E3 200N0 200N7 200O5 200P1 200P9
          200R1 200R3 200S4 200T2 200T3 200T5 20100 20101 20102 20103 20104 20105 20106 20107 20108
          20109 20110 20111 20112 20113 20114 20115 20116 20117 20118 20119 20120 20121 20122 20123
          20124 20150 20151 20152 20153 20154 20155 20156 20157 20158 20159 20179 20182 20183 20193
          20197 30004 30007 30015 30016 30017 30018 30019 30020 30021 30022 30033 30034 30035 30036
          30037 30038 30041 30043 30044 30045 30046 40101 40201 40202 40203 40204 40205 41101 41201
          41202 41203 41204 41205 41206 41301 42101 42201 42202 42203 42204 42206 42301 43101 43102
          43201 43202 43203 43204 43205 43206 43301 44301
          """
              .strip()
              .split("\\s+"));

  @Test
  void everyDocumentedResponseCodeHasItsOwn() {
    for (String code : CODES) {
      assertThat(CheckoutComCodes.isDecline(code)).as(code).isTrue();
      assertThat(CheckoutComCodes.isKnown(code)).as(code).isTrue();
    }
    assertThat(CheckoutComCodes.isDecline("10000")).isFalse();
    assertThat(CheckoutComCodes.isKnown("29999")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "20005, DO_NOT_HONOR",
    "20014, INCORRECT_NUMBER",
    "20051, INSUFFICIENT_FUNDS",
    "20054, EXPIRED_CARD",
    "20087, INCORRECT_CVC",
    "200N7, INCORRECT_CVC",
    "20154, AUTHENTICATION_REQUIRED",
    "20151, AUTHENTICATION_FAILED",
    "200R1, REVOCATION_OF_AUTHORIZATION",
    "30041, LOST_CARD",
    "30043, STOLEN_CARD",
    "40101, FRAUDULENT",
    "44301, AUTHENTICATION_REQUIRED",
    "29999, GENERIC_DECLINE"
  })
  void aResponseCodeSaysWhy(String code, DeclineCode expected) {
    String declined =
        CheckoutComSpecimen.payment(Operations.AMOUNT, "Declined").replace("10000", code);
    assertThat(interpret(Operations.PAY, 201, declined))
        .isInstanceOfSatisfying(
            Declined.class,
            result -> {
              assertThat(result.code()).isEqualTo(expected);
              assertThat(result.details().said().code()).isEqualTo(code);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "Authorized, Approved",
    "Captured, Approved",
    "Paid, Approved",
    "Partially Captured, Approved",
    "Refunded, Approved",
    "Partially Refunded, Approved",
    "Card Verified, Pending",
    "Declined, Declined",
    "Canceled, Declined",
    "Expired, Declined",
    "Voided, Declined",
    "Pending, Pending",
    "Authentication Requested, Pending",
    "Requested, Pending",
    "Active, Pending",
    "Retry Scheduled, Pending"
  })
  void everyDocumentedStatusMeansSomething(String status, String expected) {
    String payment = CheckoutComSpecimen.payment(Operations.AMOUNT, status);
    assertThat(interpret(Operations.PAY, 201, payment).getClass().getSimpleName())
        .isEqualTo(expected);
  }

  @Test
  void aPartIsNoApproval() {
    String partial =
        CheckoutComSpecimen.payment(Operations.AMOUNT, "Authorized").replace("10000", "10010");
    assertThat(interpret(Operations.PAY, 201, partial))
        .isInstanceOfSatisfying(Pending.class, p -> assertThat(p.alert()).contains("part"));
  }

  @ParameterizedTest
  @CsvSource({
    "card_number_invalid, INVALID_NUMBER",
    "card_expired, EXPIRED_CARD",
    "card_expiry_month_invalid, INVALID_EXPIRY_MONTH",
    "cvv_invalid, INVALID_CVC"
  })
  void aFaultOfTheCardIsADecline(String code, DeclineCode expected) {
    assertThat(interpret(Operations.PAY, 422, errors("amount_invalid", code)))
        .isInstanceOfSatisfying(Declined.class, d -> assertThat(d.code()).isEqualTo(expected));
    assertThat(interpret(Operations.CAPTURE, 422, errors(code, code))).isInstanceOf(Rejected.class);
  }

  @ParameterizedTest
  @CsvSource({
    "processing_channel_id_invalid, CREDENTIAL",
    "currency_invalid, UNSUPPORTED",
    "business_not_found, CREDENTIAL",
    "processor_not_configured, UNSUPPORTED",
    "reference_invalid, MALFORMED"
  })
  void aRefusalIsOfAKind(String code, Rejected.Kind expected) {
    assertThat(interpret(Operations.PAY, 422, errors(code, "x")))
        .isInstanceOfSatisfying(Rejected.class, r -> assertThat(r.kind()).isEqualTo(expected));
  }

  /** Of what follows a payment, 403 says that the payment is in another state. */
  @Test
  void aKeyThatMayNotIsNoPaymentInAnotherState() {
    assertThat(((Rejected) interpret(Operations.PAY, 403, "{}")).kind())
        .isEqualTo(Rejected.Kind.CREDENTIAL);
    assertThat(((Rejected) interpret(Operations.CAPTURE, 403, "{}")).kind())
        .isEqualTo(Rejected.Kind.OTHER);
  }

  private static String errors(String one, String other) {
    return "{\"error_type\": \"request_invalid\", \"error_codes\": [\"%s\", \"%s\"]}"
        .formatted(one, other);
  }

  @ParameterizedTest
  @CsvSource({
    "usd, 1999, USD, 1999",
    "jpy, 500, JPY, 500",
    "kwd, 1230, KWD, 1230",
    "clp, 1000, CLP, 100000",
    "isk, 500, ISK, 5",
    "ugx, 500000, UGX, 5000"
  })
  void countsAsCheckoutComCounts(String ours, long amount, String theirs, long value) {
    assertThat(CONNECTOR.request(pay(Money.of(amount, ours))).body())
        .containsEntry("currency", theirs)
        .containsEntry("amount", value);
  }

  @Test
  void refusesWhatItCannotCount() {
    assertThat(refusal(Money.of(1_231, "kwd"))).contains("steps of 10");
    assertThat(refusal(Money.of(550, "isk"))).contains("no such fraction of ISK");
    assertThat(refusal(Money.of(1_000_000_000L, "usd"))).contains("larger");
    assertThat(CONNECTOR.manifest().refusal(pay(Money.of(999_999_999L, "usd")))).isEmpty();
  }

  private static String refusal(Money amount) {
    return CONNECTOR.manifest().refusal(pay(amount)).orElseThrow().forMerchant();
  }

  private static ProviderOperation pay(Money amount) {
    return Operations.authorize(
        amount, true, CardUse.ONCE, Shopper.UNKNOWN, Challenge.ifNeeded("https://a/"));
  }

  @Test
  void asksForThreeDSecureWhereItMay() {
    assertThat(CONNECTOR.request(Operations.PAY).body())
        .containsEntry(
            "3ds",
            Map.of("enabled", true, "attempt_n3d", true, "challenge_indicator", "no_preference"))
        .containsEntry("success_url", "https://shop.example/r")
        .containsEntry("failure_url", "https://shop.example/r")
        .containsEntry("payment_type", "Regular")
        .containsEntry(
            "risk",
            Map.of("enabled", true, "device", Map.of("network", Map.of("ipv4", "203.0.113.7"))));
    assertThat(CONNECTOR.request(Operations.wishing(Challenge.Wish.NEVER)).body())
        .doesNotContainKeys("3ds", "success_url", "failure_url");
  }

  @Test
  void aMerchantsOwnChargeSaysWhatItReliesOn() {
    Map<String, Object> body = Objects.requireNonNull(CONNECTOR.request(Operations.AGAIN).body());
    assertThat(body)
        .containsEntry("merchant_initiated", true)
        .containsEntry("payment_type", "Unscheduled")
        .containsEntry("previous_payment_id", "ntx_1")
        .doesNotContainKey("3ds");
    assertThat(body.get("source"))
        .isInstanceOfSatisfying(
            Map.class, source -> assertThat(source.get("stored")).isEqualTo(true));
    assertThat(CONNECTOR.request(Operations.RESERVE).body()).containsEntry("capture", false);
    assertThat(CONNECTOR.request(Operations.VERIFY).body())
        .containsEntry("capture", false)
        .containsEntry("amount", 0L);
  }

  @Test
  void aLostPaymentIsListedByItsReference() {
    Lookup lost = Operations.lookup("op_1", OperationKind.AUTHORIZE, Operations.AMOUNT, null);
    assertThat(CONNECTOR.request(lost).path()).isEqualTo(Map.of("reference", "op_1"));
    assertThat(interpret(lost, 200, "{\"total_count\": 0, \"data\": []}"))
        .isEqualTo(new NotFound());
    assertThat(interpret(lost, 200, "{\"total_count\": 11, \"data\": [{}]}"))
        .isInstanceOf(Unknown.class);
    assertThat(interpret(lost, 200, "{}")).isInstanceOf(Unknown.class);
  }

  /** The code of a refusal is in the first answer and in the notification alone. */
  @Test
  void aPaymentAsItStandsTellsThatItWasDeclinedAndNotWhy() {
    String standing = CheckoutComSpecimen.standing(Operations.AMOUNT, "Declined");
    Lookup lookup =
        Operations.lookup("op_1", OperationKind.AUTHORIZE, Operations.AMOUNT, "ref_auth");
    assertThat(interpret(lookup, 200, standing))
        .isInstanceOfSatisfying(
            Declined.class, d -> assertThat(d.code()).isEqualTo(DeclineCode.GENERIC_DECLINE));
    for (String response : List.of("N", "R")) {
      String failed =
          standing.replace(
              "\"source\":",
              "\"3ds\": {\"version\": \"2.2.0\", \"authentication_response\": \""
                  + response
                  + "\"}, \"source\":");
      assertThat(interpret(lookup, 200, failed))
          .isInstanceOfSatisfying(
              Declined.class,
              d -> assertThat(d.code()).isEqualTo(DeclineCode.AUTHENTICATION_FAILED));
    }
  }

  @Test
  void aReversalShowsInThePayment() {
    Lookup reversal = Operations.lookup("op_3", OperationKind.CANCEL, Operations.AMOUNT, "ref_own");
    for (String status : List.of("Voided", "Refunded")) {
      assertThat(interpret(reversal, 200, CheckoutComSpecimen.standing(Operations.AMOUNT, status)))
          .isInstanceOf(Approved.class);
    }
    String captured = CheckoutComSpecimen.standing(Operations.AMOUNT, "Captured");
    assertThat(interpret(reversal, 200, captured)).isEqualTo(new Pending("ref_own"));
    assertThat(interpret(reversal, 200, captured.replace("\"Captured\"", "\"Refunded\"")))
        .isInstanceOf(Unknown.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Voided", "Canceled", "Expired"})
  void aVoidShowsInThePayment(String status) {
    Lookup cancel = Operations.lookup("op_3", OperationKind.CANCEL, null, null);
    assertThat(interpret(cancel, 200, CheckoutComSpecimen.standing(Operations.AMOUNT, status)))
        .isInstanceOf(Approved.class);
    assertThat(
            interpret(cancel, 200, CheckoutComSpecimen.standing(Operations.AMOUNT, "Authorized")))
        .isEqualTo(new NotFound());
  }

  @Test
  void aRefundIsToldByItsNotificationAlone() {
    Lookup refund = Operations.lookup("op_4", OperationKind.REFUND, Operations.AMOUNT, "ref_own");
    String standing = CheckoutComSpecimen.standing(Operations.AMOUNT, "Refunded");
    assertThat(interpret(refund, 200, standing)).isEqualTo(new Pending("ref_own"));
    Lookup lost = Operations.lookup("op_4", OperationKind.REFUND, Operations.AMOUNT, null);
    assertThat(interpret(lost, 200, standing)).isInstanceOf(Unknown.class);
  }

  @ParameterizedTest
  @CsvSource({
    "payment_approved, AUTHORIZE, Approved, ref_auth, ",
    "card_verified, AUTHORIZE, Approved, ref_auth, ",
    "payment_declined, AUTHORIZE, Declined, ref_auth, ",
    "payment_expired, AUTHORIZE, Declined, ref_auth, ",
    "payment_canceled, AUTHORIZE, Declined, ref_auth, ",
    "card_verification_declined, AUTHORIZE, Declined, ref_auth, ",
    "payment_pending, AUTHORIZE, Pending, ref_auth, ",
    "payment_captured, CAPTURE, Approved, ref_own, ref_auth",
    "payment_capture_declined, CAPTURE, Declined, ref_own, ref_auth",
    "payment_capture_pending, CAPTURE, Pending, ref_own, ref_auth",
    "payment_voided, CANCEL, Approved, ref_own, ref_auth",
    "payment_void_declined, CANCEL, Declined, ref_own, ref_auth",
    "payment_refunded, REFUND, Approved, ref_own, ref_auth",
    "payment_refund_declined, REFUND, Declined, ref_own, ref_auth",
    "payment_refund_pending, REFUND, Pending, ref_own, ref_auth"
  })
  void aNotificationDecides(
      String type, OperationKind kind, String expected, String own, String authorization) {
    assertThat(event(type, "op_2"))
        .isInstanceOfSatisfying(
            Notification.Outcome.class,
            told -> {
              assertThat(told.about())
                  .isEqualTo(new Notification.About("op_2", kind, own, authorization));
              assertThat(told.result().getClass().getSimpleName()).isEqualTo(expected);
              assertThat(told.amount()).isEqualTo(Money.of(1_999, "eur"));
              assertThat(told.at()).isEqualTo(Instant.parse("2023-05-24T09:12:27.469551200Z"));
            });
  }

  @Test
  void aFailedChallengeIsTold() {
    Notification.Outcome told =
        (Notification.Outcome) event("payment_authentication_failed", "op_1");
    assertThat(((Declined) told.result()).code()).isEqualTo(DeclineCode.AUTHENTICATION_FAILED);
  }

  @Test
  void whatIsNoOperationIsAnother() {
    assertThat(event("dispute_received", "op_2"))
        .isEqualTo(new Notification.Other("dispute_received"));
    assertThat(event("payment_captured", "ORD 5023"))
        .isEqualTo(new Notification.Other("payment_captured"));
    assertThat(CONNECTOR.read(Map.of()).getFirst()).isInstanceOf(Notification.Unread.class);
    assertThat(CONNECTOR.read(Map.of("type", "payment_captured")).getFirst())
        .isInstanceOf(Notification.Unread.class);
  }

  private static Notification event(String type, String reference) {
    return CONNECTOR
        .read(
            Json.readObject(
                """
                {"id": "evt_1", "type": "%s", "timestamp": "2023-05-24T09:12:32.357+00:00",
                 "data": {"id": "ref_auth", "action_id": "ref_own", "reference": "%s",
                  "amount": 1999, "currency": "EUR",
                  "processed_on": "2023-05-24T09:12:27.4695512Z",
                  "response_code": "10000", "response_summary": "Approved"}}\
                """
                    .formatted(type, reference)))
        .getFirst();
  }

  private static ProviderResult interpret(ProviderOperation operation, int status, String body) {
    return CONNECTOR.interpret(operation, new ForwardAnswer(status, Json.readObject(body)));
  }
}
