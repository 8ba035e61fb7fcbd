package dev.portcullis.gateway.connections;

import dev.portcullis.wire.net.ClientAddress;
import dev.portcullis.wire.net.ConnectionBounds;
import dev.portcullis.wire.net.Connections;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.coyote.AbstractProcessor;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.Adapter;
import org.apache.coyote.InputBuffer;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/1.1 over NIO with what it lacks: deadlines for a whole header and a whole exchange
 * (its own timeouts begin anew with every byte), a bound for each address, and a bound for headers
 * that have begun, each of which holds a processor's buffers.
 */
public final class BoundedProtocol extends Http11NioProtocol {

  /** The connection that this thread works on. */
  private static final ScopedValue<SocketChannel> CONNECTION = ScopedValue.newInstance();

  private static final Logger LOG = Logger.getLogger(BoundedProtocol.class.getName());
  private static final long LOOK_MILLIS = 100;

  /** Beyond the bounds: a new connection must be accepted for an old one to give way to it. */
  private static final int SPARE = 64;

  /** An idle connection keeps its buffers: ten thousand of Tomcat's own size fill a small heap. */
  private static final int READ_BUFFER = 1_024;

  /** Most payments as they are answered fit in one: each part would wake the client anew. */
  private static final int WRITE_BUFFER = 2_048;

  private final Endpoint endpoint;
  private boolean countsBodies;
  private @Nullable ScheduledExecutorService timer;

  /** Made by the server, from the name of the class. */
  public BoundedProtocol() {
    this(new Endpoint());
  }

  private BoundedProtocol(Endpoint endpoint) {
    super(endpoint);
    this.endpoint = endpoint;
    BoundedHandler handler = new BoundedHandler(this, endpoint);
    setHandler(handler);
    endpoint.setHandler(handler);
    endpoint.getSocketProperties().setAppReadBufSize(READ_BUFFER);
    endpoint.getSocketProperties().setAppWriteBufSize(WRITE_BUFFER);
  }

  /** Sets the bounds, before it starts. */
  public void setBounds(ConnectionBounds bounds) {
    endpoint.bounds = bounds;
    setMaxConnections(bounds.most() + SPARE);
  }

  /**
   * From now on a body that is on its way counts as what a header that is on its way does: with the
   * same deadline, and the oldest of all of them gives way. For listeners whose bodies are small.
   */
  public void countBodies() {
    countsBodies = true;
  }

  @Override
  protected Processor createProcessor() {
    Processor processor = super.createProcessor();
    if (countsBodies && processor instanceof AbstractProcessor own) {
      Request request = own.getRequest();
      request.setInputBuffer(new CountedBody(request.getInputBuffer(), endpoint));
    }
    return processor;
  }

  @Override
  public void setAdapter(Adapter adapter) {
    super.setAdapter(new OwnPaths(adapter));
  }

  /** Shows in metrics what there is. */
  public void measure(MeterRegistry meters) {
    Connections<SocketChannel> connections = endpoint.watched;
    Gauge.builder("portcullis.connections.open", connections, Connections::open)
        .description("Connections to the public listener")
        .register(meters);
    Gauge.builder("portcullis.connections.receiving", connections, Connections::receiving)
        .description("Connections with a header that has begun and not ended")
        .register(meters);
    Gauge.builder("portcullis.connections.addresses", connections, Connections::addresses)
        .description("Addresses with a connection")
        .register(meters);
    FunctionCounter.builder("portcullis.connections.closed", connections, Connections::closed)
        .description("Connections closed because they were over their time")
        .register(meters);
    FunctionCounter.builder("portcullis.connections.refused", connections, Connections::refused)
        .description("Connections refused because their address had enough")
        .register(meters);
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // a look never fails; the schedule ends with stop
  public void start() throws Exception {
    super.start();
    ScheduledExecutorService looks =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("connections").factory());
    looks.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    timer = looks;
  }

