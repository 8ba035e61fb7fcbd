package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.stripe.exception.StripeException;
import com.stripe.model.PaymentIntent;
import com.stripe.param.PaymentIntentCreateParams;
import com.stripe.service.V1Services;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two gateways on one database and one vault, behind a balancer. One after the other is told to
 * stop and started anew, while clients pay that try nothing twice: no request fails, and each
 * payment is charged once.
 */
@Order(55)
class RollingUpgradeTest {
  private static final int CLIENTS = 6;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Set<String> paid = ConcurrentHashMap.newKeySet();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void noRequestFailsWhileBothGatewaysAreReplaced() throws Exception {
    Path home = Portcullis.freshFolder("portcullis-home");
    Files.writeString(home.resolve("portcullis.properties"), "gateway.drain-delay=PT1S\n");
    try (Portcullis portcullis = Portcullis.start(home, Map.of())) {
      int port = Portcullis.freePort();
      Balancer.Backend first = new Balancer.Backend(portcullis.port(), portcullis.port() + 6);
      Balancer.Backend second = new Balancer.Backend(port, port + 6);
      Second other = new Second(home, portcullis.port(), port);
      try (Balancer balancer = new Balancer(List.of(first, second))) {
        other.start();
        awaitReady(first);
        awaitReady(second);
        List<Thread> clients = clients(balancer.url(), portcullis.secretKey());
        assertThat(portcullis.run(LIMIT, "migrate").succeeded())
            .contains("The vault's schema is at version", "The gateway's schema is at version");

        long pid = portcullis.status().pid("gateway");
        term(pid);
        awaitAfterMore(20);
        awaitReady(first);
        assertThat(portcullis.status().pid("gateway")).as("another process").isNotEqualTo(pid);

        int before = first.answered();
        other.stopInGoodOrder();
        awaitAfterMore(20);
        other.start();
        awaitReady(second);
        awaitAfterMore(20);
        assertThat(first.answered()).as("the new one has taken over").isGreaterThan(before);

        over.set(true);
        for (Thread client : clients) {
          client.join();
        }
      } finally {
        other.end();
      }
      System.out.printf(
          "rolling upgrade: %d payments, %d by the first gateway, %d by the second%n",
          paid.size(), first.answered(), second.answered());
      assertThat(failures).isEmpty();
      assertThat(paid).hasSize(begun.get()).hasSizeGreaterThan(60);
      List<SimulatorControl.Entry> charges =
          portcullis.simulator().ledger().stream()
              .filter(entry -> entry.kind().equals("authorization"))
              .toList();
      assertThat(charges).as("each is charged once").hasSize(paid.size());
      assertThat(charges).allMatch(charge -> charge.captured() == charge.amount());
      assertThat(charges.stream().map(SimulatorControl.Entry::amount).distinct())
          .hasSize(paid.size());
    }
  }

  private List<Thread> clients(String url, String key) {
    V1Services api = Sdk.client(url, key, 0);
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    while (!over.get()) {
                      pay(api);
                    }
                  }));
    }
    return clients;
  }

  private void pay(V1Services api) {
    int number = begun.incrementAndGet();
    try {
      PaymentIntent intent =
          api.paymentIntents()
              .create(
                  PaymentIntentCreateParams.builder()
                      .setAmount(1_000L + number)
                      .setCurrency("usd")
                      .setPaymentMethod("pm_card_visa")
                      .addPaymentMethodType("card")
                      .setConfirm(true)
                      .build(),
                  Sdk.key("rolling-" + number));
      if (intent.getStatus().equals("succeeded")) {
        paid.add(intent.getId());
      } else {
        failures.add(number + " is " + intent.getStatus());
      }
    } catch (StripeException e) {
      failures.add(number + ": " + e.getMessage());
    }
  }

  private void awaitAfterMore(int payments) {
    int enough = paid.size() + payments;
    await("payments go on")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> paid.size() >= enough);
  }

  private static void awaitReady(Balancer.Backend backend) {
    await("a gateway is ready")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .until(backend::isReady);
  }

  private static void term(long pid) {
    Commands.run(Duration.ofSeconds(10), "kill", "-TERM", Long.toString(pid));
    await("process " + pid + " has stopped by itself")
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
  }

  /** A second gateway of the home, from the same jars and settings, on other ports. */
  private static final class Second {
    private final Path home;
    private final Path settings;

    @SuppressWarnings("NullAway.Init") // start comes first
    private Process process;

    Second(Path home, int firstPort, int port) throws IOException {
      this.home = home;
      Path own = home.resolve("gateway/gateway.properties");
      settings = home.resolve("gateway/second.properties");
      String text =
          Pattern.compile("(?m)^((?:api|management|admin)\\.port)=([0-9]+)$")
              .matcher(Files.readString(own))
              .replaceAll(
                  found ->
                      found.group(1) + "=" + (Integer.parseInt(found.group(2)) - firstPort + port));
      Files.writeString(settings, text);
    }

    void start() throws IOException {
      List<String> jars;
      try (Stream<Path> files = Files.list(home.resolve("lib/gateway"))) {
        jars = files.map(Path::toString).sorted().toList();
      }
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "-Xmx192m",
                  "-cp",
                  String.join(":", jars),
                  "dev.portcullis.gateway.GatewayMain",
                  settings.toString())
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(home.resolve("gateway/second.log").toFile()))
              .start();
    }

    void stopInGoodOrder() {
      term(process.pid());
    }

    void end() throws InterruptedException {
      if (process != null) {
        process.destroyForcibly().waitFor();
      }
    }
  }
}
