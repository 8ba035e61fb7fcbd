package dev.portcullis.systemtest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An edge in front of an origin that serves its pages on, and adds a byte to what it is told to.
 */
final class ChangingEdge implements AutoCloseable {

  private static final Set<String> OWN = Set.of("connection", "content-length", "date");
  private static final Set<String> PASSED = Set.of("accept", "accept-language", "origin");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile URI behind = URI.create("http://127.0.0.1:1");
  private volatile String changed = "";
  private volatile String refused = "";

  ChangingEdge() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void inFrontOf(String origin) {
    behind = URI.create(origin);
  }

  /** From now on what has an address that ends so gets a byte more; nothing with an empty one. */
  void change(String end) {
    changed = end;
  }

  /**
   * From now on what has an address that ends so is answered with 403; nothing with an empty one.
   */
  void refuse(String end) {
    refused = end;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(behind.resolve(exchange.getRequestURI().toString()));
      exchange
          .getRequestHeaders()
          .forEach(
              (name, values) -> {
                if (PASSED.contains(name.toLowerCase(Locale.ROOT))) {
                  request.header(name, values.getFirst());
                }
              });
      HttpResponse<byte[]> response =
          Http.CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      response.headers().map().forEach((name, values) -> pass(exchange, name, values));
      String path = exchange.getRequestURI().getPath();
      byte[] body = response.body();
      if (!changed.isEmpty() && path.endsWith(changed)) {
        body = (new String(body, StandardCharsets.UTF_8) + " ").getBytes(StandardCharsets.UTF_8);
      }
      boolean refuses = !refused.isEmpty() && path.endsWith(refused);
      int status = refuses ? 403 : response.statusCode();
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pass(HttpExchange exchange, String name, List<String> values) {
    if (!OWN.contains(name.toLowerCase(Locale.ROOT)) && !name.startsWith(":")) {
      exchange.getResponseHeaders().put(name, values);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
