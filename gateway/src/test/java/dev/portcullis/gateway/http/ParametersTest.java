package dev.portcullis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.portcullis.wire.error.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ParametersTest {

  private static final Duration TIME = Duration.ofSeconds(20);

  private final AtomicLong nanos = new AtomicLong();

  /** A byte a second, for so many seconds. */
  private InputStream dripping(int bytes) {
    return new InputStream() {
      private int left = bytes;

      @Override
      public int read() {
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        return left-- > 0 ? 'a' : -1;
      }

      @Override
      public int read(byte[] into, int from, int most) {
        int next = read();
        if (next < 0) {
          return -1;
        }
        into[from] = (byte) next;
        return 1;
      }
    };
  }

  @Test
  void a_body_that_drips_is_refused_when_its_time_is_over() {
    ApiException refused =
        catchThrowableOfType(
            ApiException.class, () -> Parameters.read(dripping(1_000), 1_000, TIME, nanos::get));
    assertThat(refused.error().status()).isEqualTo(408);
    assertThat(Duration.ofNanos(nanos.get())).isEqualTo(TIME.plusSeconds(1));
  }

  @Test
  void a_slow_body_that_comes_in_time_is_read() throws IOException {
    assertThat(Parameters.read(dripping(20), 20, TIME, nanos::get)).hasSize(20);
    assertThat(Parameters.read(dripping(5), 20, TIME, nanos::get)).hasSize(5);
  }

  @Test
  void no_more_is_read_than_may_be() throws IOException {
    assertThat(Parameters.read(InputStream.nullInputStream(), 10, TIME, nanos::get)).isEmpty();
    assertThat(
            Parameters.read(
                new java.io.ByteArrayInputStream(new byte[100_000]), 50_000, TIME, nanos::get))
        .hasSize(50_000);
  }
}
