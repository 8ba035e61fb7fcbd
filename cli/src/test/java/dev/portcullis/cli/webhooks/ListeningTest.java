package dev.portcullis.cli.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.portcullis.cli.certs.Authority;
import dev.portcullis.cli.certs.Identity;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.webhooks.Listening.Delivery;
import dev.portcullis.cli.webhooks.Listening.Output;
import dev.portcullis.cli.webhooks.Listening.Wish;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.TlsContexts;
import dev.portcullis.wire.webhook.SigningSecret;
import dev.portcullis.wire.webhook.StandardSignature;
import dev.portcullis.wire.webhook.StandardSignature.Received;
import dev.portcullis.wire.webhook.StripeSignature;
import dev.portcullis.wire.webhook.WebhookSigner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListeningTest {

  private static final SigningSecret SECRET = SigningSecret.generate(new SecureRandom());
  private static final Duration TOLERANCE = Duration.ofMinutes(5);

  private final List<Map<String, Object>> events = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Delivery> told = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> notes = new LinkedBlockingQueue<>();
  private final AtomicInteger failures = new AtomicInteger();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/events",
        exchange -> {
          boolean fails = failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
          boolean mine =
              "Bearer sk_test_1".equals(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] body =
              Json.write(
                  fails || !mine
                      ? Map.of("error", Map.of("message", "no"))
                      : Map.of("data", List.copyOf(events).reversed(), "has_more", false));
          exchange.sendResponseHeaders(mine ? fails ? 503 : 200 : 401, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void happens(String id, String type) {
    events.add(
        Map.of(
            "id", id, "type", type, "object", "event", "created", now().getEpochSecond(), "n", 7));
  }

  private static Instant now() {
    return InstantSource.system().instant();
  }

  private Listening listening(String url, String key, String... types) {
    return listening(new Wish(URI.create(url), List.of(types), false, false), key);
  }

  private Listening listening(Wish wish, String key) {
    Api api =
        new Api(
            "http://127.0.0.1:" + server.getAddress().getPort(),
            key,
            TlsContexts.client(null, null));
    return new Listening(
        api,
        wish,
        new WebhookSigner(List.of(SECRET), List.of()),
        InstantSource.system(),
        new Output(notes::add, told::add));
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    return Objects.requireNonNull(queue.poll(60, TimeUnit.SECONDS));
  }

  @Test
  void eventsComeSignedForBothSchemesAndGoOnAfterAnOutage() throws Exception {
    BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    try (Receiver receiver =
        new Receiver(
            (headers, body) -> {
              bodies.add(new String(body, java.nio.charset.StandardCharsets.UTF_8));
              Received standard =
                  new Received(
                      Receiver.values(headers, StandardSignature.ID),
                      Receiver.values(headers, StandardSignature.TIMESTAMP),
                      Receiver.values(headers, StandardSignature.SIGNATURE));
              boolean genuine =
                  StripeSignature.verify(
                              Receiver.values(headers, StripeSignature.HEADER),
                              body,
                              List.of(SECRET),
                              now(),
                              TOLERANCE)
                          .isGenuine()
                      && StandardSignature.verify(standard, body, List.of(SECRET), now(), TOLERANCE)
                          .isGenuine();
              return genuine ? 202 : 400;
            })) {
      happens("evt_1", "customer.created");
      Thread thread =
          listen(listening(receiver.url(), "sk_test_1", "customer.*", "refund.created"));
      try {
        assertThat(next(notes)).startsWith("Ready");
        Delivery first = next(told);
        assertThat(first)
            .extracting(Delivery::event, Delivery::status)
            .containsExactly("evt_1", "202");
        assertThat(first.line()).contains("customer.created", "evt_1  -> 202");
        assertThat(Json.readObject(next(bodies)))
            .containsEntry("id", "evt_1")
            .containsEntry("n", 7L);

        failures.set(2);
        assertThat(next(notes)).startsWith("The API does not answer (no)");
        happens("evt_2", "charge.failed");
        happens("evt_3", "refund.created");
        assertThat(next(notes)).startsWith("The API answers again");
        assertThat(next(told).event()).isEqualTo("evt_3");
      } finally {
        thread.interrupt();
        thread.join();
      }
      assertThat(told).isEmpty();
      assertThat(bodies).hasSize(1);
    }
  }

  private static Thread listen(Listening listening) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                listening.run();
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
  }

  @Test
  void aServerThatDoesNotAnswerIsSaid() throws Exception {
    String url;
    try (Receiver receiver = new Receiver((_, _) -> 200)) {
      url = receiver.url();
    }
    happens("evt_1", "customer.created");
    Thread thread = listen(listening(url, "sk_test_1"));
    assertThat(next(told).status()).isEqualTo("no answer (nobody answers there)");
    thread.interrupt();
    thread.join();
  }

  /** Neither who signed it nor whose it is, and for that run alone. */
  @Test
  void aServersCertificateMayBeAnyIfThatIsWantedAndNotOtherwise() throws Exception {
    Identity foreign =
        Authority.create(InstantSource.system()).issue("foreign", Authority.Purpose.SIGNER);
    HttpsServer receiver =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.setHttpsConfigurator(
        new HttpsConfigurator(
            TlsContexts.server(new PemIdentity(foreign.chain(), foreign.key()), null)));
    receiver.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(202, -1);
          exchange.close();
        });
    receiver.start();
    URI hook = URI.create("https://127.0.0.1:" + receiver.getAddress().getPort() + "/hook");
    try {
      happens("evt_1", "customer.created");
      assertThat(told(new Wish(hook, List.of(), false, false)))
          .isEqualTo("no answer (its certificate is not trusted, or no version of TLS fits)");
      assertThat(told(new Wish(hook, List.of(), false, true))).isEqualTo("202");
      assertThat(told(new Wish(hook, List.of(), false, false)))
          .isEqualTo("no answer (its certificate is not trusted, or no version of TLS fits)");
    } finally {
      receiver.stop(0);
    }
  }

  private String told(Wish wish) throws InterruptedException {
    Thread thread = listen(listening(wish, "sk_test_1"));
    try {
      return next(told).status();
    } finally {
      thread.interrupt();
      thread.join();
      told.clear();
    }
  }

  @Test
  void eventsLeaveThisMachineForNobody() {
    for (String url :
        List.of("http://192.0.2.1/", "https://198.51.100.7/hook", "ftp://localhost/", "nonsense")) {
      assertThatThrownBy(() -> listening(url, "sk_test_1").run())
          .as(url)
          .isInstanceOf(Refusal.class);
    }
    assertThatThrownBy(() -> new Forwarder(URI.create("https://example.com/"), true, true))
        .isInstanceOf(Refusal.class);
  }

  @Test
  void aKeyThatIsNotTakenEndsIt() {
    assertThatThrownBy(() -> listening("http://127.0.0.1:9/", "sk_test_2").run())
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("key");
    assertThat(notes).as("it was never ready").isEmpty();
  }
}
