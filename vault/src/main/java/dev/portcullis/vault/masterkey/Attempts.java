package dev.portcullis.vault.masterkey;

import dev.portcullis.vault.crypto.KeyTrouble;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tries a call to a key service again, a few times and with growing pauses, as long as there is
 * time for it. To wrap or unwrap twice does no harm.
 */
final class Attempts implements AutoCloseable {

  private static final int MOST = 3;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  private final Duration limit;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** One attempt. */
  interface Call<T> {
    /**
     * @param left how much time there is
     * @throws KeyUnavailableException with {@link KeyTrouble.Kind#UNREACHABLE} if it may be tried
     *     again
     */
    T make(Duration left) throws GeneralSecurityException;
  }

  /**
   * @param limit how long all attempts together may take
   */
  Attempts(Duration limit, InstantSource clock) {
    this.limit = limit;
    this.clock = clock;
  }

  <T> T of(Call<T> call) throws GeneralSecurityException {
    Instant end = clock.instant().plus(limit);
    for (int attempt = 1; ; attempt++) {
      try {
        return call.make(Duration.between(clock.instant(), end));
      } catch (KeyUnavailableException e) {
        if (e.trouble().kind() != KeyTrouble.Kind.UNREACHABLE
            || attempt == MOST
            || !paused(attempt, end)) {
          throw e;
        }
      }
    }
  }

  /** Whether there is still time after a pause; half of it is chance, so that vaults spread out. */
  private boolean paused(int attempt, Instant end) {
    long most = FIRST_PAUSE.toMillis() << attempt;
    long pause = random.nextLong(most / 2, most);
    if (!clock.instant().plusMillis(pause).isBefore(end)) {
      return false;
    }
    try {
      return !closed.await(pause, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whoever waits for the next attempt gives up. */
  @Override
  public void close() {
    closed.countDown();
  }
}
