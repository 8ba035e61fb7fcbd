package dev.portcullis.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 over connections that are kept, one write and as few reads as can be for each call.
 * Client and server share this machine's cores, so what a client takes is taken from the server; a
 * library's client takes several times as much as this.
 */
final class KeptConnections implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 30_000;
  private static final int BUFFER = 1 << 14;
  private static final int LARGEST = 1 << 20;
  private static final String LENGTH = "\r\ncontent-length: ";

  /** A server may close one that idles; a call must not be the one to find that out. */
  private static final long REUSED_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What came back. */
  record Answer(int status, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  private final URI origin;
  private final @Nullable SSLContext tls;
  private final BlockingQueue<Kept> free;
  private final List<Kept> all = new ArrayList<>();

  /**
   * @param tls null for plain HTTP
   */
  KeptConnections(URI origin, @Nullable SSLContext tls, int count) {
    this.origin = origin;
    this.tls = tls;
    this.free = new ArrayBlockingQueue<>(count);
    for (int n = 0; n < count; n++) {
      Kept kept = new Kept();
      all.add(kept);
      free.add(kept);
    }
  }

  /**
   * Makes a call.
   *
   * @throws IOException if there is no answer
   */
  Answer post(String path, Map<String, String> headers, byte[] body) throws IOException {
    Kept kept;
    try {
      kept = free.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    try {
      return kept.call(request(path, headers, body));
    } finally {
      free.add(kept);
    }
  }

  private byte[] request(String path, Map<String, String> headers, byte[] body) {
    StringBuilder head = new StringBuilder(512);
    head.append("POST ").append(path).append(" HTTP/1.1\r\nHost: ").append(origin.getAuthority());
    headers.forEach((name, value) -> head.append("\r\n").append(name).append(": ").append(value));
    head.append("\r\nContent-Length: ").append(body.length).append("\r\n\r\n");
    byte[] start = head.toString().getBytes(StandardCharsets.ISO_8859_1);
    byte[] whole = Arrays.copyOf(start, start.length + body.length);
    System.arraycopy(body, 0, whole, start.length, body.length);
    return whole;
  }

  @Override
  public void close() throws IOException {
    for (Kept kept : all) {
      kept.close();
    }
  }

  private final class Kept {
    private final byte[] buffer = new byte[BUFFER];
    private @Nullable Socket socket;
    private long used;

    Answer call(byte[] request) throws IOException {
      boolean whole = false;
      try {
        Socket open = open();
        open.getOutputStream().write(request);
        Answer answer = read(open.getInputStream());
        used = System.nanoTime();
        whole = true;
        return answer;
      } finally {
        if (!whole) {
          close();
        }
      }
    }

    private Socket open() throws IOException {
      Socket open = socket;
      if (open != null && System.nanoTime() - used < REUSED_NANOS) {
        return open;
      }
      close();
      open = connect();
      socket = open;
      open.setTcpNoDelay(true);
      open.setSoTimeout(PATIENCE_MILLIS);
      return open;
    }

    private Socket connect() throws IOException {
      if (tls == null) {
        return new Socket(origin.getHost(), origin.getPort());
      }
      SSLSocket secured =
          (SSLSocket) tls.getSocketFactory().createSocket(origin.getHost(), origin.getPort());
      var parameters = secured.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secured.setSSLParameters(parameters);
      return secured;
    }

    private Answer read(InputStream in) throws IOException {
      int have = 0;
      int end = -1;
      while (end < 0) {
        int more = have == BUFFER ? -1 : in.read(buffer, have, BUFFER - have);
        if (more < 0) {
          throw new SocketException("the answer's head ends too early");
        }
        have += more;
        end = headEnd(have);
      }
      String head = new String(buffer, 0, end, StandardCharsets.ISO_8859_1);
      int length = length(head);
      byte[] body = new byte[length];
      int here = Math.min(length, have - end);
      System.arraycopy(buffer, end, body, 0, here);
      if (in.readNBytes(body, here, length - here) < length - here) {
        throw new SocketException("the answer's body ends too early");
      }
      return new Answer(Integer.parseInt(head.substring(9, 12)), body);
    }

    private int headEnd(int have) {
      for (int at = 3; at < have; at++) {
        if (buffer[at] == '\n' && buffer[at - 1] == '\r' && buffer[at - 2] == '\n') {
          return at + 1;
        }
      }
      return -1;
    }

    private static int length(String head) throws IOException {
      for (int at = 0; at >= 0; at = head.indexOf("\r\n", at + 2)) {
        if (head.regionMatches(true, at, LENGTH, 0, LENGTH.length())) {
          int from = at + LENGTH.length();
          int length = Integer.parseInt(head.substring(from, head.indexOf('\r', from)).strip());
          if (length <= LARGEST) {
            return length;
          }
        }
      }
      throw new IOException("the answer does not say how long it is");
    }

    private void close() throws IOException {
      if (socket != null) {
        socket.close();
        socket = null;
      }
    }
  }
}
