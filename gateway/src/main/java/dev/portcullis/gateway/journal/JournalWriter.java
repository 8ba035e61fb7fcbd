package dev.portcullis.gateway.journal;

import dev.portcullis.gateway.journal.BatchStatement.Member;
import dev.portcullis.gateway.journal.GroupCommitJournal.Pending;
import dev.portcullis.gateway.journal.GroupCommitJournal.Settings;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.postgresql.util.PSQLException;

/**
 * One writer of the journal: takes batches and sees each to its end.
 *
 * <p>A batch with a member that lost is rolled back and run again without it. A batch that the
 * database refuses is run again one by one, so that the poisoned member fails alone. A connection
 * lost before COMMIT was sent means that nothing is written, and the batch runs again; one lost at
 * COMMIT means that nobody knows, and nobody is told anything before the batch's mark has been read
 * back.
 */
final class JournalWriter {

  private static final Logger LOG = Logger.getLogger(JournalWriter.class.getName());

  /** Deadlocks and serialization failures: nothing is wrong with the change, so it runs again. */
  private static final int RETRIES_OF_ONE = 5;

  private static final long IDLE_MILLIS = 100;

  /** What a lock that was waited for too long is called: lock_not_available. */
  private static final String LOCKED = "55P03";

  private final JournalConnection connection;
  private final Settings settings;
  private final IntConsumer committed;
  private final Runnable outboxFilled;
  private final CountDownLatch stop;
  private final Deque<Pending> deferred = new ArrayDeque<>();
  private final List<Pending> taken = new ArrayList<>();

  /**
   * A writer.
   *
   * @param committed is told how many changes each commit has made durable
   * @param outboxFilled is told that somebody has to be told of an event
   * @param stop tripped when the journal is closed
   */
  JournalWriter(
      DataSource connections,
      Settings settings,
      IntConsumer committed,
      Runnable outboxFilled,
      CountDownLatch stop) {
    this.stop = stop;
    this.connection = new JournalConnection(connections, settings.lock());
    this.settings = settings;
    this.committed = committed;
    this.outboxFilled = outboxFilled;
  }

  /**
   * Takes what waits, the first of it already taken, and sees to it. Whoever has the writer has it
   * alone; when it is given back, nothing is deferred.
   */
  void run(Pending first, BlockingQueue<Pending> queue) {
    work(List.of(first), queue);
    while (!deferred.isEmpty()) {
      work(List.of(), queue);
    }
  }

  /** Sees to one change alone. */
  void run(Pending pending) {
    try {
      commit(List.of(pending));
    } catch (InterruptedException | RuntimeException | Error e) {
      failed(List.of(pending), e);
    }
  }

  /** Closes its connection. */
  void end() {
    connection.discard();
  }

  private void work(List<Pending> first, BlockingQueue<Pending> queue) {
    taken.clear();
    try {
      taken.addAll(first);
      commit(next(queue, taken));
    } catch (InterruptedException | RuntimeException | Error e) {
      // What is deferred has not been tried.
      taken.removeAll(deferred);
      failed(taken, e);
    }
  }

  /**
   * A failure of this program or of its machine must not leave anybody waiting, nor end the writer.
   * Those first who wait: to say what went wrong may fail as well. An answer that has been given
   * already stays.
   */
  private void failed(List<Pending> batch, Throwable reason) {
    batch.forEach(p -> p.answer(new Verdict.Unknown()));
    connection.discard();
    if (reason instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    } else {
      LOG.log(Level.SEVERE, "the journal failed on a batch", reason);
    }
  }

  /** What is there, up to a batch; no two of them touch the same row. */
  private List<Pending> next(BlockingQueue<Pending> queue, List<Pending> candidates) {
    while (!deferred.isEmpty() && candidates.size() < settings.batch()) {
      candidates.add(deferred.removeFirst());
    }
    queue.drainTo(candidates, settings.batch() - candidates.size());
    if (candidates.size() == 1) {
      return List.copyOf(candidates);
    }
    List<Pending> batch = new ArrayList<>(candidates.size());
    Set<String> rows = new HashSet<>();
    for (Pending candidate : candidates) {
      if (claim(candidate.change(), rows)) {
        batch.add(candidate);
      } else {
        deferred.addLast(candidate);
      }
    }
    return batch;
  }

  /** Adds the change's rows to those of the batch, unless one is there already. */
  private static boolean claim(Change change, Set<String> rows) {
    List<String> keys = keys(change);
    if (keys.stream().anyMatch(rows::contains)) {
      return false;
    }
    rows.addAll(keys);
    return true;
  }

