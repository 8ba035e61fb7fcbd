package dev.portcullis.connectors.adyen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.Operations;
import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdyenConnectorTest {

  private static final AdyenConnector CONNECTOR = new AdyenConnector();

  /** docs.adyen.com/development-resources/refusal-reasons: 0, 1, 13 and 30 are no refusals. */
  @Test
  void everyDocumentedRefusalReasonHasItsCode() {
    IntStream.rangeClosed(2, 46)
        .filter(code -> code != 13 && code != 30)
        .forEach(
            code ->
                assertThat(AdyenRefusals.values())
                    .as("refusalReasonCode " + code)
                    .anyMatch(one -> one.code() == code));
    assertThat(AdyenRefusals.values()).hasSize(43);
  }

  @ParameterizedTest
  @CsvSource({
    "5, RESTRICTED_CARD",
    "6, EXPIRED_CARD",
    "12, INSUFFICIENT_FUNDS",
    "20, FRAUDULENT",
    "24, INCORRECT_CVC",
    "26, REVOCATION_OF_AUTHORIZATION",
    "38, AUTHENTICATION_REQUIRED",
    "42, AUTHENTICATION_FAILED",
    "46, DO_NOT_TRY_AGAIN",
    "999, GENERIC_DECLINE"
  })
  void aRefusalSaysWhy(String reason, DeclineCode expected) {
    ProviderResult result = payment("Refused", ", \"refusalReasonCode\": \"%s\"".formatted(reason));
    assertThat(((Declined) result).code()).isEqualTo(expected);
    assertThat(((Declined) result).details().said().code()).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "Authorised, Approved, false",
    "Refused, Declined, false",
    "Cancelled, Declined, false",
    "Error, Declined, false",
    "Received, Pending, false",
    "Pending, Pending, false",
    "PartiallyAuthorised, Pending, true",
    "PresentToShopper, Pending, true",
    "IdentifyShopper, Pending, true",
    "ChallengeShopper, Pending, true",
    "AuthenticationFinished, Pending, true",
    "AuthenticationNotRequired, Pending, true",
    "Success, Pending, true",
    "RedirectShopper, Unknown, false"
  })
  void everyDocumentedResultCodeMeansSomething(String code, String expected, boolean alert) {
    ProviderResult result = payment(code, "");
    assertThat(result.getClass().getSimpleName()).isEqualTo(expected);
    if (result instanceof Pending pending) {
      assertThat(pending.alert() != null).isEqualTo(alert);
    }
  }

  private static ProviderResult payment(String code, String more) {
    return CONNECTOR.interpret(
        Operations.PAY,
        new ForwardAnswer(200, AdyenSpecimen.payment(Operations.AMOUNT, code, more).body()));
  }

  @ParameterizedTest
  @CsvSource({
    "422, 101, INVALID_NUMBER",
    "422, 103, INVALID_CVC",
    "422, 129, EXPIRED_CARD",
    "422, 140, INVALID_EXPIRY_MONTH",
    "422, 141, INVALID_EXPIRY_YEAR"
  })
  void aFaultOfTheCardIsADecline(int status, String code, DeclineCode expected) {
    assertThat(error(Operations.PAY, status, code))
        .isInstanceOfSatisfying(
            Declined.class, declined -> assertThat(declined.code()).isEqualTo(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "401, 000, CREDENTIAL",
    "403, 010, CREDENTIAL",
    "403, 901, CREDENTIAL",
    "403, 905, UNSUPPORTED",
    "403, 905_1, UNSUPPORTED",
    "422, 107, UNSUPPORTED",
    "422, 100, MALFORMED",
    "403, 167, UNKNOWN_REFERENCE",
    "403, 702, CREDENTIAL",
    "404, 702, UNKNOWN_REFERENCE",
    "422, 901, CREDENTIAL",
    "422, 138, UNSUPPORTED",
    "422, 137, UNSUPPORTED",
    "422, 167, UNKNOWN_REFERENCE",
    "422, 702, MALFORMED",
    "400, 702, MALFORMED"
  })
  void aRefusalIsOfAKind(int status, String code, Rejected.Kind expected) {
    assertThat(error(Operations.CAPTURE, status, code))
        .isInstanceOfSatisfying(
            Rejected.class, rejected -> assertThat(rejected.kind()).isEqualTo(expected));
  }

  @Test
  void aRequestThatIsUnderWayProvesNothing() {
    assertThat(error(Operations.PAY, 422, "704")).isInstanceOf(Unknown.class);
    assertThat(error(Operations.PAY, 422, "707")).isInstanceOf(Unknown.class);
  }

  private static ProviderResult error(ProviderOperation operation, int status, String code) {
    return CONNECTOR.interpret(
        operation,
        new ForwardAnswer(
            status,
            Json.readObject(
                "{\"status\": %d, \"errorCode\": \"%s\", \"message\": \"m\"}"
                    .formatted(status, code))));
  }

  @ParameterizedTest
  @CsvSource({
    "usd, 1999, USD, 1999",
    "jpy, 500, JPY, 500",
    "kwd, 1230, KWD, 1230",
    "clp, 1000, CLP, 100000",
    "isk, 500, ISK, 500",
    "idr, 150000, IDR, 1500",
    "ugx, 500000, UGX, 5000",
    "cve, 10000, CVE, 100"
  })
  void countsAsAdyenCounts(String ours, long amount, String theirs, long value) {
    ProviderOperation capture =
        new ProviderOperation.Capture("op_2", "ref_auth", Money.of(amount, ours));
    assertThat(CONNECTOR.request(capture).body())
        .containsEntry("amount", Map.of("currency", theirs, "value", value));
  }

  @Test
  void refusesWhatItCannotCount() {
    assertThat(refusal(Money.of(150_050, "idr"))).contains("no such fraction of IDR");
    assertThat(refusal(Money.of(100, "afn"))).contains("does not take AFN");
    assertThat(CONNECTOR.manifest().refusal(Operations.PAY)).isEmpty();
  }

  private static String refusal(Money amount) {
    return CONNECTOR
        .manifest()
        .refusal(
            Operations.authorize(
                amount, true, CardUse.ONCE, Shopper.UNKNOWN, Challenge.ifNeeded("https://a/")))
        .orElseThrow()
        .forMerchant();
  }

  @Test
  void asksForARedirectAndForNoOtherChallenge() {
    Map<String, Object> body = Objects.requireNonNull(CONNECTOR.request(Operations.PAY).body());
    assertThat(body)
        .containsEntry(
            "authenticationData", Map.of("threeDSRequestData", Map.of("nativeThreeDS", "disabled")))
        .containsEntry("channel", "Web")
        .containsEntry("captureDelayHours", 0L)
        .containsKeys("browserInfo", "shopperIP", "shopperEmail", "billingAddress")
        .doesNotContainKeys("additionalData", "recurringProcessingModel", "merchantAccount");
    for (Challenge.Wish demand : List.of(Challenge.Wish.ALWAYS, Challenge.Wish.QUESTION)) {
      assertThat(CONNECTOR.request(Operations.wishing(demand)).body())
          .containsEntry(
              "authenticationData",
              Map.of(
                  "threeDSRequestData",
                  Map.of("nativeThreeDS", "disabled"),
                  "attemptAuthentication",
                  "always"));
    }
    assertThat(CONNECTOR.request(Operations.wishing(Challenge.Wish.ALWAYS)).body())
        .doesNotContainKey("threeDS2RequestData");
    assertThat(CONNECTOR.request(Operations.wishing(Challenge.Wish.QUESTION)).body())
        .containsEntry("threeDS2RequestData", Map.of("threeDSRequestorChallengeInd", "03"));
    assertThat(CONNECTOR.request(Operations.wishing(Challenge.Wish.NEVER)).body())
        .containsEntry("authenticationData", Map.of("attemptAuthentication", "never"));
    assertThat(CONNECTOR.request(Operations.RESERVE).body())
        .containsEntry("additionalData", Map.of("manualCapture", "true"))
        .containsEntry("recurringProcessingModel", "UnscheduledCardOnFile")
        .doesNotContainKeys("captureDelayHours", "billingAddress", "browserInfo");
  }

  @Test
  void aMerchantsOwnChargeSaysWhatItReliesOn() {
    Map<String, Object> body = Objects.requireNonNull(CONNECTOR.request(Operations.AGAIN).body());
    assertThat(body)
        .containsEntry("shopperInteraction", "ContAuth")
        .containsEntry("recurringProcessingModel", "UnscheduledCardOnFile")
        .doesNotContainKeys("authenticationData", "browserInfo", "channel");
    assertThat(body.get("paymentMethod"))
        .isInstanceOfSatisfying(
            Map.class, card -> assertThat(card.get("networkPaymentReference")).isEqualTo("ntx_1"));
  }

  @Test
  void goesOnWithWhatTheRedirectBrought() {
    assertThat(CONNECTOR.request(Operations.COMPLETE).body())
        .isEqualTo(Map.of("details", Map.of("redirectResult", "X6XtfGC3!Y...")));
    ProviderOperation forged =
        new ProviderOperation.Complete(
            "op_5",
            "op_1",
            Operations.AMOUNT,
            true,
            null,
            Map.of("redirectResult", "x".repeat(20_001), "MD", "y"));
    assertThat(CONNECTOR.request(forged).body())
        .isEqualTo(Map.of("details", Map.of("redirectResult", "")));
    assertThat(forged.toString()).doesNotContain("MD");
  }

  @Test
  void reversesWhatMayHaveBeenTaken() {
    assertThat(CONNECTOR.request(Operations.REVERSE).operation()).isEqualTo("adyen.reverse");
    assertThat(CONNECTOR.request(Operations.CANCEL).operation()).isEqualTo("adyen.cancel");
  }

  @ParameterizedTest
  @CsvSource({
    "AUTHORISATION, true, AUTHORIZE, Approved",
    "AUTHORISATION, false, AUTHORIZE, Declined",
    "CAPTURE, true, CAPTURE, Approved",
    "CAPTURE, false, CAPTURE, Declined",
    "CAPTURE_FAILED, true, CAPTURE, Declined",
    "CANCELLATION, true, CANCEL, Approved",
    "CANCEL_OR_REFUND, true, CANCEL, Approved",
    "REFUND, true, REFUND, Approved",
    "REFUND, false, REFUND, Declined",
    "REFUND_FAILED, true, REFUND, Declined",
    "REFUNDED_REVERSED, true, REFUND, Declined"
  })
  void aNotificationDecides(String event, String success, OperationKind kind, String expected) {
    Notification told = read(item(event, success, "CVC Declined")).getFirst();
    assertThat(told)
        .isInstanceOfSatisfying(
            Notification.Outcome.class,
            outcome -> {
              assertThat(outcome.about())
                  .isEqualTo(new Notification.About("op_2", kind, "ref_own", "ref_auth"));
              assertThat(outcome.result().getClass().getSimpleName()).isEqualTo(expected);
              assertThat(outcome.amount()).isEqualTo(Money.of(1_999, "eur"));
              assertThat(outcome.at()).isNull();
            });
  }

  /** Eight fields are signed; whoever changes another one is not believed. */
  @Test
  void nothingThatIsNotSignedIsBelieved() {
    for (String success : List.of("true", "false")) {
      String item = item("AUTHORISATION", success, "CVC Declined");
      String changed =
          item.replace("CVC Declined", "FRAUD")
              .replace("2021-01-01", "1999-01-01")
              .replace(
                  "\"merchantAccountCode\"",
                  "\"additionalData\": {\"networkTxReference\": \"forged\", \"authCode\": \"1\"},"
                      + " \"merchantAccountCode\"");
      assertThat(read(changed)).isEqualTo(read(item));
    }
    Notification.Outcome refused =
        (Notification.Outcome) read(item("AUTHORISATION", "false", "FRAUD")).getFirst();
    assertThat(((Declined) refused.result()).code()).isEqualTo(DeclineCode.GENERIC_DECLINE);
    assertThat(refused.id()).isEqualTo("AUTHORISATION:ref_own:false");
  }

  /** Whatever order they come in, the later event of a dispute has the larger number. */
  @Test
  void aDisputesEventsSayWhereItStands() {
    Map<String, DisputeNotice.Stage> stages = new LinkedHashMap<>();
    stages.put("REQUEST_FOR_INFORMATION", DisputeNotice.Stage.INQUIRY);
    stages.put("NOTIFICATION_OF_CHARGEBACK", DisputeNotice.Stage.INQUIRY);
    stages.put("CHARGEBACK", DisputeNotice.Stage.CHARGEBACK);
    stages.put("CHARGEBACK_REVERSED", DisputeNotice.Stage.WON);
    stages.put("SECOND_CHARGEBACK", DisputeNotice.Stage.LOST);
    stages.put("PREARBITRATION_LOST", DisputeNotice.Stage.LOST);
    stages.put("PREARBITRATION_WON", DisputeNotice.Stage.WON);
    long last = 0;
    for (Map.Entry<String, DisputeNotice.Stage> each : stages.entrySet()) {
      Notification.Disputed disputed =
          (Notification.Disputed)
              read(item(each.getKey(), "true", "Other Fraud-Card Absent Environment")).getFirst();
      assertThat(disputed)
          .isEqualTo(
              new Notification.Disputed(
                  each.getKey() + ":ref_own:1999",
                  "ref_own",
                  "op_2",
                  disputed.sequence(),
                  Money.of(1_999, "eur"),
                  each.getValue(),
                  DisputeNotice.Telling.MOVE));
      assertThat(disputed.sequence()).isGreaterThan(last);
      last = disputed.sequence();
    }
    assertThat(read(item("CHARGEBACK", "true", "").replace("1999", "0")).getFirst())
        .isInstanceOf(Notification.Unread.class);
    assertThat(
            read(
                    item("CHARGEBACK_REVERSED", "true", "")
                        + ","
                        + item("CHARGEBACK_REVERSED", "true", "").replace("1999", "1000"))
                .stream()
                .map(Notification.Disputed.class::cast)
                .map(Notification.Disputed::id))
        .as("a bank gives back in parts")
        .doesNotHaveDuplicates();
    assertThat(read(item("INFORMATION_SUPPLIED", "true", "")).getFirst())
        .as("no money moves by it")
        .isInstanceOf(Notification.Other.class);
  }

  @Test
  void whatIsNoOperationIsAnother() {
    assertThat(read(item("REPORT_AVAILABLE", "true", "")))
        .containsExactly(new Notification.Other("REPORT_AVAILABLE"));
    assertThat(read(item("AUTHORISATION", "perhaps", "")).getFirst())
        .isInstanceOf(Notification.Unread.class);
    assertThat(CONNECTOR.read(Map.of()).getFirst()).isInstanceOf(Notification.Unread.class);
    assertThat(read(item("REFUND", "true", "") + "," + item("CAPTURE", "true", ""))).hasSize(2);
  }

  private static List<Notification> read(String items) {
    return CONNECTOR.read(
        Json.readObject("{\"live\": \"false\", \"notificationItems\": [" + items + "]}"));
  }

  private static String item(String event, String success, String reason) {
    return """
    {"NotificationRequestItem": {"amount": {"currency": "EUR", "value": 1999},
     "eventCode": "%s", "eventDate": "2021-01-01T01:00:00+01:00", "merchantReference": "op_2",
     "merchantAccountCode": "ShopECOM", "originalReference": "ref_auth",
     "pspReference": "ref_own", "reason": "%s", "success": "%s"}}\
    """
        .formatted(event, reason, success);
  }
}