  private void look() {
    try {
      endpoint.watched.look(endpoint.bounds);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "connections could not be looked at", e);
    }
  }

  @Override
  public void stop() throws Exception {
    ScheduledExecutorService looks = timer;
    if (looks != null) {
      looks.shutdownNow();
    }
    super.stop();
  }

  /** A request's body, on its way from the first look for it to its end. */
  private record CountedBody(InputBuffer body, Endpoint endpoint) implements InputBuffer {
    @Override
    public int doRead(ApplicationBufferHandler handler) throws IOException {
      endpoint.receives(CONNECTION.get());
      int read = body.doRead(handler);
      if (read < 0) {
        endpoint.received(CONNECTION.get());
      }
      return read;
    }

    @Override
    public int available() {
      return body.available();
    }
  }

  /** Accepts, and counts by address. */
  private static final class Endpoint extends NioEndpoint {

    /** Those for whose body a thread waits. */
    final Set<SocketChannel> bodies = ConcurrentHashMap.newKeySet();

    final Connections<SocketChannel> watched = new Connections<>(System::nanoTime, this::close);
    volatile ConnectionBounds bounds =
        new ConnectionBounds(
            8_192,
            1_024,
            512,
            new ConnectionBounds.Times(
                Duration.ofSeconds(20),
                Duration.ofSeconds(10),
                Duration.ofSeconds(90),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5)));

    /**
     * A connection that somebody works on is closed under them: what they read or write fails, at
     * the latest when the server's own timeout for that one read or write is over.
     */
    private void close(SocketChannel socket, boolean working) {
      SocketWrapperBase<NioChannel> connection = connections.get(socket);
      if (connection == null) {
        return; // it is gone, or not yet there: the next look comes soon
      }
      if (working || (bodies.contains(socket) && !endsInput(socket))) {
        connection.close();
      } else if (connection.getLock().tryLock()) {
        try {
          connection.close();
        } finally {
          connection.getLock().unlock();
        }
      }
    }

    /** Who waits for more is woken, and lets go of what has come; false if that was done before. */
    private static boolean endsInput(SocketChannel socket) {
      try {
        boolean open = !socket.socket().isInputShutdown();
        socket.shutdownInput();
        return open;
      } catch (IOException _) {
        return false; // it is gone already
      }
    }

    void receives(SocketChannel socket) {
      bodies.add(socket);
      watched.end(socket, true, bounds);
    }

    void received(SocketChannel socket) {
      bodies.remove(socket);
      watched.received(socket);
      watched.begin(socket);
    }

    /** It is known before anything of it can come in, which another thread works on at once. */
    @Override
    protected boolean setSocketOptions(SocketChannel socket) {
      String address = address(socket);
      if (!watched.admit(address, bounds)) {
        destroySocket(socket);
        return true; // it has been dealt with
      }
      watched.opened(socket, address);
      if (super.setSocketOptions(socket)) {
        return true;
      }
      watched.gone(socket);
      return false;
    }

    private static String address(SocketChannel socket) {
      try {
        return socket.getRemoteAddress() instanceof InetSocketAddress peer
                && peer.getAddress() != null
            ? ClientAddress.network(peer.getAddress())
            : "";
      } catch (IOException _) {
        return ""; // it is gone already
      }
    }
  }

  /** Tells what a connection is doing. */
  private static final class BoundedHandler extends AbstractProtocol.ConnectionHandler<NioChannel> {

    private final Endpoint endpoint;

    BoundedHandler(BoundedProtocol protocol, Endpoint endpoint) {
      super(protocol);
      this.endpoint = endpoint;
    }

    @Override
    public SocketState process(SocketWrapperBase<NioChannel> connection, SocketEvent event) {
      // Taken now: when it is closed, what holds it is used for another one.
      SocketChannel socket = connection.getSocket().getIOChannel();
      endpoint.watched.begin(socket);
      SocketState state = SocketState.CLOSED;
      try {
        state = ScopedValue.where(CONNECTION, socket).call(() -> super.process(connection, event));
        return state;
      } finally {
        endpoint.bodies.remove(socket);
        endpoint.watched.end(socket, state == SocketState.LONG, endpoint.bounds);
      }
    }

    @Override
    public void release(SocketWrapperBase<NioChannel> connection) {
      endpoint.watched.gone(connection.getSocket().getIOChannel());
      super.release(connection);
    }
  }
}
