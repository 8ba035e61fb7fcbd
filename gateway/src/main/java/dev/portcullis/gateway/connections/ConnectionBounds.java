package dev.portcullis.gateway.connections;

import java.time.Duration;

/**
 * What connections may cost.
 *
 * @param most connections at once; more wait to be accepted
 * @param perAddress connections at once from one address; more are closed at once
 * @param receiving requests whose header has begun and not ended; beyond that the oldest is closed
 * @param firstTime from the connection to a first request's first byte, TLS handshake included
 * @param headerTime from a header's first byte to its last
 * @param exchangeTime from a request's first byte to its answer's last
 * @param crampedIdleTime how long a connection may lie idle while nearly all are taken
 */
public record ConnectionBounds(
    int most,
    int perAddress,
    int receiving,
    Duration firstTime,
    Duration headerTime,
    Duration exchangeTime,
    Duration crampedIdleTime) {

  /** From here on, in percent of all, idle connections are closed sooner. */
  private static final int CRAMPED = 80;

  boolean isCramped(int connections) {
    return connections * 100L >= (long) most * CRAMPED;
  }
}
