package dev.portcullis.gateway.routing;

import java.time.Duration;
import java.time.Instant;

/**
 * What an account asks for: that its own charges are tried again after a soft decline.
 *
 * @param attempts how often one is tried again, 1 to {@value #MOST_ATTEMPTS}
 * @param days for how long after the first decline, 1 to {@value #MOST_DAYS}
 */
record RetryLater(int attempts, int days) {

  /** The networks' bounds leave no more in their window. */
  static final int MOST_ATTEMPTS = 6;

  static final int MOST_DAYS = 30;

  /**
   * Whether it may be tried again then.
   *
   * @param number which retry that is, 1 for the first
   * @param first when the charge was declined first
   */
  boolean allows(int number, Instant first, Instant when) {
    return number <= attempts && !when.isAfter(first.plus(Duration.ofDays(days)));
  }
}
