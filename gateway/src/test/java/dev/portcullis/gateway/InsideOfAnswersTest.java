package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.provider.FakeProvider.Fault;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What the log says, under a request's id, of an answer that says less. */
class InsideOfAnswersTest {

  private static final Gateway GATEWAY = Gateway.IT;
  private static final LogLines LINES = new LogLines();

  @AfterAll
  static void listenNoMore() {
    LINES.close();
  }

  @Test
  void aDeclineIsThereWithTheProvidersOwnWords() {
    GATEWAY.provider.decide(7_311, "insufficient_funds");
    Answer declined = GATEWAY.pay(7311);
    assertThat(declined.status()).isEqualTo(402);
    String charge = String.valueOf(declined.error().get("charge"));
    assertThat(LINES.of(declined, "access"))
        .containsEntry("type", "card_error")
        .containsEntry("code", "card_declined")
        .containsEntry("decline_code", "insufficient_funds")
        .containsEntry("charge", charge);
    assertThat(LINES.of(declined, "provider"))
        .containsEntry("charge", charge)
        .containsEntry("provider", "sandbox")
        .containsEntry("kind", "authorize")
        .containsEntry("outcome", "declined")
        .containsEntry("decline_code", "insufficient_funds")
        .containsEntry("attempt", 1L)
        .hasEntrySatisfying(
            "provider_said",
            words ->
                assertThat(String.valueOf(words))
                    .contains("/status=declined", "/decline_code=insufficient_funds"));
  }

  @Test
  void aPaymentThatSucceedsIsThereToo() {
    Answer paid = GATEWAY.pay(7312);
    assertThat(LINES.of(paid, "provider"))
        .containsEntry("object", paid.string("id"))
        .containsEntry("charge", paid.string("latest_charge"))
        .containsEntry("outcome", "approved")
        .containsKey("provider_reference");
    assertThat(LINES.of(paid, "access")).doesNotContainKeys("type", "code", "reason");
  }

  @Test
  void silenceIsThereWithItsReason() {
    GATEWAY.provider.fail(7_313, Fault.LOST_AFTER);
    Answer unknown = GATEWAY.pay(7313);
    assertThat(unknown.string("status")).isEqualTo("processing");
    assertThat(LINES.of(unknown, "provider"))
        .containsEntry("outcome", "unknown")
        .hasEntrySatisfying("reason", reason -> assertThat(String.valueOf(reason)).isNotBlank());
  }

  @Test
  void whatTheVaultRefusesIsThereWithItsReason() {
    GATEWAY.provider.fail(7_314, Fault.REFUSED);
    assertThat(LINES.of(GATEWAY.pay(7314), "provider"))
        .containsEntry("outcome", "rejected")
        .hasEntrySatisfying(
            "reason", reason -> assertThat(String.valueOf(reason)).contains("the vault refused: "));
  }

  @Test
  void aRefusedParameterIsNamed() {
    Answer refused = GATEWAY.pay(0, "amount", "not-a-number");
    assertThat(LINES.of(refused, "access"))
        .containsEntry("type", "invalid_request_error")
        .containsEntry("param", "amount");
  }
}
