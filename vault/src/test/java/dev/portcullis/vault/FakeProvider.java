package dev.portcullis.vault;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A provider over real TLS that does as a test tells it and remembers what it was sent. */
public final class FakeProvider implements AutoCloseable {

  /** What arrived. */
  public record Received(
      String path, @Nullable String query, Map<String, String> headers, String body) {}

  /** What to do with a request, whose body is there to be read again. */
  public interface Behaviour {
    void handle(HttpExchange exchange) throws IOException, InterruptedException;
  }

  public final List<Received> received = new CopyOnWriteArrayList<>();
  private final HttpsServer server;
  private volatile Behaviour behaviour = exchange -> answer(exchange, 200, Map.of());

  public FakeProvider(TestCa ca) {
    ca.issue("provider");
    try {
      server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    PemIdentity identity = PemIdentity.load(ca.file("provider.pem"), ca.file("provider.key"));
    server.setHttpsConfigurator(new HttpsConfigurator(TlsContexts.server(identity, null)));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::serve);
    server.start();
  }

  private void serve(HttpExchange exchange) throws IOException {
    byte[] sent = exchange.getRequestBody().readAllBytes();
    exchange.setStreams(new ByteArrayInputStream(sent), null);
    String body = new String(sent, StandardCharsets.UTF_8);
    var headers = new java.util.TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
    URI uri = exchange.getRequestURI();
    received.add(new Received(uri.getPath(), uri.getRawQuery(), headers, body));
    try {
      behaviour.handle(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      exchange.close();
    }
  }

  public void behave(Behaviour how) {
    received.clear();
    behaviour = how;
  }

  public static void answer(HttpExchange exchange, int status, Map<String, ?> body)
      throws IOException {
    byte[] json = Json.write(body);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, json.length);
    exchange.getResponseBody().write(json);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
