package dev.portcullis.vault.custody;

import dev.portcullis.wire.people.TooManyAttempts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many shares were refused to whom of late. It bounds what somebody who tries can write into
 * the audit trail; a share that is right is taken whatever others have tried, since nobody guesses
 * 256 bits.
 */
final class RefusedShares {

  /** Of one person or address within a minute. */
  static final int MOST = 10;

  private static final Duration MEMORY = Duration.ofMinutes(1);

  /** More than these are counted together. */
  private static final int MOST_NAMES = 100;

  private static final String OTHERS = "";

  private final Map<String, List<Instant>> refusals = new HashMap<>();

  /**
   * Counts one.
   *
   * @throws TooManyAttempts if too many were refused before
   */
  synchronized void count(String who, Instant now) {
    forget(now);
    String counted = refusals.containsKey(who) || refusals.size() < MOST_NAMES ? who : OTHERS;
    List<Instant> of = refusals.computeIfAbsent(counted, _ -> new ArrayList<>());
    if (of.size() >= MOST) {
      throw new TooManyAttempts(Duration.between(now, of.getFirst().plus(MEMORY)));
    }
    of.add(now);
  }

  private void forget(Instant now) {
    refusals.values().forEach(of -> of.removeIf(at -> !now.isBefore(at.plus(MEMORY))));
    refusals.values().removeIf(List::isEmpty);
  }
}
