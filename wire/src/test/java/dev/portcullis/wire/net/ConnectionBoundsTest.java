package dev.portcullis.wire.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionBoundsTest {

  private static final Duration TIME = Duration.ofSeconds(1);
  private static final ConnectionBounds CONFIGURED =
      new ConnectionBounds(
          16_000, 1_024, 512, new ConnectionBounds.Times(TIME, TIME, TIME, TIME, TIME));
  private static final long HEAP = 185L << 20;

  @Test
  void over_tls_as_many_are_let_in_as_the_heap_has_room_for() {
    ConnectionBounds fitting = CONFIGURED.within(HEAP, true);
    assertThat(fitting.most()).isEqualTo(789);
    assertThat(fitting.most() * (96L << 10)).isLessThanOrEqualTo(HEAP * 40 / 100);
    assertThat(fitting.perAddress()).isEqualTo(197);
    assertThat(fitting.receiving()).isEqualTo(512);
    assertThat(CONFIGURED.within(108L << 20, true).most()).isEqualTo(460);
  }

  @Test
  void ten_thousand_plain_ones_fit_into_a_small_heap() {
    ConnectionBounds fitting = CONFIGURED.within(HEAP, false);
    assertThat(fitting.most()).isBetween(10_000, 16_000);
    assertThat(fitting.perAddress()).isEqualTo(1_024);
  }

  @Test
  void what_fits_stays_as_it_is_configured() {
    assertThat(CONFIGURED.within(4L << 30, true)).isEqualTo(CONFIGURED);
    assertThat(CONFIGURED.within(1, true).most()).isEqualTo(1);
    assertThat(CONFIGURED.within(1, true).perAddress()).isEqualTo(1);
    assertThat(CONFIGURED.within(Long.MAX_VALUE, true)).isEqualTo(CONFIGURED);
  }
}
