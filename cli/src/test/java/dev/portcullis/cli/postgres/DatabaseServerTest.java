package dev.portcullis.cli.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.home.Refusal;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class DatabaseServerTest {

  @Test
  void overANetworkTheServerMustProveWhoItIs() {
    for (String mode : new String[] {"", "?sslmode=require", "?sslmode=disable"}) {
      assertThatThrownBy(
              () -> DatabaseServer.outside("postgresql://admin@192.0.2.1/postgres" + mode, "x"))
          .isInstanceOf(Refusal.class)
          .hasMessageContaining("sslmode=verify-full");
    }
    DatabaseServer server =
        DatabaseServer.outside("postgresql://admin@192.0.2.1/postgres?sslmode=verify-full", "x");
    assertThat(server.url("portcullis_vault", null))
        .isEqualTo(
            "jdbc:postgresql://192.0.2.1:5432/portcullis_vault?sslmode=verify-full"
                + "&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory");
  }

  @Test
  void onTheLoopbackItNeedNot() {
    DatabaseServer server =
        DatabaseServer.outside("jdbc:postgresql://admin@127.0.0.1:5433/postgres", null);
    assertThat(server.url("a", null)).isEqualTo("jdbc:postgresql://127.0.0.1:5433/a");
    assertThat(server.embedded()).isFalse();
  }

  @Test
  void aPasswordOnTheCommandLineIsRefused() {
    for (String url :
        new String[] {
          "postgresql://admin:secret@127.0.0.1/postgres",
          "postgresql://admin@127.0.0.1/postgres?password=secret"
        }) {
      assertThatThrownBy(() -> DatabaseServer.outside(url, null))
          .isInstanceOf(Refusal.class)
          .hasMessageContaining("PORTCULLIS_DATABASE_PASSWORD")
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void whatIsNoDatabaseUrlIsRefused() {
    for (String url :
        new String[] {
          "mysql://admin@127.0.0.1/x",
          "nonsense",
          "postgresql://127.0.0.1/x",
          "postgresql://admin@127.0.0.1/x%3Fsslmode=disable",
          "postgresql://admin@127.0.0.1/x?sslmoed=verify-full"
        }) {
      assertThatThrownBy(() -> DatabaseServer.outside(url, null)).isInstanceOf(Refusal.class);
    }
  }

  @Test
  void aZoneReadsItsOwnCopyOfTheAuthority() {
    DatabaseServer server =
        DatabaseServer.outside(
            "postgresql://admin@127.0.0.1/postgres?sslmode=verify-full&sslrootcert=/etc/own.pem",
            null);
    assertThat(server.url("a", Path.of("/home/x/ca.pem")))
        .endsWith("?sslmode=verify-full&sslrootcert=/home/x/ca.pem");
  }

  @Test
  void aServerThatIsTooOldIsRefused() throws Exception {
    try (OldServer old = new OldServer("14.19 (Debian 14.19-1)")) {
      assertThatThrownBy(old.server()::requireUsable)
          .isInstanceOf(Refusal.class)
          .hasMessage(
              "The database at 127.0.0.1:%d is PostgreSQL 14; 15 or newer is needed."
                  .formatted(old.port()));
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsOneSentence() throws Exception {
    int port;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = taken.getLocalPort();
    }
    DatabaseServer nobody =
        DatabaseServer.outside("postgresql://admin@127.0.0.1:" + port + "/postgres", "x");
    assertThatThrownBy(nobody::requireUsable)
        .isInstanceOf(Refusal.class)
        .hasMessageMatching(
            "The database at 127.0.0.1:" + port + " could not be used: [^\\n]*[^.]\\.");
  }

  /**
   * The least of a PostgreSQL of some version that the driver connects to (PostgreSQL
   * documentation, 55.2 and 55.7).
   */
  private static final class OldServer implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final CompletableFuture<Void> service;

    OldServer(String version) throws IOException {
      service = CompletableFuture.runAsync(() -> serve(version));
    }

    int port() {
      return listener.getLocalPort();
    }

    DatabaseServer server() {
      return DatabaseServer.outside(
          "postgresql://admin@127.0.0.1:" + port() + "/postgres?sslmode=disable", "x");
    }

    private void serve(String version) {
      try (Socket socket = listener.accept()) {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        in.readNBytes(in.readInt() - 4);
        tell(out, 'R', "\0\0\0\0");
        for (String status :
            List.of(
                "server_version\0" + version,
                "client_encoding\0UTF8",
                "DateStyle\0ISO, MDY",
                "integer_datetimes\0on",
                "standard_conforming_strings\0on")) {
          tell(out, 'S', status + "\0");
        }
        tell(out, 'Z', "I");
        for (int type = in.read(); type >= 0 && type != 'X'; type = in.read()) {
          in.readNBytes(in.readInt() - 4);
          switch (type) {
            case 'P' -> tell(out, '1', "");
            case 'B' -> tell(out, '2', "");
            case 'D' -> tell(out, 'n', "");
            case 'C' -> tell(out, '3', "");
            case 'E' -> tell(out, 'C', "SET\0");
            case 'Q' -> {
              tell(out, 'C', "SET\0");
              tell(out, 'Z', "I");
            }
            case 'S' -> tell(out, 'Z', "I");
            default -> throw new IOException("an unexpected message: " + (char) type);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void tell(DataOutputStream out, char type, String body) throws IOException {
      out.writeByte(type);
      out.writeInt(body.length() + 4);
      out.writeBytes(body);
      out.flush();
    }

    @Override
    public void close() throws IOException {
      listener.close();
      service.join();
    }
  }
}
