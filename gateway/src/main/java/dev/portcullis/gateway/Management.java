package dev.portcullis.gateway;

import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.connections.BoundedProtocol;
import dev.portcullis.gateway.connections.Pages;
import dev.portcullis.gateway.heartbeat.Heartbeats;
import dev.portcullis.gateway.keys.KeyPusher;
import dev.portcullis.wire.json.Json;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.apache.tomcat.util.threads.VirtualThreadExecutor;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;

/**
 * The management listener, on loopback alone: {@code /health} for the process that watches this
 * one, {@code /ready} for whoever sends it traffic (both say what of the background is late),
 * {@code /metrics} for Prometheus, {@code /audit} for whoever wants the audit trail computed anew.
 * It is a server of its own, so that a gateway whose public listener is full still answers.
 */
final class Management implements SmartLifecycle {

  private static final Logger LOG = Logger.getLogger(Management.class.getName());

  private static final int DATABASE_SECONDS = 2;

  /** Connections, each of which asks for a page now and then. */
  private static final int MOST = 64;

  /** Who waits for the audit trail: no more, so that there is always room to ask for health. */
  private static final int AUDITS = 4;

  private final int port;
  private final DataSource database;
  private final KeyPusher keys;
  private final PrometheusMeterRegistry meters;
  private final Drain drain;
  private final AuditTrail audit;
  private final Heartbeats heartbeats;
  private final Semaphore audits = new Semaphore(AUDITS);
  private final ReentrantLock verifying = new ReentrantLock();
  private final BoundedProtocol server = PublicListener.onLoopback(MOST);
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("management").factory());
  private volatile boolean running;

  Management(
      int port,
      DataSource database,
      KeyPusher keys,
      PrometheusMeterRegistry meters,
      Drain drain,
      AuditTrail audit,
      Heartbeats heartbeats) {
    this.port = port;
    this.database = database;
    this.keys = keys;
    this.meters = meters;
    this.drain = drain;
    this.audit = audit;
    this.heartbeats = heartbeats;
  }

  @Override
  public void start() {
    server.setAddress(InetAddress.getLoopbackAddress());
    server.setPort(port);
    server.setMaxSwallowSize(0);
    server.setExecutor(new VirtualThreadExecutor("management-"));
    server.setUtilityExecutor(timer);
    server.setAdapter(new Pages(this::answer));
    try {
      server.init();
      server.start();
    } catch (Exception e) { // that is what it declares
      throw new IllegalStateException("The management listener cannot bind port " + port + ".", e);
    }
    running = true;
  }

  /** The port listened on. */
  int port() {
    return server.getLocalPort();
  }

  private Pages.Page answer(String path) {
    return switch (path) {
      case "/health", "/ready" -> health();
      case "/audit" -> audit();
      case "/metrics" -> new Pages.Page(200, "text/plain; version=0.0.4", meters.scrape());
      default -> json(404, "{}");
    };
  }

  private static Pages.Page json(int status, String body) {
    return new Pages.Page(status, "application/json", body);
  }

  private Pages.Page health() {
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
    return json(reason.isEmpty() ? 200 : 503, Json.writeString(tree));
  }

  private Pages.Page audit() {
    if (!audits.tryAcquire()) {
      return json(503, "{\"error\":\"others wait for the audit trail already\"}");
    }
    try {
      return verified();
    } finally {
      audits.release();
    }
  }

  /** One at a time: it reads all of the trail, and whoever is on this machine may ask. */
  private Pages.Page verified() {
    verifying.lock();
    try {
      AuditTrail.Verdict verdict = audit.verify();
      Map<String, @Nullable Object> tree = new LinkedHashMap<>();
      tree.put("entries", verdict.entries());
      tree.put("head", verdict.head());
      tree.put(
          "broken", verdict.firstBroken().isPresent() ? verdict.firstBroken().getAsLong() : null);
      return json(200, Json.writeString(tree));
    } catch (DataAccessException e) {
      LOG.log(Level.WARNING, "The audit trail cannot be read", e);
      return json(503, "{\"error\":\"the database cannot be reached\"}");
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

  /** Until then it has answered 503 while the public listener drained. */
  @Override
  public void stop() {
    running = false;
    try {
      server.stop();
      server.destroy();
    } catch (Exception e) { // that is what it declares
      LOG.log(Level.WARNING, "The management listener did not stop in good order", e);
    }
    timer.shutdownNow();
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
