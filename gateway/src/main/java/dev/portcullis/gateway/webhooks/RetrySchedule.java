package dev.portcullis.gateway.webhooks;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** When a delivery is tried again: ten times within some 75 hours. */
final class RetrySchedule {

  /** Before each attempt, after the one before it. */
  static final List<Duration> PAUSES =
      List.of(
          Duration.ZERO,
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(5),
          Duration.ofHours(10),
          Duration.ofHours(14),
          Duration.ofHours(20),
          Duration.ofHours(24));

  /** Up to a fifth longer, so that what failed together does not come back together. */
  private static final double JITTER = 0.2;

  private static final Duration FIRST_REPEAT = Duration.ofSeconds(5);
  private static final int MOST_DOUBLINGS = 6;

  /**
   * Of two failures that are further apart nobody knows what was between them: no delivery waits
   * for so long, an hour being left for what holds one up.
   */
  static final Duration LONGEST =
      Duration.ofMillis((long) (PAUSES.getLast().toMillis() * (1 + JITTER))).plusHours(1);

  private RetrySchedule() {}

  /**
   * How long to wait after an attempt that failed; empty if there is none after it.
   *
   * @param made how many attempts were made, 1 or more
   */
  static Optional<Duration> after(int made, RandomGenerator random) {
    if (made >= PAUSES.size()) {
      return Optional.empty();
    }
    return Optional.of(longer(PAUSES.get(made), random));
  }

  /**
   * How long to wait after what came to no attempt: ever longer, so that a fault that stays costs
   * little, but never long, since the endpoint can do nothing about it.
   *
   * @param before how many of that delivery came to nothing before, 0 or more
   */
  static Duration afterNone(int before, RandomGenerator random) {
    return longer(FIRST_REPEAT.multipliedBy(1L << Math.min(before, MOST_DOUBLINGS)), random);
  }

  private static Duration longer(Duration pause, RandomGenerator random) {
    long millis = pause.toMillis();
    return Duration.ofMillis(millis + (long) (millis * JITTER * random.nextDouble()));
  }
}
