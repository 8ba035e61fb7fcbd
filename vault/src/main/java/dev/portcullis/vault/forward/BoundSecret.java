package dev.portcullis.vault.forward;

import dev.portcullis.kit.Secret;

/** A provider's secret with the one use that the vault's administration gave it. */
public record BoundSecret(Secret secret, Binding binding) {

  /**
   * What a secret may be used for, and nothing else: not for another merchant's payment, not in the
   * other mode, not at another host, whatever a policy or a caller says.
   *
   * @param account whose payments
   * @param livemode whether they move real money
   * @param providerAccount at which provider account
   * @param host to which host, with its port where that is not 443
   */
  public record Binding(String account, boolean livemode, String providerAccount, String host) {

    /** For the audit trail. */
    @Override
    public String toString() {
      return account + " " + (livemode ? "live" : "test") + " " + providerAccount + " " + host;
    }
  }
}
