package dev.portcullis.cli.webhooks;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.ToIntBiFunction;

/** Somebody's server that takes webhooks in. */
final class Receiver implements AutoCloseable {

  private final HttpServer server;

  /**
   * @param judge the status for what came
   */
  Receiver(ToIntBiFunction<Headers, byte[]> judge) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          int status = judge.applyAsInt(exchange.getRequestHeaders(), body);
          byte[] answer = Integer.toString(status).getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(status, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
  }

  static List<String> values(Headers headers, String name) {
    List<String> values = headers.get(name);
    return values == null ? List.of() : values;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
