package dev.portcullis.gateway.work;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Works on what is due in a table that several gateways share, from {@link #start()} until {@link
 * #close()}. It claims as many as it has places for, and claims again as soon as one is free: who
 * takes long holds a place and nobody up. Who is asked is a lane; one lane has a tenth of the
 * places at most, so that it takes many slow ones at once to leave nothing to the others. What is
 * claimed begins at once: what has no place yet stays in the table, for whoever has one.
 *
 * <p>What fails, and what a process that dies had claimed, is due again when its lease is over.
 *
 * @param <T> what is claimed
 */
public final class DueWork<T> implements DueWorker {

  /** How many are worked on at once: nearly all of that is waiting for somebody's answer. */
  public static final int PLACES = 80;

  /** How many of one lane. */
  public static final int LANE = PLACES / 10;

  /** Between two claims, so that many places that become free are one claim's. */
  private static final Duration GATHER = Duration.ofMillis(10);

  /** What is under way has so long to end, from when it is told to stop. */
  static final Duration LAST_WAIT = Duration.ofSeconds(5);

  private static final Logger LOG = Logger.getLogger(DueWork.class.getName());

  /** The table. */
  @FunctionalInterface
  public interface Source<T> {
    /**
     * Takes some that are due, for this process alone until a lease is over.
     *
     * @param most how many at most, one or more
     * @param underWay how many of a lane are worked on already; with those, of no lane more than
     *     {@link #LANE} are wanted
     */
    List<T> claim(int most, Map<String, Integer> underWay);
  }

  private final String name;
  private final Duration tick;
  private final Source<T> source;
  private final Function<T, String> laneOf;
  private final Consumer<T> work;
  private final InstantSource clock;
  private final Map<String, Integer> underWay = new HashMap<>();

  /** Lanes of which a claim took all that it could: there may be more. */
  private final Set<String> cutShort = new HashSet<>();

  private final BlockingQueue<Boolean> bell = new ArrayBlockingQueue<>(1);
  private final CountDownLatch stop = new CountDownLatch(1);
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private int taken;
  private @Nullable Instant stopped;
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
      boolean more = false;
      while (!isStopped()) {
        if (!more) {
          bell.poll(tick.toMillis(), TimeUnit.MILLISECONDS);
        }
        awaitPlace();
        if (stop.await(GATHER.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        // What it was rung for is seen by the claim that follows.
        bell.clear();
        more = roundSafely();
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
   * @return how many it claimed; none once it has stopped
   */
  public int runDue() {
    try {
      awaitPlace();
      int places = isStopped() ? 0 : take(PLACES);
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
    Map<String, Integer> lanes = underWay();
    List<T> due = List.of();
    try {
      due = source.claim(places, Map.copyOf(lanes));
    } finally {
      giveBack(places - due.size());
    }
    due.forEach(one -> begin(one, lanes, ended));
    lanes.values().removeIf(many -> many < LANE);
    cutShort(lanes.keySet());
    return due.size();
  }

  private boolean isStopped() {
    return stop.getCount() == 0;
  }

  private synchronized void awaitPlace() throws InterruptedException {
    while (taken >= PLACES && !isStopped()) {
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

  private synchronized Map<String, Integer> underWay() {
    return new HashMap<>(underWay);
  }

  /**
   * It has a place.
   *
   * @param lanes where it is counted
   */
  private void begin(T one, Map<String, Integer> lanes, Runnable ended) {
    String lane = null;
    try {
      lane = laneOf.apply(one);
      lanes.merge(lane, 1, Integer::sum);
      enter(lane);
      String entered = lane;
      workers.execute(() -> work(one, entered, ended));
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, name + " could not begin; it comes back when its lease is over", e);
      leave(lane);
      ended.run();
    }
  }

  private void work(T one, String lane, Runnable ended) {
    try {
      work.accept(one);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, name + " failed; it comes back when its lease is over", e);
    } finally {
      leave(lane);
      ended.run();
    }
  }

  private synchronized void enter(String lane) {
    underWay.merge(lane, 1, Integer::sum);
  }

  private synchronized void leave(@Nullable String lane) {
    if (lane != null) {
      underWay.computeIfPresent(lane, (_, many) -> many == 1 ? null : many - 1);
      ringForMoreOf(lane);
    }
    giveBack(1);
  }

  private synchronized void cutShort(Set<String> lanes) {
    cutShort.addAll(lanes);
    // One of them may have ended by now.
    lanes.forEach(this::ringForMoreOf);
  }

  private void ringForMoreOf(String lane) {
    if (underWay.getOrDefault(lane, 0) < LANE && cutShort.remove(lane)) {
      bell.offer(true);
    }
  }

  /** Claims nothing more; what is under way goes on. */
  @Override
  public synchronized void stop() {
    if (stopped == null) {
      stopped = clock.instant();
    }
    stop.countDown();
    bell.offer(true);
    notifyAll();
  }

  /**
   * Stops, and waits for what is under way until {@link #LAST_WAIT} after it was told to. What is
   * not done by then is broken off, as by a kill.
   */
  @Override
  public void close() {
    stop();
    try {
      Thread asleep = claiming;
      if (asleep != null && !asleep.join(left())) {
        asleep.interrupt();
      }
      workers.shutdown();
      if (!workers.awaitTermination(left().toMillis(), TimeUnit.MILLISECONDS)) {
        workers.shutdownNow();
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /** Never longer, also where the clock was set back. */
  private synchronized Duration left() {
    Instant now = clock.instant();
    Instant since = stopped == null ? now : stopped;
    Duration left = LAST_WAIT.minus(Duration.between(since, now));
    if (left.isNegative()) {
      return Duration.ZERO;
    }
    return left.compareTo(LAST_WAIT) > 0 ? LAST_WAIT : left;
  }
}
