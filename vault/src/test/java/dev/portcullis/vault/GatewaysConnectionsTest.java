package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.wire.threads.KeptThreads;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections of gateways: each has a thread of the system, and what comes beyond them has not. */
class GatewaysConnectionsTest {

  private static final int MORE = KeptThreads.FEW + 8;

  private RunningVault vault;
  private final List<Connection> connections = new ArrayList<>();

  @BeforeEach
  void start(@TempDir Path home) {
    vault = new RunningVault(home);
  }

  @AfterEach
  void stop() throws IOException {
    for (Connection connection : connections) {
      connection.socket.close();
    }
    vault.close();
  }

  /** A gateway's, which is kept. */
  private record Connection(Socket socket, BufferedReader in) {

    /** The status of an answer to a call that nobody knows. */
    String ask() throws IOException {
      socket
          .getOutputStream()
          .write(
              "GET /internal/v1/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String status = in.readLine();
      int length = 0;
      for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
        if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
          length = Integer.parseInt(line.substring(15).strip());
        }
      }
      assertThat(in.skip(length)).isEqualTo(length);
      return status;
    }

    /** One of which not all was read is reset. */
    boolean isOver() throws IOException {
      try {
        return in.read() < 0;
      } catch (SocketException _) {
        return true;
      }
    }
  }

  private Connection connect(String identity) throws IOException {
    SSLContext client =
        TlsContexts.client(
            PemIdentity.load(vault.ca.file(identity + ".pem"), vault.ca.file(identity + ".key")),
            vault.ca.file("ca.pem"));
    SSLSocket socket =
        (SSLSocket)
            client
                .getSocketFactory()
                .createSocket(vault.internal("/").getHost(), vault.internal("/").getPort());
    socket.startHandshake();
    socket.setSoTimeout(Math.toIntExact(Duration.ofSeconds(20).toMillis()));
    Connection connection =
        new Connection(
            socket,
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)));
    connections.add(connection);
    return connection;
  }

  /** Of the system, of this vault or of one that was there before. */
  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("internal-\\d+"))
        .collect(Collectors.toSet());
  }

  @Test
  void eachHasAThreadWhileThereAreSome() throws IOException {
    Set<Thread> before = threads();
    for (int i = 0; i < MORE; i++) {
      assertThat(connect("gateway").ask()).contains(" 404 ");
    }
    Set<Thread> own = new HashSet<>(threads());
    own.removeAll(before);
    // The gateway that has pushed its keys to the vault has one or two already.
    assertThat(own).hasSizeBetween(KeptThreads.FEW - 2, KeptThreads.FEW);
    for (Connection connection : connections) {
      assertThat(connection.ask()).contains(" 404 ");
    }
  }

  /** Who has a certificate of the same authority takes none from them. */
  @Test
  void nobodyElseHasOne() throws IOException {
    vault.ca.issue("simulator");
    Set<Thread> before = threads();
    assertThat(connect("simulator").ask()).contains(" 403 ");
    assertThat(before).containsAll(threads());
  }

  @Test
  void anIdleOneDoesNotKeepTheVaultFromStopping() throws IOException {
    for (int i = 0; i < MORE; i++) {
      assertThat(connect("gateway").ask()).contains(" 404 ");
    }
    connect("gateway"); // and says nothing
    long begin = System.nanoTime();
    vault.pause();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Vault.DRAIN);
    for (Connection connection : connections) {
      assertThat(connection.isOver()).isTrue();
    }
    vault.restart();
  }
}
