package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonParser;
import dev.portcullis.systemtest.Receivers.Manner;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a person does about webhooks at the command line. */
@Order(51)
@ExtendWith(SharedPortcullis.class)
class WebhookCommandsTest {

  private static final Duration LIMIT = Duration.ofMinutes(1);

  @Test
  void anEndpointIsTriedLookedAtToldAgainAndItsSecretRolled(Portcullis portcullis)
      throws Exception {
    try (Receivers receivers = new Receivers()) {
      Http.Answer made =
          Http.post(
              portcullis.api() + "/v1/webhook_endpoints",
              portcullis.secretKey(),
              Map.of(
                  "url",
                  receivers.url("commands", Manner.WELL),
                  "enabled_events[]",
                  "refund.failed"));
      assertThat(made.status()).as(made.body()).isEqualTo(200);
      String id = made.json().get("id").getAsString();
      String secret = made.json().get("secret").getAsString();
      receivers.secret("commands", secret);
      try {
        assertThat(ran(portcullis, "webhooks", "list")).contains(id).contains("enabled");
        String event = ran(portcullis, "webhooks", "test", id).split(" ")[0];
        assertThat(event).startsWith("evt_");
        delivered(portcullis, id, event, 1);
        assertThat(ran(portcullis, "webhooks", "deliveries", id)).contains(event);
        assertThat(ran(portcullis, "events", "resend", event, "--webhook-endpoint", id))
            .contains(event)
            .contains(id);
        delivered(portcullis, id, event, 2);
        assertThat(ran(portcullis, "events", "resend", event))
            .as("it wants no such events")
            .doesNotContain(id);
        assertThat(ran(portcullis, "webhooks", "resend", id, event)).contains(event);
        delivered(portcullis, id, event, 3);
        assertThat(receivers.told("commands")).containsExactly(id);
        assertThat(receivers.faults()).isEmpty();
        assertThat(ran(portcullis, "webhooks", "roll", id, "--overlap", "1").strip())
            .startsWith("whsec_")
            .isNotEqualTo(secret);
        CommandResult none = portcullis.run(LIMIT, "webhooks", "test", "we_none");
        assertThat(none.exitCode()).isNotZero();
        assertThat(none.said()).contains("we_none").doesNotContain("Exception");
      } finally {
        Http.send(
            Http.authorized(
                    portcullis.api() + "/v1/webhook_endpoints/" + id, portcullis.secretKey())
                .DELETE());
      }
    }
  }

  private static String ran(Portcullis portcullis, String... command) {
    return portcullis.run(LIMIT, command).succeeded();
  }

  private static void delivered(Portcullis portcullis, String id, String event, int attempts) {
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              Http.Answer delivery =
                  Http.get(
                      portcullis.api() + "/v1/webhook_endpoints/" + id + "/deliveries/" + event,
                      portcullis.secretKey());
              var body = JsonParser.parseString(delivery.body()).getAsJsonObject();
              return body.get("status").getAsString().equals("delivered")
                  && body.get("attempt_count").getAsInt() == attempts;
            });
  }
}
