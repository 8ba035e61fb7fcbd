package dev.portcullis.wire.egress;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.http.HttpException;
import org.jspecify.annotations.Nullable;

/**
 * Whether a call's first byte was written; of a held one, its last. One that has ended before that
 * never begins.
 */
final class Attempt {

  /** The reason told of one whose time was over. */
  static final String DEADLINE = "deadline";

  /**
   * How long a held one may take to come to its last byte: what decides about it must not wait
   * longer.
   */
  private static final Duration REACH = Duration.ofMillis(500);

  /** Shorter than calls may take. */
  private static final long BEAT_MILLIS = 200;

  private static final Deadlines DEADLINES = Deadlines.start();

  private enum State {
    WAITING,
    /** All of a held one but its last byte has been sent. */
    ASKED,
    BEGUN,
    ENDED
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private final boolean held;
  private final long limit;
  private volatile long end;
  private volatile Future<?> deadline = CompletableFuture.completedFuture(null);
  private volatile Runnable ends = () -> {};
  private volatile @Nullable String abandoned;

  Attempt(Duration timeLimit, boolean held) {
    this.held = held;
    limit = timeLimit.toNanos();
    end = System.nanoTime() + limit;
  }

  boolean isHeld() {
    return held;
  }

  /**
   * From now on it has its time; a held one has that to come to its last byte.
   *
   * @param ends is run when its time is over
   */
  void start(Runnable ends) {
    this.ends = ends;
    if (held) {
      allow(Math.min(limit, REACH.toNanos()), () -> expire(State.WAITING));
    } else {
      allow(limit, this::expire);
    }
  }

  /** It is over, and needs no end. */
  void stop() {
    deadline.cancel(false);
  }

  private void allow(long nanos, Runnable expiry) {
    stop();
    end = System.nanoTime() + nanos;
    deadline = DEADLINES.after(nanos, expiry);
  }

  private void expire() {
    abandon(DEADLINE);
    ends.run();
  }

  /** One that has gone on since has another end. */
  private void expire(State in) {
    if (state.compareAndSet(in, State.ENDED)) {
      expire();
    }
  }

  /** All but its last byte has been sent. */
  void asks() throws IOException {
    if (left() == 0 || !state.compareAndSet(State.WAITING, State.ASKED)) {
      throw new IOException("the call has ended");
    }
    allow(limit, () -> expire(State.ASKED));
  }

  /** How long it may still take, in nanoseconds. */
  long left() {
    return Math.max(0, end - System.nanoTime());
  }

  /** Its first byte is about to be written, with which one that is not held begins. */
  void opens() throws HttpException {
    if (!held) {
      begin();
    } else if (hasEnded()) {
      throw new HttpException("the call has ended");
    }
  }

  void begin() throws HttpException {
    if (!state.compareAndSet(State.WAITING, State.BEGUN)) {
      throw new HttpException("the call has ended");
    }
  }

  /** Its last byte is about to be written: what it took to decide is no part of its time. */
  void release(Duration timeLimit) throws IOException {
    // What ends it may be late itself.
    if (left() == 0 || !state.compareAndSet(State.ASKED, State.BEGUN)) {
      throw new IOException("the call has ended");
    }
    allow(timeLimit.toNanos(), this::expire);
  }

  /** Nobody waits for it any more. */
  void abandon(String reason) {
    abandoned = reason;
    neverBegins();
  }

  private void neverBegins() {
    state.updateAndGet(now -> now == State.BEGUN ? now : State.ENDED);
  }

  /** Whether nobody waits for it any more, and nothing was written. */
  boolean hasEnded() {
    return state.get() == State.ENDED;
  }

  /** Nothing will be written any more; whether it is certain that nothing was, is told. */
  EgressResult failed(Exception why) {
    String told = abandoned;
    String own = left() == 0 ? DEADLINE : why.getClass().getSimpleName();
    String reason = told == null ? own : told;
    neverBegins();
    return hasEnded() ? new EgressResult.NotSent(reason) : new EgressResult.NoAnswer(reason);
  }

  /**
   * One thread for all calls: one whose time is over is ended elsewhere. Whoever is first in an
   * empty queue wakes the thread; behind the beat nobody is first.
   */
  private record Deadlines(ScheduledExecutorService timer, Future<?> beat) {
    static Deadlines start() {
      ScheduledThreadPoolExecutor timer =
          new ScheduledThreadPoolExecutor(
              1, Thread.ofPlatform().daemon().name("egress-deadlines").factory());
      timer.setRemoveOnCancelPolicy(true);
      return new Deadlines(
          timer,
          timer.scheduleAtFixedRate(() -> {}, BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS));
    }

    Future<?> after(long nanos, Runnable end) {
      return timer.schedule(end, nanos, NANOSECONDS);
    }
  }
}
