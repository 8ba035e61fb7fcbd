package dev.portcullis.vault.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.StoppedClock;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressLimitsTest {

  private static final int FIGURE = 5;

  private final StoppedClock clock = new StoppedClock();
  private final AddressLimits limits =
      new AddressLimits(
          new LimitFigures(
              100,
              FIGURE,
              1,
              new LimitFigures.Stores(1, 1, 1, 1, 1, 1),
              new LimitFigures.AtOnce(1, 1)),
          clock);

  private List<AddressLimits.Guess> guesses(String address, int times) {
    List<AddressLimits.Guess> heard = new ArrayList<>();
    for (int n = 0; n < times; n++) {
      AddressLimits.Guess guess = limits.guess(InetAddress.ofLiteral(address));
      try {
        guess.begin();
        heard.add(guess);
      } catch (LimitReached e) {
        assertThat(e.limit()).isEqualTo(LimitReached.Limit.UNKNOWN_KEYS);
      }
    }
    return heard;
  }

  private int fromNetworks(String site, int networks) {
    int heard = 0;
    for (int n = 1; n <= networks; n++) {
      heard += guesses(site + Integer.toHexString(n) + "::1", FIGURE).size();
    }
    return heard;
  }

  /** A /48 is what one customer of a network gets, and holds 65,536 networks. */
  @Test
  void whoHasManyNetworksGuessesNoMoreForIt() {
    assertThat(fromNetworks("2001:db8:1:", 100)).isEqualTo(FIGURE * AddressLimits.SITE);
    assertThat(fromNetworks("2001:db8:2:", 1)).as("another site").isEqualTo(FIGURE);
    int all = FIGURE * (AddressLimits.SITE + 1);
    for (int n = 3; n < 100; n++) {
      all += fromNetworks("2001:db8:" + Integer.toHexString(n) + ":", 1);
    }
    assertThat(all).as("from everywhere").isEqualTo(FIGURE * AddressLimits.ALL);
    assertThat(guesses("192.0.2.1", 1)).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(guesses("192.0.2.1", 10)).hasSize(FIGURE);
  }

  @Test
  void whoHasManyNetworksIsNotHeardMoreOftenForIt() {
    int heard = 0;
    for (int network = 0; network < 30; network++) {
      InetAddress address =
          InetAddress.ofLiteral("2001:db8:1:" + Integer.toHexString(network) + "::1");
      for (int n = 0; n < 100; n++) {
        heard += isHeard(address) ? 1 : 0;
      }
    }
    assertThat(heard).isEqualTo(100 * AddressLimits.SITE);
    assertThat(isHeard(InetAddress.ofLiteral("2001:db8:2::1"))).as("another site").isTrue();
  }

  private boolean isHeard(InetAddress address) {
    try {
      limits.request(address);
      return true;
    } catch (LimitReached e) {
      assertThat(e.limit()).isEqualTo(LimitReached.Limit.ADDRESS);
      return false;
    }
  }

  @Test
  void aTokenIsTakenBeforeTheLookUpAndGivenBackForAKey() {
    List<AddressLimits.Guess> atOnce = guesses("2001:db8::1", 16);
    assertThat(atOnce).hasSize(FIGURE);
    atOnce.forEach(AddressLimits.Guess::isKey);
    atOnce.forEach(AddressLimits.Guess::isKey);
    assertThat(fromNetworks("2001:db8:0:", 100)).isEqualTo(FIGURE * AddressLimits.SITE);
    limits.guess(InetAddress.ofLiteral("192.0.2.1")).isNone();
    assertThat(guesses("192.0.2.1", 10)).hasSize(FIGURE - 1);
  }
}
