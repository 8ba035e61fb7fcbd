package dev.portcullis.systemtest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Bytes that a proper client would not send, over plain sockets. */
final class Raw {

  private static final int PATIENCE_MILLIS = 20_000;
  private static final int AFTER_ANSWER_MILLIS = 1_000;

  private Raw() {}

  /** A request's line and its usual headers; what ends it is still to come. */
  static String head(String method, String path, URI origin, String key) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: "
        + origin.getAuthority()
        + "\r\nAuthorization: Bearer "
        + key
        + "\r\n";
  }

  /**
   * Sends one text, a byte for each character, and reads until the server closes.
   *
   * @return status 0 if what came is no answer of HTTP/1.1
   */
  static Http.Answer exchange(URI origin, String request) throws IOException {
    try (Socket socket = new Socket(origin.getHost(), origin.getPort())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return parse(readAnswers(socket));
    }
  }

  private static Http.Answer parse(String said) {
    int status = said.startsWith("HTTP/1.1 ") ? Integer.parseInt(said.substring(9, 12)) : 0;
    int end = said.indexOf("\r\n\r\n");
    Map<String, List<String>> headers = new LinkedHashMap<>();
    if (end > 0) {
      for (String line : said.substring(0, end).split("\r\n")) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          headers
              .computeIfAbsent(
                  line.substring(0, colon).toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
              .add(line.substring(colon + 1).strip());
        }
      }
    }
    String body = end < 0 ? "" : said.substring(end + 4);
    return new Http.Answer(status, HttpHeaders.of(headers, (name, value) -> true), body);
  }

  /** After a whole answer a second one would follow at once: it is not waited for long. */
  private static String readAnswers(Socket socket) {
    StringBuilder said = new StringBuilder();
    byte[] buffer = new byte[8_192];
    try {
      InputStream in = socket.getInputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        said.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
        if (said.indexOf("\r\n\r\n") >= 0) {
          socket.setSoTimeout(AFTER_ANSWER_MILLIS);
        }
      }
    } catch (IOException closedOrSilent) {
      said.append("");
    }
    return said.toString();
  }

  /** A server may close a connection that still sends; what it said before counts. */
  static String readLeniently(InputStream in) {
    StringBuilder said = new StringBuilder();
    byte[] buffer = new byte[8_192];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        said.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
      }
    } catch (IOException reset) {
      said.append("");
    }
    return said.toString();
  }
}
