package dev.portcullis.vault.http;

import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.http.CommonHeaders;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.log.RefusalLines;
import dev.portcullis.wire.log.RequestScope;
import dev.portcullis.wire.net.ConnectionBounds;
import dev.portcullis.wire.tls.Spki;
import dev.portcullis.wire.tls.TlsPolicy;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.Tls;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs listeners on virtual threads, that of gateways on kept ones, each request bounded, counted
 * and logged.
 */
public final class Servers {

  private static final Logger LOG = Logger.getLogger(Servers.class.getName());

  /** Writes a stack trace for each request that ends in its head, which anybody can have happen. */
  private static final Logger HTTP1 =
      Logger.getLogger("io.helidon.webserver.http1.Http1Connection");

  static {
    HTTP1.setFilter(entry -> !isUnfinished(entry.getThrown()));
  }

  private static final Duration IDLE = Duration.ofMinutes(5);
  private static final Duration READ = Duration.ofSeconds(30);

  /** From this status on an answer is a refusal or a failure. */
  private static final int REFUSED = 400;

  /** Beyond the bounds: a new connection must be accepted for an old one to give way to it. */
  private static final int SPARE = 64;

  private final List<WebServer> servers = new ArrayList<>();
  private final List<BoundedSockets> bounded = new ArrayList<>();
  private final Metrics metrics;
  private final Ids ids;
  private final InstantSource clock;
  private final Duration drain;
  private final RefusedCalls refused;
  private final RefusalLines refusalLines;

  /**
   * @param drain how long requests may take to finish when the vault stops
   */
  public Servers(Metrics metrics, Ids ids, InstantSource clock, Duration drain) {
    this.metrics = metrics;
    this.ids = ids;
    this.clock = clock;
    this.drain = drain;
    this.refused = new RefusedCalls(metrics, clock);
    this.refusalLines = new RefusalLines(clock, LOG::warning);
  }

  /**
   * Starts a listener.
   *
   * @return its port
   */
  public int start(Listener listener) {
    SocketOptions options = SocketOptions.builder().readTimeout(READ).tcpNoDelay(true).build();
    ConnectionBounds bounds = listener.bounds();
    BoundedSockets sockets = new BoundedSockets(options, bounds);
    var builder =
        WebServer.builder()
            .shutdownHook(false)
            .featuresDiscoverServices(false)
            .name("@default")
            .host(listener.host())
            .port(listener.port())
            .maxTcpConnections(bounds.most() + SPARE)
            .maxPayloadSize(-1) // bounded by HelidonExchange, which answers in the right form
            .idleConnectionTimeout(IDLE)
            .shutdownGracePeriod(drain)
            .connectionOptions(sockets)
            .directHandlers(plainErrors(listener.tls() != null))
            .routing(
                (HttpRouting.Builder routing) ->
                    routing.any(
                        (request, response) -> {
                          BoundedSockets.Watch watch = sockets.watch(request);
                          watch.begins();
                          serve(listener, request, response, watch);
                          watch.ends();
                        }));
    ListenerTls tls = listener.tls();
    if (tls != null) {
      builder.tls(helidonTls(tls));
      if (tls.pinnedClient() != null) {
        // No other beside it, which Helidon would choose between by a client's first bytes.
        builder
            .protocolsDiscoverServices(false)
            .addConnectionSelector(
                OnKeptThreads.of(listener.name(), peer -> isPinned(listener, peer)));
      }
    }
    WebServer server = builder.build().start();
    servers.add(server);
    bounded.add(sockets);
    sockets.measure(metrics, listener.name());
    sockets.start();
    // Helidon only logs that a port is taken: somebody else would be given the cards.
    if (!server.isRunning() || server.port() <= 0) {
      throw new IllegalStateException(
          "The " + listener.name() + " listener cannot bind port " + listener.port() + ".");
    }
    return server.port();
  }

  private static boolean isUnfinished(@Nullable Throwable thrown) {
    return thrown != null
        && (thrown instanceof DataReader.InsufficientDataAvailableException
            || isUnfinished(thrown.getCause()));
  }

  private static Tls helidonTls(ListenerTls tls) {
    return Tls.builder()
        .sslContext(tls.context())
        .sslParameters(TlsPolicy.server(tls.only13(), tls.pinnedClient() != null))
        .build();
  }

