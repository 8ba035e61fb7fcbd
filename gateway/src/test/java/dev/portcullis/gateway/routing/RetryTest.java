package dev.portcullis.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.NetworkAdvice.Action;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderWords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What may follow on an attempt. */
class RetryTest {

  private static final Instant NOW = Payments.NOON;

  private static Retry.Past past(boolean offSession, int providers, int attempts) {
    List<Instant> at = new ArrayList<>();
    for (int n = 0; n < attempts; n++) {
      at.add(NOW.minus(Duration.ofDays(n)));
    }
    return new Retry.Past(NOW, "visa", offSession, providers, at);
  }

  private static ProviderResult declined(DeclineCode code) {
    return new ProviderResult.Declined(code, null, Details.NONE);
  }

  private static ProviderResult advised(DeclineCode code, NetworkAdvice advice) {
    return new ProviderResult.Declined(code, null, Details.NONE.advised(advice));
  }

  @Property
  void nothingFollowsOnWhatIsNotOver(
      @ForAll boolean offSession, @ForAll @IntRange(min = 1, max = 20) int attempts) {
    Retry.Past past = past(offSession, 1, attempts);
    for (ProviderResult result :
        List.of(
            new ProviderResult.Unknown("no answer"),
            new ProviderResult.Pending("ref"),
            new ProviderResult.RequiresAction("ref", "https://bank.example"),
            new ProviderResult.NotFound(),
            new ProviderResult.Approved("ref", Details.NONE))) {
      assertThat(Retry.after(result, past)).isInstanceOf(Retry.Never.class);
    }
  }

  @Property
  void theNetworksBoundsHold(
      @ForAll DeclineCode code,
      @ForAll boolean offSession,
      @ForAll @IntRange(min = 1, max = 4) int providers,
      @ForAll @IntRange(min = 1, max = 40) int attempts) {
    Retry.Past past = past(offSession, providers, attempts);
    Retry retry = Retry.after(declined(code), past);
    boolean hard = Retry.kind(code) == Retry.Kind.HARD;
    if (hard || attempts >= Retry.MOST_ATTEMPTS) {
      assertThat(retry).isInstanceOf(Retry.Never.class);
    }
    if (retry instanceof Retry.NextProvider) {
      assertThat(Retry.kind(code)).isEqualTo(Retry.Kind.TECHNICAL);
      assertThat(providers).isLessThan(Retry.MOST_PROVIDERS);
    }
    if (retry instanceof Retry.Later later) {
      assertThat(offSession).as("a shopper who is there agreed to no later charge").isTrue();
      assertThat(later.when()).isAfterOrEqualTo(NOW.plus(Duration.ofDays(1)));
    }
  }

  /** A merchant's own charge that is always declined is tried seven times in 30 days. */
  @Test
  void aMerchantsOwnChargeIsTriedAFewTimesWithinThirtyDays() {
    List<Instant> attempts = new ArrayList<>(List.of(NOW));
    Instant at = NOW;
    while (Retry.after(
            declined(DeclineCode.INSUFFICIENT_FUNDS), new Retry.Past(at, "visa", true, 1, attempts))
        instanceof Retry.Later later) {
      at = later.when();
      attempts.add(at);
    }
    assertThat(attempts).hasSize(7);
    assertThat(Duration.between(NOW, at)).isLessThan(Retry.WINDOW);
  }

  @Test
  void manyInADayAreTooMany() {
    List<Instant> hour = new ArrayList<>();
    for (int n = 0; n < Retry.MOST_IN_A_DAY; n++) {
      hour.add(NOW.minusSeconds(60L * n));
    }
    Retry.Past past = new Retry.Past(NOW, "mastercard", false, 1, hour);
    assertThat(Retry.after(declined(DeclineCode.PROCESSING_ERROR), past))
        .isInstanceOf(Retry.Never.class);
  }

  @Test
  void mastercardsAdviceIsFollowed() {
    for (String code : Set.of("01", "03", "04", "21", "22", "40", "41")) {
      assertThat(
              Retry.after(
                  advised(DeclineCode.DO_NOT_HONOR, NetworkAdvice.of(code, null)),
                  past(true, 1, 1)))
          .as(code)
          .isInstanceOf(Retry.Never.class);
    }
    Map<String, Duration> waits =
        Map.of(
            "02", Duration.ofDays(3),
            "24", Duration.ofDays(1),
            "25", Duration.ofDays(1),
            "26", Duration.ofDays(2),
            "27", Duration.ofDays(4),
            "28", Duration.ofDays(6),
            "29", Duration.ofDays(8),
            "30", Duration.ofDays(10));
    waits.forEach(
        (code, wait) ->
            assertThat(
                    Retry.after(
                        advised(DeclineCode.INSUFFICIENT_FUNDS, NetworkAdvice.of(code, null)),
                        past(true, 1, 1)))
                .as(code)
                .isInstanceOfSatisfying(
                    Retry.Later.class,
                    later -> assertThat(later.when()).isEqualTo(NOW.plus(wait))));
    assertThat(
            Retry.after(
                advised(DeclineCode.PROCESSING_ERROR, NetworkAdvice.of("24", null)),
                past(false, 1, 1)))
        .as("a pause is a pause for every provider")
        .isInstanceOf(Retry.Never.class);
  }

  /** A provider's own word, without a code of the network, is taken too. */
  @Test
  void whatTheProviderAdvisesIsFollowed() {
    for (Action action : Action.values()) {
      Retry retry =
          Retry.after(
              advised(DeclineCode.DO_NOT_HONOR, new NetworkAdvice(action, null, "05")),
              past(true, 1, 1));
      assertThat(retry)
          .as(action.wire())
          .isInstanceOf(action == Action.TRY_AGAIN_LATER ? Retry.Later.class : Retry.Never.class);
    }
  }

  @Test
  void whatVisaCallsFinalIsFinalWhateverTheProviderMakesOfIt() {
    ProviderResult closed = advised(DeclineCode.GENERIC_DECLINE, NetworkAdvice.of(null, "46"));
    assertThat(Retry.after(closed, past(true, 1, 1))).isInstanceOf(Retry.Never.class);
    assertThat(Retry.after(closed, new Retry.Past(NOW, "mastercard", true, 1, List.of(NOW))))
        .isInstanceOf(Retry.Later.class);
  }

  @Test
  void aRequestThatWasNotTakenMayGoElsewhere() {
    for (Rejected.Kind kind : Rejected.Kind.values()) {
      Retry retry = Retry.after(new Rejected(kind, "no", ProviderWords.NONE), past(false, 1, 1));
      boolean card = kind == Rejected.Kind.CARD_GONE || kind == Rejected.Kind.UNKNOWN_REFERENCE;
      assertThat(retry).isInstanceOf(card ? Retry.Never.class : Retry.NextProvider.class);
    }
  }
}
