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

  /** The same, with which an attempt of the payment has failed already. */
  public Candidate tried() {
    return new Candidate(provider, manifest, State.TRIED);
  }

  /** Whether a provider account may be used. */
  public enum State {
    /** It may. */
    OPEN,
    /** Somebody has paused it. */
    PAUSED,
    /** An attempt of this payment with it has failed: it refused, or could not be asked at all. */
    TRIED
  }
}
