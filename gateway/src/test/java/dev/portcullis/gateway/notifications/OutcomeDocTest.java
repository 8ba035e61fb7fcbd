package dev.portcullis.gateway.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.connectors.spi.DisputeNotice.Telling;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Check;
import dev.portcullis.connectors.spi.ProviderResult.Checks;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.ThreeDSecure;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class OutcomeDocTest {

  private static final Details EVERYTHING =
      new Details(
          new Checks(Check.PASS, Check.FAIL, Check.UNAVAILABLE),
          "network",
          "A12345",
          new ThreeDSecure("2.2.0", "authenticated"),
          "expired_or_canceled_card",
          true,
          NetworkAdvice.of("do_not_try_again", "24", "51"),
          new ProviderWords("51", "not enough"));

  private static Notification.Outcome outcome(ProviderResult result) {
    return new Notification.Outcome(
        "evt_1",
        new Notification.About("op_1", OperationKind.REFUND, "re_1", "pi_1"),
        result,
        Money.of(1999, "usd"),
        Instant.ofEpochSecond(1_750_000_000));
  }

  static Stream<Notification.Outcome> outcomes() {
    return Stream.of(
        outcome(new ProviderResult.Approved("re_1", EVERYTHING)),
        outcome(new ProviderResult.Approved("re_1", Details.NONE)),
        outcome(new ProviderResult.Declined(DeclineCode.EXPIRED_CARD, "re_1", EVERYTHING)),
        outcome(new ProviderResult.Declined(DeclineCode.EXPIRED_CARD, null, Details.NONE)),
        outcome(new ProviderResult.Pending("re_1")),
        new Notification.Outcome(
            "evt_2",
            new Notification.About("op_2", OperationKind.CANCEL, null, null),
            new ProviderResult.Pending(null),
            null,
            null));
  }

  @ParameterizedTest
  @MethodSource("outcomes")
  void what_is_stored_is_read_as_it_was(Notification.Outcome outcome) {
    assertThat(OutcomeDoc.read(Json.readObject(OutcomeDoc.write(outcome)))).isEqualTo(outcome);
  }

  @Test
  void where_a_challenge_leads_is_not_kept() {
    Notification.Outcome asked =
        outcome(new ProviderResult.RequiresAction("pi_1", "https://bank.example/secret"));
    assertThat(OutcomeDoc.write(asked)).doesNotContain("bank.example");
    assertThat(OutcomeDoc.read(Json.readObject(OutcomeDoc.write(asked))).result())
        .isEqualTo(new ProviderResult.Pending("pi_1"));
  }

  @ParameterizedTest
  @EnumSource(names = "STANDING", mode = EnumSource.Mode.EXCLUDE)
  void whatIsSaidOfADisputeIsReadAsItWasWritten(Telling telling) {
    Notification.Disputed disputed =
        new Notification.Disputed(
            "CHARGEBACK:PSP1",
            "PSP1",
            "op_1",
            3,
            Money.of(1_999, "eur"),
            Stage.CHARGEBACK,
            telling);
    Map<String, @Nullable Object> doc = Json.readObject(DisputedDoc.write(disputed));
    assertThat(DisputedDoc.isOne(doc)).isTrue();
    assertThat(DisputedDoc.read(doc)).isEqualTo(disputed);
    Map<String, @Nullable Object> older = new LinkedHashMap<>(doc);
    older.remove("telling");
    assertThat(DisputedDoc.read(older))
        .isInstanceOfSatisfying(
            Notification.Disputed.class,
            read -> assertThat(read.telling()).isEqualTo(Telling.MOVE));
  }

  @Test
  void thatDisputesHaveChangedIsReadAsItWasWritten() {
    var changed = Json.readObject(DisputedDoc.write("WH-1"));
    assertThat(DisputedDoc.isOne(changed)).isTrue();
    assertThat(DisputedDoc.read(changed)).isEqualTo(new Notification.DisputesChanged("WH-1"));
  }
}
