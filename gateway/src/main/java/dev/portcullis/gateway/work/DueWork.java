package dev.portcullis.gateway.work;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Works on what is due in a table that several gateways share, from {@link #start()} until {@link
 * #close()}. It claims as many as it has places for, and claims again as soon as one is free: who
 * takes long holds a place and nobody up. Who is asked is a lane; one lane has a tenth of the
 * places at most, so that it takes many slow ones at once to leave nothing to the others.
 *
 * <p>What fails, and what a process that dies had claimed, is due again when its lease is over.
 *
 * @param <T> what is claimed
 */
public final class DueWork<T> implements AutoCloseable {

  /** How many are worked on at once: nearly all of that is waiting for somebody's answer. */
  public static final int PLACES = 80;

  /** How many of one lane. */
  static final int LANE = PLACES / 10;

  /**
   * What is claimed waits so long at most until it begins, and a lease is longer by that; then it
   * is left to its lease.
   */
  public static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  /** Between two claims, so that many places that become free are one claim's. */
  private static final Duration GATHER = Duration.ofMillis(10);

  private static final Duration LAST_WAIT = Duration.ofSeconds(5);

  private static final Logger LOG = Logger.getLogger(DueWork.class.getName());

  /** The table. */
  @FunctionalInterface
  public interface Source<T> {
    /**
     * Takes some that are due, for this process alone until a lease is over.
     *
     * @param most how many at most, one or more
     * @param full lanes of which none is wanted now
     */
    List<T> claim(int most, Set<String> full);
  }

  private record Claimed<T>(T one, Instant at, Runnable ended) {}

  private static final class Lane<T> {
    private final Queue<Claimed<T>> waiting = new ArrayDeque<>();
    private int underWay;

    /** Whether there may be more of it that was not claimed. */
    private boolean passedOver;

    boolean isFull() {
      return underWay >= LANE || !waiting.isEmpty();
    }
  }

  private final String name;
  private final Duration tick;
  private final Source<T> source;
  private final Function<T, String> laneOf;
  private final Consumer<T> work;
  private final InstantSource clock;
  private final Map<String, Lane<T>> lanes = new HashMap<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private int taken;
  private volatile @Nullable Thread claiming;

  /**
   * @param name of its thread and in the log
   * @param tick how long after a claim that left nothing the table is looked at again
   * @param laneOf who is asked, for what is claimed
   * @param work may fail
   */
  public DueWork(
      String name,
      Duration tick,
      Source<T> source,
      Function<T, String> laneOf,
      Consumer<T> work,
      InstantSource clock) {
    this.name = name;
    this.tick = tick;
    this.source = source;
    this.laneOf = laneOf;
    this.work = work;
    this.clock = clock;
  }

  /** Begins to work. */
  public void start() {
    claiming = Thread.ofPlatform().daemon().name(name).start(this::run);
  }

  private void run() {
    try {
      Duration pause = tick;
      while (stop.getCount() > 0) {
        // Until then, or until somebody rings.
        LockSupport.parkNanos(pause.toNanos());
        awaitPlace();
        if (stop.await(GATHER.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        pause = roundSafely() ? Duration.ZERO : tick;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An error must not end the work: the database may be back at the next look. */
  private boolean roundSafely() {
    try {
      int places = take(PLACES);
      return places > 0 && claim(places, () -> {}) == places;
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, name + " could not claim what is due", e);
      return false;
    }
  }

  /**
   * Claims once what is due now, and waits for the end of what it claimed.
   *
   * @return how many it claimed
   */
  public int runDue() {
    try {
      awaitPlace();
      int places = take(PLACES);
      Semaphore ended = new Semaphore(0);
      int claimed = places == 0 ? 0 : claim(places, ended::release);
      ended.acquire(claimed);
      return claimed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private int claim(int places, Runnable ended) {
    List<T> due = List.of();
    try {
      due = source.claim(places, full());
    } finally {
      giveBack(places - due.size());
    }
    Instant now = clock.instant();
    due.forEach(one -> begin(new Claimed<>(one, now, ended)));
    return due.size();
  }

  private synchronized void awaitPlace() throws InterruptedException {
    while (taken >= PLACES) {
      wait();
    }
  }

  private synchronized int take(int most) {
    int places = Math.min(most, PLACES - taken);
    taken += places;
    return places;
  }

  private synchronized void giveBack(int places) {
    taken -= places;
    notifyAll();
  }

  private synchronized Set<String> full() {
    Set<String> full = new HashSet<>();
    for (Map.Entry<String, Lane<T>> each : lanes.entrySet()) {
      if (each.getValue().isFull()) {
        each.getValue().passedOver = true;
        full.add(each.getKey());
      }
    }
    return full;
  }

  /** It has a place, and gives it back where it has to wait. */
  private synchronized void begin(Claimed<T> claimed) {
    String key = laneOf.apply(claimed.one);
    Lane<T> lane = lanes.computeIfAbsent(key, _ -> new Lane<>());
    if (lane.underWay < LANE) {
      lane.underWay++;
      workers.execute(() -> work(key, lane, claimed));
    } else {
      lane.waiting.add(claimed);
      giveBack(1);
    }
  }

  private void work(String key, Lane<T> lane, Claimed<T> first) {
    for (Claimed<T> next = first; next != null; next = after(key, lane)) {
      try {
        work.accept(next.one);
      } catch (RuntimeException | Error e) {
        LOG.log(Level.WARNING, name + " failed; it comes back when its lease is over", e);
      } finally {
        next.ended.run();
      }
    }
  }

  /** The next of that lane, which takes the place over; null if there is none. */
  private synchronized @Nullable Claimed<T> after(String key, Lane<T> lane) {
    Claimed<T> next = lane.waiting.poll();
    while (next != null && isTooLate(next)) {
      next.ended.run();
      next = lane.waiting.poll();
    }
    if (next == null) {
      lane.underWay--;
      if (lane.underWay == 0) {
        lanes.remove(key);
      }
      giveBack(1);
    }
    if (lane.passedOver && !lane.isFull()) {
      lane.passedOver = false;
      ring();
    }
    return next;
  }

  private void ring() {
    Thread asleep = claiming;
    if (asleep != null) {
      LockSupport.unpark(asleep);
    }
  }

  private boolean isTooLate(Claimed<T> claimed) {
    return stop.getCount() == 0 || !clock.instant().isBefore(claimed.at.plus(LONGEST_WAIT));
  }

  /**
   * Claims nothing more, and waits a while for what is under way. What is not done by then is
   * broken off, as by a kill.
   */
  @Override
  public void close() {
    stop.countDown();
    Thread asleep = claiming;
    if (asleep != null) {
      asleep.interrupt();
    }
    workers.shutdown();
    try {
      if (!workers.awaitTermination(LAST_WAIT.toSeconds(), TimeUnit.SECONDS)) {
        workers.shutdownNow();
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
