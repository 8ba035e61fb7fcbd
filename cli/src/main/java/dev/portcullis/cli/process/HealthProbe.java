package dev.portcullis.cli.process;

import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/** Asks a zone's management listener how it is. */
public final class HealthProbe {
  private static final int PATIENCE_MILLIS = 2_000;
  private static final int MAX_BODY = 16 << 10;

  private HealthProbe() {}

  /** What a zone answered. */
  public enum Health {
    UP,
    /** It works, but something that it does beside requests has not succeeded for long. */
    LATE,
    /** It runs, and its custodians have not opened its master key; the vault alone. */
    SEALED,
    /** It answers, and is not ready to work. */
    DOWN,
    /** It does not answer. */
    SILENT;

    /** Whether it has started; a sealed vault has, and waits for people. */
    public boolean isStarted() {
      return switch (this) {
        case UP, LATE, SEALED -> true;
        case DOWN, SILENT -> false;
      };
    }

    public String label() {
      return switch (this) {
        case UP -> "up";
        case LATE -> "late";
        case SEALED -> "sealed";
        case DOWN -> "down";
        case SILENT -> "silent";
      };
    }
  }

  private static Health unwell(HttpURLConnection connection) throws IOException {
    try (InputStream body = connection.getErrorStream()) {
      return body != null
              && "sealed".equals(Json.readObject(body.readNBytes(MAX_BODY)).get("status"))
          ? Health.SEALED
          : Health.DOWN;
    } catch (MalformedJsonException _) {
      return Health.DOWN;
    }
  }

  /**
   * Whether somebody else accepts connections on a port of the loopback. Where nobody listens on a
   * port from which outgoing connections are given theirs, the system may give a connection the
   * very port that it goes to, and it is connected with itself (RFC 9293, 3.5, simultaneous open):
   * nobody could listen there as long as it stands.
   *
   * @param source the port to ask from; 0 for any
   */
  static boolean listens(int port, int source) {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    try (Socket socket = new Socket()) {
      // With it this socket keeps no listener from binding the port that it was given.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(loopback, source));
      if (socket.getLocalPort() == port) {
        return false;
      }
      socket.connect(new InetSocketAddress(loopback, port), PATIENCE_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Asks {@code GET /health} on a port of the loopback. */
  public static Health ask(int port) {
    if (!listens(port, 0)) {
      return Health.SILENT;
    }
    HttpURLConnection connection = null;
    try {
      connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + "/health").toURL().openConnection();
      connection.setConnectTimeout(PATIENCE_MILLIS);
      connection.setReadTimeout(PATIENCE_MILLIS);
      connection.setInstanceFollowRedirects(false);
      if (connection.getResponseCode() != 200) {
        return unwell(connection);
      }
      try (InputStream body = connection.getInputStream()) {
        return Json.readObject(body.readNBytes(MAX_BODY)).containsKey("late")
            ? Health.LATE
            : Health.UP;
      }
    } catch (IOException | MalformedJsonException e) {
      return Health.SILENT;
    } finally {
      if (connection != null) {
        connection.disconnect();
      }
    }
  }
}
