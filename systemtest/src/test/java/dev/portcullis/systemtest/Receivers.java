package dev.portcullis.systemtest;

import com.google.gson.JsonParser;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.net.Webhook;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.portcullis.wire.webhook.SigningSecret;
import dev.portcullis.wire.webhook.StripeSignature;
import dev.portcullis.wire.webhook.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Many who are told of events at once: most are well, some hang, fail, or cut the connection. */
final class Receivers implements AutoCloseable {

  /** How one behaves. */
  enum Manner {
    WELL,
    HANGS,
    FAILS,
    RESETS
  }

  private static final Duration TOLERANCE = Duration.ofMinutes(5);

  /** Of so many, one is verified by stripe-java. */
  private static final int SAMPLE = 50;

  private final HttpServer server;
  private final ServerSocket resetting;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<String, Map<String, AtomicInteger>> told = new ConcurrentHashMap<>();
  private final Map<String, String> secrets = new ConcurrentHashMap<>();
  private final Set<String> faults = ConcurrentHashMap.newKeySet();
  private final AtomicInteger sampled = new AtomicInteger();
  private final AtomicInteger all = new AtomicInteger();

  Receivers() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
      resetting = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
    threads.execute(this::reset);
  }

  /** Where one of that name and manner is. */
  String url(String name, Manner manner) {
    int port = manner == Manner.RESETS ? resetting.getLocalPort() : server.getAddress().getPort();
    return "http://127.0.0.1:" + port + "/" + manner + "/" + name;
  }

  /** What its deliveries are signed with. */
  void secret(String name, String secret) {
    secrets.put(name, secret);
    told.put(name, new ConcurrentHashMap<>());
  }

  private void reset() {
    while (!resetting.isClosed()) {
      try (Socket socket = resetting.accept()) {
        socket.getInputStream().read();
        // Unread bytes and no lingering: the peer sees a reset.
        socket.setSoLinger(true, 0);
      } catch (IOException e) {
        if (!resetting.isClosed()) {
          faults.add("the resetting receiver failed: " + e);
        }
      }
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String[] path = exchange.getRequestURI().getPath().split("/");
      switch (Manner.valueOf(path[1])) {
        case WELL -> {
          verify(path[2], exchange.getRequestHeaders().getFirst("Stripe-Signature"), body);
          exchange.sendResponseHeaders(204, -1);
        }
        case FAILS -> exchange.sendResponseHeaders(500, -1);
        case HANGS, RESETS -> closed.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void verify(String name, String header, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    String secret = secrets.get(name);
    if (secret == null) {
      faults.add("nobody knows " + name);
      return;
    }
    if (all.incrementAndGet() % SAMPLE == 0) {
      try {
        Webhook.constructEvent(text, header, secret);
        sampled.incrementAndGet();
      } catch (SignatureVerificationException e) {
        faults.add("stripe-java refuses the signature: " + e.getMessage());
      }
    }
    Verdict verdict =
        StripeSignature.verify(
            List.of(header),
            body,
            List.of(SigningSecret.parse(secret).orElseThrow()),
            InstantSource.system().instant(),
            TOLERANCE);
    if (!(verdict instanceof Verdict.Genuine)) {
      faults.add("a signature is not genuine: " + verdict);
    }
    String object =
        JsonParser.parseString(text)
            .getAsJsonObject()
            .getAsJsonObject("data")
            .getAsJsonObject("object")
            .get("id")
            .getAsString();
    told.getOrDefault(name, new ConcurrentHashMap<>())
        .computeIfAbsent(object, _ -> new AtomicInteger())
        .incrementAndGet();
  }

  /** The objects that one was told of. */
  Set<String> told(String name) {
    return told.getOrDefault(name, Map.of()).keySet();
  }

  /** How many deliveries came once more than needed, to all. */
  int duplicates() {
    return told.values().stream()
        .flatMap(each -> each.values().stream())
        .mapToInt(count -> count.get() - 1)
        .sum();
  }

  /** How many were verified by stripe-java. */
  int sampled() {
    return sampled.get();
  }

  Set<String> faults() {
    return Set.copyOf(faults);
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    server.stop(0);
    resetting.close();
    threads.shutdownNow();
  }
}
