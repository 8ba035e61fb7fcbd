package dev.portcullis.wire.net;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What each connection is doing, and since when. Each look closes those that are over their time: a
 * client that sends a byte now and then, or reads one, gains nothing by it. Where all that may be
 * are taken, the oldest of those that only wait gives way to a new one.
 *
 * @param <C> a connection
 */
public final class Connections<C> {

  /** Closes a connection. */
  @FunctionalInterface
  public interface Closer<C> {
    /**
     * @param working whether a request of it is being worked on
     */
    void close(C connection, boolean working);
  }

  private enum Doing {
    /** Nothing has come. */
    BEGINNING,
    /** The last answer is out. */
    IDLE,
    /** A request has begun and not wholly come. */
    RECEIVING,
    /** A request has come but for its last byte, which its client keeps back. */
    HELD,
    /** A thread reads, works or answers. */
    WORKING
  }

  private static final class State {
    final String address;
    Doing doing = Doing.BEGINNING;
    long since;

    /** Whether it has given way: it is no longer counted, and closed as soon as it can be. */
    boolean gaveWay;

    State(String address, long since) {
      this.address = address;
      this.since = since;
    }
  }

  private final LongSupplier nanos;
  private final Closer<C> closer;
  private final Map<C, State> states = new ConcurrentHashMap<>();
  private final Map<String, Integer> byAddress = new ConcurrentHashMap<>();
  private final Map<C, State> receiving = new LinkedHashMap<>();
  private final AtomicInteger counted = new AtomicInteger();
  private final AtomicLong closed = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /**
   * @param nanos a clock that only goes forward
   */
  public Connections(LongSupplier nanos, Closer<C> closer) {
    this.nanos = nanos;
    this.closer = closer;
  }

  /**
   * Whether one more connection from there may be opened; if so, it is counted. An address that has
   * all it may have gives up its own oldest idle one; where all are taken, the oldest of anybody's
   * that wait gives way.
   */
  public boolean admit(String address, ConnectionBounds bounds) {
    int after = byAddress.merge(address, 1, Integer::sum);
    int all = counted.incrementAndGet();
    boolean room =
        (after <= bounds.perAddress()
                || giveWay(state -> state.doing == Doing.IDLE && state.address.equals(address)))
            && (all <= bounds.most()
                || giveWay(state -> state.doing == Doing.IDLE || state.doing == Doing.BEGINNING));
    if (!room) {
      leave(address);
      refused.incrementAndGet();
    }
    return room;
  }

  /** Closes the oldest of such connections; false if there is none. */
  private boolean giveWay(Predicate<State> such) {
    C oldest = null;
    State its = null;
    for (Map.Entry<C, State> entry : states.entrySet()) {
      State state = entry.getValue();
      synchronized (state) {
        if (!state.gaveWay && such.test(state) && (its == null || state.since - its.since < 0)) {
          oldest = entry.getKey();
          its = state;
        }
      }
    }
    if (oldest == null || its == null || !isNowGiving(its)) {
      return false;
    }
    closed.incrementAndGet();
    closer.close(oldest, false);
    return true;
  }

  private boolean isNowGiving(State state) {
    synchronized (state) {
      if (state.gaveWay || (state.doing != Doing.IDLE && state.doing != Doing.BEGINNING)) {
        return false; // it has just begun to be of use, or somebody was quicker
      }
      state.gaveWay = true;
    }
    leave(state.address);
    return true;
  }

  private void leave(String address) {
    counted.decrementAndGet();
    byAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
  }

  /** A connection that was admitted is there. */
  public void opened(C connection, String address) {
    states.put(connection, new State(address, nanos.getAsLong()));
  }

  /** Something has come in. */
  public void begin(C connection) {
    State state = states.get(connection);
    if (state != null) {
      synchronized (state) {
        if (state.doing == Doing.IDLE || state.doing == Doing.BEGINNING) {
          state.since = nanos.getAsLong();
        }
        state.doing = Doing.WORKING;
      }
    }
  }

