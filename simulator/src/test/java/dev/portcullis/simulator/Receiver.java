package dev.portcullis.simulator;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes notifications, as whoever uses a provider does. */
final class Receiver implements AutoCloseable {
  private final HttpServer server;
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();

  /** One that came, its headers by lower-case name. */
  record Received(Map<String, String> headers, String body) {}

  Receiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          boolean fails = failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
          if (!fails) {
            Map<String, String> headers = new LinkedHashMap<>();
            exchange
                .getRequestHeaders()
                .forEach((name, all) -> headers.put(name.toLowerCase(Locale.ROOT), all.getFirst()));
            received.add(new Received(headers, body));
          }
          exchange.sendResponseHeaders(fails ? 503 : 200, -1);
          exchange.close();
        });
    server.start();
  }

  /** Refuses the next ones. */
  void fail(int times) {
    failures.set(times);
  }

  String url() {
    return "http://localhost:" + server.getAddress().getPort() + "/notifications";
  }

  List<Received> received() {
    return List.copyOf(received);
  }

  /** Those that hold that text. */
  List<Received> with(String text) {
    return received.stream().filter(each -> each.body().contains(text)).toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
