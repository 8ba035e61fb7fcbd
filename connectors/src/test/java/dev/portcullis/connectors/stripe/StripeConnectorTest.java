package dev.portcullis.connectors.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.Operations;
import dev.portcullis.connectors.Recorded;
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

class StripeConnectorTest {

  private static final StripeConnector CONNECTOR = new StripeConnector();

  /** docs.stripe.com/declines/codes, all of them. */
  private static final List<String> DECLINE_CODES =
      List.of(
          """
          approve_with_id authentication_not_handled authentication_required call_issuer
          card_not_supported card_velocity_exceeded currency_not_supported do_not_honor
          do_not_try_again duplicate_transaction expired_card fraudulent generic_decline
          incorrect_address incorrect_cvc incorrect_number incorrect_pin incorrect_zip
          insufficient_funds invalid_account invalid_amount invalid_cvc invalid_expiry_month
          invalid_expiry_year invalid_number invalid_pin issuer_not_available lost_card
          merchant_blacklist mobile_device_authentication_required
          new_account_information_available no_action_taken not_permitted offline_pin_required
          online_or_offline_pin_required pickup_card pin_try_exceeded processing_error
          reenter_transaction restricted_card revocation_of_all_authorizations
          revocation_of_authorization security_violation service_not_allowed stolen_card
          stop_payment_order testmode_decline transaction_not_allowed try_again_later
          withdrawal_count_limit_exceeded
          """
              .strip()
              .split("\\s+"));

  @Test
  void everyDocumentedDeclineCodeIsItself() {
    for (String code : DECLINE_CODES) {
      assertThat(refused("card_declined", code).wire()).isEqualTo(code);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "expired_card, EXPIRED_CARD",
    "incorrect_cvc, INCORRECT_CVC",
    "incorrect_number, INCORRECT_NUMBER",
    "processing_error, PROCESSING_ERROR",
    "authentication_required, AUTHENTICATION_REQUIRED",
    "payment_intent_authentication_failure, AUTHENTICATION_FAILED",
    "setup_intent_authentication_failure, AUTHENTICATION_FAILED",
    "card_decline_rate_limit_exceeded, CARD_VELOCITY_EXCEEDED",
    "card_declined, GENERIC_DECLINE",
    "invented_yesterday, GENERIC_DECLINE"
  })
  void anErrorCodeTellsWhereThereIsNoDeclineCode(String code, DeclineCode expected) {
    assertThat(refused(code, "")).isEqualTo(expected);
  }

  private static DeclineCode refused(String code, String decline) {
    String error =
        "{\"error\": {\"type\": \"card_error\", \"code\": \"%s\" %s}}"
            .formatted(code, decline.isEmpty() ? "" : ", \"decline_code\": \"" + decline + "\"");
    return ((Declined) interpret(Operations.PAY, 402, error)).code();
  }

