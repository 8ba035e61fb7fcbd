package dev.portcullis.vault.limits;

import dev.portcullis.vault.limits.LimitReached.Limit;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many requests with a card are worked at at once. Some more wait, first come, first served,
 * each with its body in memory; beyond them a request is refused, so that however many come they do
 * not fill the memory. Nobody holds a place while their body comes in: who sends slowly keeps
 * nobody waiting.
 */
public final class IntakePlaces {

  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Semaphore places;
  private final AtomicInteger inside = new AtomicInteger();
  private final int most;

  /** A place, to be given back. */
  @FunctionalInterface
  public interface Place extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * @param figures how many are worked at and how many wait
   */
  public IntakePlaces(LimitFigures.AtOnce figures) {
    this.places = new Semaphore(figures.running(), true);
    this.most = figures.running() + figures.waiting();
  }

  /**
   * Before a body is read.
   *
   * @throws LimitReached if there is no room for it
   */
  public void requireRoom() {
    if (inside.get() >= most) {
      throw new LimitReached(Limit.INTAKE, RETRY);
    }
  }

  /**
   * A place, as soon as there is one.
   *
   * @throws LimitReached if too many wait already, or none becomes free within five seconds
   */
  public Place enter() {
    if (inside.incrementAndGet() > most || !acquired()) {
      inside.decrementAndGet();
      throw new LimitReached(Limit.INTAKE, RETRY);
    }
    return () -> {
      places.release();
      inside.decrementAndGet();
    };
  }

  private boolean acquired() {
    try {
      return places.tryAcquire(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** How many are worked at or wait. */
  public int inside() {
    return inside.get();
  }
}
