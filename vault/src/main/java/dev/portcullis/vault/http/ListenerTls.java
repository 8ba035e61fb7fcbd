package dev.portcullis.vault.http;

import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a listener speaks TLS.
 *
 * @param context its identity and whom it trusts
 * @param pinnedClient the one public key that clients may have ({@code sha256:…}), or null where
 *     clients have no certificate
 * @param only13 whether it is 1.3 alone, where both ends are ours, and not 1.2 as well
 */
public record ListenerTls(SSLContext context, @Nullable String pinnedClient, boolean only13) {}
