package dev.portcullis.gateway.journal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

  private static final long IDLE_MILLIS = 100;

  private final BlockingQueue<Pending> queue;

  /** Writers that nobody has, the last used first: few have their statements at hand. */
  private final BlockingDeque<JournalWriter> idle = new LinkedBlockingDeque<>();

  private final AtomicInteger waitForWriter = new AtomicInteger();
  private final int writers;
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
    writers = settings.writers();
    for (int i = 0; i < writers; i++) {
      idle.add(
          new JournalWriter(
              connections, settings, this::committed, () -> outboxFilled.run(), stop));
    }
    for (int i = 0; i < writers; i++) {
      threads.add(Thread.ofPlatform().name("journal-" + i).daemon(true).start(this::work));
    }
  }

  /** Works until the journal is closed and the queue is empty. */
  private void work() {
    try {
      while (true) {
        Pending first = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          work(first);
        } else if (isClosed() && queue.isEmpty()) {
          return;
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** By whichever writer is free first. */
  private void work(Pending first) throws InterruptedException {
    JournalWriter writer = null;
    waitForWriter.incrementAndGet();
    try {
      writer = idle.takeFirst();
    } finally {
      waitForWriter.decrementAndGet();
      if (writer == null) {
        first.answer(new Verdict.Unavailable("the journal is closed"));
      }
    }
    try {
      writer.run(first, queue);
    } finally {
      idle.addFirst(writer);
    }
  }

  @Override
  public Verdict commit(Change change) {
    Pending pending = new Pending(change, new CompletableFuture<>(), System.nanoTime());
    if (!isClosed() && commitHere(pending)) {
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

  /**
   * On this thread, if a writer is free and nobody waits for one: that spares two threads from
   * being woken. Not on a virtual one: whoever interrupts that would close the connection under it.
   */
  private boolean commitHere(Pending pending) {
    if (Thread.currentThread().isVirtual() || !queue.isEmpty() || waitForWriter.get() > 0) {
      return false;
    }
    JournalWriter writer = idle.pollFirst();
    if (writer == null) {
      return false;
    }
    try {
      writer.run(pending);
      return true;
    } finally {
      idle.addFirst(writer);
    }
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
    endWriters();
    List<Pending> left = new ArrayList<>();
    queue.drainTo(left);
    left.forEach(pending -> pending.answer(new Verdict.Unavailable("the journal is closed")));
  }

  /** One that somebody still has is waited for. */
  private void endWriters() {
    try {
      for (int i = 0; i < writers; i++) {
        JournalWriter writer = idle.pollFirst(30, TimeUnit.SECONDS);
        if (writer == null) {
          return;
        }
        writer.end();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
