package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.systemtest.Receivers.Manner;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Twenty endpoints are told of every event while the gateway is killed twice. Three of them never
 * answer, two fail, one resets every connection: the others get all of it, and twice no more than
 * was under way at the kills.
 */
@Order(57)
class WebhookDeliveryTest {

  private static final boolean LONG = Boolean.getBoolean("portcullis.long");

  /** Deliveries to those that are well are fourteen times as many. */
  private static final int EVENTS = LONG ? 100_000 : 10_000;

  private static final int ENDPOINTS = 20;
  private static final int PLACES = 8;

  /** What all that answer at once can earn together: a quarter of all places. */
  private static final int EARNED = 512 / 4;

  private static final int KILLS = 2;

  /** The gateway's heap, classes, code and threads, whatever waits to be sent. */
  private static final int MOST_MEGABYTES = 600;

  private static final int CLIENTS = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(LONG ? 60 : 8);

  private final Set<String> customers = ConcurrentHashMap.newKeySet();
  private final AtomicInteger next = new AtomicInteger();

  private static Manner manner(int endpoint) {
    return switch (endpoint) {
      case 0, 1, 2 -> Manner.HANGS;
      case 3, 4 -> Manner.FAILS;
      case 5 -> Manner.RESETS;
      default -> Manner.WELL;
    };
  }

  @Test
  @Timeout(value = 90, unit = TimeUnit.MINUTES)
  void everyHealthyEndpointGetsEveryEventThoughTheGatewayIsKilled() throws Exception {
    Path home = Portcullis.freshFolder("portcullis-home");
    Files.writeString(
        home.resolve("portcullis.properties"),
        "gateway.webhooks.timeout=PT3S\ngateway.webhooks.at-once=" + PLACES + "\n");
    try (Receivers receivers = new Receivers();
        Portcullis portcullis = Portcullis.start(home, Map.of())) {
      List<String> well = register(portcullis, receivers);
      long start = System.nanoTime();
      List<Future<Void>> clients = new ArrayList<>();
      try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
        for (int i = 0; i < CLIENTS; i++) {
          clients.add(threads.submit(() -> make(portcullis)));
        }
        for (int kill = 1; kill <= KILLS; kill++) {
          int made = EVENTS * kill / (KILLS + 1);
          await().atMost(PATIENCE).until(() -> customers.size() >= made);
          portcullis.killNine("gateway");
        }
        for (Future<Void> client : clients) {
          client.get();
        }
      }
      assertThat(customers).hasSize(EVENTS);
      int atFirst = portcullis.residentMegabytes("gateway");
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(200))
          .until(() -> well.stream().allMatch(each -> receivers.told(each).size() >= EVENTS));
      int atLast = portcullis.residentMegabytes("gateway");
      for (String each : well) {
        assertThat(receivers.told(each)).as(each).isEqualTo(customers);
      }
      System.out.printf(
          "webhooks: %d events to %d endpoints in %.1f s, %d duplicates over %d kills,"
              + " %d signatures verified by stripe-java, the gateway had %d MB when all was made"
              + " and %d MB when all was told%n",
          EVENTS,
          ENDPOINTS,
          (System.nanoTime() - start) / 1e9,
          receivers.duplicates(),
          KILLS,
          receivers.sampled(),
          atFirst,
          atLast);
      assertThat(atLast).as("megabytes").isLessThan(MOST_MEGABYTES);
      assertThat(receivers.faults()).isEmpty();
      assertThat(receivers.sampled()).isPositive();
      assertThat(receivers.duplicates())
          .isLessThanOrEqualTo(KILLS * (PLACES * well.size() + EARNED));
    }
  }

  /** The names of those that are well. */
  private static List<String> register(Portcullis portcullis, Receivers receivers)
      throws IOException, InterruptedException {
    List<String> well = new ArrayList<>();
    for (int i = 0; i < ENDPOINTS; i++) {
      String name = "endpoint-" + i;
      Map<String, String> form = new HashMap<>();
      form.put("url", receivers.url(name, manner(i)));
      form.put("enabled_events[]", "customer.created");
      Http.Answer made =
          Http.post(portcullis.api() + "/v1/webhook_endpoints", portcullis.secretKey(), form);
      assertThat(made.status()).as(made.body()).isEqualTo(200);
      receivers.secret(name, made.json().get("secret").getAsString());
      if (manner(i) == Manner.WELL) {
        well.add(name);
      }
    }
    return well;
  }

  private Void make(Portcullis portcullis) {
    for (int number = next.incrementAndGet(); number <= EVENTS; number = next.incrementAndGet()) {
      String key = "event-" + number;
      await()
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> isMade(portcullis, key));
    }
    return null;
  }

  /** Under one key, so that a request whose answer a kill took makes no second event. */
  private boolean isMade(Portcullis portcullis, String key) throws InterruptedException {
    HttpRequest.Builder request =
        Http.authorized(portcullis.api() + "/v1/customers", portcullis.secretKey())
            .header("Idempotency-Key", key);
    try {
      Http.Answer answer = Http.send(request, Map.of("description", key));
      if (answer.status() == 200) {
        customers.add(answer.json().get("id").getAsString());
        progress(customers.size());
        return true;
      }
      return false;
    } catch (IOException _) {
      return false; // the gateway is being killed; the same key again
    }
  }

  private static void progress(int made) {
    if (made % (EVENTS / 10) == 0) {
      System.out.printf("webhooks: %d of %d events are made%n", made, EVENTS);
    }
  }
}
