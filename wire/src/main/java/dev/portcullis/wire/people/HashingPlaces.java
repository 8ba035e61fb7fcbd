package dev.portcullis.wire.people;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many passwords are hashed at once: each takes 19 MiB of the heap. Strangers never have the
 * last place, so that whoever signs in from a place that is their own need not wait for those who
 * guess.
 */
final class HashingPlaces {

  private static final int AT_ONCE = 2;

  /** Who asks. */
  enum Asker {
    /** Anybody. */
    STRANGER,
    /** Somebody at a place where they signed in before, or with a code that lets them enrol. */
    KNOWN
  }

  private final Duration patience;
  private final Semaphore all = new Semaphore(AT_ONCE, true);
  private final Semaphore strangers = new Semaphore(AT_ONCE - 1, true);

  /**
   * @param patience how long somebody waits for a place
   */
  HashingPlaces(Duration patience) {
    this.patience = patience;
  }

  /** A place, to be given back. */
  @FunctionalInterface
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Waits for a place.
   *
   * @throws TooManyAttempts if there is none in time
   */
  Place enter(Asker asker) {
    return switch (asker) {
      case KNOWN -> {
        acquire(all);
        yield all::release;
      }
      case STRANGER -> {
        acquire(strangers);
        try {
          acquire(all);
        } catch (TooManyAttempts e) {
          strangers.release();
          throw e;
        }
        yield () -> {
          all.release();
          strangers.release();
        };
      }
    };
  }

  private void acquire(Semaphore places) {
    try {
      if (!places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new TooManyAttempts(patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TooManyAttempts(patience);
    }
  }
}
