package dev.portcullis.vault.forward;

import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.wire.egress.EgressClient;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A provider as the vault may reach it.
 *
 * @param policy what may be sent
 * @param credentials what the vault proves itself with
 * @param client the connections to it
 * @param mint where tokens come from, or null where the credential is sent itself
 * @param certificates those that its notifications are signed with, or null where a secret is
 * @param notificationSecrets every version in use of what its notifications are signed with, newest
 *     first
 */
record Provider(
    Policy policy,
    Credentials credentials,
    EgressClient client,
    @Nullable TokenMint mint,
    @Nullable SigningCertificates certificates,
    List<BoundSecret> notificationSecrets) {

  Provider {
    notificationSecrets = List.copyOf(notificationSecrets);
  }

  /**
   * What a request is authorized with.
   *
   * @param rest how long to wait for it at most
   */
  Authorization authorize(Owner owner, URI target, Duration rest) {
    if (mint == null) {
      return credentials.authorize(owner, target);
    }
    TokenMint.Minted minted = mint.token(rest);
    String token = minted.insecureToken();
    return token == null
        ? new Authorization.Missing(minted.reason())
        : credentials.withToken(owner, target, token);
  }

  /** Whether a new token may help where the provider did not take this one. */
  boolean renews(Authorization.Granted refused) {
    if (mint == null) {
      return false;
    }
    String value = refused.insecureHeaders().getOrDefault(Credentials.AUTHORIZATION, "");
    mint.refused(value.replaceFirst("^Bearer ", ""));
    return true;
  }
}
