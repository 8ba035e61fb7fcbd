package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.provider.FakeProvider.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Another provider is asked after a definite failure, and after nothing else. */
class FailoverTest {

  private static final Gateway GATEWAY = new Gateway();

  @BeforeAll
  static void connect() {
    AdminPeople people = new AdminPeople(GATEWAY);
    people.enroll(GATEWAY.setupCode, "margaret");
    String token = people.token("margaret");
    for (String name : List.of("alpha", "beta")) {
      Answer added =
          people.call(
              "POST",
              "providers",
              token,
              Map.of("account", "acct_first", "name", name, "connector", "sandbox"));
      assertThat(added.status()).as(added.text()).isEqualTo(200);
    }
    GATEWAY.clock.advance(Duration.ofSeconds(2));
  }

  @AfterEach
  void heal() {
    List.of("alpha", "beta", "sandbox").forEach(name -> GATEWAY.provider.failAt(name, Fault.NONE));
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private static List<Object> askedAt(long amount) {
    return GATEWAY.provider.entries("sandbox.authorize", amount).stream()
        .<Object>map(each -> each.get("provider_account"))
        .toList();
  }

  private static String outcomes(String intent) {
    return GATEWAY.database.text(
        "SELECT string_agg(d.provider || ' ' || d.attempt || ' ' || coalesce(o.outcome, '-'), ', '"
            + " ORDER BY d.attempt) FROM route_decisions d LEFT JOIN route_outcomes o"
            + " ON o.account = d.account AND o.id = d.id WHERE d.payment = ?",
        intent);
  }

  @Test
  void aProviderThatDoesNotTakeTheRequestIsFollowedByTheNext() {
    GATEWAY.provider.failAt("alpha", Fault.REFUSED);
    Answer paid = GATEWAY.pay(4_101);
    assertThat(paid.string("status")).as(paid.text()).isEqualTo("succeeded");
    assertThat(askedAt(4_101)).containsExactly("beta");
    assertThat(outcomes(paid.string("id"))).isEqualTo("alpha 1 rejected, beta 2 approved");
    // What follows goes where it was paid.
    assertThat(GATEWAY.post("/v1/refunds", "payment_intent", paid.string("id")).string("status"))
        .isEqualTo("succeeded");
    assertThat(GATEWAY.provider.entries("sandbox.refund", 4_101).getFirst().get("provider_account"))
        .isEqualTo("beta");
  }

  @Test
  void aProviderThatCannotBeReachedIsFollowedByTheNext() {
    GATEWAY.provider.failAt("alpha", Fault.NOT_SENT);
    GATEWAY.provider.failAt("beta", Fault.NOT_SENT);
    Answer paid = GATEWAY.pay(4_102);
    assertThat(paid.string("status")).as(paid.text()).isEqualTo("succeeded");
    assertThat(askedAt(4_102)).containsExactly("sandbox");
    GATEWAY.provider.failAt("alpha", Fault.NONE);
    // Nobody ever sends what was given up.
    assertThat(
            GATEWAY.database.text(
                "SELECT string_agg(state, ',') FROM provider_operations WHERE object = ?",
                paid.string("id")))
        .isEqualTo("done,done,done");
  }

  /** What never left is sent again as if for the first time: what is said to it, is said of all. */
  @Test
  void whatNeverLeftDoesNotCount() {
    List.of("alpha", "beta", "sandbox")
        .forEach(name -> GATEWAY.provider.failAt(name, Fault.NOT_SENT));
    Answer open = GATEWAY.pay(4_109);
    assertThat(open.string("status")).isEqualTo("processing");
    GATEWAY.provider.failAt("sandbox", Fault.REFUSED);
    String intent = "/v1/payment_intents/" + open.string("id");
    Eventually.asTimePasses(
        GATEWAY.clock,
        Duration.ofSeconds(5),
        () -> GATEWAY.get(intent).string("status").equals("requires_confirmation"));
    assertThat(askedAt(4_109)).isEmpty();
  }

  /** A client that repeats itself after an outage must not keep the provider out of the route. */
  @Test
  void aRequestThatIsOnlyRepeatedSaysNothingOfTheProvider() {
    String customer = GATEWAY.post("/v1/customers").string("id");
    String card =
        GATEWAY.post("/v1/payment_methods/pm_card_visa/attach", "customer", customer).string("id");
    for (int i = 0; i < 12; i++) {
      Answer paid =
          GATEWAY.send(
              GATEWAY
                  .form(
                      "/v1/payment_intents",
                      "amount",
                      "4110",
                      "currency",
                      "usd",
                      "customer",
                      customer,
                      "payment_method",
                      card,
                      "confirm",
                      "true")
                  .header("Idempotency-Key", "repeated-4110"));
      assertThat(paid.string("status")).isEqualTo("succeeded");
    }
    GATEWAY.clock.advance(Duration.ofSeconds(4));
    assertThat(GATEWAY.pay(4_111).string("status")).isEqualTo("succeeded");
    assertThat(askedAt(4_111)).as("still in the route").containsExactly("alpha");
  }

  /**
   * What a key that does not work is for one provider, a client that is not known is for others.
   */
  @Test
  void whoMakesNoTokenHasRefusedTheCredential() {
    List.of("alpha", "beta", "sandbox")
        .forEach(name -> GATEWAY.provider.failAt(name, Fault.TOKEN_REFUSED));
    Answer refused = GATEWAY.pay(4_112);
    assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    assertThat(refused.error()).containsEntry("code", "provider_credentials_invalid");
    assertThat(askedAt(4_112)).isEmpty();
  }

  /** What has to follow a payment is not given up because a secret is being changed. */
  @Test
  void whatFollowsAPaymentWaitsForTheToken() {
    Answer paid = GATEWAY.pay(4_113);
    GATEWAY.provider.failAt("alpha", Fault.TOKEN_REFUSED);
    Answer refund = GATEWAY.post("/v1/refunds", "payment_intent", paid.string("id"));
    assertThat(refund.string("status")).as(refund.text()).isEqualTo("pending");
    GATEWAY.provider.failAt("alpha", Fault.NONE);
    Eventually.asTimePasses(
        GATEWAY.clock,
        Duration.ofSeconds(5),
        () ->
            GATEWAY.get("/v1/refunds/" + refund.string("id")).string("status").equals("succeeded"));
  }

  @Test
  void silenceIsFollowedByNobody() {
    GATEWAY.provider.failAt("alpha", Fault.LOST_AFTER);
    Answer open = GATEWAY.pay(4_103);
    assertThat(open.string("status")).isEqualTo("processing");
    GATEWAY.provider.failAt("alpha", Fault.NONE);
    Eventually.until(
        () ->
            GATEWAY
                .get("/v1/payment_intents/" + open.string("id"))
                .string("status")
                .equals("succeeded"));
    assertThat(askedAt(4_103)).containsExactly("alpha");
  }

  @Test
  void whatTheIssuerDecidedIsNotAskedElsewhere() {
    GATEWAY.provider.decideAt("alpha", 4_104, "insufficient_funds");
    Answer declined = GATEWAY.pay(4_104);
    assertThat(declined.status()).isEqualTo(402);
    assertThat(declined.error()).containsEntry("decline_code", "insufficient_funds");
    assertThat(askedAt(4_104)).containsExactly("alpha");

    GATEWAY.provider.decideAt("alpha", 4_105, "processing_error");
    Answer paid = GATEWAY.pay(4_105);
    assertThat(paid.string("status")).as(paid.text()).isEqualTo("succeeded");
    assertThat(outcomes(paid.string("id"))).isEqualTo("alpha 1 declined, beta 2 approved");
  }

  @Test
  void theLastProvidersAnswerIsTheAnswer() {
    GATEWAY.provider.failAt("alpha", Fault.REFUSED);
    GATEWAY.provider.failAt("beta", Fault.REFUSED);
    GATEWAY.provider.decide(4_106, "expired_card");
    Answer declined = GATEWAY.pay(4_106);
    assertThat(declined.error()).containsEntry("code", "expired_card");
    List.of("alpha", "beta", "sandbox")
        .forEach(name -> GATEWAY.provider.failAt(name, Fault.REFUSED));
    Answer refused = GATEWAY.pay(4_107);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.error()).containsEntry("code", "provider_rejected");
    Map<?, ?> intent =
        (Map<?, ?>) java.util.Objects.requireNonNull(refused.error().get("payment_intent"));
    assertThat(intent.get("status")).isEqualTo("requires_confirmation");
  }

  @Test
  void theSameKeyIsAnsweredOnceHoweverManyWereAsked() {
    GATEWAY.provider.failAt("alpha", Fault.REFUSED);
    var request =
        GATEWAY
            .form(
                "/v1/payment_intents",
                "amount",
                "4108",
                "currency",
                "usd",
                "payment_method",
                "pm_card_visa",
                "confirm",
                "true")
            .header("Idempotency-Key", "failover-4108");
    Answer first = GATEWAY.send(request);
    assertThat(first.string("status")).isEqualTo("succeeded");
    assertThat(GATEWAY.send(request).text()).isEqualTo(first.text());
    assertThat(askedAt(4_108)).containsExactly("beta");
  }
}
