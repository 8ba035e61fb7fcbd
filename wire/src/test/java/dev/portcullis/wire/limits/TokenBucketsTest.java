package dev.portcullis.wire.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenBucketsTest {

  /** It stands until it is moved. */
  private static final class StoppedClock implements InstantSource {
    private Instant now = Instant.parse("2026-11-26T10:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    void advance(Duration time) {
      now = now.plus(time);
    }
  }

  private final StoppedClock clock = new StoppedClock();

  @Test
  void aBucketHoldsItsTokensAndIsFullAgainAfterItsTime() {
    TokenBuckets buckets = new TokenBuckets(3, Duration.ofSeconds(30), 10, clock);
    assertThat(taken(buckets, "a", 10)).isEqualTo(3);
    assertThat(buckets.left("a")).isZero();
    assertThat(buckets.untilOne("a")).isEqualTo(Duration.ofSeconds(10));
    assertThat(taken(buckets, "b", 10)).as("another name").isEqualTo(3);
    clock.advance(Duration.ofSeconds(20));
    assertThat(buckets.left("a")).isEqualTo(2);
    assertThat(buckets.untilOne("a")).isZero();
    clock.advance(Duration.ofDays(1));
    assertThat(taken(buckets, "a", 10)).as("no more than full").isEqualTo(3);
  }

  @Test
  void someMayBeLeftForOthers() {
    TokenBuckets buckets = new TokenBuckets(10, Duration.ofSeconds(10), 10, clock);
    for (int n = 0; n < 6; n++) {
      assertThat(buckets.take("a", 4)).isZero();
    }
    assertThat(buckets.take("a", 4)).isEqualTo(Duration.ofSeconds(1));
    assertThat(taken(buckets, "a", 10)).isEqualTo(4);
  }

  @Test
  void theLongestUnusedIsForgottenFirst() {
    TokenBuckets buckets = new TokenBuckets(1, Duration.ofSeconds(100), 3, clock);
    for (String name : List.of("a", "b", "c")) {
      assertThat(buckets.take(name)).isZero();
    }
    assertThat(buckets.take("a")).as("empty, and used").isPositive();
    assertThat(buckets.take("d")).isZero();
    assertThat(buckets.size()).isEqualTo(3);
    assertThat(buckets.left("a")).isZero();
    assertThat(buckets.left("b")).as("forgotten").isEqualTo(1);
  }

  @Test
  void aClockThatIsSetBackMakesNobodyWaitLongerThanForAnEmptyBucket() {
    TokenBuckets buckets = new TokenBuckets(2, Duration.ofSeconds(2), 3, clock);
    assertThat(taken(buckets, "a", 5)).isEqualTo(2);
    clock.advance(Duration.ofHours(-1));
    assertThat(buckets.untilOne("a")).isEqualTo(Duration.ofSeconds(1));
  }

  /** In no time is more taken than a full bucket and what has flown in meanwhile. */
  @Property(tries = 200)
  void noMoreThanTheRateAndWhoWaitsAsToldIsLetIn(
      @ForAll @IntRange(min = 1, max = 50) int tokens,
      @ForAll @IntRange(min = 1, max = 60) int seconds,
      @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 0, max = 3_000) Integer> pauses) {
    StoppedClock here = new StoppedClock();
    TokenBuckets buckets = new TokenBuckets(tokens, Duration.ofSeconds(seconds), 10, here);
    long elapsed = 0;
    int taken = 0;
    for (int pause : pauses) {
      here.advance(Duration.ofMillis(pause));
      elapsed += pause;
      taken += taken(buckets, "a", 5);
      // The time for one token is rounded down to a nanosecond.
      assertThat((double) taken).isLessThanOrEqualTo(tokens + elapsed * tokens / (seconds * 999.9));
    }
    Duration wait = buckets.untilOne("a");
    here.advance(wait);
    assertThat(buckets.left("a")).isPositive();
    assertThat(buckets.take("a")).isZero();
  }

  private static int taken(TokenBuckets buckets, String name, int tries) {
    int taken = 0;
    for (int n = 0; n < tries; n++) {
      taken += buckets.take(name).isZero() ? 1 : 0;
    }
    return taken;
  }
}
