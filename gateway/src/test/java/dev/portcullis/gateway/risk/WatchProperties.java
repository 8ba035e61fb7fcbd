package dev.portcullis.gateway.risk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What holds of every watch, whatever happens in whatever order. */
class WatchProperties {

  private static final Thresholds LIMITS = Thresholds.LIVE;
  private static final int ALARM = LIMITS.alarm();
  private static final Instant BEGIN = Instant.parse("2026-11-27T08:00:00Z");

  @Property
  void points_stay_within_their_bounds_and_a_pause_ends(
      @ForAll @Size(max = 300) List<Boolean> outcomes,
      @ForAll @IntRange(min = 0, max = 600) int pauseSeconds) {
    Watch watch = Watch.calm(BEGIN);
    Instant now = BEGIN;
    for (boolean approved : outcomes) {
      now = now.plusSeconds(pauseSeconds);
      watch = watch.after(approved, ALARM, LIMITS, now);
      assertThat(watch.points()).isBetween(0, ALARM);
      assertThat(watch.isPaused(now.plus(LIMITS.longestPause()))).isFalse();
    }
  }

  @Property
  void approvals_alone_never_alarm_and_always_calm(@ForAll @Size(max = 60) List<Boolean> before) {
    Watch watch = Watch.calm(BEGIN);
    Instant now = BEGIN;
    for (boolean approved : before) {
      now = now.plusSeconds(1);
      watch = watch.after(approved, ALARM, LIMITS, now);
    }
    now = now.plus(LIMITS.longestPause());
    for (int n = 0; n < Thresholds.GOOD_PROBES + ALARM; n++) {
      now = now.plusSeconds(1);
      watch = watch.after(true, ALARM, LIMITS, now);
    }
    assertThat(watch.isCalm()).isTrue();
    assertThat(watch.points()).isZero();
  }

  @Property
  void declines_alone_alarm_after_the_same_number_always(
      @ForAll @IntRange(min = 0, max = 30) int pauseSeconds) {
    Watch watch = Watch.calm(BEGIN);
    Instant now = BEGIN;
    int declines = 0;
    while (watch.isCalm()) {
      now = now.plusSeconds(pauseSeconds);
      watch = watch.after(false, ALARM, LIMITS, now);
      declines++;
    }
    // Points fade, by a few in that time.
    assertThat(declines).isBetween(ALARM / Thresholds.DECLINE, ALARM / Thresholds.DECLINE + 3);
  }

  @Property
  void each_relapse_is_longer_until_the_longest(@ForAll @IntRange(min = 0, max = 40) int relapses) {
    assertThat(LIMITS.pause(relapses + 1))
        .isGreaterThanOrEqualTo(LIMITS.pause(relapses))
        .isLessThanOrEqualTo(LIMITS.longestPause());
  }
}
