package dev.portcullis.vault.http;

import dev.portcullis.wire.net.ClientAddress;
import dev.portcullis.wire.net.ConnectionBounds;
import dev.portcullis.wire.net.Connections;
import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What Helidon lacks for strangers' connections: a bound for each address, deadlines for a
 * request's head, its body and the whole exchange (Helidon's own begin anew with every byte), and
 * idle connections that give way. Helidon shows each socket to its options as soon as it is
 * accepted, before TLS; one that they do not want is closed and takes no place.
 */
final class BoundedSockets implements SocketOptions, AutoCloseable {

  private static final Logger LOG = Logger.getLogger(BoundedSockets.class.getName());
  private static final long LOOK_MILLIS = 100;

  /** Both ends of a connection: no two open ones have the same. */
  private record Ends(SocketAddress peer, SocketAddress own) {}

  private record Accepted(SocketChannel channel, Ends ends) {}

  private final SocketOptions options;
  private final ConnectionBounds bounds;
  private final Map<Ends, Accepted> accepted = new ConcurrentHashMap<>();
  private final Connections<Accepted> connections =
      new Connections<>(System::nanoTime, (connection, _) -> close(connection.channel()));
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("connections").factory());

  /**
   * @param options what every socket gets
   */
  BoundedSockets(SocketOptions options, ConnectionBounds bounds) {
    this.options = options;
    this.bounds = bounds;
  }

  /** Begins to look at deadlines. */
  @SuppressWarnings("FutureReturnValueIgnored") // a look sees to its own failures
  void start() {
    timer.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Shows in metrics what there is. */
  void measure(Metrics metrics, String listener) {
    metrics.gauge("portcullis_vault_" + listener + "_connections_open", connections::open);
    metrics.gauge("portcullis_vault_" + listener + "_connections_held", connections::held);
    metrics.gauge(
        "portcullis_vault_" + listener + "_connections_addresses", connections::addresses);
    metrics.gauge(
        "portcullis_vault_" + listener + "_connections_refused",
        () -> Math.toIntExact(Math.min(connections.refused(), Integer.MAX_VALUE)));
    metrics.gauge(
        "portcullis_vault_" + listener + "_connections_closed",
        () -> Math.toIntExact(Math.min(connections.closed(), Integer.MAX_VALUE)));
  }

  private void look() {
    try {
      sweep();
      connections.look(bounds);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "connections could not be looked at", e);
    }
  }

  /** Helidon tells nobody that a connection has ended, but it closes the channel. */
  private void sweep() {
    accepted.values().removeIf(connection -> !connection.channel().isOpen());
    connections.sweep(connection -> !connection.channel().isOpen());
  }

  /** First nothing more comes in, which ends a request in good order; whoever stays is cut off. */
  private static void close(SocketChannel channel) {
    try {
      if (channel.socket().isInputShutdown()) {
        channel.close();
      } else {
        channel.shutdownInput();
      }
    } catch (IOException _) {
      try {
        channel.close();
      } catch (IOException e) {
        LOG.log(Level.FINE, "a connection could not be closed", e);
      }
    }
  }

  @Override
  public void configureSocket(SocketChannel channel) {
    options.configureSocket(channel);
    Ends ends;
    try {
      ends = new Ends(channel.getRemoteAddress(), channel.getLocalAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it is gone already
    }
    String address = address(ends.peer());
    if (!connections.admit(address, bounds)) {
      sweep();
      if (!connections.admit(address, bounds)) {
        throw new IllegalStateException("too many connections"); // Helidon closes it, and no more
      }
    }
    Accepted connection = new Accepted(channel, ends);
    accepted.put(ends, connection);
    connections.opened(connection, address);
  }

  private static String address(SocketAddress peer) {
    return peer instanceof InetSocketAddress internet && internet.getAddress() != null
        ? ClientAddress.network(internet.getAddress())
        : "";
  }

  /** What is told of a request as it goes on. */
  Watch watch(ServerRequest request) {
    Accepted connection =
        accepted.get(new Ends(request.remotePeer().address(), request.localPeer().address()));
    return connection == null ? Watch.NONE : new Watch(this, connection);
  }

  /** A request's connection. */
  static final class Watch {
    /** Of a connection that has ended. */
    static final Watch NONE = new Watch(null, null);

    private final @Nullable BoundedSockets sockets;
    private final @Nullable Accepted connection;

    private Watch(@Nullable BoundedSockets sockets, @Nullable Accepted connection) {
      this.sockets = sockets;
      this.connection = connection;
    }

    /** Its head is there. */
    void begins() {
      if (sockets != null && connection != null) {
        sockets.connections.begin(connection);
      }
    }

    /** Its body is being read; it has been since the head was there. */
    void receives() {
      if (sockets != null && connection != null) {
        sockets.connections.end(connection, true, sockets.bounds);
      }
    }

    /** Its body has come, or nobody waits for it any more. */
    void received() {
      if (sockets != null && connection != null) {
        sockets.connections.received(connection);
        sockets.connections.begin(connection);
      }
    }

    /** Its last byte is kept back by its client. */
    void holds() {
      if (sockets != null && connection != null) {
        sockets.connections.hold(connection);
      }
    }

    /** Its last byte is there, or nobody waits for it any more. */
    void held() {
      if (sockets != null && connection != null) {
        sockets.connections.begin(connection);
      }
    }

    /** It is answered. */
    void ends() {
      if (sockets != null && connection != null) {
        sockets.connections.end(connection, false, sockets.bounds);
      }
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  @Override
  public void configureSocket(Socket socket) {
    options.configureSocket(socket);
  }

  @Override
  public Map<SocketOption<?>, Object> socketOptions() {
    return options.socketOptions();
  }

  @Override
  public Duration connectTimeout() {
    return options.connectTimeout();
  }

  @Override
  public Duration readTimeout() {
    return options.readTimeout();
  }

  @Override
  public Optional<Integer> socketReceiveBufferSize() {
    return options.socketReceiveBufferSize();
  }

  @Override
  public Optional<Integer> socketSendBufferSize() {
    return options.socketSendBufferSize();
  }

  @Override
  public boolean socketReuseAddress() {
    return options.socketReuseAddress();
  }

  @Override
  public boolean socketKeepAlive() {
    return options.socketKeepAlive();
  }

  @Override
  public boolean tcpNoDelay() {
    return options.tcpNoDelay();
  }
}
