package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.config.ZoneSettings;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the public listener takes and what it does not: bytes, connections, versions of TLS. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitsTest {

  private static final int BODY = 32 << 10;

  /** What the two sockets' buffers may hold beside what the vault reads. */
  private static final long BUFFERS = 16L << 20;

  private RunningVault vault;

  @BeforeAll
  void start(@TempDir Path home) {
    vault = new RunningVault(home);
  }

  @AfterAll
  void stop() {
    vault.close();
  }

  @Test
  void takesABodyOf32KibibytesAndNoLonger() {
    assertThat(vault.postRaw("/v1/tokens", vault.secretKey, body(BODY)).status()).isEqualTo(400);
    assertThat(vault.postRaw("/v1/tokens", vault.secretKey, body(BODY + 1)).status())
        .isEqualTo(413);
  }

  private static byte[] body(int length) {
    return ("colour=" + "x".repeat(length - "colour=".length()))
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** It writes all of its body before it reads, as simple clients do. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoSendsALittleTooMuchGetsAnAnswer(boolean announced) throws IOException {
    try (Socket socket = connect()) {
      send(socket.getOutputStream(), 1_000_000, announced);
      assertThat(answer(socket.getInputStream())).startsWith("HTTP/1.1 413 ");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aHugeBodyIsNotReadToItsEnd(boolean announced) throws IOException {
    try (Socket socket = connect()) {
      CompletableFuture<String> answer =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return answer(socket.getInputStream());
                } catch (IOException e) {
                  return e.toString();
                }
              });
      long taken = send(socket.getOutputStream(), 100_000_000, announced);
      assertThat(answer.join()).startsWith("HTTP/1.1 413 ");
      assertThat(taken).isLessThan(BUFFERS);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"OPTIONS * HTTP/1.1", "\0\0 / HTTP/1.1", "GET * HTTP/1.1"})
  void aLineThatIsNoneOfOursIsTheClientsFault(String line) throws IOException {
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write((line + "\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      assertThat(answer(socket.getInputStream())).startsWith("HTTP/1.1 40");
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", vault.ports().cards());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** How much the other side took. */
  private long send(OutputStream out, int size, boolean announced) throws IOException {
    out.write(
        ("POST /v1/tokens HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + vault.secretKey.text()
                + "\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + (announced ? "Content-Length: " + size : "Transfer-Encoding: chunked")
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    byte[] block = body(50_000);
    long sent = 0;
    try {
      for (; sent < size; sent += block.length) {
        if (!announced) {
          out.write(
              (Integer.toHexString(block.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }
        out.write(block);
        if (!announced) {
          out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
      }
      if (!announced) {
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException closed) {
      assertThat(size).as("%s", closed).isGreaterThan(2 << 20);
    }
    return sent;
  }

  private static String answer(InputStream in) throws IOException {
    return new String(in.readNBytes(13), StandardCharsets.US_ASCII);
  }

  @Test
  void aPortThatIsTakenFailsTheStart() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(
              () -> start("taken", "cards.port=0", "cards.port=" + taken.getLocalPort()).close())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("cards listener cannot bind port " + taken.getLocalPort());
    }
  }

  @Test
  void theCardsOriginSpeaksTls12And13AndNothingOlder() throws Exception {
    vault.ca.issue("cards");
    try (Vault secure =
        start(
            "tls",
            "cards.port=0",
            "cards.port=0\ncards.tls.certificate=tls/cards.pem\ncards.tls.key=tls/cards.key")) {
      int port = secure.ports().cards();
      for (String version : List.of("TLSv1.2", "TLSv1.3")) {
        assertThat(handshake(port, version)).isEqualTo(version);
      }
      assertThat(alertFor(port, 0x0302)).as("TLS 1.1").isEqualTo(70);
      assertThat(alertFor(port, 0x0301)).as("TLS 1.0").isEqualTo(70);
    }
  }

  private Vault start(String name, String instead, String of) throws IOException {
    Path file = vault.home.resolve(name + ".properties");
    String settings = Files.readString(vault.home.resolve("vault.properties"));
    Files.writeString(file, settings.replace(instead, of));
    SecretAccess access = SecretAccess.insecureGrant();
    try {
      return Vault.start(
          VaultConfig.read(ZoneConfig.load(file, ZoneSettings.VAULT), access, vault.clock),
          vault.clock,
          access);
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private String handshake(int port, String version) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            TlsContexts.client(null, vault.ca.file("ca.pem"))
                .getSocketFactory()
                .createSocket("localhost", port)) {
      socket.setEnabledProtocols(new String[] {version});
      socket.startHandshake();
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(answer(socket.getInputStream())).startsWith("HTTP/1.1 401 ");
      return socket.getSession().getProtocol();
    }
  }

  /** This Java would not even ask for an old version, so the first message is written by hand. */
  private static int alertFor(int port, int version) throws IOException {
    ByteBuffer hello = ByteBuffer.allocate(128);
    hello.putShort((short) version).put(new byte[32]).put((byte) 0);
    hello.putShort((short) 4).putShort((short) 0xc009).putShort((short) 0xc00a);
    hello.put((byte) 1).put((byte) 0);
    hello.putShort((short) 8).putShort((short) 10).putShort((short) 4).putShort((short) 2);
    hello.putShort((short) 23).flip();
    ByteBuffer record = ByteBuffer.allocate(hello.limit() + 9);
    record.put((byte) 22).putShort((short) 0x0301).putShort((short) (hello.limit() + 4));
    record.put((byte) 1).put((byte) 0).putShort((short) hello.limit()).put(hello);
    try (Socket socket = new Socket("localhost", port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(record.array());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertThat(in.readUnsignedByte()).as("an alert").isEqualTo(21);
      in.skipNBytes(4);
      assertThat(in.readUnsignedByte()).as("fatal").isEqualTo(2);
      return in.readUnsignedByte();
    }
  }
}
