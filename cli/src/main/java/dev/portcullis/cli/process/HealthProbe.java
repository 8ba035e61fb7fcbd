package dev.portcullis.cli.process;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** Asks a zone's management listener how it is. */
public final class HealthProbe {
  private static final int PATIENCE_MILLIS = 2_000;

  private HealthProbe() {}

  /** What a zone answered. */
  public enum Health {
    UP,
    /** It answers, and is not ready to work. */
    DOWN,
    /** It does not answer. */
    SILENT;

    public String label() {
      return switch (this) {
        case UP -> "up";
        case DOWN -> "down";
        case SILENT -> "silent";
      };
    }
  }

  /** Asks {@code GET /health} on a port of the loopback. */
  public static Health ask(int port) {
    HttpURLConnection connection = null;
    try {
      connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + "/health").toURL().openConnection();
      connection.setConnectTimeout(PATIENCE_MILLIS);
      connection.setReadTimeout(PATIENCE_MILLIS);
      connection.setInstanceFollowRedirects(false);
      return connection.getResponseCode() == 200 ? Health.UP : Health.DOWN;
    } catch (IOException e) {
      return Health.SILENT;
    } finally {
      if (connection != null) {
        connection.disconnect();
      }
    }
  }
}
