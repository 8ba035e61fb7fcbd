package dev.portcullis.gateway.risk;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a scope: a value that each attempt moves on.
 *
 * <p>While it is calm, declines raise its points and approvals lower them. At the alarm it pauses:
 * cards that the account does not know are refused. When the pause is over it lets a card through
 * now and then: a few approvals make it calm again, with half of the points, so that a relapse is
 * noticed sooner; a few declines pause it for twice as long.
 *
 * @param points 0 or more
 * @param updated when they were right; they fade with time
 * @param pausedUntil the end of the pause, or null while it is calm
 * @param relapses how many pauses there were in a row
 * @param good probes that were approved since the pause ended
 * @param bad probes that were declined since then
 * @param alarmed when the last pause began, or null if there was none
 */
record Watch(
    int points,
    Instant updated,
    @Nullable Instant pausedUntil,
    int relapses,
    int good,
    int bad,
    @Nullable Instant alarmed) {

  /** After so long without a pause the next one is as short as the first. */
  private static final Duration FORGIVEN = Duration.ofHours(6);

  static Watch calm(Instant now) {
    return new Watch(0, now, null, 0, 0, 0, null);
  }

  boolean isCalm() {
    return pausedUntil == null;
  }

  /** Whether it is paused now, without a probe. */
  boolean isPaused(Instant now) {
    return pausedUntil != null && now.isBefore(pausedUntil);
  }

  /** A pause that ended before then, and that nobody has tried to end, is over. */
  static Instant overBefore(Instant now) {
    return now.minus(FORGIVEN);
  }

  /** After an attempt of an unknown card was answered. */
  Watch after(boolean approved, int alarm, Thresholds thresholds, Instant now) {
    if (isCalm()) {
      return counted(approved, alarm, thresholds, now);
    }
    // What was under way when the pause began tells nothing of how things are after it.
    return isPaused(now) ? this : probed(approved, alarm, thresholds, now);
  }

  private Watch counted(boolean approved, int alarm, Thresholds thresholds, Instant now) {
    int before = pointsAt(now, thresholds);
    int after = Math.max(0, before + (approved ? Thresholds.APPROVAL : Thresholds.DECLINE));
    return after < alarm
        ? new Watch(after, now, null, memory(now), 0, 0, alarmed)
        : paused(alarm, memory(now), thresholds, now);
  }

  private static Watch paused(int alarm, int memory, Thresholds thresholds, Instant now) {
    return new Watch(alarm, now, now.plus(thresholds.pause(memory)), memory + 1, 0, 0, now);
  }

  private int memory(Instant now) {
    return alarmed == null || now.isAfter(alarmed.plus(FORGIVEN)) ? 0 : relapses;
  }

  private Watch probed(boolean approved, int alarm, Thresholds thresholds, Instant now) {
    int goodNow = good + (approved ? 1 : 0);
    int badNow = bad + (approved ? 0 : 1);
    if (badNow >= Thresholds.BAD_PROBES) {
      return paused(alarm, relapses, thresholds, now);
    }
    return goodNow >= Thresholds.GOOD_PROBES
        ? new Watch(alarm / 2, now, null, relapses, 0, 0, alarmed)
        : new Watch(points, now, pausedUntil, relapses, goodNow, badNow, alarmed);
  }

  /** What is left of its points. */
  int pointsAt(Instant now, Thresholds thresholds) {
    double lives =
        Math.max(0, Duration.between(updated, now).toMillis())
            / (double) thresholds.halfLife().toMillis();
    return (int) Math.round(points * Math.pow(0.5, lives));
  }
}
