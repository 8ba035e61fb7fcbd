package dev.portcullis.gateway.admin;

import org.apache.catalina.connector.Connector;

/**
 * The people's listener: a connector of the same server, on loopback and a port of its own, over
 * TLS. What comes through it is administration, and nothing else is.
 */
public final class AdminListener {

  private final Connector connector;

  /** The listener of that connector. */
  public AdminListener(Connector connector) {
    this.connector = connector;
  }

  /** The server's part of it. */
  public Connector connector() {
    return connector;
  }

  /** The port listened on; 0 or less before it is. */
  public int port() {
    return connector.getLocalPort();
  }
}
