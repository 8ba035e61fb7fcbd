package dev.portcullis.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.heartbeat.Heartbeats;
import dev.portcullis.gateway.keys.KeyPusher;
import dev.portcullis.wire.json.Json;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;

/**
 * The management listener, on loopback alone: {@code /health} for the process that watches this
 * one, {@code /ready} for whoever sends it traffic (both say what of the background is late),
 * {@code /metrics} for Prometheus, {@code /audit} for whoever wants the audit trail computed anew.
 * It is the JDK's own small server, so that a gateway whose public listener is full still answers.
 */
final class Management implements SmartLifecycle {

  private static final Logger LOG = Logger.getLogger(Management.class.getName());

  private static final int DATABASE_SECONDS = 2;

  private final HttpServer server;
  private final DataSource database;
  private final KeyPusher keys;
  private final PrometheusMeterRegistry meters;
  private final Drain drain;
  private final AuditTrail audit;
  private final Heartbeats heartbeats;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ReentrantLock verifying = new ReentrantLock();
  private volatile boolean running;

  Management(
      int port,
      DataSource database,
      KeyPusher keys,
      PrometheusMeterRegistry meters,
      Drain drain,
      AuditTrail audit,
      Heartbeats heartbeats)
      throws IOException {
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
    this.database = database;
    this.keys = keys;
    this.meters = meters;
    this.drain = drain;
    this.audit = audit;
    this.heartbeats = heartbeats;
  }

  @Override
  public void start() {
    server.setExecutor(threads);
    server.createContext("/", exchange -> send(exchange, 404, "application/json", "{}"));
    server.createContext("/health", this::health);
    server.createContext("/ready", this::health);
    server.createContext("/audit", this::audit);
    server.createContext(
        "/metrics", exchange -> send(exchange, 200, "text/plain; version=0.0.4", meters.scrape()));
    server.start();
    running = true;
  }

  /** The port listened on. */
  int port() {
    return server.getAddress().getPort();
  }

  private void health(HttpExchange exchange) throws IOException {
    Optional<String> reason = reasonNotReady();
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("status", reason.isEmpty() ? "up" : "down");
    reason.ifPresent(sentence -> tree.put("reason", sentence));
    List<String> late = heartbeats.late();
    if (!late.isEmpty()) {
      // Said, and no reason to send it nothing: no other gateway would do better by a vault that is
      // away, and none of them would serve what needs no vault.
      tree.put("late", late);
    }
    send(exchange, reason.isEmpty() ? 200 : 503, "application/json", Json.writeString(tree));
  }

  /** One at a time: it reads all of the trail, and whoever is on this machine may ask. */
  private void audit(HttpExchange exchange) throws IOException {
    verifying.lock();
    try {
      AuditTrail.Verdict verdict = audit.verify();
      Map<String, @Nullable Object> tree = new LinkedHashMap<>();
      tree.put("entries", verdict.entries());
      tree.put("head", verdict.head());
      tree.put(
          "broken", verdict.firstBroken().isPresent() ? verdict.firstBroken().getAsLong() : null);
      send(exchange, 200, "application/json", Json.writeString(tree));
    } catch (DataAccessException e) {
      LOG.log(Level.WARNING, "The audit trail cannot be read", e);
      send(exchange, 503, "application/json", "{\"error\":\"the database cannot be reached\"}");
    } finally {
      verifying.unlock();
    }
  }

  private Optional<String> reasonNotReady() {
    if (!running || drain.isDraining()) {
      return Optional.of("The gateway is stopping.");
    }
    if (!keys.isComplete()) {
      return Optional.of("The vault does not have the API keys yet.");
    }
    try (Connection connection = database.getConnection()) {
      return connection.isValid(DATABASE_SECONDS)
          ? Optional.empty()
          : Optional.of("The database does not answer.");
    } catch (SQLException e) {
      return Optional.of("The database cannot be reached.");
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  /** Until then it has answered 503 while the public listener drained. */
  @Override
  public void stop() {
    running = false;
    server.stop(0);
    threads.shutdownNow();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Starts before the web server and stops after it, so that it tells of the draining. */
  @Override
  public int getPhase() {
    return 0;
  }
}
