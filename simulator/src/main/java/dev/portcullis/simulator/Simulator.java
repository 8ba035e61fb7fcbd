package dev.portcullis.simulator;

import dev.portcullis.kit.Secret;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.TlsPolicy;
import io.helidon.common.tls.Tls;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The running providers: three listeners over the sandbox's books and those of each real one. */
final class Simulator implements AutoCloseable {
  private static final String SANDBOX = "sandbox";
  private static final String SHOPPER = "shopper";
  private static final String MANAGEMENT = "management";
  private static final long MAX_BODY = 1 << 20;
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Settings settings;
  private final TestClock clock;
  private final Acquirer acquirer;
  private final Faults faults = new Faults();
  private final Metrics metrics = new Metrics();
  private final Providers providers;
  private final WebServer server;

  private Simulator(Settings settings, InstantSource clock) throws IOException {
    this.settings = settings;
    this.clock = new TestClock(clock, settings.ledgerDirectory());
    this.acquirer = new Acquirer(settings.ledgerDirectory(), this.clock, false);
    this.providers = Providers.open(settings.ledgerDirectory(), metrics, new Shared());
    this.server = build();
  }

  /**
   * Reads the ledgers and starts to listen.
   *
   * @throws IOException if a ledger cannot be used or a port is taken
   */
  static Simulator start(Settings settings, InstantSource clock) throws IOException {
    Simulator simulator = new Simulator(settings, clock);
    simulator.server.start();
    // The server logs a listener that it cannot bind, and returns as if nothing were wrong.
    if (!simulator.server.isRunning()) {
      simulator.providers.close();
      simulator.acquirer.close();
      throw new IOException("a listener cannot be bound: is one in use of " + settings.ports());
    }
    return simulator;
  }

  private WebServer build() {
    Settings.Ports ports = settings.ports();
    InetAddress here = InetAddress.getLoopbackAddress();
    List<HttpService> apis = new ArrayList<>(providers.routes());
    apis.add(
        new ProviderRoutes(
            acquirer,
            this::answers,
            new Exchange(SANDBOX, faults, metrics),
            settings.providerKey()));
    return WebServer.builder()
        .shutdownHook(false)
        .shutdownGracePeriod(GRACE)
        .maxPayloadSize(MAX_BODY)
        .bindAddress(new InetSocketAddress(here, ports.provider()))
        // SDKs write brackets into a query as they are, and the real providers take them.
        .addProtocol(Http1Config.builder().validatePrologue(false).build())
        .tls(
            Tls.builder()
                .sslContext(settings.tls())
                .sslParameters(TlsPolicy.server(false, false))
                .build())
        .routing(routing -> serve(routing, apis.toArray(HttpService[]::new)))
        .putSocket(
            SHOPPER,
            socket ->
                socket
                    .bindAddress(new InetSocketAddress(settings.shopperHost(), ports.shopper()))
                    .maxPayloadSize(MAX_BODY)
                    .shutdownGracePeriod(GRACE)
                    .routing(routing -> serve(routing, challenges(), control())))
        .putSocket(
            MANAGEMENT,
            socket ->
                socket
                    .bindAddress(new InetSocketAddress(here, ports.management()))
                    .routing(
                        routing ->
                            routing.get("/health", this::health).get("/metrics", this::scrape)))
        .build();
  }

  private ChallengeRoutes challenges() {
    List<ChallengeRoutes.Asking> all = new ArrayList<>();
    all.add(
        new ChallengeRoutes.Asking(
            acquirer, asked -> asked.challenge() == null ? null : asked.challenge().returnUrl()));
    all.addAll(providers.asking());
    return new ChallengeRoutes(all);
  }

  private ControlRoutes control() {
    Map<String, ControlRoutes.Controlled> all = new LinkedHashMap<>(providers.controlled());
    all.put(SANDBOX, new ControlRoutes.Controlled(acquirer, faults, null));
    return new ControlRoutes(
        all,
        time -> {
          clock.advance(time);
          providers.tick();
        },
        settings.controlKey());
  }

  private static void serve(HttpRouting.Builder routing, HttpService... services) {
    routing
        .register(services)
        .error(
            Refused.class, (request, response, refused) -> Http.send(response, refused.answer()));
  }

  /** Made late: with port 0 the address is known only once the listener is bound. */
  private Answers answers() {
    return new Answers(shopperUrl());
  }

  private void health(ServerRequest request, ServerResponse response) {
    response
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .send("{\"status\":\"up\"}".getBytes(StandardCharsets.UTF_8));
  }

  private void scrape(ServerRequest request, ServerResponse response) {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    sizes.put(SANDBOX, acquirer.books().size());
    sizes.putAll(providers.sizes());
    response
        .header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
        .send(metrics.text(sizes).getBytes(StandardCharsets.UTF_8));
  }

  /** Where the vault reaches the provider. */
  String providerUrl() {
    return "https://localhost:" + server.port();
  }

  /** Where shoppers and tests reach it, without a slash at the end. */
  String shopperUrl() {
    return "http://" + settings.shopperHost().getHostAddress() + ":" + server.port(SHOPPER);
  }

  /** Where health and metrics are, without a slash at the end. */
  String managementUrl() {
    return "http://localhost:" + server.port(MANAGEMENT);
  }

  /** Stops listening, lets what runs end, and closes the ledgers. */
  @Override
  public void close() {
    faults.stop();
    providers.stopFaults();
    server.stop();
    providers.close();
    acquirer.close();
  }

  /** What the providers' desks have in common; the addresses are known once it listens. */
  private final class Shared implements Desk.Surroundings {
    @Override
    public InstantSource clock() {
      return clock;
    }

    @Override
    public Secret providerKey() {
      return settings.providerKey();
    }

    @Override
    public PemIdentity signer() {
      return settings.signer();
    }

    @Override
    public String providerUrl() {
      return Simulator.this.providerUrl();
    }

    @Override
    public String shopperUrl() {
      return Simulator.this.shopperUrl();
    }
  }
}
