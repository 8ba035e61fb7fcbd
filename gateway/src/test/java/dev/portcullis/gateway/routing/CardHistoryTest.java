package dev.portcullis.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.gateway.journal.Write;
import dev.portcullis.gateway.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What an issuer or a network said of a card with another payment. */
class CardHistoryTest {

  private static final Tenant LIVE = new Tenant("acct_1", true);
  private static final Instant NOW = Instant.parse("2026-03-31T10:00:00Z");
  private static final Instant DECLINED = NOW.minus(Duration.ofDays(1));

  private final TestDatabase database = TestDatabase.fresh();
  private final JdbcClient jdbc = JdbcClient.create(database.everything());
  private final CardHistory history = new CardHistory(database.rows());
  private int ids;

  private void ended(
      Duration ago, String outcome, @Nullable String code, boolean against, @Nullable String said) {
    String id = "op_" + ++ids;
    jdbc.sql(
            "INSERT INTO route_decisions (account, livemode, id, version, created, payment,"
                + " provider, attempt, rules, brand, region, currency, amount, doc, card)"
                + " VALUES ('acct_1', true, ?, 1, ?, 'pi_1', 'shop', 1, 0, 'visa', 'eea', 'eur',"
                + " 1, '{}', 'fp_1')")
        .params(id, NOW.minus(ago).atOffset(ZoneOffset.UTC))
        .update();
    jdbc.sql(
            "INSERT INTO route_outcomes (account, livemode, id, version, created, outcome,"
                + " decline_code, advised_against, network_code)"
                + " VALUES ('acct_1', true, ?, 1, now(), ?, ?, ?, ?)")
        .param(id)
        .param(outcome)
        .param(code)
        .param(against)
        .param(said)
        .update();
  }

  private boolean isRefused(String brand) {
    return history.isRefusedForGood(LIVE, "fp_1", brand, DECLINED, NOW);
  }

  @Test
  void aHardDeclineCountsOnceThePaymentWasDeclined() {
    ended(Duration.ofDays(2), "declined", "expired_card", false, null);
    ended(Duration.ofHours(1), "declined", "insufficient_funds", false, null);
    assertThat(isRefused("visa")).isFalse();
    ended(Duration.ofHours(1), "declined", "stolen_card", false, null);
    assertThat(isRefused("visa")).isTrue();
    assertThat(history.isRefusedForGood(LIVE, "fp_2", "visa", DECLINED, NOW)).isFalse();
    assertThat(history.isRefusedForGood(new Tenant("acct_1", false), "fp_1", "visa", DECLINED, NOW))
        .isFalse();
  }

  @Test
  void anAdviceHoldsForAsLongAsNetworksCount() {
    ended(Duration.ofDays(31), "declined", "do_not_honor", true, null);
    assertThat(isRefused("mastercard")).isFalse();
    ended(Duration.ofDays(29), "declined", "do_not_honor", true, null);
    assertThat(isRefused("mastercard")).as("whatever the provider made of it").isTrue();
    ended(Duration.ofDays(20), "approved", null, false, null);
    assertThat(isRefused("mastercard")).as("it was approved since").isFalse();
    ended(Duration.ofDays(3), "declined", "generic_decline", true, null);
    assertThat(isRefused("mastercard")).isTrue();
  }

  @Test
  void aCodeOfVisasIsVisas() {
    ended(Duration.ofDays(3), "declined", "generic_decline", false, "57");
    assertThat(isRefused("visa")).isTrue();
    assertThat(isRefused("mastercard")).isFalse();
  }

  @Test
  void anOutcomeKeepsWhatTheNetworkSaid() {
    Details details = Details.NONE.advised(NetworkAdvice.of("03", "57"));
    Write write =
        Decision.outcome(
                "op_1",
                new ProviderResult.Declined(DeclineCode.DO_NOT_HONOR, null, details),
                null,
                NOW)
            .orElseThrow();
    assertThat(write)
        .isInstanceOfSatisfying(
            Write.Ensure.class,
            ensured ->
                assertThat(ensured.row().values())
                    .containsExactly("declined", "do_not_honor", null, "true", "57"));
  }
}
