package dev.portcullis.vault.card;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.TestClock;
import dev.portcullis.vault.card.StoredCard.Face;
import dev.portcullis.vault.crypto.Owner;
import java.time.Duration;
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
    clock.advance(Duration.ofHours(1));
    assertThat(admits(10)).isTrue();
  }

  private boolean admits(int card) {
    return limit.admits(
        LIVE,
        "key_1",
        new Face("fingerprint" + card, "visa", "424242", "4242", 12, 2034, "credit", null, true));
  }
}
