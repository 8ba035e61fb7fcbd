package dev.portcullis.vault;

import dev.portcullis.vault.card.CardStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Deletes stored answers once nobody may ask for them again: they hold personal data. */
final class AnswerPurge implements Runnable {

  /** The wire promises 24 hours; the rest is for clocks that differ. */
  static final Duration KEPT = Duration.ofHours(25);

  private static final Logger LOG = Logger.getLogger(AnswerPurge.class.getName());
  private static final int BATCH = 1_000;
  private static final int BATCHES = 50;

  private final CardStore store;
  private final InstantSource clock;

  AnswerPurge(CardStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public void run() {
    try {
      for (int batch = 0; batch < BATCHES; batch++) {
        if (store.deleteAnswersBefore(clock.instant().minus(KEPT), BATCH) < BATCH) {
          return;
        }
      }
    } catch (SQLException | RuntimeException e) {
      // Caught here because a task that throws is never run again.
      LOG.log(Level.WARNING, "old answers could not be deleted; the next round tries again", e);
    }
  }
}
