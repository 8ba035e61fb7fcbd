package dev.portcullis.gateway.heartbeat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * One work of the background. It counts as late when its last success is long ago, whether it fails
 * or hangs: who only looks for failures never sees the second.
 */
public final class Heartbeat {

  private final String work;
  private final Duration patience;
  private final InstantSource clock;
  private volatile Instant last;

  Heartbeat(String work, Duration patience, InstantSource clock) {
    this.work = work;
    this.patience = patience;
    this.clock = clock;
    this.last = clock.instant();
  }

  /** It has come to its end once more, and well. */
  public void beat() {
    last = clock.instant();
  }

  /** How long that was ago, or the start of the process if it never was; zero or more. */
  public Duration age() {
    Duration age = Duration.between(last, clock.instant());
    return age.isNegative() ? Duration.ZERO : age;
  }

  /** Whether that is longer ago than a passing trouble explains. */
  public boolean isLate() {
    return age().compareTo(patience) > 0;
  }

  /** A word for it, such as {@code key-push}. */
  public String work() {
    return work;
  }
}
