package dev.portcullis.gateway.limits;

import dev.portcullis.gateway.limits.LimitReached.Reason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * How many requests are under way at once, of each account and of all, in each class of routes.
 * What exceeds that waits for a bounded time in a bounded queue, first come, first served; an
 * account's requests wait for each other before they wait for others' places, so that one account's
 * heavy lists leave room for another's.
 *
 * <p>When changes queue up for the database, lists are not begun any more, then reads, then other
 * changes, so that payments go on.
 */
final class AtOnceLimits {

  /** A place that must be given back. */
  @FunctionalInterface
  interface Place extends AutoCloseable {
    @Override
    void close();
  }

  private record Name(String account, boolean livemode, RouteClass kind, boolean pages) {}

  /** Places, and who is inside or waits for one. */
  private static final class Gate {
    final Semaphore places;
    final AtomicInteger inside = new AtomicInteger();
    final int most;

    Gate(LimitSettings.AtOnce limit) {
      places = new Semaphore(limit.running(), true);
      most = limit.running() + limit.waiting();
    }

    int running(LimitSettings.AtOnce limit) {
      return limit.running() - places.availablePermits();
    }
  }

  private final LimitSettings settings;
  private final IntSupplier pressure;
  private final Map<RouteClass, Gate> all = new EnumMap<>(RouteClass.class);
  private final Map<Name, Gate> accounts = new ConcurrentHashMap<>();

  /**
   * @param pressure how many changes or reads wait for the database now
   */
  AtOnceLimits(LimitSettings settings, IntSupplier pressure) {
    this.settings = settings;
    this.pressure = pressure;
    for (RouteClass kind : RouteClass.values()) {
      all.put(kind, new Gate(settings.atOnce(kind)));
    }
  }

  /**
   * A place for a request, as soon as there is one.
   *
   * @throws LimitReached 429 if the account's places stay taken, 503 if those of all do or there is
   *     too much to do for requests of this class
   */
  Place enter(String account, boolean livemode, RouteClass kind) {
    if (pressure.getAsInt() >= settings.shed(kind)) {
      throw LimitReached.tooBusy();
    }
    Place own = enterOwn(new Name(account, livemode, kind, false), settings.atOnceOfAccount(kind));
    return within(own, () -> enterAll(kind));
  }

  /**
   * The same for a request with a publishable key, which everybody has: all of them together hold
   * half of the account's places at most, and its servers have the rest.
   *
   * @throws LimitReached as {@link #enter}
   */
  Place enterFromPage(String account, boolean livemode, RouteClass kind) {
    LimitSettings.AtOnce most = settings.atOnceOfAccount(kind);
    LimitSettings.AtOnce half =
        new LimitSettings.AtOnce(Math.max(1, most.running() / 2), most.waiting() / 2);
    Place pages = enterOwn(new Name(account, livemode, kind, true), half);
    return within(pages, () -> enter(account, livemode, kind));
  }

  private static Place within(Place outer, Supplier<Place> inner) {
    try {
      Place place = inner.get();
      return () -> {
        place.close();
        outer.close();
      };
    } catch (RuntimeException e) {
      outer.close();
      throw e;
    }
  }

  private Place enterOwn(Name name, LimitSettings.AtOnce limit) {
    Gate own =
        accounts.compute(
            name,
            (_, gate) -> {
              Gate here = gate == null ? new Gate(limit) : gate;
              here.inside.incrementAndGet();
              return here;
            });
    try {
      if (own.inside.get() > own.most || !acquired(own)) {
        throw LimitReached.tooMany(Reason.ENDPOINT_CONCURRENCY, 1);
      }
    } catch (RuntimeException e) {
      leave(name);
      throw e;
    }
    return () -> {
      own.places.release();
      leave(name);
    };
  }

  private Place enterAll(RouteClass kind) {
    Gate gate = gate(kind);
    try {
      if (gate.inside.incrementAndGet() > gate.most || !acquired(gate)) {
        throw LimitReached.tooBusy();
      }
    } catch (RuntimeException e) {
      gate.inside.decrementAndGet();
      throw e;
    }
    return () -> {
      gate.places.release();
      gate.inside.decrementAndGet();
    };
  }

  /** An account without a request has no gate: there are as many as requests at most. */
  private void leave(Name name) {
    accounts.computeIfPresent(name, (_, gate) -> gate.inside.decrementAndGet() == 0 ? null : gate);
  }

  private boolean acquired(Gate gate) {
    try {
      Duration wait = settings.longestWait();
      return gate.places.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Gate gate(RouteClass kind) {
    Gate gate = all.get(kind);
    if (gate == null) {
      throw new IllegalStateException("no gate for " + kind);
    }
    return gate;
  }

  /** How many of the class are under way. */
  int running(RouteClass kind) {
    return gate(kind).running(settings.atOnce(kind));
  }

  /** How many of the class wait to begin. */
  int waiting(RouteClass kind) {
    return gate(kind).places.getQueueLength();
  }

  /** For how many accounts and classes there is a gate. */
  int accounts() {
    return accounts.size();
  }
}
