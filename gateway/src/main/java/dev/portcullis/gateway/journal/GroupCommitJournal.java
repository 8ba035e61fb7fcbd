package dev.portcullis.gateway.journal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/**
 * The journal over PostgreSQL. A change that finds a writer idle is committed at once, by the
 * thread that brings it. Where all are busy it waits in a bounded queue; each writer takes what is
 * there, up to a batch, and commits it as one transaction. While one commit waits for the disk the
 * next batch fills, so that a batch is as large as the load is heavy.
 */
public final class GroupCommitJournal implements Journal, AutoCloseable {

  /**
   * How large and how patient.
   *
   * @param writers threads, each with a connection of its own, 1 or more
   * @param batch changes in one commit at most
   * @param queue changes that may wait; more are turned away
   * @param patience how long a change may wait for a database that cannot be reached before it is
   *     given up; nothing is written then
   * @param readBack how long, after a connection lost at COMMIT, to ask for what became of it
   * @param lock how long a row that somebody else keeps is waited for
   */
  public record Settings(
      int writers, int batch, int queue, Duration patience, Duration readBack, Duration lock) {
    /** With two seconds for a lock, far more than any commit of ours keeps one. */
    public Settings(int writers, int batch, int queue, Duration patience, Duration readBack) {
      this(writers, batch, queue, patience, readBack, Duration.ofSeconds(2));
    }

    /** What operation uses. */
    public static final Settings DEFAULT =
        new Settings(2, 64, 4_096, Duration.ofSeconds(5), Duration.ofSeconds(20));
  }

  /** A change and whoever waits for it. */
  record Pending(Change change, CompletableFuture<Verdict> verdict, long since) {
    /** Answers whoever waits. */
    void answer(Verdict answer) {
      verdict.complete(answer);
    }
  }

  private final BlockingQueue<Pending> queue;
  private final List<JournalWriter> writers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong commits = new AtomicLong();
  private final AtomicLong changes = new AtomicLong();
  private final CountDownLatch stop = new CountDownLatch(1);
  private volatile Runnable outboxFilled = () -> {};

  /**
   * Starts the writers.
   *
   * @param connections gives plain connections, not pooled: each writer keeps its own
   */
  public GroupCommitJournal(DataSource connections, Settings settings) {
    queue = new ArrayBlockingQueue<>(settings.queue());
    for (int i = 0; i < settings.writers(); i++) {
      JournalWriter writer =
          new JournalWriter(connections, settings, this::committed, () -> outboxFilled.run(), stop);
      writers.add(writer);
      threads.add(
          Thread.ofPlatform().name("journal-" + i).daemon(true).start(() -> writer.run(queue)));
    }
  }

  @Override
  public Verdict commit(Change change) {
    Pending pending = new Pending(change, new CompletableFuture<>(), System.nanoTime());
    if (!isClosed() && queue.isEmpty() && commitHere(pending)) {
      return pending.verdict().join();
    }
    if (isClosed() || !queue.offer(pending)) {
      return new Verdict.Unavailable(isClosed() ? "the journal is closed" : "the queue is full");
    }
    if (isClosed() && queue.remove(pending)) {
      return new Verdict.Unavailable("the journal is closed");
    }
    return pending.verdict().join();
  }

  /** By the first writer that has nothing to do, so that few have their statements at hand. */
  private boolean commitHere(Pending pending) {
    for (JournalWriter writer : writers) {
      if (writer.tryCommit(pending)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Calls that after each commit by which somebody has to be told of an event. It must not wait and
   * may be missed, as when the process dies: whoever is told also looks by itself.
   */
  public void whenOutboxFilled(Runnable listener) {
    outboxFilled = listener;
  }

  /** Changes that wait now. */
  public int waiting() {
    return queue.size();
  }

  /** Commits so far. */
  public long commits() {
    return commits.get();
  }

  /** Changes made durable so far; divided by {@link #commits()}, the mean batch. */
  public long changes() {
    return changes.get();
  }

  private boolean isClosed() {
    return stop.getCount() == 0;
  }

  private void committed(int members) {
    commits.incrementAndGet();
    changes.addAndGet(members);
  }

  /** Turns new changes away, commits what waits, and stops. */
  @Override
  public void close() {
    stop.countDown();
    for (Thread thread : threads) {
      try {
        thread.join(TimeUnit.SECONDS.toMillis(30));
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    List<Pending> left = new ArrayList<>();
    queue.drainTo(left);
    left.forEach(pending -> pending.answer(new Verdict.Unavailable("the journal is closed")));
  }
}
