package dev.portcullis.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.portcullis.cli.process.HealthProbe.Health;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HealthProbeTest {

  private static Health answered(int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    server.createContext(
        "/health",
        exchange -> {
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    int port = server.getAddress().getPort();
    try {
      return HealthProbe.ask(port);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void whatAZoneSaysOfItself() throws IOException {
    assertThat(answered(200, "{\"status\":\"up\"}")).isEqualTo(Health.UP);
    assertThat(answered(200, "{\"status\":\"up\",\"late\":[\"key-push\"]}")).isEqualTo(Health.LATE);
    assertThat(answered(503, "{\"status\":\"down\",\"late\":[\"key-push\"]}"))
        .isEqualTo(Health.DOWN);
    assertThat(answered(503, "{\"status\":\"sealed\"}")).isEqualTo(Health.SEALED);
    assertThat(answered(200, "nothing of ours")).isEqualTo(Health.SILENT);
    assertThat(Health.LATE.isStarted()).isTrue();
    assertThat(Health.SEALED.isStarted()).isTrue();
    assertThat(Health.DOWN.isStarted()).isFalse();
  }

  @Test
  void whoeverDoesNotAnswerIsSilent() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    int port = server.getAddress().getPort();
    server.stop(0);
    assertThat(HealthProbe.ask(port)).isEqualTo(Health.SILENT);
  }

  /** A connection that was given the port it goes to would be its own answer, and hold the port. */
  @Test
  void nothingIsConnectedWithItself() throws IOException {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, loopback)) {
      port = free.getLocalPort();
    }
    assertThat(HealthProbe.listens(port, port)).isFalse();
    try (ServerSocket listener = new ServerSocket()) {
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(loopback, port));
      assertThat(HealthProbe.listens(port, 0)).isTrue();
    }
  }
}
