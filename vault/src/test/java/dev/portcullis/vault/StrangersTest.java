package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.config.ZoneSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real sockets of strangers who keep what they have opened, or send slowly, on the cards origin.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StrangersTest {

  private static final String HEAD = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final int PER_ADDRESS = 8;

  /** Seconds: much longer than the times that the vault has, on a machine that is busy. */
  private static final double PATIENCE = 30;

  private final List<Socket> sockets = new ArrayList<>();
  private RunningVault vault;
  private Vault hasty;

  @BeforeAll
  void start(@TempDir Path home) throws IOException, SQLException {
    vault = new RunningVault(home);
    Path file = home.resolve("hasty.properties");
    Files.writeString(
        file,
        Files.readString(home.resolve("vault.properties"))
            + String.join(
                "\n",
                "",
                "cards.connections=32",
                "cards.connections-per-address=" + PER_ADDRESS,
                "cards.first-request-time=PT1S",
                "cards.body-time=PT1S",
                "cards.idle-time=PT2S",
                ""));
    SecretAccess access = SecretAccess.insecureGrant();
    hasty =
        Vault.start(
            VaultConfig.read(ZoneConfig.load(file, ZoneSettings.VAULT), access, vault.clock),
            vault.clock,
            access);
  }

  @AfterEach
  void hangUp() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  @AfterAll
  void stop() {
    hasty.close();
    vault.close();
  }

  private Socket connect(String from, int port) throws IOException {
    Socket socket =
        new Socket(InetAddress.getByName("127.0.0.1"), port, InetAddress.getByName(from), 0);
    socket.setSoTimeout(30_000);
    sockets.add(socket);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String status(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    return new String(in.readNBytes("HTTP/1.1 200".length()), StandardCharsets.US_ASCII);
  }

  @Test
  void the_oldest_that_says_nothing_gives_way_on_the_peoples_listener_and_on_managements()
      throws IOException {
    for (int port : new int[] {hasty.ports().admin(), hasty.ports().management()}) {
      Socket oldest = connect("127.0.0.1", port);
      for (int n = 0; n < 70; n++) {
        connect("127.0.0.1", port);
      }
      // Sooner than the time for a first request, 20 seconds, would close it.
      oldest.setSoTimeout(15_000);
      assertThat(oldest.getInputStream().read()).isNegative();
    }
    Socket honest = connect("127.0.0.1", hasty.ports().management());
    write(honest, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(status(honest)).isEqualTo("HTTP/1.1 200");
  }

  private String tokenize(String from, int port) throws IOException {
    String card = "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2040";
    Socket socket = connect(from, port);
    write(
        socket,
        "POST /v1/payment_methods HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + vault.publishableKey.text()
            + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
            + card.length()
            + "\r\n\r\n"
            + card);
    return status(socket);
  }

  private String slowPost() {
    return "POST /v1/payment_methods HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
        + vault.publishableKey.text()
        + "\r\n"
        + "Content-Type: application/x-www-form-urlencoded\r\n"
        + "Content-Length: 1000\r\n\r\n"
        + "type=";
  }

  @Test
  void whoKeeps300ConnectionsIdleAndSends50SlowlyKeepsNobodyElseOut() throws IOException {
    int port = vault.ports().cards();
    for (int n = 0; n < 50; n++) {
      write(connect("127.0.0.3", port), n % 2 == 0 ? "POST /v1/tok" : slowPost());
    }
    for (int n = 0; n < 300; n++) {
      connect("127.0.0.3", port);
    }
    assertThat(tokenize("127.0.0.2", port)).isEqualTo("HTTP/1.1 200");
  }

  @Test
  void whereAllConnectionsAreTakenTheOldestThatWaitsGivesWay() throws IOException {
    int port = hasty.ports().cards();
    for (int n = 0; n < 40; n++) {
      Socket socket = connect("127.0.1." + (1 + n / 5), port);
      write(socket, HEAD);
      assertThat(status(socket)).isEqualTo("HTTP/1.1 401");
    }
    assertThat(tokenize("127.0.0.2", port)).isEqualTo("HTTP/1.1 200");
  }

  @Test
  void anAddressHasItsShareAndGivesUpItsOwnOldestIdleConnection() throws IOException {
    int port = hasty.ports().cards();
    for (int n = 0; n < PER_ADDRESS; n++) {
      Socket socket = connect("127.0.0.4", port);
      write(socket, HEAD);
      assertThat(status(socket)).isEqualTo("HTTP/1.1 401");
    }
    // An answer is here a moment before its connection is idle.
    await()
        .atMost(Duration.ofMinutes(1))
        .ignoreExceptions()
        .until(() -> tokenize("127.0.0.4", port).equals("HTTP/1.1 200"));
    assertThat(isCutOff(sockets.getFirst())).isTrue();
  }

  @Test
  void anAddressThatOnlyOpensConnectionsIsRefusedMore() throws IOException {
    // Before the first of them has been silent for too long: one of a few tries is quick enough.
    assertThat(IntStream.range(50, 55).anyMatch(n -> isRefusedAtOnce("127.0.0." + n))).isTrue();
  }

  private boolean isRefusedAtOnce(String from) {
    try {
      int port = hasty.ports().cards();
      long begin = System.nanoTime();
      for (int n = 0; n < PER_ADDRESS; n++) {
        connect(from, port);
      }
      boolean refused = isCutOff(connect(from, port));
      return refused && System.nanoTime() - begin < Duration.ofMillis(900).toNanos();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whoSaysNothingOrDripsIsCutOff() throws IOException {
    int port = hasty.ports().cards();
    assertThat(secondsUntilCutOff(connect("127.0.0.6", port), "")).isLessThan(PATIENCE);
    Warnings warnings = new Warnings();
    Logger.getLogger("").addHandler(warnings);
    try {
      Socket head = connect("127.0.0.6", port);
      write(head, "GET / HTTP/1.1\r\nX: ");
      assertThat(secondsUntilCutOff(head, "a")).isLessThan(PATIENCE);
    } finally {
      Logger.getLogger("").removeHandler(warnings);
    }
    assertThat(warnings.lines).isEmpty();
    Socket body = connect("127.0.0.6", port);
    write(body, slowPost());
    assertThat(secondsUntilCutOff(body, "a")).isLessThan(PATIENCE);
  }

  @Test
  void aConnectionLiesIdleForAWhileAndADrippingHeadDoesNotProlongIt() throws IOException {
    Socket socket = connect("127.0.0.7", hasty.ports().cards());
    write(socket, HEAD);
    assertThat(status(socket)).isEqualTo("HTTP/1.1 401");
    write(socket, HEAD);
    assertThat(secondsUntilCutOff(socket, "G")).isLessThan(PATIENCE);
  }

  /** Nobody outside fills the log. */
  private static final class Warnings extends Handler {
    final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord entry) {
      if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
        lines.add(entry.getLoggerName() + ": " + entry.getMessage());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  /** Sends something now and then until the other side is done with it. */
  private static double secondsUntilCutOff(Socket socket, String drip) throws IOException {
    long begin = System.nanoTime();
    socket.setSoTimeout(100);
    boolean over = false;
    while (!over && System.nanoTime() - begin < PATIENCE * 1e9) {
      try {
        write(socket, drip);
        over = isAtEnd(socket);
      } catch (SocketTimeoutException _) {
        over = false;
      } catch (SocketException _) {
        over = true;
      }
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  private static boolean isAtEnd(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    int next = in.read();
    while (next >= 0) {
      next = in.read(); // what it says about it
    }
    return true;
  }

  private static boolean isCutOff(Socket socket) throws IOException {
    try {
      return isAtEnd(socket);
    } catch (SocketTimeoutException _) {
      return false;
    } catch (SocketException _) {
      return true;
    }
  }
}
