package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What a shopper agreed to, from the confirmation that brings it to the charge that relies on it.
 */
class MandateTest {

  private static final Gateway GATEWAY = Gateway.IT;

  private static final String[] ONLINE = {
    "mandate_data[customer_acceptance][type]", "online",
    "mandate_data[customer_acceptance][online][ip_address]", "203.0.113.9",
    "mandate_data[customer_acceptance][online][user_agent]", "Agreeing/1.0"
  };

  @Test
  void a_set_up_makes_one_and_a_later_charge_names_it() {
    String customer = customer();
    Answer set = setUp(customer, ONLINE);
    String id = set.string("mandate");
    Answer mandate = GATEWAY.get("/v1/mandates/" + id + "?expand[]=payment_method");
    assertThat(mandate.body())
        .as(mandate.text())
        .containsEntry("object", "mandate")
        .containsEntry("status", "active")
        .containsEntry("type", "multi_use")
        .containsEntry("livemode", false);
    Map<?, ?> acceptance = map(mandate, "customer_acceptance");
    assertThat(acceptance.get("type")).isEqualTo("online");
    assertThat(acceptance.get("accepted_at")).isInstanceOf(Long.class);
    assertThat(acceptance.get("online"))
        .isEqualTo(Map.of("ip_address", "203.0.113.9", "user_agent", "Agreeing/1.0"));
    assertThat(map(mandate, "payment_method").get("id")).isEqualTo(set.string("payment_method"));
    assertThat(map(GATEWAY.get(path(set) + "?expand[]=mandate"), "mandate").get("object"))
        .isEqualTo("mandate");

    Answer charged = pay(9201, customer, "mandate", id, "off_session", "true");
    assertThat(charged.body())
        .as(charged.text())
        .containsEntry("status", "succeeded")
        .containsEntry("payment_method", set.string("payment_method"));
    assertThat(mandateOf(charged)).isEqualTo(id);
  }

  @Test
  void a_payment_that_keeps_its_card_makes_one_too() {
    String customer = customer();
    Answer paid =
        pay(
            9202,
            customer,
            Gateway.both(
                ONLINE, "payment_method", "pm_card_visa", "setup_future_usage", "off_session"));
    String id = String.valueOf(mandateOf(paid));
    assertThat(GATEWAY.get("/v1/mandates/" + id).body())
        .containsEntry("payment_method", paid.string("payment_method"));
    Answer once = pay(9203, customer, Gateway.both(ONLINE, "payment_method", "pm_card_visa"));
    assertThat(mandateOf(once)).as("nothing is kept, so nothing is agreed").isNull();
  }

  @Test
  void without_a_consent_there_is_none() {
    Answer set = setUp(customer());
    assertThat(set.body()).containsEntry("mandate", null);
    Answer offline = setUp(customer(), "mandate_data[customer_acceptance][type]", "offline");
    assertThat(map(GATEWAY.get("/v1/mandates/" + offline.string("mandate")), "customer_acceptance"))
        .containsKey("offline");
  }

  @Test
  void it_ends_with_the_card_and_holds_for_no_other() {
    String customer = customer();
    Answer set = setUp(customer, ONLINE);
    String id = set.string("mandate");
    Answer other =
        pay(9204, customer, "mandate", id, "payment_method", "pm_card_visa", "off_session", "true");
    assertThat(other.error())
        .as(other.text())
        .containsEntry("code", "payment_intent_mandate_invalid")
        .containsEntry("param", "mandate");
    Answer page =
        GATEWAY.send(
            GATEWAY
                .form("/v1/mandates/" + id)
                .GET()
                .setHeader("Authorization", "Bearer " + GATEWAY.publishableKey.text()));
    assertThat(page.status()).isEqualTo(403);
    String card = set.string("payment_method");
    assertThat(GATEWAY.post("/v1/payment_methods/" + card + "/detach").status()).isEqualTo(200);
    assertThat(GATEWAY.get("/v1/mandates/" + id).body()).containsEntry("status", "inactive");
    assertThat(GATEWAY.get("/v1/events?type=mandate.updated").data())
        .filteredOn(event -> event.toString().contains(id))
        .extracting(
            event ->
                (Object)
                    ((Map<?, ?>) Objects.requireNonNull(event.get("data")))
                        .get("previous_attributes"))
        .containsExactly(Map.of("status", "active"));
    Answer late = pay(9205, customer, "mandate", id, "off_session", "true");
    assertThat(late.error()).containsEntry("code", "payment_intent_mandate_invalid");
    assertThat(GATEWAY.provider.entries("sandbox.authorize", 9204)).isEmpty();
    assertThat(GATEWAY.provider.entries("sandbox.authorize", 9205)).isEmpty();
  }

