package dev.portcullis.vault.secrets;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What may be said of one version of a provider's secret: everything but the secret.
 *
 * @param name what policies call it, after {@code secret://}
 * @param version from 1 on
 * @param use the one use that it is bound to; every version of a name has the same
 * @param created when it was entered
 * @param createdBy who entered it
 * @param activeFrom from when it is used
 * @param retired since when it is no more, or null
 */
public record ProviderSecret(
    String name,
    int version,
    Use use,
    Instant created,
    String createdBy,
    Instant activeFrom,
    @Nullable Instant retired) {

  /**
   * What a secret may be used for, and nothing else.
   *
   * @param account whose payments
   * @param livemode whether they move real money
   * @param providerAccount at which provider account
   * @param host to which host, with its port where that is not 443; where another host makes the
   *     provider's tokens, that one after a comma
   */
  public record Use(String account, boolean livemode, String providerAccount, String host) {

    @Override
    public String toString() {
      return account + " " + (livemode ? "live" : "test") + " " + providerAccount + " " + host;
    }
  }
}
