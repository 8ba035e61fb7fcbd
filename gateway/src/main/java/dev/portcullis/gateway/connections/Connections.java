package dev.portcullis.gateway.connections;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What each connection is doing, and since when. Each look closes those that are over their time: a
 * client that sends a byte now and then, or reads one, gains nothing by it.
 *
 * @param <C> a connection
 */
final class Connections<C> {

  /** Closes a connection. */
  @FunctionalInterface
  interface Closer<C> {
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
    /** A header has begun and not ended. */
    RECEIVING,
    /** A thread reads, works or answers. */
    WORKING
  }

  private static final class State {
    final String address;
    Doing doing = Doing.BEGINNING;
    long since;

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
  private final AtomicLong closed = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  Connections(LongSupplier nanos, Closer<C> closer) {
    this.nanos = nanos;
    this.closer = closer;
  }

  /** Whether one more connection from there may be opened; if so, it is counted. */
  boolean admit(String address, ConnectionBounds bounds) {
    int after = byAddress.merge(address, 1, Integer::sum);
    if (after <= bounds.perAddress()) {
      return true;
    }
    leave(address);
    refused.incrementAndGet();
    return false;
  }

  private void leave(String address) {
    byAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
  }

  /** A connection that was admitted is there. */
  void opened(C connection, String address) {
    states.put(connection, new State(address, nanos.getAsLong()));
  }

  /** A connection that was admitted has come to nothing. */
  void failed(String address) {
    leave(address);
  }

  /** Something has come in. */
  void begin(C connection) {
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

  /**
   * What had come in has been dealt with.
   *
   * @param incomplete whether a header has begun and not ended
   */
  void end(C connection, boolean incomplete, ConnectionBounds bounds) {
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
    C oldest = null;
    synchronized (receiving) {
      if (!incomplete) {
        receiving.remove(connection);
      } else if (receiving.putIfAbsent(connection, state) == null
          && receiving.size() > bounds.receiving()) {
        Iterator<C> all = receiving.keySet().iterator();
        oldest = all.next();
        all.remove();
      }
    }
    if (oldest != null) {
      closed.incrementAndGet();
      closer.close(oldest, false);
    }
  }

  /** It is gone. */
  void gone(C connection) {
    State state = states.remove(connection);
    if (state != null) {
      leave(state.address);
    }
    synchronized (receiving) {
      receiving.remove(connection);
    }
  }

  /** Closes those that are over their time. */
  void look(ConnectionBounds bounds) {
    long now = nanos.getAsLong();
    boolean cramped = bounds.isCramped(states.size());
    List<Runnable> over = new ArrayList<>();
    states.forEach(
        (connection, state) -> {
          synchronized (state) {
            Duration age = Duration.ofNanos(now - state.since);
            boolean late =
                switch (state.doing) {
                  case BEGINNING -> age.compareTo(bounds.firstTime()) > 0;
                  case IDLE -> cramped && age.compareTo(bounds.crampedIdleTime()) > 0;
                  case RECEIVING -> age.compareTo(bounds.headerTime()) > 0;
                  case WORKING -> age.compareTo(bounds.exchangeTime()) > 0;
                };
            boolean working = state.doing == Doing.WORKING;
            if (late) {
              over.add(() -> closer.close(connection, working));
            }
          }
        });
    closed.addAndGet(over.size());
    over.forEach(Runnable::run);
  }

  int open() {
    return states.size();
  }

  int receiving() {
    synchronized (receiving) {
      return receiving.size();
    }
  }

  int addresses() {
    return byAddress.size();
  }

  /** How many were closed because they were over their time or a bound. */
  long closed() {
    return closed.get();
  }

  /** How many were refused because their address had enough. */
  long refused() {
    return refused.get();
  }
}
