package dev.portcullis.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.limits.BodyBudget;
import dev.portcullis.gateway.limits.LimitReached;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.KeyKind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ParametersTest {

  private static final Duration TIME = Duration.ofSeconds(20);

  private static final Principal SERVER =
      new Principal("acct_one", false, "key_one", KeyKind.SECRET);

  private final AtomicLong nanos = new AtomicLong();
  private final BodyBudget budget = new BodyBudget(400_000, new SimpleMeterRegistry());
  private final BodyBudget.Share memory = budget.share(SERVER, "192.0.2.1");

  private byte[] read(InputStream in, int most) throws IOException {
    return Parameters.read(in, new Parameters.Room(TIME, most, memory), nanos::get);
  }

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
        catchThrowableOfType(ApiException.class, () -> read(dripping(1_000), 1_000));
    assertThat(refused.error().status()).isEqualTo(408);
    assertThat(Duration.ofNanos(nanos.get())).isEqualTo(TIME.plusSeconds(1));
  }

  @Test
  void a_slow_body_that_comes_in_time_is_read() throws IOException {
    assertThat(read(dripping(20), 20)).hasSize(20);
    assertThat(read(dripping(5), 20)).hasSize(5);
  }

  @Test
  void no_more_is_read_than_may_be() throws IOException {
    assertThat(read(InputStream.nullInputStream(), 10)).isEmpty();
    assertThat(read(new ByteArrayInputStream(new byte[100_000]), 50_000)).hasSize(50_000);
  }

  @Test
  void memory_is_taken_as_a_body_comes_and_not_as_it_is_announced() throws IOException {
    assertThat(read(new ByteArrayInputStream(new byte[10_000]), 90_000)).hasSize(10_000);
    assertThat(budget.taken()).isBetween(10_000L, 20_000L);
    memory.close();
    assertThat(budget.taken()).isZero();
    assertThat(read(new ByteArrayInputStream(new byte[300]), 300)).hasSize(300);
    assertThat(budget.taken()).isEqualTo(300);
  }

  @Test
  void a_body_that_there_is_no_memory_for_is_refused_as_soon_as_there_is_none() {
    ByteArrayInputStream sent = new ByteArrayInputStream(new byte[1_000_000]);
    LimitReached refused = catchThrowableOfType(LimitReached.class, () -> read(sent, 1_000_000));
    assertThat(refused.error().status()).isEqualTo(429);
    assertThat(1_000_000 - sent.available()).isLessThanOrEqualTo(100_000);
    assertThat(budget.taken()).isLessThanOrEqualTo(100_000);
  }
}
