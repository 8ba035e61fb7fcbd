package dev.portcullis.vault.forward;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A server that answers with whatever bytes it likes, and remembers all that it was sent. */
final class HostileServer implements AutoCloseable {

  /** What it does once it has read a request. */
  interface Script {
    void answer(Socket socket, OutputStream out) throws IOException;
  }

  private final ServerSocket server;
  private final @Nullable Script always;
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final List<String> received = new CopyOnWriteArrayList<>();
  final AtomicInteger connections = new AtomicInteger();

  private HostileServer(ServerSocket server, @Nullable Script always) {
    this.server = server;
    this.always = always;
    Thread.ofVirtual().start(this::accept);
  }

  /** Over TLS, each path with a script of its own. */
  static HostileServer tls(SSLContext context) throws IOException {
    return new HostileServer(
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        null);
  }

  /** Without TLS: the script at once, whatever the other side says. */
  static HostileServer plain(Script script) throws IOException {
    return new HostileServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
  }

  HostileServer on(String path, Script script) {
    scripts.put(path, script);
    return this;
  }

  int port() {
    return server.getLocalPort();
  }

  /** What arrived, readable or not, of all connections. */
  String received() {
    return String.join("", received);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      if (always == null) {
        String request = request(socket.getInputStream());
        script(request).answer(socket, socket.getOutputStream());
      } else {
        Thread.ofVirtual().start(() -> remember(socket));
        always.answer(socket, socket.getOutputStream());
      }
    } catch (IOException e) {
      // The other side has gone away, which is what most of these scripts are about.
    }
  }

  private void remember(Socket socket) {
    try {
      byte[] some = new byte[4_096];
      for (int read; (read = socket.getInputStream().read(some)) > 0; ) {
        received.add(new String(some, 0, read, StandardCharsets.ISO_8859_1));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private Script script(String request) {
    String path = request.substring(request.indexOf(' ') + 1, request.indexOf(" HTTP/"));
    return scripts.getOrDefault(path, (socket, out) -> out.write(ok("{}")));
  }

  private String request(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      head.write(next);
    }
    String text = head.toString(StandardCharsets.ISO_8859_1);
    String length = text.replaceFirst("(?is).*content-length: *([0-9]+).*", "$1");
    byte[] body = length.equals(text) ? new byte[0] : in.readNBytes(Integer.parseInt(length));
    String whole = text + new String(body, StandardCharsets.ISO_8859_1);
    received.add(whole);
    return whole;
  }

  static byte[] ok(String json) {
    return ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            + json.getBytes(StandardCharsets.UTF_8).length
            + "\r\n\r\n"
            + json)
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : new ArrayList<>(open)) {
      socket.close();
    }
  }
}
