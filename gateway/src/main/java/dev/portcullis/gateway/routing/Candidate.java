package dev.portcullis.gateway.routing;

import dev.portcullis.connectors.Connectors;
import dev.portcullis.connectors.spi.Manifest;
import dev.portcullis.gateway.provider.ProviderAccount;

/**
 * A provider account that a payment could go to.
 *
 * @param provider the account's name, which rules use
 * @param manifest what its connector can do
 * @param state whether it may be used
 */
public record Candidate(String provider, Manifest manifest, State state) {

  /** A provider account as it is now. */
  public static Candidate of(ProviderAccount account) {
    return new Candidate(
        account.name(),
        Connectors.find(account.connector())
            .orElseThrow(() -> new IllegalStateException("no connector " + account.connector()))
            .manifest(),
        account.paused() ? State.PAUSED : State.OPEN);
  }

  /** The same, which has refused the payment already. */
  public Candidate tried() {
    return new Candidate(provider, manifest, State.TRIED);
  }

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
