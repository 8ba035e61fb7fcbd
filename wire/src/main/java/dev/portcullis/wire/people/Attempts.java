package dev.portcullis.wire.people;

import java.time.Duration;
import java.time.Instant;

/**
 * How often somebody failed, and until when nobody is heard for that. An attempt is counted before
 * it is looked at and taken back when it was right, so that many at once count each.
 *
 * @param failures how many in a row, 0 or more
 * @param last when the last one was
 * @param until until when there is no further attempt
 */
public record Attempts(int failures, Instant last, Instant until) {

  /** None yet. */
  public static final Attempts NONE = new Attempts(0, Instant.EPOCH, Instant.EPOCH);

  /**
   * How failures grow into waiting. Every wait ends by itself, and what is long ago is forgotten.
   */
  public enum Throttle {
    /**
     * Of one name, known or not: two are free, then 5 seconds, doubled each time, and half an hour
     * from the tenth on (PCI DSS 8.3.4).
     */
    PERSON(3, Duration.ofSeconds(5), 10, Duration.ofMinutes(30), Duration.ofDays(1)),
    /** Of one address, behind which there may be several people. */
    ADDRESS(20, Duration.ofSeconds(5), 40, Duration.ofMinutes(15), Duration.ofHours(1));

    private final int first;
    private final Duration firstWait;
    private final int last;
    private final Duration lastWait;
    private final Duration memory;

    Throttle(int first, Duration firstWait, int last, Duration lastWait, Duration memory) {
      this.first = first;
      this.firstWait = firstWait;
      this.last = last;
      this.lastWait = lastWait;
      this.memory = memory;
    }

    /** How long to wait after that many failures in a row. */
    Duration waitAfter(int failures) {
      if (failures < first) {
        return Duration.ZERO;
      }
      if (failures >= last) {
        return lastWait;
      }
      Duration grown = firstWait.multipliedBy(1L << Math.min(failures - first, 20));
      return grown.compareTo(lastWait) > 0 ? lastWait : grown;
    }
  }

  /** Whether nobody is heard now. */
  public boolean isLocked(Instant now) {
    return now.isBefore(until);
  }

  /** With one attempt more; the same while locked, so that knocking makes no wait longer. */
  Attempts counted(Throttle throttle, Instant now) {
    if (isLocked(now)) {
      return this;
    }
    boolean forgotten = last.plus(throttle.memory).isBefore(now);
    int count = forgotten ? 1 : Math.min(failures + 1, throttle.last);
    Duration wait = throttle.waitAfter(count);
    // Of two at the same time the one that looked at its clock first may be counted last.
    return new Attempts(count, now, wait.isZero() ? Instant.EPOCH : now.plus(wait));
  }

  /** Without the attempt that was right after all. */
  Attempts takenBack() {
    return failures <= 1 ? NONE : new Attempts(failures - 1, last, Instant.EPOCH);
  }
}