  private static List<String> keys(Change change) {
    return change.writes().stream()
        .map(w -> w.table().name() + ' ' + change.account() + ' ' + w.row().id())
        .toList();
  }

  private void commit(List<Pending> batch) throws InterruptedException {
    List<Pending> rest = batch;
    while (!rest.isEmpty()) {
      Outcome outcome = attempt(rest);
      switch (outcome) {
        case Outcome.Committed done -> {
          committed.accept(rest.size());
          rest.forEach(p -> p.answer(Verdict.Committed.IT));
          return;
        }
        case Outcome.Mixed(Map<Integer, Verdict.Conflict> losers) -> rest = answer(rest, losers);
        case Outcome.Refused(SQLException reason) -> {
          refused(rest, reason);
          return;
        }
        case Outcome.Lost(SQLException reason) -> rest = stillPatient(rest, reason);
        case Outcome.LostAtCommit(String batchId, SQLException reason) -> {
          if (readBack(batchId, rest)) {
            return;
          }
          rest = stillPatient(rest, reason);
        }
      }
    }
  }

  /** What one run of a batch came to. */
  private sealed interface Outcome {
    record Committed() implements Outcome {}

    record Mixed(Map<Integer, Verdict.Conflict> losers) implements Outcome {}

    record Refused(SQLException reason) implements Outcome {}

    record Lost(SQLException reason) implements Outcome {}

    record LostAtCommit(String batchId, SQLException reason) implements Outcome {}
  }

