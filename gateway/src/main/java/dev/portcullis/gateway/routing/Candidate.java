package dev.portcullis.gateway.routing;

import dev.portcullis.connectors.spi.Manifest;

/**
 * A provider account that a payment could go to.
 *
 * @param provider the account's name, which rules use
 * @param manifest what its connector can do
 * @param state whether it may be used
 */
public record Candidate(String provider, Manifest manifest, State state) {

  /** Whether a provider account may be used. */
  public enum State {
    /** It may. */
    OPEN,
    /** Somebody has paused it. */
    PAUSED,
    /** It has refused this payment already. */
    TRIED
  }
}
