package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.notifications.RegistrationWatch;
import dev.portcullis.gateway.provider.FakeProvider;
import dev.portcullis.gateway.store.Purge;
import dev.portcullis.wire.json.Json;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Whose notifications are taken, what a stranger says in a provider's name, and what becomes of
 * them.
 */
class NotificationsReceivedTest extends ProviderShops {

  @Test
  void whatIsOldIsForgotten() throws SQLException {
    assertThat(post(SHOP, SIGNED, Json.write(Map.of("no", "items"))).status()).isEqualTo(200);
    quiet();
    GATEWAY.database.execute(
        "UPDATE provider_notifications SET created = now() - interval '91 days'");
    GATEWAY.context.getBean(Purge.class).round();
    assertThat(rows("true")).isZero();
  }

  @Test
  void whatAnotherAccountOrAnotherProviderIsToldFindsNothing() {
    String intent = capture(6_061);
    String operation = operation(intent, "CAPTURE");
    byte[] told =
        body(List.of(item("CAPTURE", operation, "MOD" + operation.substring(3), true, 6_061)));
    String path = "/webhooks/adyen/acct_second/test/adyen_shop";
    assertThat(post(path, SIGNED, told).status()).as("signed for the first").isEqualTo(400);
    String signed = FakeProvider.signature("acct_second", false, "adyen_shop");
    assertThat(post(path, signed, told).status()).isEqualTo(200);
    String second = FakeProvider.signature("acct_first", false, "adyen_second");
    assertThat(post("/webhooks/adyen/acct_first/test/adyen_second", second, told).status())
        .isEqualTo(200);
    String others = "(account = 'acct_second' OR provider = 'adyen_second')";
    Eventually.until(() -> rows(others + " AND tries > 0") == 2);
    GATEWAY.clock.advance(Duration.ofHours(1));
    Eventually.until(() -> rows(others + " AND state = 'unmatched'") == 2);
    assertThat(status(intent)).isEqualTo("processing");
  }

  @Test
  void whateverIsWrongHasOneAnswerAndLeavesNothing() {
    byte[] told = body(List.of(item("CAPTURE", "op_1", "MOD1", true, 1)));
    long before = rows("true");
    List<Answer> refused =
        List.of(
            post(SHOP, "", told),
            post(SHOP, "acct_first false other_shop", told),
            post("/webhooks/adyen/acct_nobody/test/adyen_shop", SIGNED, told),
            post("/webhooks/adyen/acct_first/test/nothing", SIGNED, told),
            post("/webhooks/adyen/acct_first/live/adyen_shop", SIGNED, told),
            post("/webhooks/stripe/acct_first/test/adyen_shop", SIGNED, told),
            post("/webhooks/sandbox/acct_first/test/sandbox", SIGNED, told),
            post("/webhooks/adyen/acct_first/test/adyen_shop/more", SIGNED, told),
            post("/webhooks/", SIGNED, told),
            post(SHOP, SIGNED, new byte[2 << 20]),
            post(SHOP, SIGNED, "{\"notificationItems\"".getBytes(StandardCharsets.UTF_8)));
    for (Answer answer : refused) {
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text()).isEqualTo(refused.getFirst().text());
    }
    assertThat(refused.getFirst().error()).containsEntry("type", "invalid_request_error");
    GATEWAY.provider.failToVerify(404);
    assertThat(post(SHOP, SIGNED, told).status()).isEqualTo(400);
    assertThat(rows("true")).isEqualTo(before);
  }

  @Test
  void whileTheVaultCannotVerifyTheProviderSendsAgain() {
    String intent = capture(6_071);
    String operation = operation(intent, "CAPTURE");
    byte[] told =
        body(List.of(item("CAPTURE", operation, "MOD" + operation.substring(3), true, 6_071)));
    GATEWAY.provider.failToVerify(503);
    assertThat(post(SHOP, SIGNED, told).status()).isEqualTo(503);
    assertThat(status(intent)).isEqualTo("processing");
    GATEWAY.provider.failToVerify(null);
    assertThat(post(SHOP, SIGNED, told).status()).isEqualTo(200);
    eventually(intent, "succeeded");
  }

  @Test
  void whatIsNotUnderstoodIsAcknowledgedAndLeftOnce() {
    long before = rows("state = 'left'");
    for (int i = 0; i < 2; i++) {
      assertThat(post(SHOP, SIGNED, body(List.of())).status()).isEqualTo(200);
    }
    assertThat(rows("state = 'left'") - before).isEqualTo(1);
  }

  @Test
  void whoeverDoesNotSendHereAnyMoreIsNoticed() {
    RegistrationWatch watch = GATEWAY.context.getBean(RegistrationWatch.class);
    GATEWAY.provider.registrations.putAll(
        Map.of("adyen_shop", "registered", "stripe_shop", "not_there", "adyen_second", "inactive"));
    watch.round();
    assertThat(GATEWAY.provider.askedFor)
        .containsEntry(
            "stripe_shop",
            "acct_first http://127.0.0.1/webhooks/stripe/acct_first/test/stripe_shop");
    assertThat(unregistered()).isEqualTo(2);
    GATEWAY.provider.registrations.put("adyen_shop", "half_registered");
    watch.round();
    assertThat(unregistered()).as("two accounts' whose secret is not kept").isEqualTo(4);
    GATEWAY.provider.registrations.putAll(
        Map.of("adyen_shop", "registered", "stripe_shop", "by_hand", "adyen_second", "failed"));
    watch.round();
    assertThat(unregistered()).as("nobody says that it is not").isZero();
    GATEWAY.provider.registrations.clear();
    watch.round();
    assertThat(unregistered()).as("the vault knows none of them").isZero();
  }

  private static double unregistered() {
    return GATEWAY
        .context
        .getBean(MeterRegistry.class)
        .get("portcullis.notifications.unregistered")
        .gauge()
        .value();
  }
}
