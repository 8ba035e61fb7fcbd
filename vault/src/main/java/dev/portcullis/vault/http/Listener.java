package dev.portcullis.vault.http;

import org.jspecify.annotations.Nullable;

/**
 * Where to listen, and for what.
 *
 * @param name for logs and metrics
 * @param host the address to bind
 * @param port the port, 0 for any
 * @param tls how TLS is spoken, or null for plain HTTP
 * @param routes what is answered
 */
public record Listener(
    String name, String host, int port, @Nullable ListenerTls tls, Routes routes) {}
