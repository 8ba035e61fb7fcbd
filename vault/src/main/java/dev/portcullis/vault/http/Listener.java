package dev.portcullis.vault.http;

import dev.portcullis.wire.net.ConnectionBounds;
import org.jspecify.annotations.Nullable;

/**
 * Where to listen, and for what.
 *
 * @param name for logs and metrics
 * @param host the address to bind
 * @param port the port, 0 for any
 * @param tls how TLS is spoken, or null for plain HTTP
 * @param routes what is answered
 * @param bounds what strangers' connections may cost, or null where only our own programs call
 */
public record Listener(
    String name,
    String host,
    int port,
    @Nullable ListenerTls tls,
    Routes routes,
    @Nullable ConnectionBounds bounds) {

  /** One that only our own programs can reach. */
  public Listener(String name, String host, int port, @Nullable ListenerTls tls, Routes routes) {
    this(name, host, port, tls, routes, null);
  }
}
