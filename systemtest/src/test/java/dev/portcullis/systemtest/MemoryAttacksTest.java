package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Whoever wants a process to run out of memory, from many addresses: neither dies, and as soon as
 * it is over an ordinary payment passes. Small figures against the shared instance, which speaks
 * plain HTTP; with {@code -Dportcullis.long=true} the full ones, over TLS.
 */
@Order(28)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(SharedPortcullis.class)
class MemoryAttacksTest {
  private static final boolean LONG = Boolean.getBoolean("portcullis.long");
  private static final int ADMINISTRATION = 9;
  private static final int AT_ONCE = 64;
  private static final int PAGE_BODY = 32_000;
  private static final int BODY = 1_000_000;
  private static final int SIGN_IN_BODY = 256 << 10;
  private static final Duration AFTERWARDS = Duration.ofSeconds(20);

  private final Portcullis shared;
  private Portcullis portcullis;
  private SSLContext trusting;
  private HttpClient client;
  private List<Long> pids;

  MemoryAttacksTest(Portcullis shared) {
    this.shared = shared;
  }

  @BeforeAll
  void start() {
    portcullis = LONG ? Portcullis.start(Map.of(), "--tls") : shared;
    Path authority = portcullis.home().resolve("ca/ca.pem");
    trusting = TlsContexts.client(null, authority);
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(trusting)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    Status status = portcullis.status();
    pids = List.of(status.pid("gateway"), status.pid("vault"));
  }

  @AfterAll
  void stop() {
    client.close();
    if (LONG) {
      portcullis.close();
    }
  }

  /** One that died is started anew, under another id. */
  private void requireAlive(String when) {
    assertThat(pids)
        .as("processes %s", when)
        .allMatch(pid -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent());
  }

  private static int figure(int small, int full) {
    return LONG ? full : small;
  }

  @Test
  void connectionsToTheGatewayThatAreHeldOpen() throws Exception {
    attack(portcullis.api(), "", figure(150, 2_300), 0);
  }

  @Test
  void connectionsToTheVaultThatAreHeldOpen() throws Exception {
    attack(portcullis.cards(), "", figure(150, 1_100), 0);
  }

  @Test
  void bodiesWithoutTheirLastByte() throws Exception {
    String head = post(portcullis.api(), "/v1/customers", portcullis.secretKey(), BODY);
    attack(portcullis.api(), head + "description=", figure(30, 160), BODY - 13);
  }

  @Test
  void bodiesOfPagesWithOneByte() throws Exception {
    String key = portcullis.lastStatus().publishableKey();
    String path = "/v1/payment_intents/pi_1/confirm";
    attack(
        portcullis.api(), post(portcullis.api(), path, key, PAGE_BODY) + "a", figure(60, 1_400), 0);
  }

  @Test
  void unfinishedSignIns() throws Exception {
    String origin = "https://localhost:" + (portcullis.port() + ADMINISTRATION);
    String head = post(origin, "/admin/v1/sign_in", "none", SIGN_IN_BODY);
    attack(origin, head + "{", figure(100, 400), SIGN_IN_BODY - 2);
  }

  @Test
  void manyValidCardsAtOnce() throws Exception {
    int most = figure(60, 900);
    Map<Integer, AtomicInteger> statuses = new ConcurrentHashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int n = 0; n < most; n++) {
        int serial = n;
        threads.execute(
            () ->
                statuses.computeIfAbsent(card(serial), _ -> new AtomicInteger()).incrementAndGet());
      }
    }
    assertThat(statuses.keySet()).as(statuses.toString()).isSubsetOf(0, 200, 429, 503);
    assertThat(statuses).as("some are taken").containsKey(200);
    survived("%d cards: %s".formatted(most, statuses));
  }

  /** The status; 0 where there was no answer. */
  private int card(int serial) {
    try {
      String form =
          Http.encode(
              Map.of(
                  "type",
                  "card",
                  "card[number]",
                  TestCards.generated(serial),
                  "card[exp_month]",
                  "12",
                  "card[exp_year]",
                  "2034"));
      return send(portcullis.cards() + "/v1/payment_methods", publishable(), form).statusCode();
    } catch (IOException _) {
      return 0;
    }
  }

  private String publishable() {
    return portcullis.lastStatus().publishableKey();
  }

  private static String post(String origin, String path, String key, int length) {
    return Raw.head("POST", path, URI.create(origin), key)
        + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  /** Opens so many, each from one of many addresses, and holds all of them until they are there. */
  private void attack(String origin, String text, int connections, int more) throws Exception {
    byte[] sent = (text + "a".repeat(more)).getBytes(StandardCharsets.US_ASCII);
    Queue<Socket> held = new ConcurrentLinkedQueue<>();
    AtomicInteger refused = new AtomicInteger();
    Semaphore atOnce = new Semaphore(AT_ONCE);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int n = 0; n < connections; n++) {
        String from = "127.1.%d.%d".formatted(n % 50, 1 + n / 50);
        atOnce.acquire();
        threads.execute(
            () -> {
              try {
                held.add(open(URI.create(origin), from, sent));
              } catch (IOException _) {
                refused.incrementAndGet(); // which is how it should end for some of them
              } finally {
                atOnce.release();
              }
            });
      }
    }
    assertThat(held).as("connections that were opened").isNotEmpty();
    requireAlive("while all of it is held");
    for (Socket socket : held) {
      socket.close();
    }
    survived("%d held, %d refused".formatted(held.size(), refused.get()));
  }

  private Socket open(URI origin, String from, byte[] sent) throws IOException {
    InetSocketAddress to =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), origin.getPort());
    Socket plain = new Socket();
    try {
      plain.bind(new InetSocketAddress(from, 0));
      plain.setSoTimeout(20_000);
      plain.connect(to, 20_000);
      Socket socket = plain;
      if (origin.getScheme().equals("https")) {
        SSLSocket secured =
            (SSLSocket)
                trusting
                    .getSocketFactory()
                    .createSocket(plain, origin.getHost(), origin.getPort(), true);
        secured.startHandshake();
        socket = secured;
      }
      socket.getOutputStream().write(sent);
      socket.getOutputStream().flush();
      return socket;
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  /** The same processes live, and a payment passes. */
  private void survived(String what) {
    List<String> tried = new ArrayList<>();
    await("a payment passes after " + what)
        .atMost(AFTERWARDS)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> pays(tried));
    requireAlive("after " + what + ", tried " + tried);
  }

  private boolean pays(List<String> tried) {
    try {
      HttpResponse<String> paid =
          send(
              portcullis.api() + "/v1/payment_intents",
              portcullis.secretKey(),
              "amount=1000&currency=usd&payment_method=pm_card_visa&confirm=true"
                  + "&payment_method_types[]=card");
      tried.add(paid.statusCode() + "");
      return paid.statusCode() == 200 && paid.body().contains("\"succeeded\"");
    } catch (IOException e) {
      tried.add(e.getClass().getSimpleName());
      return false;
    }
  }

  private HttpResponse<String> send(String url, String key, String form) throws IOException {
    try {
      return client.send(
          HttpRequest.newBuilder(URI.create(url))
              .timeout(Duration.ofSeconds(20))
              .header("Authorization", "Bearer " + key)
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(HttpRequest.BodyPublishers.ofString(form))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
