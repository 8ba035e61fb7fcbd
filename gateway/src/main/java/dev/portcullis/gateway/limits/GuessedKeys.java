package dev.portcullis.gateway.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.portcullis.gateway.audit.Actor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Writes into the audit trail who guesses keys: each address once an hour, and so many addresses an
 * hour that nobody fills the trail by having many. What is beyond that is counted in the metrics.
 */
final class GuessedKeys {

  static final String ACTION = "key.guessing_slowed";
  static final int MOST_AN_HOUR = 100;

  private static final Logger LOG = Logger.getLogger(GuessedKeys.class.getName());

  /** Where an entry goes. */
  @FunctionalInterface
  interface Trail {
    void append(Actor actor, String action, String account, String subject, String detail);
  }

  private final Trail trail;
  private final InstantSource clock;
  private final Cache<String, Instant> reported =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofHours(1)).build();
  private Instant hour = Instant.EPOCH;
  private int inThisHour;

  GuessedKeys(Trail trail, InstantSource clock) {
    this.trail = trail;
    this.clock = clock;
  }

  /** That address has named too many keys that are none. It never fails: the refusal goes on. */
  void report(String address) {
    Instant now = clock.instant();
    AtomicBoolean due = new AtomicBoolean();
    reported
        .asMap()
        .compute(
            address,
            (_, last) -> {
              due.set(last == null || !now.isBefore(last.plus(Duration.ofHours(1))));
              return due.get() ? now : last;
            });
    if (!due.get()) {
      return;
    }
    int number = next(now);
    if (number > MOST_AN_HOUR) {
      return;
    }
    String detail =
        number < MOST_AN_HOUR
            ? "too many unknown API keys"
            : "too many unknown API keys; further addresses of this hour are counted, not listed";
    try {
      trail.append(new Actor("system", address), ACTION, "", "", detail);
    } catch (RuntimeException e) {
      reported.invalidate(address);
      LOG.log(Level.WARNING, "an address that guesses keys could not be put on record", e);
    }
  }

  private synchronized int next(Instant now) {
    Instant current = now.truncatedTo(ChronoUnit.HOURS);
    if (!current.equals(hour)) {
      hour = current;
      inThisHour = 0;
    }
    return ++inThisHour;
  }
}