  /** What the server refuses before there is a request: in JSON too, and saying nothing inside. */
  private DirectHandlers plainErrors(boolean tls) {
    DirectHandlers.Builder handlers = DirectHandlers.builder();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      handlers.addHandler(
          type,
          (request, event, told, headers, message) -> {
            // What fails before there is a method and a path is a line that cannot be read.
            Status status =
                told.code() >= 500 && request.path().isEmpty() ? Status.BAD_REQUEST_400 : told;
            ApiError error =
                status.code() < 500
                    ? ApiErrors.badRequest("The request is malformed.")
                    : ApiErrors.internal();
            DirectHandler.TransportResponse.Builder answer =
                DirectHandler.TransportResponse.builder()
                    .status(status)
                    .header(HeaderNames.CONTENT_TYPE, "application/json")
                    .header(HeaderNames.create("Request-Id"), ids.next("req"))
                    .keepAlive(false)
                    .entity(Json.write(error.body()));
            CommonHeaders.of(tls)
                .forEach((name, value) -> answer.header(HeaderNames.create(name), value));
            return answer.build();
          });
    }
    return handlers.build();
  }

  private void serve(
      Listener listener,
      ServerRequest request,
      ServerResponse response,
      BoundedSockets.Watch watch) {
    boolean pinned = isPinned(listener, request.remotePeer());
    boolean gateway = pinned && listener.tls() != null && listener.tls().pinnedClient() != null;
    String requestId = requestId(request, gateway);
    RequestScope.call(
        requestId,
        () -> {
          HelidonExchange exchange =
              new HelidonExchange(
                  request, requestId, listener.routes().maxBody(), gateway, watch, clock);
          serve(listener, exchange, response, pinned);
          return requestId;
        });
  }

  /** The gateway's own for what it asks on behalf of a request; nobody else chooses one. */
  private String requestId(ServerRequest request, boolean gateway) {
    return gateway
        ? request
            .headers()
            .first(HeaderNames.create(RequestScope.HEADER))
            .filter(id -> Ids.isWellFormed("req", id))
            .orElseGet(() -> ids.next("req"))
        : ids.next("req");
  }

  private void serve(
      Listener listener, HelidonExchange exchange, ServerResponse response, boolean pinned) {
    long begin = clock.millis();
    Reply reply = pinned ? listener.routes().answer(exchange) : wrongClient(listener, exchange);
    response.status(reply.status());
    CommonHeaders.of(listener.tls() != null).forEach((name, value) -> response.header(name, value));
    reply.headers().forEach((name, value) -> response.header(name, value));
    if (exchange.isLast()) {
      response.header("Connection", "close");
    }
    response.send(reply.body());
    long millis = clock.millis() - begin - exchange.heldMillis();
    String route = listener.name() + " " + listener.routes().nameOf(exchange.path());
    metrics.request(route, reply.status(), millis * 1_000);
    if (isWritten(listener, exchange, reply.status())) {
      LOG.log(
          levelOf(listener, exchange.path(), reply.status()),
          () -> line(listener, exchange, reply.status(), millis));
    }
    exchange.discardRest();
    if (exchange.isBroken() || exchange.isLast()) {
      // The server would look for the body's end and answer once more when it does not find it; or
      // take what is left of the body for the next request, whoever stands before us (RFC 9112,
      // 11).
      throw new CloseConnectionException("a request's body was not read to its end");
    }
  }

  /** Strangers fill no log; what our own programs are refused is written each time. */
  private boolean isWritten(Listener listener, Exchange exchange, int status) {
    return status < REFUSED
        || !(listener.routes() instanceof CardsOrigin cards)
        || refusalLines.isWritten(status, cards.networkOf(exchange));
  }

  private Reply wrongClient(Listener listener, Exchange exchange) {
    String message = "This client may not call the vault.";
    refused.report(
        403,
        "wrong_client",
        listener.name() + " " + exchange.requestId(),
        "a certificate of our authority, and not the gateway's");
    return InternalRoutes.error(403, "wrong_client", message);
  }

  /** What writes down refusals. */
  public RefusedCalls refused() {
    return refused;
  }

  /** Who hands in cards is always on record (PCI DSS 10.2.1.1); forwards log themselves. */
  private static Level levelOf(Listener listener, String path, int status) {
    if (status >= 500) {
      return Level.WARNING;
    }
    return listener.routes() instanceof CardsOrigin cards && cards.mayBringCard(path)
        ? Level.INFO
        : Level.FINE;
  }

  private static String line(Listener listener, Exchange exchange, int status, long millis) {
    return listener.name()
        + " "
        + exchange.requestId()
        + " "
        + ApiErrors.shown(exchange.method())
        + " "
        + listener.routes().nameOf(exchange.path())
        + " "
        + status
        + " "
        + millis
        + " ms";
  }

  /** Any certificate of the authority passes the handshake; only the gateway's key passes here. */
  private static boolean isPinned(Listener listener, PeerInfo peer) {
    @Nullable String pin = listener.tls() == null ? null : listener.tls().pinnedClient();
    return pin == null
        || peer.tlsCertificates()
            .filter(chain -> chain.length > 0 && chain[0] instanceof X509Certificate)
            .map(chain -> Spki.sha256((X509Certificate) chain[0]))
            .filter(pin::equals)
            .isPresent();
  }

  /** Takes no more requests and lets those under way finish. */
  public void stop() {
    servers.forEach(WebServer::stop);
    servers.clear();
    bounded.forEach(BoundedSockets::close);
    bounded.clear();
  }
}
