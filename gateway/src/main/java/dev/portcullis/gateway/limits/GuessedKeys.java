package dev.portcullis.gateway.limits;

import com.github.benmanes.caffeine.cache.Cache;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.CountedActs;
import dev.portcullis.gateway.work.Caches;
import dev.portcullis.wire.audit.RepeatedActs;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Writes into the audit trail who guesses keys: each address once an hour, and so many addresses an
 * hour that nobody fills the trail by having many. Of the rest it says how many there were.
 */
final class GuessedKeys implements CountedActs {

  static final String ACTION = "key.guessing_slowed";
  static final int MOST_AN_HOUR = 100;

  private static final String ADDRESSES = "addresses";

  private static final Logger LOG = Logger.getLogger(GuessedKeys.class.getName());

  /** Where an entry goes. */
  @FunctionalInterface
  interface Trail {
    void append(Actor actor, String action, String account, String subject, String detail);
  }

  private final Trail trail;
  private final InstantSource clock;
  private final Cache<String, Instant> reported =
      Caches.bounded().maximumSize(10_000).expireAfterWrite(Duration.ofHours(1)).build();
  private final RepeatedActs acts = new RepeatedActs(Duration.ofHours(1), MOST_AN_HOUR);

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
    if (!acts.isEntry(ADDRESSES, now)) {
      return;
    }
    try {
      trail.append(new Actor("system", address), ACTION, "", "", "too many unknown API keys");
    } catch (RuntimeException e) {
      reported.invalidate(address);
      LOG.log(Level.WARNING, "an address that guesses keys could not be put on record", e);
    }
  }

  @Override
  public void tell() {
    safely(() -> acts.tell(clock.instant(), this::append));
  }

  @Override
  public void tellAll() {
    safely(() -> acts.tellAll(clock.instant(), this::append));
  }

  private void append(RepeatedActs.Beyond beyond) {
    trail.append(Actor.SYSTEM, ACTION, "", "", "addresses: " + beyond.text());
  }

  private static void safely(Runnable telling) {
    try {
      telling.run();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "how many addresses guess keys could not be put on record", e);
    }
  }
}
