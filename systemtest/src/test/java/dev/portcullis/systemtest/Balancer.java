package dev.portcullis.systemtest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Shares requests out among gateways as a load balancer does: it asks each for {@code /ready} and
 * sends a request to the next one that said yes. It tries another one only when no connection could
 * be made, for then nothing was sent.
 */
final class Balancer implements AutoCloseable {
  private static final long LOOK_MILLIS = 100;
  private static final Set<String> HOP =
      Set.of("connection", "host", "content-length", "transfer-encoding", "upgrade", "date");

  /** One gateway behind it. */
  static final class Backend {
    private final int port;
    private final int management;
    private volatile boolean ready;
    private final AtomicInteger answered = new AtomicInteger();

    Backend(int port, int management) {
      this.port = port;
      this.management = management;
    }

    boolean isReady() {
      return ready;
    }

    int answered() {
      return answered.get();
    }
  }

  private final List<Backend> backends;
  private final HttpServer server;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService looks = Executors.newScheduledThreadPool(2);
  private final AtomicInteger turn = new AtomicInteger();

  Balancer(List<Backend> backends) throws IOException {
    this.backends = List.copyOf(backends);
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
    for (Backend backend : backends) {
      var _ =
          looks.scheduleWithFixedDelay(() -> look(backend), 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void look(Backend backend) {
    URI ready = URI.create("http://127.0.0.1:" + backend.management + "/ready");
    try {
      backend.ready =
          client
                  .send(
                      HttpRequest.newBuilder(ready).timeout(Duration.ofSeconds(2)).build(),
                      HttpResponse.BodyHandlers.discarding())
                  .statusCode()
              == 200;
    } catch (IOException e) {
      backend.ready = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      HttpResponse<byte[]> answer = forward(exchange, body);
      answer
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!HOP.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                  exchange.getResponseHeaders().put(name, values);
                }
              });
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (IOException e) {
      // The client sees a connection that ends without an answer, as through any balancer.
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body) throws IOException {
    IOException last = new ConnectException("no gateway is ready");
    for (Backend backend : order()) {
      try {
        HttpResponse<byte[]> answer =
            client.send(request(exchange, backend, body), HttpResponse.BodyHandlers.ofByteArray());
        backend.answered.incrementAndGet();
        return answer;
      } catch (ConnectException e) {
        last = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }
    throw last;
  }

  private List<Backend> order() {
    List<Backend> ready = new ArrayList<>(backends.stream().filter(Backend::isReady).toList());
    if (!ready.isEmpty()) {
      java.util.Collections.rotate(ready, turn.incrementAndGet());
    }
    return ready;
  }

  private static HttpRequest request(HttpExchange exchange, Backend backend, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + backend.port + exchange.getRequestURI()))
            .timeout(Duration.ofSeconds(30))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!HOP.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    return request.build();
  }

  @Override
  public void close() {
    looks.shutdownNow();
    server.stop(0);
    threads.shutdownNow();
    client.shutdownNow();
  }
}
