package dev.portcullis.bench;

import dev.portcullis.kit.Luhn;
import dev.portcullis.wire.egress.AddressPolicy;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressOptions;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.egress.EgressResult.Answered;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.tls.TlsContexts;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A business with returning customers, each with a saved card. */
final class Shop implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int CUSTOMERS = 200;

  /** The range that the sandbox reserves for generated cards. */
  private static final String GENERATED_RANGE = "40000099";

  private record Buyer(String customer, String card) {}

  private final Target target;
  private final EgressClient client;
  private final SecureRandom random = new SecureRandom();
  private final List<Buyer> buyers = new ArrayList<>();

  private Shop(Target target, int connections) {
    this.target = target;
    this.client =
        new EgressClient(
            TlsContexts.client(null, target.ca()),
            new EgressOptions(
                AddressPolicy.LOOPBACK,
                List.of("TLSv1.3"),
                connections,
                1 << 20,
                Duration.ofSeconds(5)));
  }

  /** A business that has no customers yet. */
  static Shop empty(Target target, int connections) {
    return new Shop(target, connections);
  }

  static Shop open(Target target, int connections) {
    Shop shop = new Shop(target, connections);
    for (int n = 0; n < CUSTOMERS; n++) {
      shop.buyers.add(shop.newBuyer(n));
    }
    return shop;
  }

  private Buyer newBuyer(int n) {
    String customer = id(post(target.api(), "/v1/customers", "name=Buyer+" + n));
    String payload = GENERATED_RANGE + "%07d".formatted(n);
    String card =
        id(
            post(
                target.cards(),
                "/v1/payment_methods",
                "type=card&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123&card[number]="
                    + payload
                    + Luhn.checkDigit(payload)));
    post(target.api(), "/v1/payment_methods/" + card + "/attach", "customer=" + customer);
    return new Buyer(customer, card);
  }

  /** One payment; its id if it succeeded. */
  Optional<String> pay() {
    Buyer buyer = buyers.get(ThreadLocalRandom.current().nextInt(buyers.size()));
    String form =
        "amount=1999&currency=usd&confirm=true&off_session=true&customer="
            + buyer.customer()
            + "&payment_method="
            + buyer.card();
    Map<String, @Nullable Object> intent = post(target.api(), "/v1/payment_intents", form);
    if ("succeeded".equals(intent.get("status"))) {
      return Optional.of(id(intent));
    }
    System.err.println(
        "a payment did not succeed: " + intent.getOrDefault("error", intent.get("status")));
    return Optional.empty();
  }

  /** A payment that nobody pays yet, with that metadata; its id. */
  String createUnpaid(String name, String value) {
    return id(
        post(
            target.api(),
            "/v1/payment_intents",
            "amount=1999&currency=usd&metadata[" + name + "]=" + value));
  }

  /** A customer; its id. */
  Optional<String> createCustomer(String name) {
    return post(target.api(), "/v1/customers", "name=" + name).get("id") instanceof String id
        ? Optional.of(id)
        : Optional.empty();
  }

  /** Somebody to tell of events of a type; its id. */
  String addEndpoint(String url, String type) {
    return id(
        post(
            target.api(),
            "/v1/webhook_endpoints",
            "url=" + URLEncoder.encode(url, StandardCharsets.UTF_8) + "&enabled_events[]=" + type));
  }

  void removeEndpoint(String id) {
    send(
        new EgressRequest(
            "DELETE",
            target.api().resolve("/v1/webhook_endpoints/" + id),
            Map.of("Authorization", "Bearer " + target.secretKey()),
            new byte[0]));
  }

  /**
   * Reads from the API.
   *
   * @param path with its query
   */
  Map<String, @Nullable Object> get(String path) {
    return send(
        new EgressRequest(
            "GET",
            target.api().resolve(path),
            Map.of("Authorization", "Bearer " + target.secretKey()),
            new byte[0]));
  }

  /** Whether a read with that key is refused for being one too many. */
  boolean isRefused(String key) {
    EgressResult result =
        client.send(
            new EgressRequest(
                "GET",
                target.api().resolve("/v1/payment_intents/pi_none?client_secret=none"),
                Map.of("Authorization", "Bearer " + key),
                new byte[0]),
            PATIENCE);
    return result instanceof Answered answer && answer.status() == 429;
  }

  private Map<String, @Nullable Object> post(URI origin, String path, String form) {
    byte[] key = new byte[16];
    random.nextBytes(key);
    return send(
        new EgressRequest(
            "POST",
            origin.resolve(path),
            Map.of(
                "Authorization",
                "Bearer " + target.secretKey(),
                "Content-Type",
                "application/x-www-form-urlencoded",
                "Idempotency-Key",
                HexFormat.of().formatHex(key)),
            form.getBytes(StandardCharsets.UTF_8)));
  }

  private Map<String, @Nullable Object> send(EgressRequest request) {
    EgressResult result = client.send(request, PATIENCE);
    return switch (result) {
      case Answered answer -> Json.readObject(answer.body());
      case EgressResult.NotSent(String reason) -> Map.of("error", reason);
      case EgressResult.NoAnswer(String reason) -> Map.of("error", reason);
    };
  }

  private static String id(Map<String, @Nullable Object> object) {
    return (String)
        Objects.requireNonNull(object.get("id"), () -> "no object came back: " + object);
  }

  @Override
  public void close() {
    client.close();
  }
}
