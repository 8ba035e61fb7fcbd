package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A merchant may want every shopper authenticated, whatever the bank thinks of it. */
class DemandedChallengeTest {

  private static final String PAYMENTS = "/v1/payment_intents";
  private static final String SETUPS = "/v1/setup_intents";
  private static final String DEMAND = "payment_method_options[card][request_three_d_secure]";

  private static final String RETURN = "https://shop.example/done";

  private final Gateway gateway = Gateway.IT;

  private Answer payment(long amount, String... more) {
    List<String> form =
        new ArrayList<>(
            List.of(
                "amount",
                Long.toString(amount),
                "currency",
                "usd",
                "payment_method",
                "pm_card_visa",
                "payment_method_types[]",
                "card"));
    form.addAll(List.of(more));
    if (form.contains("confirm")) {
      form.addAll(List.of("return_url", RETURN));
    }
    return gateway.post(PAYMENTS, form.toArray(String[]::new));
  }

  private Answer page(String path, String... form) {
    return gateway.send(
        gateway
            .form(path, form)
            .setHeader("Authorization", "Bearer " + gateway.publishableKey.text()));
  }

  private static Object demand(Answer intent) {
    Map<?, ?> options =
        (Map<?, ?>) Objects.requireNonNull(intent.body().get("payment_method_options"));
    Map<?, ?> card = (Map<?, ?>) Objects.requireNonNull(options.get("card"));
    return Objects.requireNonNull(card.get("request_three_d_secure"));
  }

  private String reference(long amount) {
    return String.valueOf(
        gateway.provider.entries("sandbox.authorize", amount).getFirst().get("reference"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"any", "challenge"})
  void no_money_moves_before_the_shopper_was_asked(String wish) {
    long amount = wish.equals("any") ? 72_001 : 72_002;
    Answer asked = payment(amount, "confirm", "true", DEMAND, wish);
    assertThat(asked.string("status")).as(asked.text()).isEqualTo("requires_action");
    assertThat(demand(asked)).isEqualTo(wish);
    assertThat(
            gateway.database.text(
                "SELECT (doc->>'challenge') || coalesce(doc->>'question', '')"
                    + " FROM provider_operations WHERE object = ?",
                asked.string("id")))
        .as("a demand to an earlier release too")
        .isEqualTo(wish.equals("any") ? "ALWAYS" : "ALWAYStrue");
    gateway.provider.settle(reference(amount), "approved", null);
    eventually()
        .until(
            () ->
                gateway
                    .get(PAYMENTS + "/" + asked.string("id"))
                    .string("status")
                    .equals("succeeded"));
  }

  @Test
  void without_it_the_bank_decides() {
    Answer paid = payment(72_003, "confirm", "true", DEMAND, "automatic");
    assertThat(paid.string("status")).as(paid.text()).isEqualTo("succeeded");
    assertThat(demand(paid)).isEqualTo("automatic");
    assertThat(demand(payment(72_003))).as("nothing was said").isEqualTo("automatic");
  }

  @Test
  void it_can_be_said_when_it_is_confirmed() {
    Answer fresh = payment(72_004);
    Answer asked =
        gateway.post(
            PAYMENTS + "/" + fresh.string("id") + "/confirm", DEMAND, "any", "return_url", RETURN);
    assertThat(asked.string("status")).as(asked.text()).isEqualTo("requires_action");
  }

  @Test
  void a_page_asks_for_no_less_than_the_merchant() {
    Answer fresh = payment(72_005, DEMAND, "challenge");
    String confirm = PAYMENTS + "/" + fresh.string("id") + "/confirm";
    String secret = fresh.string("client_secret");
    for (String less : List.of("automatic", "any")) {
      Answer refused = page(confirm, "client_secret", secret, DEMAND, less);
      assertThat(refused.status()).as(refused.text()).isEqualTo(400);
      assertThat(refused.error()).containsEntry("param", DEMAND);
    }
    Answer asked = page(confirm, "client_secret", secret, "return_url", RETURN);
    assertThat(asked.string("status")).as(asked.text()).isEqualTo("requires_action");
  }

  @Test
  void a_page_may_ask_for_more() {
    Answer fresh = payment(72_006);
    Answer asked =
        page(
            PAYMENTS + "/" + fresh.string("id") + "/confirm",
            "client_secret",
            fresh.string("client_secret"),
            "return_url",
            RETURN,
            DEMAND,
            "any");
    assertThat(asked.string("status")).as(asked.text()).isEqualTo("requires_action");
  }

  @Test
  void where_nobody_can_answer_the_payment_is_declined() {
    Answer declined =
        payment(72_007, "confirm", "true", DEMAND, "any", "error_on_requires_action", "true");
    assertThat(declined.status()).as(declined.text()).isEqualTo(402);
    assertThat(declined.error()).containsEntry("decline_code", "authentication_required");
  }

  @Test
  void a_card_that_is_set_up_is_authenticated_likewise() {
    Answer fresh =
        gateway.post(
            SETUPS,
            "payment_method",
            "pm_card_visa",
            "payment_method_types[]",
            "card",
            DEMAND,
            "any");
    assertThat(demand(fresh)).isEqualTo("any");
    String confirm = SETUPS + "/" + fresh.string("id") + "/confirm";
    String secret = fresh.string("client_secret");
    Answer refused = page(confirm, "client_secret", secret, DEMAND, "automatic");
    assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    assertThat(refused.error()).containsEntry("param", DEMAND);
    Answer asked = page(confirm, "client_secret", secret, "return_url", RETURN);
    assertThat(asked.string("status")).as(asked.text()).isEqualTo("requires_action");
  }

  @Test
  void what_is_no_wish_is_refused_by_name() {
    Answer refused = payment(72_008, DEMAND, "always");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.error()).containsEntry("param", DEMAND);
  }
}
