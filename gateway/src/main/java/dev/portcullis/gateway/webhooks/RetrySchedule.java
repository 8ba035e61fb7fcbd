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
    long millis = PAUSES.get(made).toMillis();
    return Optional.of(Duration.ofMillis(millis + (long) (millis * JITTER * random.nextDouble())));
  }
}
