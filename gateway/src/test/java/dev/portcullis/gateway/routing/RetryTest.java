package dev.portcullis.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderWords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What may follow on an attempt. */
class RetryTest {

  private static final Instant NOW = Payments.NOON;

  private static Retry.Past past(
      boolean offSession, int providers, int attempts, @Nullable String advice) {
    List<Instant> at = new ArrayList<>();
    for (int n = 0; n < attempts; n++) {
      at.add(NOW.minus(Duration.ofDays(n)));
    }
    return new Retry.Past(NOW, "visa", offSession, providers, at, advice);
  }

  private static ProviderResult declined(DeclineCode code) {
    return new ProviderResult.Declined(code, null, Details.NONE);
  }

  @Property
  void nothingFollowsOnWhatIsNotOver(
      @ForAll boolean offSession, @ForAll @IntRange(min = 1, max = 20) int attempts) {
    Retry.Past past = past(offSession, 1, attempts, null);
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
    Retry.Past past = past(offSession, providers, attempts, null);
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
            declined(DeclineCode.INSUFFICIENT_FUNDS),
            new Retry.Past(at, "visa", true, 1, attempts, null))
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
    Retry.Past past = new Retry.Past(NOW, "mastercard", false, 1, hour, null);
    assertThat(Retry.after(declined(DeclineCode.PROCESSING_ERROR), past))
        .isInstanceOf(Retry.Never.class);
  }

  @Test
  void mastercardsAdviceIsFollowed() {
    for (String code : Set.of("01", "03", "21", "40")) {
      assertThat(Retry.after(declined(DeclineCode.DO_NOT_HONOR), past(true, 1, 1, code)))
          .as(code)
          .isInstanceOf(Retry.Never.class);
    }
    assertThat(Retry.after(declined(DeclineCode.INSUFFICIENT_FUNDS), past(true, 1, 1, "30")))
        .isInstanceOfSatisfying(
            Retry.Later.class,
            later -> assertThat(later.when()).isEqualTo(NOW.plus(Duration.ofDays(10))));
    assertThat(Retry.after(declined(DeclineCode.PROCESSING_ERROR), past(false, 1, 1, "24")))
        .as("a pause is a pause for every provider")
        .isInstanceOf(Retry.Never.class);
  }

  @Test
  void aRequestThatWasNotTakenMayGoElsewhere() {
    for (Rejected.Kind kind : Rejected.Kind.values()) {
      Retry retry =
          Retry.after(new Rejected(kind, "no", ProviderWords.NONE), past(false, 1, 1, null));
      boolean card = kind == Rejected.Kind.CARD_GONE || kind == Rejected.Kind.UNKNOWN_REFERENCE;
      assertThat(retry).isInstanceOf(card ? Retry.Never.class : Retry.NextProvider.class);
    }
  }
}
