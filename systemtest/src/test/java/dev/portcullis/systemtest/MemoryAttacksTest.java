package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
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
 * it is over an ordinary payment passes; and what each attack holds stays within its bound all the
 * while. Small figures from one address against the shared instance, which speaks plain HTTP; with
 * {@code -Dportcullis.long=true} the full ones, over TLS.
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

  /** Of a sandbox's settings, and of the heap that a zone is started with. */
  private static final int API_PER_ADDRESS = 1_024;

  private static final int CARDS_PER_ADDRESS = 128;
  private static final int SIGN_INS = 64;
  private static final int INTAKE = 48;
  private static final long GATEWAY_HEAP = 192L << 20;
  private static final long VAULT_HEAP = 112L << 20;

  /** What a connection over TLS takes of the 40 % of a heap that all of them may have. */
  private static final long CONNECTION_BYTES = 96 << 10;

  private static final int BODIES = 6;

  /** Other tests' connections, which are kept for a while. */
  private static final int OTHERS = 64;

  /** Management listeners, counted from the first port. */
  private static final int VAULT = 5;

  private static final int GATEWAY = 6;
  private static final String ONE_ADDRESS = "127.1.0.1";

  /** Less than the time after which a connection that says nothing is closed anyway. */
  private static final Duration WITHIN = Duration.ofSeconds(15);

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

  /** The small figure comes from one address, of which there are fewer than of all. */
  @Test
  void connectionsToTheGatewayThatAreHeldOpen() throws Exception {
    int most = figure(1_100, 2_300);
    double before = portcullis.metric(GATEWAY, "portcullis_connections_refused_total");
    attack(
        portcullis.api(),
        "",
        most,
        0,
        _ -> {
          double refused =
              portcullis.metric(GATEWAY, "portcullis_connections_refused_total") - before;
          long bound = LONG ? connectionsOf(GATEWAY_HEAP) : API_PER_ADDRESS;
          // Refused, too: an attack that never reached its bound would be within it.
          return refused >= most - bound
              && portcullis.metric(GATEWAY, "portcullis_connections_open") <= bound + OTHERS;
        });
  }

  @Test
  void connectionsToTheVaultThatAreHeldOpen() throws Exception {
    int most = figure(400, 1_100);
    double before = portcullis.metric(VAULT, "portcullis_vault_cards_connections_refused");
    attack(
        portcullis.cards(),
        "",
        most,
        0,
        _ -> {
          double refused =
              portcullis.metric(VAULT, "portcullis_vault_cards_connections_refused") - before;
          long bound = LONG ? connectionsOf(VAULT_HEAP) : CARDS_PER_ADDRESS;
          return refused >= most - bound
              && portcullis.metric(VAULT, "portcullis_vault_cards_connections_open")
                  <= bound + OTHERS;
        });
  }

  private static long connectionsOf(long heap) {
    return heap * 2 / 5 / CONNECTION_BYTES;
  }

  /** An account may have six of them in memory at once; who sends more is told so. */
  @Test
  void bodiesWithoutTheirLastByte() throws Exception {
    String head = post(portcullis.api(), "/v1/customers", portcullis.secretKey(), BODY);
    attack(
        portcullis.api(),
        head + "description=",
        figure(30, 160),
        BODY - 13,
        held -> {
          assertThat(portcullis.metric(GATEWAY, "portcullis_limits_bodies_bytes"))
              .as("bytes of bodies in memory")
              .isLessThanOrEqualTo(GATEWAY_HEAP / 8.0);
          return held.stream().filter(Held::waits).count() <= BODIES;
        });
  }

  @Test
  void bodiesOfPagesWithOneByte() throws Exception {
    String key = portcullis.lastStatus().publishableKey();
    String path = "/v1/payment_intents/pi_1/confirm";
    int most = figure(60, 1_400);
    attack(
        portcullis.api(),
        post(portcullis.api(), path, key, PAGE_BODY) + "a",
        most,
        0,
        _ -> portcullis.metric(GATEWAY, "portcullis_limits_bodies_bytes") < most * PAGE_BODY / 2.0);
  }

  @Test
  void unfinishedSignIns() throws Exception {
    String origin = "https://localhost:" + (portcullis.port() + ADMINISTRATION);
    String head = post(origin, "/admin/v1/sign_in", "none", SIGN_IN_BODY);
    attack(
        origin,
        head + "{",
        figure(100, 400),
        SIGN_IN_BODY - 2,
        held -> held.stream().filter(Held::waits).count() <= SIGN_INS);
  }

  @Test
  void manyValidCardsAtOnce() throws Exception {
    int most = figure(60, 900);
    Map<Integer, AtomicInteger> statuses = new ConcurrentHashMap<>();
    double inside = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int n = 0; n < most; n++) {
        int serial = n;
        threads.execute(
            () ->
                statuses.computeIfAbsent(card(serial), _ -> new AtomicInteger()).incrementAndGet());
        if (n % 10 == 0) {
          inside = Math.max(inside, portcullis.metric(VAULT, "portcullis_vault_intake_inside"));
        }
      }
    }
    assertThat(inside).as("cards that are worked at at once").isLessThanOrEqualTo(INTAKE);
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

  /** A connection of an attack. */
  private record Held(Socket socket) {
    /** Whether it was neither answered nor closed yet. */
    boolean waits() {
      try {
        socket.setSoTimeout(1);
        socket.getInputStream().read();
        return false;
      } catch (SocketTimeoutException _) {
        return true;
      } catch (IOException _) {
        return false;
      }
    }
  }

  /** How it shows that an attack is bounded, in the end. */
  private interface Bound {
    boolean holds(Collection<Held> held);
  }

  private static String post(String origin, String path, String key, int length) {
    return Raw.head("POST", path, URI.create(origin), key)
        + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  /** Opens so many, each from one of many addresses, and holds all of them until they are there. */
  private void attack(String origin, String text, int connections, int more, Bound bound)
      throws Exception {
    byte[] sent = (text + "a".repeat(more)).getBytes(StandardCharsets.US_ASCII);
    Queue<Socket> held = new ConcurrentLinkedQueue<>();
    AtomicInteger refused = new AtomicInteger();
    Semaphore atOnce = new Semaphore(AT_ONCE);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int n = 0; n < connections; n++) {
        String from = LONG ? "127.1.%d.%d".formatted(n % 50, 1 + n / 50) : ONE_ADDRESS;
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
    List<Held> all = held.stream().map(Held::new).toList();
    await("it is bounded").atMost(WITHIN).until(() -> bound.holds(all));
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
