package dev.portcullis.gateway;

import dev.portcullis.gateway.connections.BoundedProtocol;
import dev.portcullis.gateway.http.ErrorReport;
import dev.portcullis.gateway.http.HeaderValve;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.net.ConnectionBounds;
import dev.portcullis.wire.threads.KeptThreads;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Shutdown;

/** The public listener: Tomcat, one thread for each request, everything bounded. */
final class PublicListener {

  private static final Logger LOG = Logger.getLogger(PublicListener.class.getName());

  /** Connections to the administration: with all that they may send they do not fill the heap. */
  private static final int PEOPLE = 128;

  /** How long a request may take to come there. */
  private static final Duration BODY_TIME = Duration.ofSeconds(10);

  private static final int MAX_HEADERS = 100;
  private static final int MAX_HEADER_BYTES = 16 * 1024;
  private static final int IDLE_MILLIS = 20_000;
  private static final int MAX_SWALLOW = 2 << 20;

  private PublicListener() {}

  /**
   * The server's factory.
   *
   * @throws ConfigException if it should listen without TLS on anything but loopback
   */
  static TomcatServletWebServerFactory factory(
      ZoneConfig config, Ids ids, Optional<PublicTls> tls, MeterRegistry meters) {
    InetAddress host = host(config.string("api.host"));
    if (tls.isEmpty() && !host.isLoopbackAddress()) {
      throw new ConfigException(
          "Without api.tls.certificate the API listens on loopback only, not on "
              + config.string("api.host")
              + ".");
    }
    TomcatServletWebServerFactory factory =
        new TomcatServletWebServerFactory(config.integer("api.port"));
    factory.setAddress(host);
    factory.setShutdown(Shutdown.GRACEFUL);
    factory.setRegisterDefaultServlet(false);
    factory.addContextCustomizers(context -> ownAnswers(context, ids));
    factory.setProtocol(BoundedProtocol.class.getName());
    ConnectionBounds bounds = bounds(config, tls.isPresent());
    factory.addConnectorCustomizers(connector -> bound(connector, config, bounds, meters));
    tls.ifPresent(secured -> factory.addConnectorCustomizers(secured::secure));
    return factory;
  }

  /** The people's connector: as bounded as the public one, on loopback, over TLS 1.3. */
  static Connector administration(int port, Path certificate, Path key) {
    BoundedProtocol protocol = onLoopback(PEOPLE);
    Connector connector = new Connector(protocol);
    connector.setPort(port);
    connector.setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
    bound(connector);
    // The endpoint reads bodies to their end; the server would look for it with no deadline.
    protocol.setMaxSwallowSize(0);
    PublicTls.secure(connector, "TLSv1.3", certificate, key);
    return connector;
  }

  /** One for this machine alone, which anybody on it may connect to: the oldest gives way. */
  static BoundedProtocol onLoopback(int connections) {
    BoundedProtocol protocol = new BoundedProtocol();
    protocol.setBounds(ConnectionBounds.onLoopback(connections, BODY_TIME));
    protocol.countBodies();
    return protocol;
  }

  private static InetAddress host(String name) {
    try {
      return InetAddress.getByName(name);
    } catch (UnknownHostException e) {
      throw new ConfigException("api.host " + name + " is no address of this machine.", e);
    }
  }

  /** In place of the server's own pages, which speak HTML and carry no request id. */
  private static void ownAnswers(Context context, Ids ids) {
    if (context.getParent() instanceof StandardHost host) {
      host.setErrorReportValveClass("");
      host.getPipeline().addValve(new HeaderValve());
      host.getPipeline().addValve(new ErrorReport(ids));
    }
  }

  /** The public connector's own bounds: strangers come to it. */
  private static void bound(
      Connector connector, ZoneConfig config, ConnectionBounds bounds, MeterRegistry meters) {
    bound(connector);
    if (connector.getProtocolHandler() instanceof BoundedProtocol protocol) {
      protocol.setConnectionTimeout(millis(config, "api.first-request-time"));
      protocol.setKeepAliveTimeout(millis(config, "api.idle-time"));
      protocol.setBounds(bounds);
      protocol.measure(meters);
    } else {
      throw new IllegalStateException("the public listener must be bounded");
    }
  }

  private static void bound(Connector connector) {
    connector.setAllowTrace(false);
    connector.setXpoweredBy(false);
    connector.setMaxParameterCount(1);
    connector.setMaxPostSize(0);
    if (connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol) {
      protocol.setExecutor(KeptThreads.first("api-", KeptThreads.FEW));
      protocol.setConnectionTimeout(IDLE_MILLIS);
    }
    if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> http) {
      http.setRelaxedQueryChars("[]");
      http.setMaxHeaderCount(MAX_HEADERS);
      http.setMaxHttpRequestHeaderSize(MAX_HEADER_BYTES);
      http.setMaxSwallowSize(MAX_SWALLOW);
      http.setMaxKeepAliveRequests(-1);
      http.setKeepAliveTimeout(IDLE_MILLIS * 3);
      http.setUseKeepAliveResponseHeader(false);
    }
  }

  private static int millis(ZoneConfig config, String key) {
    return Math.toIntExact(config.duration(key).toMillis());
  }

  private static ConnectionBounds bounds(ZoneConfig config, boolean tls) {
    ConnectionBounds configured = configured(config);
    ConnectionBounds fitting = configured.within(Runtime.getRuntime().maxMemory(), tls);
    if (fitting.most() < configured.most()) {
      LOG.log(
          Level.INFO,
          "the heap has room for {0} of api.connections ({1}), {2} from one address",
          new Object[] {fitting.most(), configured.most(), fitting.perAddress()});
    }
    return fitting;
  }

  private static ConnectionBounds configured(ZoneConfig config) {
    return new ConnectionBounds(
        config.integer("api.connections"),
        config.integer("api.connections-per-address"),
        config.integer("api.headers-at-once"),
        new ConnectionBounds.Times(
            config.duration("api.first-request-time"),
            config.duration("api.header-time"),
            config.duration("api.exchange-time"),
            config.duration("api.idle-time"),
            config.duration("api.cramped-idle-time")));
  }
}
