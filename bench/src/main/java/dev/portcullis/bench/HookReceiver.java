package dev.portcullis.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Somebody who is told of events: notes when the first of each customer came, and takes it. */
final class HookReceiver implements AutoCloseable {

  private static final Pattern CUSTOMER = Pattern.compile("\"id\":\\s*\"(cus_\\w+)\"");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Long> came = new ConcurrentHashMap<>();
  private final AtomicLong count = new AtomicLong();
  private final AtomicLong last = new AtomicLong();
  private final AtomicReference<Optional<Delivery>> sample =
      new AtomicReference<>(Optional.empty());
  private final CountDownLatch end = new CountDownLatch(1);
  private final boolean hangs;

  /** What one delivery was. */
  record Delivery(Map<String, String> headers, byte[] body) {}

  private HookReceiver(boolean hangs) throws IOException {
    this.hangs = hangs;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
    server.setExecutor(threads);
    server.createContext("/", this::take);
    server.start();
  }

  /** One that answers at once. */
  static HookReceiver prompt() throws IOException {
    return new HookReceiver(false);
  }

  /** One that takes what comes and never answers. */
  static HookReceiver hanging() throws IOException {
    return new HookReceiver(true);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      long now = System.nanoTime();
      Matcher customer = CUSTOMER.matcher(new String(body, StandardCharsets.UTF_8));
      if (customer.find()) {
        came.putIfAbsent(customer.group(1), now);
      }
      count.incrementAndGet();
      last.accumulateAndGet(now, Math::max);
      if (sample.get().isEmpty()) {
        Map<String, String> headers = new LinkedHashMap<>();
        exchange
            .getRequestHeaders()
            .forEach((name, values) -> headers.put(name, values.getFirst()));
        sample.set(Optional.of(new Delivery(headers, body)));
      }
      if (hangs) {
        end.await();
      }
      exchange.sendResponseHeaders(200, -1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  String url() {
    return "http://127.0.0.1:" + port() + "/hook";
  }

  /** When the first event of each customer came, by {@link System#nanoTime()}. */
  Map<String, Long> came() {
    return came;
  }

  long count() {
    return count.get();
  }

  /** When the last one came so far. */
  long last() {
    return last.get();
  }

  Optional<Delivery> sample() {
    return sample.get();
  }

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
