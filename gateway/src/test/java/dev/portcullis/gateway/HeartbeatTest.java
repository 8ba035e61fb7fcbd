package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.heartbeat.Heartbeats;
import dev.portcullis.gateway.keys.ApiKeys;
import dev.portcullis.gateway.keys.KeyTerms;
import dev.portcullis.wire.key.KeyKind;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Work of the background that stands still is seen from outside. */
class HeartbeatTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Gateway gateway = Gateway.IT;

  private Gateway.Answer ask(String path) {
    int port = gateway.context.getBean(Management.class).port();
    return gateway.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)));
  }

  private double age(String work) {
    return gateway
        .context
        .getBean(MeterRegistry.class)
        .get("portcullis.background.age")
        .tag("work", work)
        .gauge()
        .value();
  }

  @Test
  void aRevocationThatDoesNotReachTheVaultMakesTheGatewayLateAndNotUnready() {
    try {
      gateway.vault.away = true;
      gateway
          .context
          .getBean(ApiKeys.class)
          .create(new Actor("adm_1", ""), "acct_first", false, KeyKind.SECRET, KeyTerms.none(""));
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> {
                gateway.clock.advance(Duration.ofSeconds(61));
                assertThat(gateway.context.getBean(Heartbeats.class).late()).contains("key-push");
                for (String path : new String[] {"/health", "/ready"}) {
                  Gateway.Answer answer = ask(path);
                  assertThat(answer.status()).isEqualTo(200);
                  assertThat(answer.text()).contains("\"late\":[").contains("\"key-push\"");
                }
                assertThat(age("key-push")).isGreaterThan(60);
              });
    } finally {
      gateway.vault.away = false;
    }
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(ask("/health").text()).isEqualTo("{\"status\":\"up\"}"));
  }

  @Test
  void workThatGoesOnIsNotLateForLong() {
    for (String work : new String[] {"key-push", "card-testing"}) {
      gateway.clock.advance(Duration.ofHours(1));
      await().atMost(LIMIT).untilAsserted(() -> assertThat(age(work)).isBetween(0.0, 59.0));
    }
    assertThat(ask("/metrics").text()).contains("portcullis_background_age_seconds{work=");
  }
}
