package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the network says of a refusal reaches the merchant, and decides what may follow. */
class NetworkAdviceTest {

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
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private static Map<String, Object> map(@Nullable Object value) {
    Map<String, Object> map = new HashMap<>();
    ((Map<?, ?>) Objects.requireNonNull(value))
        .forEach((name, member) -> map.put((String) name, Objects.requireNonNullElse(member, "")));
    return map;
  }

  @Test
  void itIsShownWithTheErrorThePaymentAndTheCharge() {
    GATEWAY.provider.decideAt("alpha", 6_101, "insufficient_funds");
    GATEWAY.provider.advise(6_101, "24", "51");
    Answer declined = GATEWAY.pay(6_101);
    assertThat(declined.status()).isEqualTo(402);
    Map<String, String> said =
        Map.of(
            "advice_code", "try_again_later",
            "network_advice_code", "24",
            "network_decline_code", "51");
    assertThat(declined.error()).containsAllEntriesOf(said);
    Map<String, Object> intent = map(declined.error().get("payment_intent"));
    assertThat(map(intent.get("last_payment_error"))).containsAllEntriesOf(said);
    Answer charge = GATEWAY.get("/v1/charges/" + intent.get("latest_charge"));
    assertThat(map(charge.body().get("outcome"))).containsAllEntriesOf(said);
  }

  @Test
  void whatNobodySaidIsNotThere() {
    GATEWAY.provider.decideAt("alpha", 6_102, "insufficient_funds");
    Answer declined = GATEWAY.pay(6_102);
    assertThat(declined.error())
        .doesNotContainKeys("advice_code", "network_advice_code", "network_decline_code");
    Map<String, Object> intent = map(declined.error().get("payment_intent"));
    assertThat(map(intent.get("last_payment_error"))).doesNotContainKey("advice_code");
    Answer charge = GATEWAY.get("/v1/charges/" + intent.get("latest_charge"));
    Map<?, ?> outcome = (Map<?, ?>) Objects.requireNonNull(charge.body().get("outcome"));
    assertThat(outcome.containsKey("advice_code")).isTrue();
    assertThat(outcome.get("advice_code")).isNull();
  }

  /** Without the advice this would go to the next provider account at once. */
  @Test
  void aPauseThatTheNetworkWantsIsOneForEveryProvider() {
    GATEWAY.provider.decideAt("alpha", 6_103, "processing_error");
    assertThat(GATEWAY.pay(6_103).string("status")).isEqualTo("succeeded");
    for (String code : List.of("24", "03", "01")) {
      long amount = 6_110 + Long.parseLong(code);
      GATEWAY.provider.decideAt("alpha", amount, "processing_error");
      GATEWAY.provider.advise(amount, code, "96");
      assertThat(GATEWAY.pay(amount).status()).as(code).isEqualTo(402);
      assertThat(GATEWAY.provider.entries("sandbox.authorize", amount)).as(code).hasSize(1);
    }
  }
}
