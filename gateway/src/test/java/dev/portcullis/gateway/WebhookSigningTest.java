package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.Receiver.Request;
import dev.portcullis.wire.webhook.SigningSecret;
import dev.portcullis.wire.webhook.StandardSignature;
import dev.portcullis.wire.webhook.StripeSignature;
import dev.portcullis.wire.webhook.VerificationKey;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What signs deliveries, and how receivers change over to another secret or key pair. */
class WebhookSigningTest extends WebhookReceivers {

  @Test
  void an_event_is_told_signed_both_ways() {
    Answer made = all("/signed");
    String id = customer();
    Request request = received("/signed", 1).getFirst();
    assertThat(object(request, "id")).isEqualTo(id);
    assertThat(object(request, "email")).isEqualTo("jenny.rosen@example.com");
    assertThat(request.event())
        .containsEntry("object", "event")
        .containsEntry("type", "customer.created")
        .containsEntry("livemode", false)
        .containsEntry("pending_webhooks", 1L);
    String event = String.valueOf(request.event().get("id"));
    assertThat(request.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
    assertThat(request.header("User-Agent")).isEqualTo("Portcullis/1 webhooks");
    assertThat(request.header("Portcullis-Sequence")).isEqualTo("1");
    assertThat(request.header("webhook-id")).isEqualTo(event);
    SigningSecret secret = SigningSecret.parse(made.string("secret")).orElseThrow();
    assertStripe(request, secret);
    assertStandard(request, secret);
    eventually()
        .until(
            () ->
                Long.valueOf(0)
                    .equals(GATEWAY.get("/v1/events/" + event).body().get("pending_webhooks")));
  }

  private static void assertStripe(Request request, SigningSecret secret) {
    assertThat(
            StripeSignature.verify(
                List.of(request.header("Stripe-Signature")),
                request.body(),
                List.of(secret),
                GATEWAY.clock.instant(),
                Duration.ofMinutes(5)))
        .isInstanceOf(dev.portcullis.wire.webhook.Verdict.Genuine.class);
  }

  private static void assertStandard(Request request, dev.portcullis.wire.webhook.StandardKey key) {
    assertThat(
            StandardSignature.verify(
                new StandardSignature.Received(
                    List.of(request.header("webhook-id")),
                    List.of(request.header("webhook-timestamp")),
                    List.of(request.header("webhook-signature"))),
                request.body(),
                List.of(key),
                GATEWAY.clock.instant(),
                Duration.ofMinutes(5)))
        .isInstanceOf(dev.portcullis.wire.webhook.Verdict.Genuine.class);
  }

  @Test
  void who_verifies_with_the_public_key_needs_no_secret() {
    Answer made = all("/public");
    customer();
    Request request = received("/public", 1).getFirst();
    assertStandard(request, VerificationKey.parse(made.string("public_key")).orElseThrow());
  }

  @Test
  void while_a_secret_is_rolled_both_sign() {
    Answer made = endpoint("/rolled", "enabled_events[]", "customer.created");
    String one = PATH + "/" + made.string("id");
    SigningSecret before = SigningSecret.parse(made.string("secret")).orElseThrow();
    Answer rolled = GATEWAY.post(one + "/roll_secret", "expire_in", "60");
    assertThat(rolled.status()).as(rolled.text()).isEqualTo(200);
    SigningSecret after = SigningSecret.parse(rolled.string("secret")).orElseThrow();
    assertThat(after).isNotEqualTo(before);
    customer();
    Request both = received("/rolled", 1).getFirst();
    for (SigningSecret secret : List.of(before, after)) {
      assertStripe(both, secret);
      assertStandard(both, secret);
    }
    attempted(made.string("id"), 1);
    GATEWAY.clock.advance(Duration.ofSeconds(61));
    customer();
    Request one2 = received("/rolled", 2).get(1);
    assertStripe(one2, after);
    assertThat(one2.header("Stripe-Signature").split("v1=", -1)).hasSize(2);
    assertThat(both.header("Stripe-Signature").split("v1=", -1)).hasSize(3);
    assertThat(GATEWAY.post(one + "/roll_secret", "expire_in", "604801").error())
        .containsEntry("param", "expire_in");
  }

  @Test
  void while_a_key_pair_is_rolled_both_sign() {
    Answer made = endpoint("/rolled-key", "enabled_events[]", "customer.created");
    String roll = PATH + "/" + made.string("id") + "/roll_key";
    VerificationKey before = VerificationKey.parse(made.string("public_key")).orElseThrow();
    Answer rolled = GATEWAY.post(roll, "expire_in", "60");
    assertThat(rolled.status()).as(rolled.text()).isEqualTo(200);
    assertThat(rolled.body()).doesNotContainKey("secret");
    VerificationKey after = VerificationKey.parse(rolled.string("public_key")).orElseThrow();
    assertThat(after.text()).isNotEqualTo(before.text());
    Answer third = GATEWAY.post(roll);
    assertThat(third.status()).as(third.text()).isEqualTo(409);
    assertThat(third.error()).containsEntry("code", "key_still_rolling");
    customer();
    Request both = received("/rolled-key", 1).getFirst();
    assertStandard(both, before);
    assertStandard(both, after);
    assertStandard(both, SigningSecret.parse(made.string("secret")).orElseThrow());
    attempted(made.string("id"), 1);
    GATEWAY.clock.advance(Duration.ofSeconds(61));
    customer();
    Request one = received("/rolled-key", 2).get(1);
    assertStandard(one, after);
    assertThat(one.header("webhook-signature").split("v1a,", -1)).hasSize(2);
    assertThat(GATEWAY.get(PATH + "/" + made.string("id")).string("public_key"))
        .isEqualTo(after.text());
  }

  @Test
  void a_secret_is_not_rolled_while_the_one_before_it_signs_unless_both_are_to_end() {
    Answer made = endpoint("/rolled-twice", "enabled_events[]", "customer.created");
    String roll = PATH + "/" + made.string("id") + "/roll_secret";
    String second = GATEWAY.post(roll).string("secret");
    Answer third = GATEWAY.post(roll);
    assertThat(third.status()).as(third.text()).isEqualTo(409);
    assertThat(third.error()).containsEntry("code", "secret_still_rolling");
    customer();
    Request both = received("/rolled-twice", 1).getFirst();
    for (String secret : List.of(made.string("secret"), second)) {
      assertStripe(both, SigningSecret.parse(secret).orElseThrow());
    }
    Answer atOnce = GATEWAY.post(roll, "expire_in", "0");
    customer();
    Request one = received("/rolled-twice", 2).get(1);
    assertThat(one.header("Stripe-Signature").split("v1=", -1)).hasSize(2);
    assertStripe(one, SigningSecret.parse(atOnce.string("secret")).orElseThrow());
  }

  @Test
  void an_endpoint_from_before_there_were_keys_gets_one() throws Exception {
    String endpoint = endpoint("/before", "enabled_events[]", "customer.created").string("id");
    GATEWAY.database.execute(
        "UPDATE webhook_endpoints SET doc = doc #- '{signing_key}' #- '{object,public_key}'"
            + " #- '{object,payload}' WHERE id = '"
            + endpoint
            + "'");
    customer();
    Request request = received("/before", 1).getFirst();
    String key = GATEWAY.get(PATH + "/" + endpoint).string("public_key");
    assertStandard(request, VerificationKey.parse(key).orElseThrow());
  }
}