  private Outcome attempt(List<Pending> batch) {
    List<Member> members = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      members.add(new Member(batch.get(i).change(), i));
    }
    BatchStatement statement = BatchStatement.of(members);
    if (statement.isWhole()) {
      Outcome outcome = attemptWhole(statement);
      boolean lost = outcome instanceof Outcome.Refused(SQLException e) && BatchStatement.isLost(e);
      if (!lost) {
        return outcome;
      }
    }
    return attemptInTwo(statement);
  }

  /** Statements and COMMIT at once: if the connection is lost, nobody knows which of them ran. */
  private Outcome attemptWhole(BatchStatement statement) {
    try {
      connection.connect();
    } catch (SQLException e) {
      return new Outcome.Lost(e);
    }
    String batchId = connection.newBatchId();
    try {
      Map<Integer, Verdict.Conflict> losers = connection.executeWhole(statement, batchId);
      return losers.isEmpty() ? committed(statement) : new Outcome.Mixed(losers);
    } catch (SQLException e) {
      boolean lost = connection.isLostBy(e);
      if (endsTransaction(e)) {
        return lost ? new Outcome.Lost(e) : new Outcome.Refused(e);
      }
      return lost ? lostAtCommit(batchId, e) : readAgain(statement, batchId, e);
    }
  }

  /**
   * Whether the database said it of a statement, before or in place of COMMIT: then nothing is
   * written. What it says when it ends a connection (class 57P) may come behind COMMIT.
   */
  private static boolean endsTransaction(SQLException e) {
    String state = e.getSQLState();
    return e instanceof PSQLException said
        && said.getServerErrorMessage() != null
        && state != null
        && !state.startsWith("57P")
        && !state.startsWith("08");
  }

  /** The driver failed, perhaps when it read the answer to COMMIT. */
  private Outcome readAgain(BatchStatement statement, String batchId, SQLException reason) {
    try {
      return connection.wasCommitted(batchId) ? committed(statement) : new Outcome.Refused(reason);
    } catch (SQLException e) {
      reason.addSuppressed(e);
      return lostAtCommit(batchId, reason);
    }
  }

  private Outcome attemptInTwo(BatchStatement statement) {
    String batchId = connection.newBatchId();
    try {
      Map<Integer, Verdict.Conflict> losers = connection.execute(statement, batchId);
      if (!losers.isEmpty()) {
        connection.rollback();
        return new Outcome.Mixed(losers);
      }
    } catch (SQLException e) {
      return connection.isLostBy(e) ? new Outcome.Lost(e) : new Outcome.Refused(e);
    }
    try {
      connection.commit();
      return committed(statement);
    } catch (SQLException e) {
      return lostAtCommit(batchId, e);
    }
  }

  private Outcome committed(BatchStatement statement) {
    if (statement.fillsOutbox()) {
      outboxFilled.run();
    }
    return new Outcome.Committed();
  }

  private Outcome lostAtCommit(String batchId, SQLException e) {
    LOG.log(Level.WARNING, "the connection was lost at COMMIT; reading back", e);
    connection.discard();
    return new Outcome.LostAtCommit(batchId, e);
  }

  private static List<Pending> answer(List<Pending> batch, Map<Integer, Verdict.Conflict> losers) {
    List<Pending> rest = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      Verdict.Conflict conflict = losers.get(i);
      if (conflict == null) {
        rest.add(batch.get(i));
      } else {
        batch.get(i).answer(conflict);
      }
    }
    return rest;
  }

  /** The database would not have the batch: each member on its own, and the poisoned one fails. */
  private void refused(List<Pending> batch, SQLException first) throws InterruptedException {
    if (batch.size() > 1) {
      for (Pending each : batch) {
        commit(List.of(each));
      }
      return;
    }
    Outcome outcome = new Outcome.Refused(first);
    for (int i = 0; i < RETRIES_OF_ONE && isTransient(outcome); i++) {
      outcome = attempt(batch);
    }
    switch (outcome) {
      case Outcome.Refused(SQLException last) when LOCKED.equals(last.getSQLState()) ->
          locked(batch.getFirst());
      case Outcome.Refused(SQLException last) -> {
        // The driver's message may quote the row, and a row may hold a name or an address.
        String reason = "the database refused a change with SQLSTATE " + last.getSQLState();
        LOG.severe(reason);
        batch.getFirst().answer(new Verdict.Rejected(reason));
      }
      case Outcome.Committed done -> {
        committed.accept(1);
        batch.getFirst().answer(Verdict.Committed.IT);
      }
      case Outcome.Mixed(Map<Integer, Verdict.Conflict> losers) -> answer(batch, losers);
      case Outcome.Lost lost -> commit(batch);
      case Outcome.LostAtCommit(String batchId, SQLException lost) -> {
        LOG.log(Level.FINE, "lost at COMMIT", lost);
        if (!readBack(batchId, batch)) {
          commit(batch);
        }
      }
    }
  }

  /** Those behind it that want one of its rows are not waited for one after the other. */
  private void locked(Pending pending) {
    Set<String> rows = Set.copyOf(keys(pending.change()));
    pending.answer(conflict(pending.change()));
    deferred.removeIf(
        other -> {
          boolean same = keys(other.change()).stream().anyMatch(rows::contains);
          if (same) {
            other.answer(conflict(other.change()));
          }
          return same;
        });
  }

  /** Not of the idempotency key: that would say that the request was there before. */
  private static Verdict.Conflict conflict(Change change) {
    Write write =
        change.writes().stream()
            .filter(each -> !each.table().equals(IdempotencyUse.TABLE))
            .findFirst()
            .orElse(change.writes().getFirst());
    return new Verdict.Conflict(write.table(), write.row().id());
  }

  private static boolean isTransient(Outcome outcome) {
    return outcome instanceof Outcome.Refused(SQLException e)
        && e.getSQLState() != null
        && e.getSQLState().startsWith("40");
  }

  /**
   * Nothing is written. Those who have waited too long are told; the others wait for a database.
   */
  private List<Pending> stillPatient(List<Pending> batch, SQLException reason)
      throws InterruptedException {
    List<Pending> rest = new ArrayList<>(batch.size());
    for (Pending each : batch) {
      if (System.nanoTime() - each.since() < settings.patience().toNanos()) {
        rest.add(each);
      } else {
        each.answer(new Verdict.Unavailable("the database cannot be reached"));
      }
    }
    if (rest.isEmpty()) {
      LOG.log(Level.WARNING, "the database cannot be reached", reason);
    } else {
      pause();
    }
    return rest;
  }

  /**
   * Reads the batch's mark back. If it is not there, claims it, so that a transaction that is still
   * on its way can never commit.
   *
   * @return whether everybody has been answered; if not, nothing was written and the batch may run
   *     again
   */
  private boolean readBack(String batchId, List<Pending> batch) throws InterruptedException {
    long start = System.nanoTime();
    while (System.nanoTime() - start < settings.readBack().toNanos()) {
      try {
        if (connection.wasCommitted(batchId)) {
          committed.accept(batch.size());
          batch.forEach(p -> p.answer(Verdict.Committed.IT));
          return true;
        }
        return false;
      } catch (SQLException e) {
        LOG.log(Level.FINE, "not read back yet", e);
        connection.discard();
        if (pause()) {
          break;
        }
      }
    }
    LOG.severe("a commit's fate is unknown: batch " + batchId);
    batch.forEach(p -> p.answer(new Verdict.Unknown()));
    return true;
  }

  /** Waits a moment before the database is tried again; true if the journal is being closed. */
  private boolean pause() throws InterruptedException {
    return stop.await(IDLE_MILLIS, TimeUnit.MILLISECONDS);
  }
}
