package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.gateway.limits.Errand;
import dev.portcullis.gateway.limits.LimitReached;
import dev.portcullis.gateway.limits.Limits;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.KeyKind;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Brute force of keys, over the real listener: it is slowed, and reported. */
class GuessedKeysTest {

  private static final Gateway GATEWAY = Gateway.IT;
  private static final String GUESSER = "127.0.0.9";
  private static final int AT_ONCE = 8;
  private static final int MOST = 4_000;

  private static int ask(HttpClient client, ApiKey key) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        GATEWAY.request("/v1/customers").setHeader("Authorization", "Bearer " + key.text());
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() == 429) {
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }
    return answer.statusCode();
  }

  private static int guessUntilStopped(HttpClient client) throws Exception {
    SecureRandom random = new SecureRandom();
    int guesses = 0;
    for (int n = 0; n < MOST; n++) {
      int status = ask(client, ApiKey.generate(KeyKind.SECRET, n % 2 == 0, random));
      if (status == 429) {
        assertThat(ask(client, GATEWAY.secretKey))
            .as("a key in use, from there too")
            .isEqualTo(200);
        return guesses;
      }
      assertThat(status).isEqualTo(401);
      guesses++;
    }
    return guesses;
  }

  private static HttpClient from(String address) throws IOException {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .localAddress(InetAddress.getByName(address))
        .build();
  }

  @Test
  void who_guesses_keys_is_slowed_and_reported_and_nobody_else_is() throws Exception {
    List<Future<Integer>> guessers = new ArrayList<>();
    int guesses = 0;
    try (HttpClient client = from(GUESSER);
        HttpClient honest = from("127.0.0.10");
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(ask(client, GATEWAY.secretKey)).isEqualTo(200);
      for (int n = 0; n < AT_ONCE; n++) {
        guessers.add(threads.submit(() -> guessUntilStopped(client)));
      }
      for (Future<Integer> guesser : guessers) {
        guesses += of(guesser);
      }
      assertThat(guesses).as("guesses that were heard").isBetween(100, AT_ONCE * MOST / 8);
      assertThat(ask(honest, GATEWAY.secretKey)).isEqualTo(200);
    }
    assertThat(
            GATEWAY.database.number(
                "SELECT count(*) FROM audit WHERE action = 'key.guessing_slowed' AND address = ?",
                GUESSER))
        .as("entries in the audit trail, though each of them was stopped")
        .isEqualTo(1);
    assertThat(
            GATEWAY
                .context
                .getBean(MeterRegistry.class)
                .get("portcullis.limits.refused")
                .tag("limit", "unknown-keys")
                .counter()
                .count())
        .isGreaterThanOrEqualTo(AT_ONCE);
  }

  /** Whoever has no key and asks for nothing costs something all the same. */
  @Test
  void what_leads_nowhere_has_a_bucket_for_each_address() throws Exception {
    InetAddress address = InetAddress.getByName("127.0.0.11");
    Limits limits = GATEWAY.context.getBean(Limits.class);
    AtomicBoolean ended = new AtomicBoolean();
    try (HttpClient client = from(address.getHostAddress());
        HttpClient honest = from("127.0.0.12");
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.execute(() -> drain(limits, Errand.NOWHERE, address, ended));
      try {
        for (String header : List.of("none", "Stripe-Context", "Stripe-Version")) {
          await(header)
              .atMost(Duration.ofSeconds(30))
              .until(() -> status(client, wrong(header)) == 429);
        }
        for (String method : List.of("GET", "DELETE")) {
          await(method)
              .atMost(Duration.ofSeconds(30))
              .until(() -> status(client, nowhere(method)) == 429);
        }
        assertThat(status(client, nowhere("OPTIONS"))).as("a page's question").isEqualTo(204);
        assertThat(ask(client, GATEWAY.secretKey)).as("a key, from there too").isEqualTo(200);
        assertThat(status(honest, nowhere("GET"))).isEqualTo(404);
        assertThat(status(honest, nowhere("DELETE"))).isEqualTo(405);
        assertThat(status(honest, nowhere("OPTIONS"))).isEqualTo(204);
      } finally {
        ended.set(true);
      }
    }
  }

  private static void drain(
      Limits limits, Errand errand, InetAddress address, AtomicBoolean ended) {
    while (!ended.get()) {
      try {
        limits.admitStranger(errand, address);
      } catch (LimitReached _) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void a_browsers_question_before_it_asks_has_a_bucket_of_its_own() throws Exception {
    InetAddress address = InetAddress.getByName("127.0.0.13");
    Limits limits = GATEWAY.context.getBean(Limits.class);
    AtomicBoolean ended = new AtomicBoolean();
    try (HttpClient client = from(address.getHostAddress());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.execute(() -> drain(limits, Errand.PREFLIGHT, address, ended));
      try {
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> status(client, nowhere("OPTIONS")) == 429);
        assertThat(status(client, nowhere("GET"))).isEqualTo(404);
      } finally {
        ended.set(true);
      }
    }
  }

  /** A route that there is, with a field that stands twice or is none, and without a key. */
  private static HttpRequest wrong(String header) {
    HttpRequest.Builder request = HttpRequest.newBuilder(GATEWAY.base.resolve("/v1/customers"));
    return switch (header) {
      case "Stripe-Context" -> request.header(header, "a").header(header, "b").build();
      case "Stripe-Version" -> request.header(header, "nonsense").build();
      default -> nowhere("GET");
    };
  }

  /** No such route, no such method, and a browser's question before it asks. */
  private static HttpRequest nowhere(String method) {
    String path =
        switch (method) {
          case "GET" -> "/nowhere";
          case "DELETE" -> "/v1/customers";
          default -> "/v1/payment_intents/pi_none/confirm";
        };
    return HttpRequest.newBuilder(GATEWAY.base.resolve(path))
        .header("Access-Control-Request-Method", "POST")
        .method(method, HttpRequest.BodyPublishers.noBody())
        .build();
  }

  private static int status(HttpClient client, HttpRequest request)
      throws IOException, InterruptedException {
    return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private static int of(Future<Integer> guesser) throws ExecutionException, InterruptedException {
    return guesser.get();
  }
}
