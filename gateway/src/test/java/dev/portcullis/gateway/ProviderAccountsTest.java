package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Accounts at providers: who makes them, and where payments go then. */
class ProviderAccountsTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);
  private static String token = "";

  @BeforeAll
  static void signIn() {
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
    token = PEOPLE.token("margaret");
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private static Answer post(String path, Object... members) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("account", "acct_first");
    for (int i = 0; i < members.length; i += 2) {
      body.put((String) members[i], members[i + 1]);
    }
    Answer answer = PEOPLE.call("POST", path, token, body);
    // What a gateway knows of its providers is a second old at most.
    GATEWAY.clock.advance(Duration.ofSeconds(2));
    return answer;
  }

  private static List<Object> names() {
    return PEOPLE.call("GET", "providers?account=acct_first", token, null).data().stream()
        .<Object>map(each -> each.get("name"))
        .toList();
  }

  private static String sentTo(long amount, String operation) {
    return GATEWAY.provider.entries(operation, amount).getFirst().get("provider_account") + "";
  }

  @Test
  void newPaymentsGoToTheFirstAccountThatIsNotPaused() {
    assertThat(names()).containsExactly("sandbox");
    Answer added = post("providers", "name", "second", "connector", "sandbox", "fee_fixed", 7);
    assertThat(added.status()).as(added.text()).isEqualTo(200);
    assertThat(added.body()).containsEntry("place", 10L).containsEntry("paused", false);
    assertThat(names()).containsExactly("second", "sandbox");

    String id = GATEWAY.pay(3_101, "capture_method", "manual").string("id");
    assertThat(sentTo(3_101, "sandbox.authorize")).isEqualTo("second");

    assertThat(post("providers/second", "paused", true).body()).containsEntry("paused", true);
    assertThat(GATEWAY.pay(3_102).string("status")).isEqualTo("succeeded");
    assertThat(sentTo(3_102, "sandbox.authorize")).isEqualTo("sandbox");

    // What was authorized there is captured and refunded there, paused or not.
    assertThat(GATEWAY.post("/v1/payment_intents/" + id + "/capture").string("status"))
        .isEqualTo("succeeded");
    assertThat(sentTo(3_101, "sandbox.capture")).isEqualTo("second");
    assertThat(GATEWAY.post("/v1/refunds", "payment_intent", id).string("status"))
        .isEqualTo("succeeded");
    assertThat(sentTo(3_101, "sandbox.refund")).isEqualTo("second");
    String charge = GATEWAY.get("/v1/payment_intents/" + id).string("latest_charge");
    String booking = GATEWAY.get("/v1/charges/" + charge).string("balance_transaction");
    assertThat(GATEWAY.get("/v1/balance_transactions/" + booking).body())
        .as("what this provider keeps")
        .containsEntry("fee", 7L);
  }

  @Test
  void anAccountWithoutAProviderIsToldWhatToDo() {
    assertThat(post("providers/sandbox", "account", "acct_second", "paused", true).body())
        .containsEntry("paused", true);
    HttpRequest.Builder paying =
        GATEWAY
            .form(
                "/v1/payment_intents",
                "amount",
                "3103",
                "currency",
                "usd",
                "payment_method",
                "pm_card_visa",
                "confirm",
                "true")
            .setHeader("Authorization", "Bearer " + GATEWAY.otherKey.text());
    Answer refused = GATEWAY.send(paying);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.error()).containsEntry("code", "provider_missing");
    assertThat(refused.text()).contains("are paused: resume one");
    assertThat(GATEWAY.provider.entries("sandbox.authorize", 3_103)).isEmpty();
    post("providers/sandbox", "account", "acct_second", "paused", false);
    assertThat(GATEWAY.send(paying).string("status")).isEqualTo("succeeded");
  }

  /** Its rules leave the only one out that is not paused. */
  @Test
  void aPaymentThatTheRulesSendNowhereIsToldSo() {
    assertThat(post("providers", "name", "dollars", "connector", "sandbox").status())
        .isEqualTo(200);
    post("providers/dollars", "paused", true);
    String rules =
        """
        {"rules": [{"name": "dollars", "when": {"currency": ["usd"]},
           "to": {"providers": ["dollars"]}, "only": true}],
         "default": {"providers": ["sandbox"]}}\
        """;
    Object version =
        Objects.requireNonNull(post("routing/propose", "document", rules).body().get("version"));
    assertThat(post("routing/activate", "version", version, "expected", 0).status()).isEqualTo(200);
    try (LogLines lines = new LogLines()) {
      Answer refused = GATEWAY.pay(3_104);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.error()).containsEntry("code", "provider_missing");
      assertThat(refused.text()).contains("The routing rules of this account in test mode");
      assertThat(String.valueOf(lines.of(refused, "access").get("reason")))
          .contains("dollars: ", "sandbox: ");
    } finally {
      post("routing/rollback", "expected", version);
    }
    assertThat(GATEWAY.pay(3_105).string("status")).isEqualTo("succeeded");
  }

  private static Map<String, @Nullable Object> listed(String name) {
    return PEOPLE.call("GET", "providers?account=acct_first", token, null).data().stream()
        .filter(each -> name.equals(each.get("name")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatTheVaultHasNoForwardPolicyForIsNotConnected() {
    Answer added = post("providers", "name", "early", "connector", "sandbox", "paused", true);
    assertThat(added.body()).containsEntry("connected", false);
    assertThat(listed("sandbox")).containsEntry("connected", true);
    try {
      GATEWAY.provider.connect(List.of("sandbox", "early"));
      assertThat(listed("early")).containsEntry("connected", true);
      GATEWAY.provider.connect(null);
      assertThat(listed("early")).as("the vault does not say").containsEntry("connected", null);
    } finally {
      GATEWAY.provider.connect(List.of("sandbox"));
    }
  }

  @Test
  void whatCannotBeIsRefusedByName() {
    assertThat(post("providers", "name", "Upper", "connector", "sandbox").error())
        .containsEntry("param", "name");
    assertThat(post("providers", "name", "sandbox", "connector", "sandbox").error())
        .containsEntry("param", "name");
    assertThat(post("providers", "name", "other", "connector", "nobody").error())
        .containsEntry("param", "connector");
    assertThat(post("providers", "name", "other", "connector", "sandbox", "livemode", true).error())
        .containsEntry("param", "connector");
    assertThat(post("providers/nobody", "paused", true).error())
        .containsEntry("code", "resource_missing");
    assertThat(
            post("providers", "name", "other", "connector", "stripe", "fee_basis_points", 10_001)
                .error())
        .containsEntry("param", "fee_basis_points");
    assertThat(post("providers", "name", "twice", "connector", "stripe", "paused", true).status())
        .isEqualTo(200);
    assertThat(post("providers", "name", "twice", "connector", "adyen").error())
        .containsEntry("code", "resource_already_exists");
    HttpRequest.Builder other =
        HttpRequest.newBuilder(URI.create(GATEWAY.base + "/admin/v1/providers"));
    assertThat(GATEWAY.send(other).status()).as("at the API's listener").isEqualTo(404);
  }
}
