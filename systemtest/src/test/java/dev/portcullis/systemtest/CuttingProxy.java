package dev.portcullis.systemtest;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and the gateway and cuts the connection of a request whose form says
 * {@code metadata[cut]}, the first time that it comes. Each connection carries one request.
 */
final class CuttingProxy implements Closeable {

  /** Where the connection is cut, and what the form says for it. */
  enum Cut {
    /** Half of the request's body has been passed on. */
    REQUEST,
    /** The request was worked on; nothing of its answer comes back. */
    ANSWER,
    /** Half of the answer comes back. */
    MIDDLE,
    /** Not cut: answered in the gateway's place with 400, and advice to try again. */
    ADVISED,
    /** Not cut: answered in the gateway's place with 503, and advice not to try again. */
    DISCOURAGED;

    /** How the form says it. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final String ERROR =
      "{\"error\":{\"type\":\"api_error\",\"message\":\"not from the gateway\"}}";

  /**
   * A request as it came.
   *
   * @param key its idempotency key
   * @param body its form
   */
  record Seen(String key, String body) {}

  private final ServerSocket socket;
  private final int upstream;
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

  @SuppressWarnings("FutureReturnValueIgnored") // it ends with the socket
  CuttingProxy(String api) {
    try {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    upstream = URI.create(api).getPort();
    workers.submit(this::accept);
  }

  /** Where clients connect. */
  String url() {
    return "http://127.0.0.1:" + socket.getLocalPort();
  }

  /** Every request whose form holds that text, in the order in which they came. */
  List<Seen> seen(String text) {
    return seen.stream().filter(each -> each.body.contains(text)).toList();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a broken connection is what this is for
  private Void accept() throws IOException {
    while (!socket.isClosed()) {
      Socket client = socket.accept();
      workers.submit(() -> serve(client));
    }
    return null;
  }

  private Void serve(Socket client) throws IOException {
    try (client) {
      String head = head(client.getInputStream());
      byte[] body = client.getInputStream().readNBytes(length(head));
      Seen request = new Seen(field(head, "idempotency-key"), utf8(body));
      boolean first = seen.stream().noneMatch(each -> each.key.equals(request.key));
      seen.add(request);
      @Nullable Cut cut = first ? cut(request.body) : null;
      // One request a connection: the gateway closes its side when the answer is over.
      byte[] sent = bytes(head.replaceAll("(?i)\r\nconnection:[^\r]*", "") + "Connection: close");
      switch (cut) {
        case REQUEST -> pass(sent, java.util.Arrays.copyOf(body, body.length / 2), false);
        case ANSWER -> pass(sent, body, true);
        case MIDDLE -> {
          byte[] answer = pass(sent, body, true);
          client.getOutputStream().write(answer, 0, answer.length - answer.length / 4);
        }
        case ADVISED -> client.getOutputStream().write(advice("400 Bad Request", "true"));
        case DISCOURAGED ->
            client.getOutputStream().write(advice("503 Service Unavailable", "false"));
        case null -> client.getOutputStream().write(pass(sent, body, true));
      }
      client.getOutputStream().flush();
      if (cut == Cut.REQUEST || cut == Cut.ANSWER || cut == Cut.MIDDLE) {
        // A reset, not an orderly end.
        client.setSoLinger(true, 0);
      }
    }
    return null;
  }

  private static @Nullable Cut cut(String body) {
    for (Cut cut : Cut.values()) {
      if (body.contains("metadata[cut]=" + cut.word())
          || body.contains("metadata%5Bcut%5D=" + cut.word())) {
        return cut;
      }
    }
    return null;
  }

  private static byte[] advice(String status, String retry) {
    return bytes(
        "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
                .formatted(status, ERROR.length())
            + "Stripe-Should-Retry: %s\r\nConnection: close\r\n\r\n%s".formatted(retry, ERROR));
  }

  /** Passes it on, and returns all of the answer, or nothing if the request is broken off. */
  private byte[] pass(byte[] head, byte[] body, boolean whole) throws IOException {
    try (Socket gateway = new Socket(InetAddress.getLoopbackAddress(), upstream)) {
      gateway.getOutputStream().write(head);
      gateway.getOutputStream().write(bytes("\r\n\r\n"));
      gateway.getOutputStream().write(body);
      gateway.getOutputStream().flush();
      return whole ? gateway.getInputStream().readAllBytes() : new byte[0];
    }
  }

  /** Up to the empty line, each line with its end. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the client went away");
      }
      head.write(next);
    }
    String text = head.toString(StandardCharsets.ISO_8859_1);
    return text.substring(0, text.length() - 2);
  }

  private static int length(String head) {
    String length = field(head, "content-length");
    return length.isEmpty() ? 0 : Integer.parseInt(length);
  }

  private static String field(String head, String name) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String utf8(byte[] text) {
    return new String(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    workers.shutdownNow();
  }
}
