package dev.portcullis.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/** What stands in front of an origin, over real HTTP: it passes everything on, or changes it. */
final class Edge implements AutoCloseable {

  private static final Set<String> OWN = Set.of("connection", "content-length", "date");

  /** An answer as it is passed on. */
  record Passed(String path, int status, Map<String, List<String>> headers, byte[] body) {

    Passed body(UnaryOperator<String> change) {
      String text = new String(body, StandardCharsets.UTF_8);
      return new Passed(path, status, headers, change.apply(text).getBytes(StandardCharsets.UTF_8));
    }

    Passed header(String name, String... values) {
      Map<String, List<String>> changed = new LinkedHashMap<>(headers);
      changed.remove(name);
      if (values.length > 0) {
        changed.put(name, List.of(values));
      }
      return new Passed(path, status, changed, body);
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client = HttpClient.newHttpClient();
  final List<Map<String, List<String>>> asked = new CopyOnWriteArrayList<>();
  volatile UnaryOperator<Passed> change = UnaryOperator.identity();
  volatile URI behind = URI.create("http://127.0.0.1:1");

  Edge() {
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

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      asked.add(Map.copyOf(exchange.getRequestHeaders()));
      Passed passed = change.apply(fetched(exchange.getRequestURI()));
      passed.headers().forEach((name, values) -> exchange.getResponseHeaders().put(name, values));
      exchange.sendResponseHeaders(
          passed.status(), passed.body().length == 0 ? -1 : passed.body().length);
      exchange.getResponseBody().write(passed.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Passed fetched(URI uri) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(behind.resolve(uri.toString()))
            .header("Accept-Language", "en")
            .build();
    HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    Map<String, List<String>> headers = new LinkedHashMap<>();
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!OWN.contains(name.toLowerCase(Locale.ROOT)) && !name.startsWith(":")) {
                headers.put(name.toLowerCase(Locale.ROOT), values);
              }
            });
    return new Passed(uri.getPath(), response.statusCode(), headers, response.body());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    client.close();
  }
}