  @Test
  void what_was_agreed_for_a_card_that_failed_says_nothing_of_the_next_one() {
    String customer = customer();
    GATEWAY.provider.decide(9207, "lost_card");
    Answer declined =
        pay(
            9207,
            customer,
            Gateway.both(
                ONLINE, "payment_method", "pm_card_visa", "setup_future_usage", "off_session"));
    assertThat(declined.status()).isEqualTo(402);
    GATEWAY.provider.decide(9207, "approved");
    Map<?, ?> intent = (Map<?, ?>) Objects.requireNonNull(declined.error().get("payment_intent"));
    Answer paid =
        GATEWAY.post(
            "/v1/payment_intents/" + intent.get("id") + "/confirm",
            "payment_method",
            "pm_card_visa");
    assertThat(paid.body()).as(paid.text()).containsEntry("status", "succeeded");
    assertThat(mandateOf(paid)).isNull();

    Answer set = setUp(customer, ONLINE);
    GATEWAY.provider.decide(9208, "lost_card");
    Answer refused = pay(9208, customer, "mandate", set.string("mandate"), "off_session", "true");
    GATEWAY.provider.decide(9208, "approved");
    Map<?, ?> again = (Map<?, ?>) Objects.requireNonNull(refused.error().get("payment_intent"));
    Answer other =
        GATEWAY.post(
            "/v1/payment_intents/" + again.get("id") + "/confirm",
            "payment_method",
            "pm_card_visa");
    assertThat(other.body()).as(other.text()).containsEntry("status", "succeeded");
    assertThat(mandateOf(other)).as("of another card").isNull();
  }

  @Test
  void a_card_that_is_given_up_during_its_challenge_is_not_kept() {
    for (boolean detached : List.of(true, false)) {
      long amount = detached ? 9209 : 9210;
      String customer = customer();
      String card =
          detached
              ? setUp(customer).string("payment_method")
              : GATEWAY.vault.card(GATEWAY.principal, null);
      GATEWAY.provider.decide(amount, "requires_action");
      Answer asked =
          pay(
              amount,
              customer,
              Gateway.both(ONLINE, "payment_method", card, "setup_future_usage", "off_session"));
      assertThat(asked.body()).as(asked.text()).containsEntry("status", "requires_action");
      if (detached) {
        GATEWAY.post("/v1/payment_methods/" + card + "/detach");
      } else {
        GATEWAY.send(GATEWAY.form("/v1/customers/" + customer).DELETE());
      }
      String operation =
          GATEWAY.database.text(
              "SELECT id FROM provider_operations WHERE object = ?", asked.string("id"));
      GATEWAY.provider.settle(operation, "approved", null);
      String path = "/v1/payment_intents/" + asked.string("id");
      eventually().until(() -> GATEWAY.get(path).string("status").equals("succeeded"));
      assertThat(GATEWAY.get("/v1/payment_methods/" + card).body()).containsEntry("customer", null);
      String mandate = String.valueOf(mandateOf(GATEWAY.get(path)));
      assertThat(GATEWAY.get("/v1/mandates/" + mandate).body()).containsEntry("status", "inactive");
    }
  }

  @Test
  void a_card_that_is_kept_after_a_decline_can_be_charged_again() {
    String customer = customer();
    String card = GATEWAY.vault.card(GATEWAY.principal, null);
    GATEWAY.provider.decide(9211, "insufficient_funds");
    Answer declined = pay(9211, customer, "payment_method", card);
    GATEWAY.provider.decide(9211, "approved");
    Map<?, ?> intent = (Map<?, ?>) Objects.requireNonNull(declined.error().get("payment_intent"));
    Answer paid =
        GATEWAY.post(
            "/v1/payment_intents/" + intent.get("id") + "/confirm",
            "payment_method",
            card,
            "setup_future_usage",
            "off_session");
    assertThat(paid.body()).as(paid.text()).containsEntry("status", "succeeded");
    Answer later = pay(9212, customer, "payment_method", card, "off_session", "true");
    assertThat(later.body()).as(later.text()).containsEntry("status", "succeeded");
  }

