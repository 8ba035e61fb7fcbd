package dev.portcullis.vault.http;

import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a listener speaks TLS.
 *
 * @param context its identity and whom it trusts
 * @param protocols the versions
 * @param pinnedClient the one public key that clients may have ({@code sha256:…}), or null where
 *     clients have no certificate
 */
public record ListenerTls(
    SSLContext context, List<String> protocols, @Nullable String pinnedClient) {

  public ListenerTls {
    protocols = List.copyOf(protocols);
  }
}