  @Test
  void aFailedChallengeIsToldByTheIntent() {
    String intent =
        StripeSpecimen.payment("op_1", "requires_payment_method", "")
            .replace(
                "\"last_payment_error\": null",
                "\"last_payment_error\": {\"code\": \"payment_intent_authentication_failure\","
                    + " \"message\": \"The provided PaymentMethod has failed authentication.\"}");
    assertThat(interpret(found(OperationKind.AUTHORIZE, "ref_auth"), 200, intent))
        .isInstanceOfSatisfying(
            Declined.class,
            declined -> {
              assertThat(declined.code()).isEqualTo(DeclineCode.AUTHENTICATION_FAILED);
              assertThat(declined.details().said().message()).contains("failed authentication");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "true, succeeded, Approved",
    "true, requires_capture, Pending",
    "false, requires_capture, Approved",
    "true, processing, Pending",
    "true, requires_confirmation, Pending",
    "true, requires_payment_method, Pending",
    "true, canceled, Declined",
    "true, requires_action, Unknown"
  })
  void everyDocumentedStatusMeansSomething(boolean capture, String status, String expected) {
    ProviderOperation operation = capture ? Operations.PAY : Operations.RESERVE;
    assertThat(interpret(operation, 200, StripeSpecimen.payment("op_1", status, "")))
        .extracting(result -> result.getClass().getSimpleName())
        .isEqualTo(expected);
  }

  @Test
  void aKeyThatIsKnownWithAnotherBodyProvesNothing() {
    assertThat(
            interpret(
                Operations.PAY,
                400,
                "{\"error\": {\"type\": \"idempotency_error\", \"message\": \"Keys for\"}}"))
        .isInstanceOf(Unknown.class);
  }

  @Test
  void aCurrencyThatTheAccountDoesNotTakeIsUnsupported() {
    assertThat(
            interpret(
                Operations.PAY,
                400,
                "{\"error\": {\"type\": \"invalid_request_error\", \"param\": \"currency\"}}"))
        .isInstanceOfSatisfying(
            Rejected.class, r -> assertThat(r.kind()).isEqualTo(Rejected.Kind.UNSUPPORTED));
  }

  @Test
  void aRefusedCardOfAnotherPaymentIsNotThisOnes() {
    Recorded declined = new StripeSpecimen().declined(Operations.PAY);
    String other = Json.writeString(declined.body()).replace("op_1", "op_9");
    assertThat(interpret(Operations.PAY, 402, other)).isInstanceOf(Unknown.class);
  }

  @Test
  void aLostPaymentIsSearchedForAndALostRefundListed() {
    Lookup lost = found(OperationKind.AUTHORIZE, null);
    assertThat(CONNECTOR.request(lost).operation()).isEqualTo("stripe.payments");
    assertThat(CONNECTOR.request(lost).path()).isEqualTo(Map.of("operation", "op_1"));
    assertThat(interpret(lost, 200, "{\"data\": [], \"has_more\": false}"))
        .isEqualTo(new NotFound());
    assertThat(interpret(lost, 200, "{\"data\": [{}], \"has_more\": true}"))
        .isInstanceOf(Unknown.class);
    assertThat(interpret(lost, 200, "{}")).isInstanceOf(Unknown.class);
    String other = StripeSpecimen.payment("op_9", "succeeded", "");
    assertThat(interpret(lost, 200, "{\"data\": [%s], \"has_more\": false}".formatted(other)))
        .isInstanceOf(Unknown.class);
    Lookup refund = Operations.lookup("op_4", OperationKind.REFUND, Operations.AMOUNT, null);
    assertThat(CONNECTOR.request(refund).path()).isEqualTo(Map.of("payment", "ref_auth"));
    assertThat(
            interpret(
                refund,
                200,
                "{\"has_more\": true, \"data\": [%s, %s]}"
                    .formatted(StripeSpecimen.refund("op_8"), StripeSpecimen.refund("op_4"))))
        .isInstanceOf(Approved.class);
  }

  @Test
  void aCaptureThatNeverHappenedIsNotFound() {
    Lookup capture = Operations.lookup("op_2", OperationKind.CAPTURE, Operations.AMOUNT, null);
    assertThat(interpret(capture, 200, StripeSpecimen.payment("op_1", "requires_capture", "")))
        .isEqualTo(new NotFound());
    Lookup other = Operations.lookup("op_2", OperationKind.CAPTURE, Money.of(500, "usd"), null);
    assertThat(interpret(other, 200, StripeSpecimen.payment("op_1", "succeeded", "")))
        .isInstanceOf(Unknown.class);
    Lookup cancel = Operations.lookup("op_3", OperationKind.CANCEL, null, null);
    assertThat(interpret(cancel, 200, StripeSpecimen.payment("op_1", "requires_capture", "")))
        .isEqualTo(new NotFound());
    assertThat(interpret(cancel, 200, StripeSpecimen.payment("op_1", "canceled", "")))
        .isInstanceOf(Approved.class);
  }

  @Test
  void onlyTheProvidersOwnWordMeansNotFound() {
    Lookup lookup = found(OperationKind.AUTHORIZE, "ref_auth");
    assertThat(interpret(lookup, 404, "{\"error\": {\"code\": \"resource_missing\"}}"))
        .isEqualTo(new NotFound());
    assertThat(interpret(lookup, 404, "{}")).isInstanceOf(Unknown.class);
  }

  @Test
  void aReversalIsARefundOfAllThatWasTaken() {
    assertThat(CONNECTOR.request(Operations.REVERSE).operation()).isEqualTo("stripe.refund");
    assertThat(CONNECTOR.request(Operations.REVERSE).body())
        .containsEntry("payment_intent", "ref_auth")
        .containsEntry("amount", 1_999L)
        .containsEntry("metadata", Map.of("operation", "op_3"));
    assertThat(CONNECTOR.request(Operations.CANCEL).operation()).isEqualTo("stripe.cancel");
  }

  @ParameterizedTest
  @ValueSource(strings = {"failed", "canceled"})
  void aRefundThatFailsSaysWhy(String status) {
    String refund =
        StripeSpecimen.refund("op_4")
            .replace("\"succeeded\"", "\"" + status + "\"")
            .replace("\"currency\"", "\"failure_reason\": \"lost_or_stolen_card\", \"currency\"");
    assertThat(interpret(Operations.REFUND, 200, refund))
        .isInstanceOfSatisfying(
            Declined.class,
            declined ->
                assertThat(declined.details().failureReason()).isEqualTo("lost_or_stolen_card"));
  }

  @Test
  void aMerchantsOwnChargeSaysWhatItReliesOn() {
    Map<String, Object> body = Objects.requireNonNull(CONNECTOR.request(Operations.AGAIN).body());
    assertThat(body)
        .containsEntry("off_session", true)
        .containsEntry(
            "payment_method_options",
            Map.of("card", Map.of("mit_exemption", Map.of("network_transaction_id", "ntx_1"))))
        .doesNotContainKeys("return_url", "setup_future_usage");
  }

  @Test
  void aStoredCardIsForLaterAndAChallengeCanBeWished() {
    assertThat(CONNECTOR.request(Operations.RESERVE).body())
        .containsEntry("setup_future_usage", "off_session")
        .containsEntry("capture_method", "manual");
    assertThat(CONNECTOR.request(Operations.wishing(Challenge.Wish.ALWAYS)).body())
        .containsEntry(
            "payment_method_options", Map.of("card", Map.of("request_three_d_secure", "any")));
    assertThat(CONNECTOR.request(Operations.wishing(Challenge.Wish.QUESTION)).body())
        .containsEntry(
            "payment_method_options",
            Map.of("card", Map.of("request_three_d_secure", "challenge")));
    assertThat(CONNECTOR.request(Operations.wishing(Challenge.Wish.NEVER)).body())
        .containsEntry("error_on_requires_action", true)
        .doesNotContainKeys("return_url", "payment_method_options");
  }

  @Test
  void aCardThatIsSetUpIsAuthenticatedLikewise() {
    ProviderOperation demanded =
        Operations.authorize(
            Money.of(0, "usd"),
            false,
            CardUse.STORE,
            Shopper.UNKNOWN,
            new Challenge(Challenge.Wish.QUESTION, "https://shop.example/r", null));
    assertThat(CONNECTOR.request(demanded).body())
        .containsEntry(
            "payment_method_options",
            Map.of("card", Map.of("request_three_d_secure", "challenge")));
    assertThat(CONNECTOR.request(Operations.VERIFY).body())
        .doesNotContainKey("payment_method_options");
  }

  /** A set-up intent knows no {@code error_on_requires_action}. */
  @Test
  void whatWantsAChallengeThatNobodyCanBeSentToIsDeclined() {
    ProviderOperation never = Operations.wishing(Challenge.Wish.NEVER);
    String waiting = StripeSpecimen.payment(never.id(), "requires_action", "");
    assertThat(interpret(never, 200, waiting))
        .isInstanceOfSatisfying(
            Declined.class,
            declined -> assertThat(declined.code()).isEqualTo(DeclineCode.AUTHENTICATION_REQUIRED));
    assertThat(interpret(never, 200, waiting.replace(never.id(), "op_other")))
        .isInstanceOf(Unknown.class);
  }

  /** It is told of within the same second as its end, and may arrive after it. */
  @Test
  void anIntentThatWasOnlyMadeIsNoRefusal() {
    String made = StripeSpecimen.payment("op_1", "requires_payment_method", "");
    assertThat(event("payment_intent.created", made))
        .isInstanceOfSatisfying(
            Notification.Outcome.class,
            told -> assertThat(told.result()).isInstanceOf(Pending.class));
  }

  @Test
  void eventsTellWhatBecameOfOperations() {
    assertThat(event("payment_intent.succeeded", StripeSpecimen.payment("op_1", "succeeded", "")))
        .isInstanceOfSatisfying(
            Notification.Outcome.class,
            told -> {
              assertThat(told.about())
                  .isEqualTo(
                      new Notification.About("op_1", OperationKind.AUTHORIZE, "ref_auth", null));
              assertThat(told.result()).isInstanceOf(Approved.class);
              assertThat(told.id()).isEqualTo("evt_1");
              assertThat(told.amount()).isEqualTo(Operations.AMOUNT);
              assertThat(told.at()).isEqualTo(Instant.ofEpochSecond(1_767_225_600));
            });
    assertThat(event("refund.failed", StripeSpecimen.refund("op_4").replace("succeeded", "failed")))
        .isInstanceOfSatisfying(
            Notification.Outcome.class,
            told -> {
              assertThat(told.about())
                  .isEqualTo(
                      new Notification.About("op_4", OperationKind.REFUND, "ref_own", "ref_auth"));
              assertThat(told.result()).isInstanceOf(Declined.class);
            });
    assertThat(event("setup_intent.succeeded", StripeSpecimen.setup("op_1", "succeeded", "")))
        .isInstanceOfSatisfying(
            Notification.Outcome.class,
            told -> assertThat(told.result()).isInstanceOf(Approved.class));
    assertThat(event("payment_intent.processing", StripeSpecimen.payment("op_1", "processing", "")))
        .isInstanceOfSatisfying(
            Notification.Outcome.class,
            told -> assertThat(told.result()).isInstanceOf(Pending.class));
  }

  @Test
  void eventsOfWhatWasMadeElsewhereAreOthers() {
    assertThat(event("payment_intent.succeeded", "{\"object\": \"payment_intent\"}"))
        .isEqualTo(new Notification.Other("payment_intent.succeeded"));
    assertThat(event("payout.paid", "{\"object\": \"payout\", \"metadata\": {}}"))
        .isEqualTo(new Notification.Other("payout.paid"));
    assertThat(CONNECTOR.read(Json.readObject("{\"created\": 1}")).getFirst())
        .isInstanceOf(Notification.Unread.class);
  }

  private static Notification event(String type, String object) {
    return CONNECTOR
        .read(
            Json.readObject(
                "{\"id\": \"evt_1\", \"type\": \"%s\", \"created\": 1767225600,".formatted(type)
                    + " \"data\": {\"object\": "
                    + object
                    + "}}"))
        .getFirst();
  }

  private static Lookup found(OperationKind kind, @org.jspecify.annotations.Nullable String own) {
    return Operations.lookup("op_1", kind, Operations.AMOUNT, own);
  }

  private static ProviderResult interpret(ProviderOperation operation, int status, String body) {
    return CONNECTOR.interpret(operation, new ForwardAnswer(status, Json.readObject(body)));
  }
}
