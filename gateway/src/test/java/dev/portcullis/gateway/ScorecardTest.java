package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.provider.FakeProvider;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What is said of a provider account is what happened there, and no more than is known. */
class ScorecardTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private static Map<String, @Nullable Object> card(String token) {
    return PEOPLE
        .call("GET", "providers/scorecard?account=acct_first", token, null)
        .data()
        .getFirst();
  }

  private static long watched(String outcome) {
    return GATEWAY
        .context
        .getBean(MeterRegistry.class)
        .get("portcullis.provider.calls")
        .tag("provider", "sandbox")
        .tag("outcome", outcome)
        .timer()
        .count();
  }

  @Test
  void countsWhatHappenedAndShowsNoRateOfTooFew() {
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
    GATEWAY.clock.advance(Duration.ofMinutes(1));
    String token = PEOPLE.token("margaret");
    GATEWAY.provider.decide(31_099, "card_declined");
    for (int i = 0; i < 9; i++) {
      GATEWAY.pay(31_001);
    }
    GATEWAY.pay(31_099);
    assertThat(watched("approved")).isEqualTo(9);
    assertThat(watched("declined")).isEqualTo(1);
    assertThat(card(token))
        .containsEntry("attempts", 10L)
        .containsEntry("approved", 9L)
        .containsEntry("declined", 1L)
        .containsEntry("approval_rate_bp", null)
        .containsEntry("uptime_bp", null)
        .containsEntry("latency_p50_ms", null);
    for (int i = 0; i < 29; i++) {
      GATEWAY.clock.advance(Duration.ofMinutes(1));
      GATEWAY.pay(31_002);
    }
    GATEWAY.clock.advance(Duration.ofMinutes(1));
    GATEWAY.provider.fail(31_003, FakeProvider.Fault.LOST_BEFORE);
    GATEWAY.pay(31_003);
    Map<String, @Nullable Object> all = card(PEOPLE.token("margaret"));
    assertThat(all)
        .containsEntry("calls", 40L)
        .containsEntry("unanswered", 1L)
        .containsEntry("error_rate_bp", 250L)
        .containsEntry("disputes_open", 0L)
        .containsEntry("tls", null);
    // What became of the lost one is found out later; its call was lost all the same.
    assertThat((Long) all.get("approved")).isBetween(38L, 39L);
    assertThat((Long) all.get("approval_rate_bp")).isBetween(9_700L, 9_750L);
    assertThat((Long) all.get("minutes_answered"))
        .as("the minute of the lost answer was none")
        .isEqualTo((Long) Objects.requireNonNull(all.get("minutes")) - 1);
    assertThat(all.get("latency_p50_ms")).isNotNull();
    assertThat((List<?>) all.get("segments")).hasSize(1);
    attest();
  }

  private static void attest() {
    GATEWAY.clock.advance(Duration.ofMinutes(1));
    String token = PEOPLE.token("margaret");
    String path = "providers/sandbox/attestation";
    assertThat(
            PEOPLE
                .call("POST", path, token, Map.of("account", "acct_first", "expires", "2026-02-30"))
                .error())
        .containsEntry("param", "expires");
    Answer noted =
        PEOPLE.call("POST", path, token, Map.of("account", "acct_first", "expires", "2001-01-31"));
    assertThat(noted.body()).as(noted.text()).containsEntry("expired", true);
    assertThat(card(token)).containsEntry("attestation_expires", "2001-01-31");
    assertThat(PEOPLE.call("GET", "audit?limit=1", token, null).data().getFirst())
        .containsEntry("action", "provider.attested")
        .containsEntry("subject", "sandbox");
  }
}
