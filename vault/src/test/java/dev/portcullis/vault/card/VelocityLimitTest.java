package dev.portcullis.vault.card;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.TestClock;
import dev.portcullis.vault.card.StoredCard.Face;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.keys.Principal;
import dev.portcullis.wire.key.KeyKind;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VelocityLimitTest {

  private static final Owner LIVE = new Owner("acct_a", true);

  private final TestClock clock = new TestClock();
  private final VelocityLimit limit = new VelocityLimit(clock);

  @Test
  void guessingANumbersMiddleIsStoppedAndStaysStopped() {
    for (int n = 0; n < 10; n++) {
      assertThat(admits(n)).isTrue();
    }
    assertThat(admits(10)).isFalse();
    assertThat(admits(10)).as("sent again").isFalse();
    assertThat(admits(3)).as("a card that was let in").isTrue();
    assertThat(limit.admits(principal(KeyKind.RESTRICTED), null, card(11, "4242")))
        .as("with another key of the account")
        .isFalse();
    clock.advance(Duration.ofHours(1));
    assertThat(admits(10)).isTrue();
  }

  @Test
  void anHonestTestSuiteIsNeverThrottled() {
    Principal test = new Principal("key", "", new Owner("acct_a", false), KeyKind.SECRET, Set.of());
    for (int n = 0; n < 30_000; n++) {
      assertThat(limit.admits(test, null, card(n, "4242"))).isTrue();
    }
  }

  @Test
  void oneHostWithAPagesKeyDoesNotStopTheOthers() {
    Principal page = principal(KeyKind.PUBLISHABLE);
    for (int n = 0; n < VelocityLimit.LIVE.perKey(); n++) {
      assertThat(limit.admits(page, "2001:db8::" + n, card(n, "%04d".formatted(n)))).isTrue();
    }
    assertThat(limit.admits(page, "2001:db8::ffff", card(500, "5000")))
        .as("the same /64")
        .isFalse();
    assertThat(limit.admits(page, "203.0.113.9", card(501, "5001"))).isTrue();
    Principal server = principal(KeyKind.SECRET);
    for (int n = 0; n < VelocityLimit.LIVE.perKey(); n++) {
      assertThat(limit.admits(server, "203.0.113." + n, card(600 + n, "%04d".formatted(6000 + n))))
          .isTrue();
    }
    assertThat(limit.admits(server, "203.0.113.200", card(800, "8000")))
        .as("a server's key is one, wherever it is used")
        .isFalse();
  }

  private boolean admits(int card) {
    return limit.admits(principal(KeyKind.SECRET), null, card(card, "4242"));
  }

  private static Principal principal(KeyKind kind) {
    return new Principal("key_" + kind, "", LIVE, kind, Set.of());
  }

  private static Face card(int card, String last4) {
    return new Face("fingerprint" + card, "visa", "424242", last4, 12, 2034, "credit", null, true);
  }
}