  /** What has come in waits for its last byte: as long as a request may take to come in all. */
  public void hold(C connection) {
    State state = states.get(connection);
    if (state != null) {
      synchronized (state) {
        state.doing = Doing.HELD;
      }
    }
  }

  /**
   * What had come in has been dealt with.
   *
   * @param incomplete whether a request has begun and not wholly come
   */
  public void end(C connection, boolean incomplete, ConnectionBounds bounds) {
    State state = states.get(connection);
    if (state == null) {
      return;
    }
    synchronized (state) {
      state.doing = incomplete ? Doing.RECEIVING : Doing.IDLE;
      if (!incomplete) {
        state.since = nanos.getAsLong();
      }
    }
    if (!incomplete) {
      received(connection);
      return;
    }
    C oldest = oldestBeyond(connection, state, bounds);
    if (oldest != null) {
      closed.incrementAndGet();
      closer.close(oldest, false);
    }
  }

  private @Nullable C oldestBeyond(C connection, State state, ConnectionBounds bounds) {
    synchronized (receiving) {
      if (receiving.putIfAbsent(connection, state) != null
          || receiving.size() <= bounds.receiving()) {
        return null;
      }
      Iterator<C> all = receiving.keySet().iterator();
      C oldest = all.next();
      all.remove();
      return oldest;
    }
  }

  /** A request has wholly come. */
  public void received(C connection) {
    synchronized (receiving) {
      receiving.remove(connection);
    }
  }

  /** It is gone. */
  public void gone(C connection) {
    State state = states.remove(connection);
    if (state != null) {
      boolean counted;
      synchronized (state) {
        counted = !state.gaveWay;
      }
      if (counted) {
        leave(state.address);
      }
    }
    received(connection);
  }

  /** Takes note of those that are gone, where nobody says so of each. */
  public void sweep(Predicate<C> isGone) {
    states.keySet().stream().filter(isGone).toList().forEach(this::gone);
  }

  /** Closes those that are over their time. */
  public void look(ConnectionBounds bounds) {
    long now = nanos.getAsLong();
    boolean cramped = bounds.isCramped(states.size());
    List<Runnable> over = new ArrayList<>();
    states.forEach(
        (connection, state) -> {
          synchronized (state) {
            boolean working = state.doing == Doing.WORKING;
            Duration age = Duration.ofNanos(now - state.since);
            if ((state.gaveWay && !working) || isLate(state.doing, age, cramped, bounds.times())) {
              over.add(() -> closer.close(connection, working));
            }
          }
        });
    closed.addAndGet(over.size());
    over.forEach(Runnable::run);
  }

  private static boolean isLate(
      Doing doing, Duration age, boolean cramped, ConnectionBounds.Times times) {
    return switch (doing) {
      case BEGINNING -> age.compareTo(times.first()) > 0;
      case IDLE -> age.compareTo(cramped ? times.crampedIdle() : times.idle()) > 0;
      case RECEIVING, HELD -> age.compareTo(times.receiving()) > 0;
      case WORKING -> age.compareTo(times.exchange()) > 0;
    };
  }

  /** How many there are. */
  public int open() {
    return states.size();
  }

  /** How many have a request that has begun and not wholly come. */
  public int receiving() {
    synchronized (receiving) {
      return receiving.size();
    }
  }

  /** How many have a request whose last byte is kept back. */
  public int held() {
    int held = 0;
    for (State state : states.values()) {
      synchronized (state) {
        held += state.doing == Doing.HELD ? 1 : 0;
      }
    }
    return held;
  }

  /** How many addresses have one. */
  public int addresses() {
    return byAddress.size();
  }

  /** How many were closed because they were over their time or a bound. */
  public long closed() {
    return closed.get();
  }

  /** How many were refused because their address had enough. */
  public long refused() {
    return refused.get();
  }
}