  @Test
  void it_ends_with_the_customer() {
    String customer = customer();
    String id = setUp(customer, ONLINE).string("mandate");
    GATEWAY.send(GATEWAY.form("/v1/customers/" + customer).DELETE());
    assertThat(GATEWAY.get("/v1/mandates/" + id).body()).containsEntry("status", "inactive");
  }

  @Test
  void the_refunds_of_a_charge_can_be_shown_with_it() {
    Answer paid = pay(9206, customer(), "payment_method", "pm_card_visa");
    String charge = paid.string("latest_charge");
    String path = "/v1/charges/" + charge;
    assertThat(GATEWAY.get(path).body()).doesNotContainKey("refunds");
    for (int i = 0; i < 12; i++) {
      assertThat(GATEWAY.post("/v1/refunds", "charge", charge, "amount", "100").status())
          .isEqualTo(200);
    }
    Map<?, ?> refunds = map(GATEWAY.get(path + "?expand[]=refunds"), "refunds");
    assertThat(refunds.get("url")).isEqualTo(path + "/refunds");
    assertThat(refunds.get("has_more")).isEqualTo(true);
    assertThat((List<?>) Objects.requireNonNull(refunds.get("data"))).hasSize(10);
    assertThat(GATEWAY.get(path + "/refunds?limit=100").data()).hasSize(12);
    Answer deep =
        GATEWAY.get(
            "/v1/payment_intents/"
                + paid.string("id")
                + "?expand[]=latest_charge.refunds.data.balance_transaction");
    Map<?, ?> inner = (Map<?, ?>) Objects.requireNonNull(map(deep, "latest_charge").get("refunds"));
    Map<?, ?> first = (Map<?, ?>) ((List<?>) Objects.requireNonNull(inner.get("data"))).getFirst();
    assertThat(first.get("balance_transaction")).isInstanceOf(Map.class);
    Answer both =
        GATEWAY.get(
            path
                + "?expand[]=refunds.data.balance_transaction&expand[]=refunds.data.payment_intent"
                + "&expand[]=refunds");
    Map<?, ?> one =
        (Map<?, ?>) ((List<?>) Objects.requireNonNull(map(both, "refunds").get("data"))).getFirst();
    assertThat(one.get("balance_transaction")).isInstanceOf(Map.class);
    assertThat(one.get("payment_intent")).isInstanceOf(Map.class);
    Map<?, ?> none =
        (Map<?, ?>)
            map(
                    GATEWAY.get(
                        "/v1/payment_intents/"
                            + pay(9213, customer(), "payment_method", "pm_card_visa").string("id")
                            + "?expand[]=latest_charge.refunds"),
                    "latest_charge")
                .get("refunds");
    assertThat(Objects.requireNonNull(none).get("data")).isEqualTo(List.of());
    assertThat(GATEWAY.get(path + "?expand[]=refunds.balance_transaction").error())
        .containsEntry("code", "parameter_invalid_expand");
    assertThat(GATEWAY.get("/v1/charges/ch_none/refunds").status()).isEqualTo(404);
  }

  private static String customer() {
    return GATEWAY.post("/v1/customers", "name", "Ada").string("id");
  }

  private static Answer setUp(String customer, String... more) {
    Answer set =
        GATEWAY.post(
            "/v1/setup_intents",
            Gateway.both(
                more, "customer", customer, "payment_method", "pm_card_visa", "confirm", "true"));
    assertThat(set.body()).as(set.text()).containsEntry("status", "succeeded");
    return set;
  }

  private static Answer pay(long amount, String customer, String... more) {
    return GATEWAY.post(
        "/v1/payment_intents",
        Gateway.both(
            more,
            "amount",
            Long.toString(amount),
            "currency",
            "usd",
            "customer",
            customer,
            "confirm",
            "true"));
  }

  private static @Nullable Object mandateOf(Answer payment) {
    Answer charge = GATEWAY.get("/v1/charges/" + payment.string("latest_charge"));
    return ((Map<?, ?>) Objects.requireNonNull(map(charge, "payment_method_details").get("card")))
        .get("mandate");
  }

  private static String path(Answer set) {
    return "/v1/setup_intents/" + set.string("id");
  }

  @SuppressWarnings("unchecked") // objects of the wire have names
  private static Map<String, @Nullable Object> map(Answer answer, String member) {
    assertThat(answer.body()).as(answer.text()).containsKey(member);
    return (Map<String, @Nullable Object>)
        Objects.requireNonNull(answer.body().get(member), answer.text());
  }
}
