package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Luhn;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every documented card does what its documentation says, over HTTPS. */
class CardsTest {
  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Rig rig;

  @BeforeAll
  static void start() throws IOException {
    rig = Rig.create();
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4242424242424242",
        "4000056655665556",
        "5555555555554444",
        "2223003122003222",
        "5200828282828210",
        "5105105105105100",
        "378282246310005",
        "371449635398431",
        "6011111111111117",
        "3056930009020004",
        "3566002020360505",
        "6200000000000005",
        "6205500000000000004",
        "4000008260000000",
        "4000000000000077",
        "4000000000009235",
        "4000000000000259",
        "4000000000003055",
        "4000000000005126",
        "4000000000007726"
      })
  void approves(String number) throws IOException {
    assertApproved(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0000000", "1234567", "9999999"})
  void approvesTheRangeReservedForLoad(String generated) throws IOException {
    String payload = "40000099" + generated;
    assertApproved(payload + Luhn.checkDigit(payload));
  }

  @Test
  void saysWhoseMoneyIsThereAtOnce() throws IOException {
    assertThat(pay("4000000000000077").get("funds_available")).isEqualTo(true);
    assertThat(pay("4000003720000278").get("funds_available")).isEqualTo(true);
    assertThat(pay("4242424242424242").get("funds_available")).isEqualTo(false);
    assertThat(pay("4000000000000002").get("funds_available")).isEqualTo(false);
  }

  private static void assertApproved(String number) throws IOException {
    Client.Reply reply = pay(number);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.get("status")).isEqualTo("approved");
    assertThat(reply.get("decline_code")).isNull();
    assertThat(reply.get("captured_amount")).isEqualTo(1_999L);
    assertThat(reply.text("authorization_code")).matches("[0-9]{6}");
  }

  @ParameterizedTest
  @CsvSource({
    "4000000000000002, generic_decline",
    "4000000000009995, insufficient_funds",
    "4000000000009987, lost_card",
    "4000000000009979, stolen_card",
    "4000000000000069, expired_card",
    "4000000000000127, incorrect_cvc",
    "4000000000000101, incorrect_cvc",
    "4000000000000119, processing_error",
    "4000000000006975, card_velocity_exceeded",
    "4100000000000019, fraudulent",
    "4000000000004954, fraudulent",
    "4000008400001280, generic_decline",
    "4000000000000341, generic_decline",
    "4242424242424241, incorrect_number"
  })
  void declines(String number, String code) throws IOException {
    Client.Reply reply = pay(number);
    assertThat(reply.get("status")).isEqualTo("declined");
    assertThat(reply.get("decline_code")).isEqualTo(code);
    assertThat(reply.get("captured_amount")).isEqualTo(0L);
    assertThat(reply.get("authorization_code")).isNull();
  }

  @Test
  void takesNothingThatIsNoTestCard() throws IOException {
    // Beside the reserved range: made up here, so that no real number stands in the source.
    String payload = "40000098" + "0000000";
    assertThat(pay(payload + Luhn.checkDigit(payload)).get("decline_code"))
        .isEqualTo("testmode_decline");
  }

  @Test
  void aCardThatFailsOnceAttachedCanStillBeSetUp() throws IOException {
    Map<String, @Nullable Object> body = card("4000000000000341");
    body.put("amount", 0L);
    body.put("setup", true);
    assertThat(rig.client.authorize(body).get("status")).isEqualTo("approved");
  }

  @Test
  void theCvcCheckCanOnlyFailWhenACvcCame() throws IOException {
    Map<String, @Nullable Object> body = card("4000000000000101");
    change(body, "cvc", null);
    Client.Reply reply = rig.client.authorize(body);
    assertThat(reply.get("status")).isEqualTo("approved");
    assertThat(reply.get("checks")).isEqualTo(checks("unchecked", "pass", "pass"));
    assertThat(pay("4000000000000101").get("checks")).isEqualTo(checks("fail", "pass", "pass"));
  }

  @ParameterizedTest
  @CsvSource({
    "4000000000000036, pass, fail",
    "4000000000000028, fail, pass",
    "4000000000000010, fail, fail",
    "4000000000000044, unavailable, unavailable"
  })
  void addressChecksFailWithoutADecline(String number, String line1, String postalCode)
      throws IOException {
    Client.Reply reply = pay(number);
    assertThat(reply.get("status")).isEqualTo("approved");
    assertThat(reply.get("checks")).isEqualTo(checks("pass", line1, postalCode));
  }

  @ParameterizedTest
  @CsvSource({
    "exp_month, 13, invalid_expiry_month",
    "exp_month, 0, invalid_expiry_month",
    "exp_year, 1995, invalid_expiry_year",
    "exp_year, 2026,",
    "exp_year, 2025, expired_card",
    "cvc, 99, invalid_cvc"
  })
  void looksAtTheRestOfTheCard(String member, String value, @Nullable String code)
      throws IOException {
    Map<String, @Nullable Object> body = card("4242424242424242");
    change(body, member, value);
    Client.Reply reply = rig.client.authorize(body);
    assertThat(reply.get("status")).isEqualTo(code == null ? "approved" : "declined");
    assertThat(reply.get("decline_code")).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({
    "4000002760003184, authentication_required",
    "4000000000003220, authentication_required",
    "4000008400001629, authentication_required",
    "4000002500003155, authentication_required",
    "4000008260003178, insufficient_funds"
  })
  void withoutAShopperNobodyCanAnswer(String number, String code) throws IOException {
    Map<String, @Nullable Object> body = card(number);
    body.put("initiator", "merchant");
    Client.Reply reply = rig.client.authorize(body);
    assertThat(reply.get("status")).isEqualTo("declined");
    assertThat(reply.get("decline_code")).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"4242424242424242", "4000003800000446", "4000000032200000"})
  void someCardsPassWithoutAShopper(String number) throws IOException {
    Map<String, @Nullable Object> body = card(number);
    body.put("initiator", "merchant");
    Client.Reply reply = rig.client.authorize(body);
    assertThat(reply.get("status")).isEqualTo("approved");
    assertThat(reply.get("three_d_secure")).isNull();
  }

  @Test
  void aFrictionlessShopperIsAuthenticatedUnasked() throws IOException {
    assertThat(pay("4000000032200000").get("three_d_secure"))
        .isEqualTo(Map.of("version", "2.2.0", "result", "authenticated"));
  }

  private static Client.Reply pay(String number) throws IOException {
    return rig.client.authorize(card(number));
  }

  private static Map<String, @Nullable Object> card(String number) {
    return Client.authorization(Rig.reference(), number);
  }

  private static Map<String, Object> checks(String cvc, String line1, String postalCode) {
    return Map.of("cvc", cvc, "address_line1", line1, "postal_code", postalCode);
  }

  @SuppressWarnings("unchecked") // the client makes no other maps
  private static void change(
      Map<String, @Nullable Object> body, String member, @Nullable String value) {
    Map<String, @Nullable Object> card =
        (Map<String, @Nullable Object>) Objects.requireNonNull(body.get("card"));
    if (value == null) {
      card.remove(member);
    } else {
      card.put(member, value);
    }
  }
}
