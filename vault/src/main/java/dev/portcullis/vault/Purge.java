package dev.portcullis.vault;

import dev.portcullis.vault.card.CardStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Deletes what has had its time: stored answers once nobody may ask for them again, tokens, and
 * billing details that the gateway never fetched. All of it is personal data or a card number, and
 * what is not kept cannot be lost.
 */
final class Purge implements Runnable {

  /** The wire promises 24 hours for answers; the rest is for clocks that differ. */
  static final Duration ANSWERS_KEPT = Duration.ofHours(25);

  private static final Logger LOG = Logger.getLogger(Purge.class.getName());
  private static final int BATCH = 1_000;
  private static final int BATCHES = 50;

  private final CardStore store;
  private final InstantSource clock;

  Purge(CardStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Deletes what is older, at most so many rows; how many it deleted. */
  private interface Deletion {
    int before(Instant time, int most) throws SQLException;
  }

  /** One round, of a bounded number of short statements; what is left waits for the next. */
  @Override
  public void run() {
    purge("answers", store::deleteAnswersBefore, ANSWERS_KEPT);
    purge("tokens", store::deleteTokensBefore, CardStore.TOKEN_LIFE);
    purge("billing details", store::deleteDetailsBefore, CardStore.DETAILS_LIFE);
  }

  private void purge(String what, Deletion deletion, Duration kept) {
    try {
      for (int batch = 0; batch < BATCHES; batch++) {
        if (deletion.before(clock.instant().minus(kept), BATCH) < BATCH) {
          return;
        }
      }
    } catch (SQLException | RuntimeException e) {
      // Caught here because a task that throws is never run again.
      LOG.log(
          Level.WARNING,
          e,
          () -> "old " + what + " could not be deleted; the next round tries again");
    }
  }
}
