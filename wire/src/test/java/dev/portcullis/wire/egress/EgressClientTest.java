package dev.portcullis.wire.egress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.portcullis.wire.egress.EgressResult.Answered;
import dev.portcullis.wire.egress.EgressResult.NoAnswer;
import dev.portcullis.wire.egress.EgressResult.NotSent;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EgressClientTest {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final AtomicInteger calls = new AtomicInteger();
  private final CountDownLatch began = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private HttpServer server;
  private EgressClient client;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/echo",
        exchange -> {
          calls.incrementAndGet();
          byte[] body = exchange.getRequestBody().readAllBytes();
          exchange
              .getResponseHeaders()
              .add("X-Seen", exchange.getRequestHeaders().getFirst("X-Sent"));
          exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.createContext(
        "/held",
        exchange -> {
          byte[] body = exchange.getRequestBody().readNBytes(5);
          began.countDown();
          try {
            body = (text(body) + text(exchange.getRequestBody().readAllBytes())).getBytes(UTF_8);
            calls.incrementAndGet();
            if ("slow".equals(exchange.getRequestURI().getQuery())) {
              waited(release, SHORT.multipliedBy(3));
            }
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          } finally {
            exchange.close();
          }
        });
    server.createContext(
        "/redirect",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/echo");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    server.createContext(
        "/cut",
        exchange -> {
          calls.incrementAndGet();
          exchange.sendResponseHeaders(200, 100);
          exchange.close();
        });
    server.createContext(
        "/silent",
        exchange -> {
          calls.incrementAndGet();
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    server.createContext(
        "/endless",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (var out = exchange.getResponseBody()) {
            for (int n = 0; n < 1_000; n++) {
              out.write(new byte[64 * 1024]);
            }
          }
        });
    server.start();
    client = client(AddressPolicy.LOOPBACK);
  }

  private static EgressClient client(AddressPolicy policy) {
    return new EgressClient(
        TlsContexts.client(null, null),
        new EgressOptions(policy, List.of("TLSv1.3"), 8, 1 << 20, Duration.ofSeconds(2)));
  }

  @AfterEach
  void stop() {
    release.countDown();
    client.close();
    server.stop(0);
  }

  @Test
  void anAnswerComesBackWhole() {
    EgressResult result =
        client.send(
            new EgressRequest(
                "POST",
                uri("/echo"),
                Map.of("X-Sent", "yes"),
                "hello".getBytes(StandardCharsets.UTF_8)),
            LONG);
    assertThat(result)
        .isInstanceOfSatisfying(
            Answered.class,
            answer -> {
              assertThat(answer.status()).isEqualTo(200);
              assertThat(answer.body()).asString(StandardCharsets.UTF_8).isEqualTo("hello");
              assertThat(answer.headers()).containsEntry("x-seen", "yes");
            });
  }

  @Test
  void aRedirectIsAnAnswerAndNotFollowed() {
    assertThat(client.send(get("/redirect"), LONG))
        .isInstanceOfSatisfying(Answered.class, a -> assertThat(a.status()).isEqualTo(302));
    assertThat(calls).hasValue(0);
  }

  private static Consumer<NotSent> says(String words) {
    return none -> assertThat(EgressReasons.inWords(none.reason())).isEqualTo(words);
  }

  @Test
  void aRefusedConnectionIsCertainlyNotSent() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    URI nobody = URI.create("http://127.0.0.1:" + closed + "/");
    assertThat(client.send(EgressRequest.get(nobody, Map.of()), LONG))
        .isInstanceOfSatisfying(NotSent.class, says("nobody answers there"));
  }

  @Test
  void aFailedHandshakeIsCertainlyNotSent() {
    URI plain = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/echo");
    assertThat(client.send(EgressRequest.get(plain, Map.of()), LONG)).isInstanceOf(NotSent.class);
    assertThat(calls).hasValue(0);
  }

  @Test
  void aForbiddenAddressIsCertainlyNotSent() {
    try (EgressClient careful = client(AddressPolicy.PUBLIC)) {
      assertThat(careful.send(get("/echo"), LONG))
          .isInstanceOfSatisfying(
              NotSent.class, says("its host's address is none that may be called"));
    }
    assertThat(calls).hasValue(0);
  }

  private EgressRequest held() {
    return new EgressRequest("POST", uri("/held"), Map.of(), "held ".getBytes(UTF_8));
  }

  private static EgressClient.End end(char last) {
    return new EgressClient.End((byte) last, LONG);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  private static boolean waited(CountDownLatch latch, Duration most) {
    try {
      return latch.await(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aHeldCallIsThereAndWholeOnlyWhenItsLastByteIsDecided() {
    AtomicBoolean there = new AtomicBoolean();
    EgressResult result =
        client.send(
            held(),
            () -> {
              there.set(waited(began, LONG) && calls.get() == 0);
              return end('!');
            },
            LONG);
    assertThat(there).isTrue();
    assertThat(result)
        .isInstanceOfSatisfying(
            Answered.class, answered -> assertThat(text(answered.body())).isEqualTo("held !"));
  }

  @Test
  void aHeldCallThatIsNotDecidedIsCertainlyNotSent() {
    EgressResult died =
        client.send(
            held(),
            () -> {
              throw new IllegalStateException("no");
            },
            LONG);
    assertThat(died).isEqualTo(new NotSent("IllegalStateException"));
    EgressResult late =
        client.send(
            held(),
            () -> {
              waited(release, SHORT.multipliedBy(3));
              return end('!');
            },
            SHORT);
    assertThat(late).isEqualTo(new NotSent("deadline"));
    assertThat(calls).hasValue(0);
  }

  /** An error at a call must not take everybody else's connections with it. */
  @Test
  void anErrorOfWhoDecidesIsThrownOnAndEndsNothingElse() {
    AssertionError own = new AssertionError("no");
    assertThatThrownBy(
            () ->
                client.send(
                    held(),
                    () -> {
                      throw own;
                    },
                    LONG))
        .isSameAs(own);
    assertThat(client.send(held(), () -> end('!'), LONG)).isInstanceOf(Answered.class);
  }

  @Test
  void aHeldCallTakesNoConnectionThatOthersWaitFor() {
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      IntStream.range(0, 8).forEach(_ -> pool.execute(() -> client.send(get("/silent"), LONG)));
      while (calls.get() < 8) {
        Thread.onSpinWait();
      }
      AtomicBoolean asked = new AtomicBoolean();
      EgressResult result =
          client.send(
              held(),
              () -> {
                asked.set(true);
                return end('!');
              },
              LONG);
      assertThat(result).isInstanceOf(NotSent.class);
      assertThat(asked).isFalse();
      release.countDown();
    }
  }

  @Test
  void noMoreThanHalfOfTheConnectionsAreHeld() throws Exception {
    CountDownLatch holding = new CountDownLatch(4);
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<EgressResult>> held =
          IntStream.range(0, 4)
              .mapToObj(
                  _ ->
                      pool.submit(
                          () ->
                              client.send(
                                  held(),
                                  () -> {
                                    holding.countDown();
                                    waited(release, LONG);
                                    return end('!');
                                  },
                                  LONG)))
              .toList();
      assertThat(waited(holding, LONG)).isTrue();
      assertThat(client.send(held(), () -> end('!'), LONG))
          .isEqualTo(new NotSent("too many are held"));
      assertThat(client.send(get("/redirect"), LONG)).isInstanceOf(Answered.class);
      release.countDown();
      for (Future<EgressResult> each : held) {
        assertThat(each.get()).isInstanceOf(Answered.class);
      }
    }
    EgressRequest nowhere = EgressRequest.get(URI.create("https://localhost:1/"), Map.of());
    for (int n = 0; n < 5; n++) {
      assertThat(client.send(nowhere, () -> end('!'), LONG)).isInstanceOf(NotSent.class);
    }
    assertThat(client.send(held(), () -> end('!'), LONG))
        .as("whether or not it was asked, each has given its place back")
        .isInstanceOf(Answered.class);
  }

  @Test
  void whatItTookToDecideIsNoPartOfACallsTime() {
    EgressResult result =
        client.send(
            new EgressRequest("POST", uri("/held?slow"), Map.of(), "held ".getBytes(UTF_8)),
            () -> {
              waited(release, SHORT.multipliedBy(5));
              return new EgressClient.End((byte) '!', SHORT.multipliedBy(7));
            },
            SHORT.multipliedBy(7));
    assertThat(result).isInstanceOf(Answered.class);
  }

  @Test
  void silenceIsNoAnswerAfterTheDeadline() {
    assertThat(client.send(get("/silent"), SHORT))
        .isInstanceOfSatisfying(
            NoAnswer.class,
            none -> assertThat(EgressReasons.inWords(none.reason())).isEqualTo("it took too long"));
    assertThat(calls).as("nothing is tried twice").hasValue(1);
  }

  @Test
  void aCutOrEndlessAnswerIsNoAnswer() {
    assertThat(client.send(get("/cut"), SHORT)).isInstanceOf(NoAnswer.class);
    assertThat(calls).hasValue(1);
    assertThat(client.send(get("/endless"), LONG)).isInstanceOf(NoAnswer.class);
  }

  private EgressRequest get(String path) {
    return EgressRequest.get(uri(path), Map.of());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** A server that says that, and then nothing more until the test is over. */
  private EgressResult toldBy(EgressClient client, String head) throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(
              () -> {
                try (Socket connection = socket.accept()) {
                  connection.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                  connection.getOutputStream().flush();
                  release.await();
                } catch (IOException e) {
                  // The client has had enough.
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      return client.send(
          EgressRequest.get(
              URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/"), Map.of()),
          LONG);
    }
  }

  private static String lines(int count, int bytes) {
    StringBuilder head = new StringBuilder("HTTP/1.1 204 No Content\r\n");
    for (int n = 0; n < count; n++) {
      head.append("X-%02d: ".formatted(n)).append("x".repeat(bytes - 8)).append("\r\n");
    }
    return head.toString();
  }

  @Test
  void aHeadThatIsLongInAllIsNotWaitedForToItsEnd() throws IOException {
    EgressOptions options =
        EgressOptions.to(AddressPolicy.LOOPBACK).cuttingOff(1, 16 << 10, 1 << 10);
    try (EgressClient careful = new EgressClient(TlsContexts.client(null, null), options)) {
      assertThat(toldBy(careful, lines(17, 1_000)))
          .isEqualTo(new NoAnswer("MessageConstraintException"));
      // A policy for content alone is a line of some kilobytes.
      assertThat(toldBy(careful, lines(2, 8_000) + "\r\n"))
          .isInstanceOfSatisfying(Answered.class, a -> assertThat(a.status()).isEqualTo(204));
    }
    assertThat(toldBy(client, lines(90, 8_000)))
        .as("by default too")
        .isEqualTo(new NoAnswer("MessageConstraintException"));
  }

  private static Names loopback(int addresses) {
    return _ ->
        IntStream.rangeClosed(1, addresses)
            .mapToObj(n -> InetAddress.ofLiteral("127.0.1." + n))
            .toArray(InetAddress[]::new);
  }

  private static EgressClient client(Names names) {
    return new EgressClient(
        TlsContexts.client(null, null), EgressOptions.to(AddressPolicy.LOOPBACK), names);
  }

  private static EgressRequest named(int port) {
    return EgressRequest.get(URI.create("http://receiver.example:" + port + "/"), Map.of());
  }

  private static void noting(ServerSocket socket, CountDownLatch connected) {
    Thread.ofVirtual()
        .start(
            () -> {
              try (Socket _ = socket.accept()) {
                connected.countDown();
              } catch (IOException _) {
                // The test is over.
              }
            });
  }

  @Test
  void ofManyAddressesAFewAreTried() throws IOException {
    CountDownLatch connected = new CountDownLatch(1);
    try (ServerSocket fifth = new ServerSocket(0, 9, InetAddress.ofLiteral("127.0.1.5"));
        EgressClient naming = client(loopback(250))) {
      noting(fifth, connected);
      assertThat(naming.send(named(fifth.getLocalPort()), LONG))
          .isInstanceOfSatisfying(NotSent.class, says("nobody answers there"));
      assertThat(connected.getCount()).isEqualTo(1);
    }
  }

  @Test
  void aNameServerThatIsSilentIsNotWaitedForBeyondTheDeadline() {
    Names silent =
        host -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          throw new UnknownHostException(host);
        };
    try (EgressClient naming = client(silent)) {
      assertThat(naming.send(named(9), SHORT)).isEqualTo(new NotSent("deadline"));
      AtomicBoolean asked = new AtomicBoolean();
      // What decides about a held call is not kept waiting.
      EgressResult held =
          naming.send(
              named(9),
              () -> {
                asked.set(true);
                return end('!');
              },
              Duration.ofHours(1));
      assertThat(held).isEqualTo(new NotSent("deadline"));
      assertThat(asked).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aHandshakeThatIsNotAnsweredIsNotWaitedForBeyondTheDeadline(boolean virtual)
      throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      EgressRequest request =
          EgressRequest.get(URI.create("https://127.0.0.1:" + mute.getLocalPort() + "/"), Map.of());
      FutureTask<EgressResult> call = new FutureTask<>(() -> client.send(request, SHORT));
      (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(call);
      assertThat(call.get(LONG.toMillis(), TimeUnit.MILLISECONDS))
          .isEqualTo(new NotSent("deadline"));
    }
  }

  /** To cancel a call closes the connection that is being made, and no other is made after it. */
  @Test
  void whoHasGivenUpConnectsNoMore() throws IOException, InterruptedException {
    CountDownLatch connected = new CountDownLatch(1);
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.1.1"));
        ServerSocket second =
            new ServerSocket(deaf.getLocalPort(), 9, InetAddress.ofLiteral("127.0.1.2"));
        EgressClient naming = client(loopback(2))) {
      noting(second, connected);
      List<Socket> waiting = fill(deaf);
      try {
        assertThat(naming.send(named(deaf.getLocalPort()), SHORT))
            .isEqualTo(new NotSent("deadline"));
        assertThat(connected.await(500, TimeUnit.MILLISECONDS)).isFalse();
      } finally {
        for (Socket each : waiting) {
          each.close();
        }
      }
    }
  }

  /** Connects until nobody takes a connection any more. */
  private static List<Socket> fill(ServerSocket deaf) throws IOException {
    List<Socket> waiting = new ArrayList<>();
    try {
      while (true) {
        Socket socket = new Socket();
        waiting.add(socket);
        socket.connect(deaf.getLocalSocketAddress(), 200);
      }
    } catch (SocketTimeoutException e) {
      return waiting;
    }
  }

  @Test
  void aNameThatWasNotAskedForIsToldFromOneThatIsNotKnown() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    Names silent =
        host -> {
          asked.countDown();
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          throw new UnknownHostException(host);
        };
    try (PatientNames patient = new PatientNames(silent, 1, LONG);
        EgressClient naming = client(patient)) {
      Thread.ofVirtual().start(() -> naming.send(named(9), LONG));
      assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
      EgressResult other =
          naming.send(EgressRequest.get(URI.create("http://another.example:9/"), Map.of()), LONG);
      assertThat(other)
          .isInstanceOfSatisfying(
              NotSent.class,
              none -> {
                assertThat(EgressReasons.isOwn(none.reason())).as(none.reason()).isTrue();
                assertThat(EgressReasons.inWords(none.reason()))
                    .isEqualTo("too many names are looked up already");
              });
      release.countDown();
    }
    assertThat(EgressReasons.isOwn("UnknownHostException")).isFalse();
  }
}
