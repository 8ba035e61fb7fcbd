package dev.portcullis.vault;

import dev.portcullis.vault.card.CardMatches;
import dev.portcullis.vault.card.CardStore;
import dev.portcullis.vault.card.Retention;
import dev.portcullis.vault.http.Metrics;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what has had its time: stored answers once nobody may ask for them again, tokens, cards
 * and billing details that the gateway never fetched. All of it is personal data or a card number,
 * and what is not kept cannot be lost; nor may a stranger with a page's key fill the database.
 */
final class Purge implements Runnable {

  /** The wire promises 24 hours for answers; the rest is for clocks that differ. */
  static final Duration ANSWERS_KEPT = Duration.ofHours(25);

  static final int BATCH = 1_000;
  static final String COUNTER = "portcullis_vault_purged_total";

  private static final Logger LOG = Logger.getLogger(Purge.class.getName());

  private final List<Task> tasks;
  private final Metrics metrics;
  private final InstantSource clock;

  /**
   * @param matches forgets cards that are gone
   * @param retention deletes cards that were not used for long
   * @param cardsKept how long a card is kept after it was last used, or null for ever
   */
  Purge(
      CardStore store,
      CardMatches matches,
      Retention retention,
      @Nullable Duration cardsKept,
      Metrics metrics,
      InstantSource clock) {
    this.metrics = metrics;
    this.clock = clock;
    this.tasks = new ArrayList<>();
    tasks.addAll(
        List.of(
            new Task("answers", store::deleteAnswersBefore, ANSWERS_KEPT),
            new Task("tokens", store::deleteTokensBefore, CardStore.TOKEN_LIFE),
            new Task("unused cards", store::deleteUnusedBefore, CardStore.UNUSED_LIFE),
            new Task("billing details", store::deleteDetailsBefore, CardStore.DETAILS_LIFE),
            new Task(
                "forgotten cards",
                (time, _) -> matches.forget(time),
                CardMatches.FORGOTTEN_AFTER)));
    if (cardsKept != null) {
      tasks.add(new Task("cards", retention::deleteUnusedSince, cardsKept));
    }
    tasks.forEach(task -> metrics.count(COUNTER, "what", task.label(), 0));
  }

  /** Deletes what is older, at most so many rows; how many it deleted. */
  private interface Deletion {
    int before(Instant time, int most) throws SQLException;
  }

  private record Task(String what, Deletion deletion, Duration kept) {
    String label() {
      return what.replace(' ', '_');
    }
  }

  /**
   * One round: until nothing is left that is due, in short statements, of each kind in turn, so
   * that a flood of one does not keep the others waiting. A kind that fails waits for the next
   * round.
   */
  @Override
  public void run() {
    Map<String, Long> deleted = new LinkedHashMap<>();
    List<Task> behind = new ArrayList<>(tasks);
    while (!behind.isEmpty() && !Thread.currentThread().isInterrupted()) {
      behind.removeIf(task -> !isBehind(task, deleted));
    }
    if (!deleted.isEmpty()) {
      LOG.info(
          () ->
              deleted.entrySet().stream()
                  .map(each -> each.getValue() + " " + each.getKey())
                  .collect(Collectors.joining(", ", "purged: ", "")));
    }
  }

  private boolean isBehind(Task task, Map<String, Long> deleted) {
    try {
      int rows = task.deletion().before(clock.instant().minus(task.kept()), BATCH);
      if (rows > 0) {
        metrics.count(COUNTER, "what", task.label(), rows);
        deleted.merge(task.what(), (long) rows, Long::sum);
      }
      return rows == BATCH;
    } catch (SQLException | RuntimeException e) {
      // Caught here because a task that throws is never run again.
      LOG.log(
          Level.WARNING,
          e,
          () -> "old " + task.what() + " could not be deleted; the next round tries again");
      return false;
    }
  }
}
