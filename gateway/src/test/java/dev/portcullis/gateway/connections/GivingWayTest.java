package dev.portcullis.gateway.connections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.wire.net.ConnectionBounds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A listener on loopback with eight connections and pages, all of whose times are so long that a
 * connection ends for want of room alone.
 */
class GivingWayTest {

  private static final int MOST = 8;
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final BoundedProtocol SERVER = new BoundedProtocol();
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  private final List<Socket> held = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    SERVER.setBounds(
        new ConnectionBounds(
            MOST,
            Integer.MAX_VALUE,
            MOST / 2,
            new ConnectionBounds.Times(LONG, LONG, LONG, LONG, LONG)));
    SERVER.countBodies();
    SERVER.setConnectionTimeout(Math.toIntExact(LONG.toMillis()));
    SERVER.setAddress(InetAddress.getLoopbackAddress());
    SERVER.setPort(0);
    SERVER.setUtilityExecutor(TIMER);
    SERVER.setAdapter(new Reading());
    SERVER.init();
    SERVER.start();
  }

  @AfterAll
  static void stop() throws Exception {
    SERVER.stop();
    SERVER.destroy();
    TIMER.shutdownNow();
  }

  @AfterEach
  void letGo() throws IOException {
    for (Socket socket : held) {
      socket.close();
    }
  }

  private Socket open(String text) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.getLocalPort());
    held.add(socket);
    socket.setSoTimeout(60_000);
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    return socket;
  }

  private String ask() throws IOException {
    try (Socket socket = open("GET /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  /** Whether it ends, with an answer or without. */
  private static boolean ends(Socket socket) throws IOException {
    try {
      socket.getInputStream().readAllBytes();
      return true;
    } catch (SocketTimeoutException _) {
      return false;
    } catch (SocketException _) {
      return true;
    }
  }

  private static boolean isOpen(Socket socket) throws IOException {
    socket.setSoTimeout(200);
    return !ends(socket);
  }

  @Test
  void the_oldest_that_says_nothing_gives_way() throws IOException {
    List<Socket> silent = new ArrayList<>();
    for (int n = 0; n < 3 * MOST; n++) {
      silent.add(open(""));
    }
    assertThat(ask()).endsWith("page");
    assertThat(ends(silent.getFirst())).isTrue();
    assertThat(isOpen(silent.getLast())).isTrue();
  }

  @Test
  void the_oldest_whose_body_has_not_wholly_come_gives_way() throws IOException {
    List<Socket> unfinished = new ArrayList<>();
    for (int n = 0; n < 3 * MOST; n++) {
      unfinished.add(open("POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nlittle"));
      assertThat(ask()).as("after %d", n + 1).endsWith("page");
    }
    assertThat(ends(unfinished.getFirst())).isTrue();
    assertThat(isOpen(unfinished.getLast())).isTrue();
  }

  @Test
  void a_body_that_has_come_is_answered_and_its_connection_kept() throws IOException {
    Socket socket = open("POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nlittle");
    for (int n = 0; n < 3; n++) {
      String answer = "";
      while (!answer.endsWith("page")) {
        int next = socket.getInputStream().read();
        assertThat(next).as("after: %s", answer).isNotNegative();
        answer += (char) next;
      }
      socket
          .getOutputStream()
          .write(
              "POST /page HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
    }
  }
}
