package dev.portcullis.wire.admin;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.wire.people.TooManyAttempts;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AdminRateTest {

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-26T10:00:00Z"));
  private final AdminRate rate = new AdminRate(now::get);

  private void count(String address, int times) {
    for (int n = 0; n < times; n++) {
      rate.count(address);
    }
  }

  @Test
  void oneAddressHasSoManyRequestsInSoManySeconds() {
    count("192.0.2.1", AdminRate.MOST);
    assertThatThrownBy(() -> rate.count("192.0.2.1")).isInstanceOf(TooManyAttempts.class);
    rate.count("192.0.2.2");
    now.set(now.get().plus(AdminRate.WINDOW));
    rate.count("192.0.2.1");
  }

  @Test
  void manyAddressesFreeNoneThatGoesOn() {
    count("192.0.2.1", AdminRate.MOST);
    for (int n = 0; n < 3 * AdminRate.ADDRESSES; n++) {
      rate.count("another " + n);
      if (n % 1_000 == 0) {
        assertThatThrownBy(() -> rate.count("192.0.2.1")).isInstanceOf(TooManyAttempts.class);
      }
    }
  }
}
