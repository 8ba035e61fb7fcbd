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

  /** From here on, in percent of all, idle connections are closed sooner. */
  private static final int CRAMPED = 80;

  boolean isCramped(int connections) {
    return connections * 100L >= (long) most * CRAMPED;
  }
}
