package dev.portcullis.bench;

import dev.portcullis.bench.HookReceiver.Delivery;
import dev.portcullis.wire.webhook.SigningSecret;
import dev.portcullis.wire.webhook.StripeSignature;
import dev.portcullis.wire.webhook.Verdict;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.HdrHistogram.Histogram;

/**
 * How soon endpoints are told of events, beside one that hangs; how many deliveries there are in a
 * second, beside a client that posts the same bodies and keeps nothing; and how many notifications
 * can be verified in a second, beside the HMAC alone.
 */
final class HookBench {

  private static final int CONNECTIONS = 16;
  private static final int RATE = 500;

  /** Of what can be made at all: at most that much, so that the delay is not that of making. */
  private static final double SHARE = 0.8;

  private static final int RECEIVERS = 16;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Shop shop;
  private final VaultCalls vault;
  private final Duration part;
  private final PrintStream out;
  private final SecureRandom random = new SecureRandom();

  HookBench(Shop shop, VaultCalls vault, Duration part, PrintStream out) {
    this.shop = shop;
    this.vault = vault;
    this.part = part;
    this.out = out;
  }

  void measure() throws IOException {
    delay();
    throughput();
    verifications();
  }

  private Optional<String> create() {
    return shop.createCustomer("Told");
  }

  private void delay() throws IOException {
    try (HookReceiver prompt = HookReceiver.prompt();
        HookReceiver hanging = HookReceiver.hanging()) {
      String told = shop.addEndpoint(prompt.url(), "customer.created");
      String stuck = shop.addEndpoint(hanging.url(), "customer.created");
      WarmUp warm = WarmUp.run(this::create, CONNECTIONS, part.dividedBy(2), "events", out);
      await(() -> prompt.came().size() >= warm.count());
      double rate = Math.min(RATE, warm.best() * SHARE);
      out.printf(Locale.ROOT, "Making %.0f events in a second ...%n", rate);
      Map<String, Long> made = new ConcurrentHashMap<>();
      Sample sample =
          new Load(
                  () -> {
                    Optional<String> id = create();
                    id.ifPresent(each -> made.put(each, System.nanoTime()));
                    return id;
                  },
                  CONNECTIONS)
              .paced(part, rate);
      await(() -> prompt.came().keySet().containsAll(made.keySet()));
      Histogram delays = new Histogram(3_600_000_000L, 3);
      made.forEach(
          (id, at) ->
              delays.recordValue(
                  Math.max(
                      0,
                      TimeUnit.NANOSECONDS.toMicros(
                          Objects.requireNonNull(prompt.came().get(id)) - at))));
      out.printf(
          Locale.ROOT,
          "events made                  %8d in a second%n"
              + "told of after the answer     %8.1f ms at p50, %.1f ms at p99, %.1f ms at most%n"
              + "told twice                   %8d of %d%n",
          sample.perSecond(),
          delays.getValueAtPercentile(50) / 1_000.0,
          delays.getValueAtPercentile(99) / 1_000.0,
          delays.getMaxValue() / 1_000.0,
          prompt.count() - prompt.came().size(),
          prompt.count());
      shop.removeEndpoint(told);
      shop.removeEndpoint(stuck);
    }
  }

  private void throughput() throws IOException {
    List<HookReceiver> receivers = new ArrayList<>();
    List<String> endpoints = new ArrayList<>();
    try {
      for (int n = 0; n < RECEIVERS; n++) {
        HookReceiver receiver = HookReceiver.prompt();
        receivers.add(receiver);
        endpoints.add(shop.addEndpoint(receiver.url(), "customer.created"));
      }
      out.println("Telling " + RECEIVERS + " endpoints of each event ...");
      long start = System.nanoTime();
      Sample made = new Load(this::create, CONNECTIONS).closedLoop(part);
      await(() -> receivers.stream().allMatch(each -> each.came().size() >= made.count()));
      long end = receivers.stream().mapToLong(HookReceiver::last).max().orElseThrow();
      double told = made.count() * RECEIVERS / ((end - start) / 1e9);
      endpoints.forEach(shop::removeEndpoint);
      double plain = plain(receivers.getFirst());
      out.printf(
          Locale.ROOT,
          "deliveries, with their events %7.0f in a second%n"
              + "  floor: the same posts alone %7.0f in a second%n"
              + "  ratio                       %7.2f%n",
          told,
          plain,
          told / plain);
    } finally {
      receivers.forEach(HookReceiver::close);
    }
  }

  /** The same bodies to the same receiver by a client that keeps nothing. */
  private double plain(HookReceiver receiver) throws IOException {
    Delivery delivery = receiver.sample().orElseThrow();
    Map<String, String> headers = new java.util.TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(delivery.headers());
    List.of("Host", "Content-Length", "Connection").forEach(headers::remove);
    try (KeptConnections connections =
        new KeptConnections(URI.create("http://127.0.0.1:" + receiver.port()), null, CONNECTIONS)) {
      return new Load(
              () -> {
                try {
                  return connections.post("/hook", headers, delivery.body()).status() == 200
                      ? Optional.of("")
                      : Optional.empty();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              },
              CONNECTIONS)
          .closedLoop(part)
          .perSecond();
    }
  }

  private void verifications() {
    byte[] body = new byte[2_048];
    random.nextBytes(body);
    SigningSecret secret = SigningSecret.generate(random);
    Instant now = Instant.ofEpochSecond(1_700_000_000);
    String header = StripeSignature.sign(now, body, List.of(secret));
    out.println("Verifying notifications ...");
    String account = String.valueOf(shop.get("/v1/account").get("id"));
    Sample vaults = new Load(() -> vault.verify(account), CONNECTIONS).closedLoop(part);
    double verified =
        alone(
            () ->
                StripeSignature.verify(
                        List.of(header), body, List.of(secret), now, Duration.ofMinutes(5))
                    instanceof Verdict.Genuine);
    Mac mac = hmac();
    double hashed = alone(() -> mac.doFinal(body).length == 32);
    out.printf(
        Locale.ROOT,
        "notifications, by the vault   %7d in a second%n"
            + "  verified in one thread      %7.0f in a second%n"
            + "  floor: HMAC-SHA-256 alone   %7.0f in a second, 2 KiB each%n",
        vaults.perSecond(),
        verified,
        hashed);
    if (vaults.failures() > 0) {
      throw new IllegalStateException("some notifications were not verified: the figures are void");
    }
  }

  private static Mac hmac() {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(new byte[32], "HmacSHA256"));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How often in a second one thread does it; the first half is the warm-up. */
  private double alone(BooleanSupplier work) {
    double perSecond = 0;
    for (int half = 0; half < 2; half++) {
      long start = System.nanoTime();
      long end = start + part.toNanos() / 2;
      long done = 0;
      while (System.nanoTime() < end) {
        if (!work.getAsBoolean()) {
          throw new IllegalStateException("it was not done: the figures are void");
        }
        done++;
      }
      perSecond = done / ((System.nanoTime() - start) / 1e9);
    }
    return perSecond;
  }

  private static void await(BooleanSupplier done) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("some events were never told: the figures are void");
      }
      LockSupport.parkNanos(10_000_000);
    }
  }
}
