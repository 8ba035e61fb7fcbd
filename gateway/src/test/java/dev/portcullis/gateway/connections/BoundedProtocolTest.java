package dev.portcullis.gateway.connections;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.wire.net.ConnectionBounds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Real sockets against a server with short times. */
class BoundedProtocolTest {

  private static final ConnectionBounds BOUNDS =
      new ConnectionBounds(
          2_000,
          20,
          8,
          new ConnectionBounds.Times(
              Duration.ofSeconds(2),
              Duration.ofSeconds(1),
              Duration.ofSeconds(2),
              Duration.ofSeconds(60),
              Duration.ofSeconds(1)));
  private static final int LARGE = 64 << 20;
  private static final AtomicInteger ANSWERING = new AtomicInteger();

  private static final Tomcat TOMCAT = new Tomcat();
  private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();

  @BeforeAll
  static void start() throws IOException, LifecycleException {
    File base = Files.createTempDirectory("tomcat").toFile();
    TOMCAT.setBaseDir(base.getPath());
    BoundedProtocol protocol = new BoundedProtocol();
    protocol.setBounds(BOUNDS);
    protocol.measure(METERS);
    Connector connector = new Connector(protocol);
    connector.setPort(0);
    // Longer than ours, so that the server's own time for one read or write does not come first.
    protocol.setConnectionTimeout(5_000);
    protocol.setKeepAliveTimeout(60_000);
    TOMCAT.setConnector(connector);
    Context context = TOMCAT.addContext("", base.getPath());
    Tomcat.addServlet(context, "answers", new Answers()).addMapping("/*");
    TOMCAT.start();
  }

  @AfterAll
  static void stop() throws LifecycleException {
    TOMCAT.stop();
    TOMCAT.destroy();
  }

  /** Answers shortly, or at length. */
  private static final class Answers extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      request.getInputStream().readAllBytes();
      if (request.getRequestURI().equals("/large")) {
        ANSWERING.incrementAndGet();
        try {
          response.getOutputStream().write(new byte[LARGE]);
        } finally {
          ANSWERING.decrementAndGet();
        }
      } else {
        response.getOutputStream().write("ok".getBytes(StandardCharsets.US_ASCII));
      }
    }
  }

  private static Socket connect(String from) throws IOException {
    Socket socket =
        new Socket(
            InetAddress.getByName("127.0.0.1"),
            TOMCAT.getConnector().getLocalPort(),
            InetAddress.getByName(from),
            0);
    socket.setSoTimeout(60_000);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  /** Waits for the server to close the connection; false if it answers instead. */
  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException _) {
      return true;
    }
  }

  private static void ask(Socket socket) throws IOException {
    write(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    InputStream in = socket.getInputStream();
    StringBuilder answer = new StringBuilder();
    while (!answer.toString().endsWith("\r\n\r\nok")) {
      int next = in.read();
      assertThat(next).as("after: %s", answer).isNotNegative();
      answer.append((char) next);
    }
  }

  private static void askOnce(String from, List<Socket> sockets) throws IOException {
    Socket socket = connect(from);
    sockets.add(socket);
    ask(socket);
  }

  /** A byte whenever the server has not closed within a moment: no time of its own begins anew. */
  private static boolean dripUntilClosed(Socket socket, String what) throws IOException {
    socket.setSoTimeout(100);
    boolean closed = false;
    for (int n = 0; n < 600 && !closed; n++) {
      closed = isClosedAfter(socket, what);
    }
    return closed;
  }

  private static boolean isClosedAfter(Socket socket, String what) throws IOException {
    try {
      write(socket, what);
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException _) {
      return false;
    } catch (SocketException _) {
      return true;
    }
  }

  @Test
  void a_header_that_drips_is_cut_off() throws IOException {
    try (Socket socket = connect("127.0.0.1")) {
      write(socket, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
      assertThat(dripUntilClosed(socket, "a")).isTrue();
    }
  }

  @Test
  void a_body_that_drips_is_cut_off() throws IOException {
    try (Socket socket = connect("127.0.0.1")) {
      write(socket, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
      assertThat(dripUntilClosed(socket, "a")).isTrue();
    }
  }

  @Test
  void an_answer_that_is_not_read_is_cut_off() throws IOException {
    try (Socket socket = connect("127.0.0.1")) {
      socket.setReceiveBufferSize(4_096);
      write(socket, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
      double closed = closed();
      while (closed() <= closed && !isClosed(socket)) {
        // The client takes a byte at a time, so that the answer is never wholly taken.
      }
      // What the kernel has taken may still come; nobody works on it any more.
      eventually()
          .untilAsserted(
              () -> {
                assertThat(closed()).isGreaterThan(closed);
                assertThat(ANSWERING.get()).isZero();
              });
    }
  }

  private static double closed() {
    return METERS.get("portcullis.connections.closed").functionCounter().count();
  }

  @Test
  void a_connection_that_says_nothing_is_cut_off() throws IOException {
    try (Socket socket = connect("127.0.0.1")) {
      assertThat(isClosed(socket)).isTrue();
    }
  }

  @Test
  void an_idle_connection_is_kept() throws IOException {
    try (Socket socket = connect("127.0.0.2");
        Socket slow = connect("127.0.0.2")) {
      ask(socket);
      assertThat(isClosed(slow)).isTrue();
      ask(socket);
    }
  }

  @Test
  void one_address_has_its_share_of_connections() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int n = 0; n < 20; n++) {
        sockets.add(connect("127.0.0.3"));
      }
      try (Socket tooMany = connect("127.0.0.3");
          Socket other = connect("127.0.0.4")) {
        assertThat(isClosed(tooMany)).isTrue();
        ask(other);
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void an_address_that_has_its_share_gives_up_its_oldest_idle_connection() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int n = 0; n < 20; n++) {
        Socket socket = connect("127.0.0.6");
        sockets.add(socket);
        ask(socket);
      }
      // An answer is here a moment before its connection is idle.
      eventually().ignoreExceptions().untilAsserted(() -> askOnce("127.0.0.6", sockets));
      assertThat(isClosed(sockets.getFirst())).isTrue();
      ask(sockets.get(1));
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void a_crowd_of_slow_headers_leaves_room_for_an_honest_client() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int n = 0; n < 60; n++) {
        Socket socket = connect("127.0.1." + (1 + n / 10));
        sockets.add(socket);
        write(socket, "GET / HTTP/1.1\r\nX: ");
      }
      try (Socket honest = connect("127.0.0.5")) {
        ask(honest);
      }
      assertThat(METERS.get("portcullis.connections.receiving").gauge().value())
          .isLessThanOrEqualTo(8);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
