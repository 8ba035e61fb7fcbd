package dev.portcullis.wire.people;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.wire.people.Attempts.Throttle;
import java.time.Duration;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AttemptsTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** So many attempts, each as soon as one is heard again. */
  private static Attempts after(int attempts, Throttle throttle) {
    Attempts state = Attempts.NONE;
    Instant now = START;
    for (int at = 0; at < attempts; at++) {
      now = state.isLocked(now) ? state.until() : now;
      state = state.counted(throttle, now);
    }
    return state;
  }

  private static Duration waitOf(Attempts state) {
    return Duration.between(state.last(), state.until());
  }

  @Test
  void theWaitGrowsAndEndsAtHalfAnHour() {
    assertThat(after(2, Throttle.PERSON).until()).isEqualTo(Instant.EPOCH);
    assertThat(waitOf(after(3, Throttle.PERSON))).isEqualTo(Duration.ofSeconds(5));
    assertThat(waitOf(after(6, Throttle.PERSON))).isEqualTo(Duration.ofSeconds(40));
    assertThat(waitOf(after(9, Throttle.PERSON))).isEqualTo(Duration.ofSeconds(320));
    assertThat(waitOf(after(10, Throttle.PERSON))).isEqualTo(Duration.ofMinutes(30));
    assertThat(waitOf(after(500, Throttle.PERSON))).isEqualTo(Duration.ofMinutes(30));
  }

  @Test
  void severalPeopleBehindOneAddressAreHeardLonger() {
    assertThat(after(19, Throttle.ADDRESS).until()).isEqualTo(Instant.EPOCH);
    assertThat(waitOf(after(20, Throttle.ADDRESS))).isEqualTo(Duration.ofSeconds(5));
    assertThat(waitOf(after(40, Throttle.ADDRESS))).isEqualTo(Duration.ofMinutes(15));
  }

  /** Whoever knocks on a locked door makes it stay locked no longer. */
  @Property
  void knockingMeanwhileChangesNothing(
      @ForAll @IntRange(min = 3, max = 60) int failures,
      @ForAll @IntRange(min = 0, max = 4_999) int millis) {
    Attempts locked = after(failures, Throttle.PERSON);
    assertThat(locked.counted(Throttle.PERSON, locked.last().plusMillis(millis))).isEqualTo(locked);
  }

  @Property
  void theWaitNeverShrinksWithMoreFailures(@ForAll @IntRange(min = 0, max = 60) int failures) {
    for (Throttle throttle : Throttle.values()) {
      assertThat(throttle.waitAfter(failures + 1))
          .isGreaterThanOrEqualTo(throttle.waitAfter(failures))
          .isLessThanOrEqualTo(Duration.ofMinutes(30));
    }
  }

  @Test
  void whatIsLongAgoIsForgotten() {
    Attempts many = after(12, Throttle.PERSON);
    Instant later = many.last().plus(Duration.ofDays(1)).plusSeconds(1);
    assertThat(many.counted(Throttle.PERSON, later).failures()).isEqualTo(1);
    assertThat(many.counted(Throttle.PERSON, many.until()).failures()).isEqualTo(10);
  }

  /** Whoever looked at the clock a moment earlier is not locked out by one that may go on. */
  @Test
  void twoAtTheSameTimeAreBothHeard() {
    Attempts first = Attempts.NONE.counted(Throttle.PERSON, START.plusMillis(5));
    assertThat(first.isLocked(START)).isFalse();
    assertThat(first.counted(Throttle.PERSON, START).failures()).isEqualTo(2);
  }

  @Test
  void anAttemptThatWasRightIsTakenBack() {
    assertThat(after(5, Throttle.ADDRESS).takenBack().failures()).isEqualTo(4);
    assertThat(after(1, Throttle.ADDRESS).takenBack()).isEqualTo(Attempts.NONE);
  }
}
