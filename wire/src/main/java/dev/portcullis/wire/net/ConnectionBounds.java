package dev.portcullis.wire.net;

import java.time.Duration;

/**
 * What connections may cost.
 *
 * @param most connections at once
 * @param perAddress connections at once from one address
 * @param receiving requests that have begun and not wholly come, each of which holds buffers;
 *     beyond that the oldest is closed
 * @param times how long each thing may take
 */
public record ConnectionBounds(int most, int perAddress, int receiving, Times times) {

  /**
   * How long each thing may take.
   *
   * @param first from the connection to a first request, TLS handshake included
   * @param receiving from what is received's first byte to its last
   * @param exchange from a request's first byte to its answer's last
   * @param idle how long a connection may lie idle between requests
   * @param crampedIdle the same while nearly all connections are taken
   */
  public record Times(
      Duration first, Duration receiving, Duration exchange, Duration idle, Duration crampedIdle) {}

  /**
   * For a listener on loopback, all of whose clients have one address: the oldest connection that
   * waits gives way when there are too many, and so does the oldest whose request has not wholly
   * come when half of them are such. What is asked for there may work for long.
   *
   * @param receiving how long a request may take to come
   */
  public static ConnectionBounds onLoopback(int most, Duration receiving) {
    return new ConnectionBounds(
        most,
        Integer.MAX_VALUE,
        Math.max(1, most / 2),
        new Times(
            Duration.ofSeconds(20),
            receiving,
            Duration.ofMinutes(10),
            Duration.ofMinutes(5),
            Duration.ofSeconds(5)));
  }

  /** What of the heap, in percent, connections may hold: requests need the rest. */
  private static final int SHARE = 40;

  /** Measured: 71 to 92 KB of the JDK's TLS buffers and state, most of it from the handshake on. */
  private static final long TLS_BYTES = 96L << 10;

  /** Measured: 10,000 idle ones hold 50 MB. */
  private static final long PLAIN_BYTES = 6L << 10;

  /**
   * The same, with no more connections than fit into memory; an address then has a quarter of them
   * at most. Without it a stranger who only connects ends a process with a small heap.
   *
   * @param heapBytes the largest size of the heap
   * @param tls whether the connections are over TLS
   */
  public ConnectionBounds within(long heapBytes, boolean tls) {
    long fit = Math.max(1, heapBytes / 100 * SHARE / (tls ? TLS_BYTES : PLAIN_BYTES));
    return fit >= most
        ? this
        : new ConnectionBounds((int) fit, Math.clamp(fit / 4, 1, perAddress), receiving, times);
  }

  /** From here on, in percent of all, idle connections are closed sooner. */
  private static final int CRAMPED = 80;

  boolean isCramped(int connections) {
    return connections * 100L >= (long) most * CRAMPED;
  }
}
