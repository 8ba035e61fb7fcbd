package dev.portcullis.vault.http;

import dev.portcullis.wire.net.ConnectionBounds;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where to listen, and for what.
 *
 * @param name for logs and metrics
 * @param host the address to bind
 * @param port the port, 0 for any
 * @param tls how TLS is spoken, or null for plain HTTP
 * @param routes what is answered
 * @param bounds what its connections may cost
 */
public record Listener(
    String name,
    String host,
    int port,
    @Nullable ListenerTls tls,
    Routes routes,
    ConnectionBounds bounds) {

  /** Connections to one on loopback. */
  private static final int MOST = 64;

  /** One on loopback. */
  public Listener(String name, String host, int port, @Nullable ListenerTls tls, Routes routes) {
    this(name, host, port, tls, routes, ConnectionBounds.onLoopback(MOST, Duration.ofSeconds(10)));
  }
}
