package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.provider.FakeProvider.Fault;
import dev.portcullis.wire.json.Json;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the log says, under a request's id, of an answer that says less. */
class InsideOfAnswersTest {

  private static final Gateway GATEWAY = Gateway.IT;
  private static final Lines LINES = new Lines();

  /** The log as it is written. */
  private static final class Lines extends AppenderBase<ILoggingEvent> {
    final List<Map<String, @Nullable Object>> all = new CopyOnWriteArrayList<>();
    private final RedactedJsonFormat format = new RedactedJsonFormat();

    @Override
    protected void append(ILoggingEvent event) {
      all.add(Json.readObject(format.format(event)));
    }
  }

  @BeforeAll
  static void listen() {
    LoggerContext logs = (LoggerContext) LoggerFactory.getILoggerFactory();
    LINES.setContext(logs);
    LINES.start();
    logs.getLogger("ROOT").addAppender(LINES);
  }

  @AfterAll
  static void listenNoMore() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("ROOT").detachAppender(LINES);
  }

  private static Map<String, @Nullable Object> line(Answer answer, String logger) {
    String request = answer.http().headers().firstValue("Request-Id").orElseThrow();
    return LINES.all.stream()
        .filter(line -> request.equals(line.get("request")))
        .filter(line -> logger.equals(line.get("logger")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aDeclineIsThereWithTheProvidersOwnWords() {
    GATEWAY.provider.decide(7_311, "insufficient_funds");
    Answer declined = GATEWAY.pay(7311);
    assertThat(declined.status()).isEqualTo(402);
    String charge = String.valueOf(declined.error().get("charge"));
    assertThat(line(declined, "access"))
        .containsEntry("type", "card_error")
        .containsEntry("code", "card_declined")
        .containsEntry("decline_code", "insufficient_funds")
        .containsEntry("charge", charge);
    assertThat(line(declined, "provider"))
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
    assertThat(line(paid, "provider"))
        .containsEntry("object", paid.string("id"))
        .containsEntry("charge", paid.string("latest_charge"))
        .containsEntry("outcome", "approved")
        .containsKey("provider_reference");
    assertThat(line(paid, "access")).doesNotContainKeys("type", "code", "reason");
  }

  @Test
  void silenceIsThereWithItsReason() {
    GATEWAY.provider.fail(7_313, Fault.LOST_AFTER);
    Answer unknown = GATEWAY.pay(7313);
    assertThat(unknown.string("status")).isEqualTo("processing");
    assertThat(line(unknown, "provider"))
        .containsEntry("outcome", "unknown")
        .hasEntrySatisfying("reason", reason -> assertThat(String.valueOf(reason)).isNotBlank());
  }

  @Test
  void whatTheVaultRefusesIsThereWithItsReason() {
    GATEWAY.provider.fail(7_314, Fault.REFUSED);
    assertThat(line(GATEWAY.pay(7314), "provider"))
        .containsEntry("outcome", "rejected")
        .hasEntrySatisfying(
            "reason", reason -> assertThat(String.valueOf(reason)).contains("the vault refused: "));
  }

  @Test
  void aRefusedParameterIsNamed() {
    Answer refused = GATEWAY.pay(0, "amount", "not-a-number");
    assertThat(line(refused, "access"))
        .containsEntry("type", "invalid_request_error")
        .containsEntry("param", "amount");
  }
}
