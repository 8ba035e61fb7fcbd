package dev.portcullis.vault.http;

import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a listener speaks TLS: 1.3 alone where the one public key that clients may have is known, and
 * 1.2 as well where clients have no certificate.
 *
 * @param context its identity and whom it trusts
 * @param pinnedClient the one public key that clients may have ({@code sha256:…}), or null where
 *     clients have no certificate
 */
public record ListenerTls(SSLContext context, @Nullable String pinnedClient) {}
