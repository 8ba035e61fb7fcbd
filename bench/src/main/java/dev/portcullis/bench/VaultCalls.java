package dev.portcullis.bench;

import dev.portcullis.kit.Luhn;
import dev.portcullis.wire.egress.AddressPolicy;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressOptions;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.egress.EgressResult.Answered;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the vault is asked for: cards by a server that takes them in, and look-ups and forwards by
 * the gateway, whose certificate this shows. And the provider itself, without the vault between.
 */
final class VaultCalls implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The range that the sandbox reserves for generated cards has seven digits left. */
  private static final String GENERATED_RANGE = "40000099";

  private static final int GENERATED = 10_000_000;

  private final Target target;
  private final URI internal;
  private final URI provider;
  private final String providerKey;
  private final EgressClient cards;
  private final EgressClient gateway;
  private final EgressClient direct;
  private final AtomicLong numbers = new AtomicLong(ThreadLocalRandom.current().nextInt(GENERATED));
  private final AtomicLong operations = new AtomicLong();
  private final String run = Long.toString(System.nanoTime(), 36);

  /**
   * @param home the instance's folder, which is read for the gateway's certificate
   */
  VaultCalls(Target target, Path home, int connections) throws IOException {
    this.target = target;
    int base = target.api().getPort();
    this.internal = URI.create("https://localhost:" + (base + 3));
    this.provider = URI.create("https://localhost:" + (base + 4));
    this.providerKey = Files.readString(home.resolve("simulator/secrets/provider-key")).strip();
    Path tls = home.resolve("gateway/tls");
    EgressOptions options =
        new EgressOptions(
            AddressPolicy.LOOPBACK,
            java.util.List.of("TLSv1.3"),
            connections,
            1 << 20,
            Duration.ofSeconds(5));
    this.cards = new EgressClient(TlsContexts.client(null, target.ca()), options);
    this.gateway =
        new EgressClient(
            TlsContexts.client(
                PemIdentity.load(tls.resolve("gateway.pem"), tls.resolve("gateway.key")),
                tls.resolve("ca.pem")),
            options);
    this.direct = new EgressClient(TlsContexts.client(null, tls.resolve("ca.pem")), options);
  }

  /** A card that never came before; its id. */
  Optional<String> tokenize() {
    String payload = GENERATED_RANGE + "%07d".formatted(numbers.getAndIncrement() % GENERATED);
    String form =
        "type=card&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123&card[number]="
            + payload
            + Luhn.checkDigit(payload);
    return id(
        cards.send(
            new EgressRequest(
                "POST",
                target.cards().resolve("/v1/payment_methods"),
                Map.of(
                    "Authorization",
                    "Bearer " + target.secretKey(),
                    "Content-Type",
                    "application/x-www-form-urlencoded",
                    "Idempotency-Key",
                    run + "-" + operations.incrementAndGet()),
                form.getBytes(StandardCharsets.UTF_8)),
            PATIENCE));
  }

  /** What the gateway asks of a card before it pays with it: all but the number. */
  Optional<String> lookUp(String account, String id) {
    return id(call("/internal/v1/payment_methods/lookup", of(account, "id", id)));
  }

  /** A test card of an account; its id. */
  Optional<String> mint(String account) {
    return id(call("/internal/v1/test_payment_methods", of(account, "name", "pm_card_visa")));
  }

  private static Map<String, @Nullable Object> of(String account, String name, String value) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("account", account);
    body.put("livemode", false);
    body.put(name, value);
    return body;
  }

  /** A card sent to the provider with its number put in by the vault. */
  Optional<String> forward(String account, String id) {
    String operation = run + "_" + operations.incrementAndGet();
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("operation", "sandbox.authorize");
    body.put("operation_id", operation);
    body.put("account", account);
    body.put("livemode", false);
    body.put("provider_account", "sandbox");
    body.put("token", id);
    body.put("idempotency_key", operation);
    body.put("timeout_ms", 20_000L);
    body.put(
        "body",
        authorization(operation, "{{card.number}}", "{{card.exp_month}}", "{{card.exp_year}}"));
    return answered(call("/internal/v1/forward", body));
  }

  /** The same without the vault. */
  Optional<String> authorize() {
    String operation = run + "_" + operations.incrementAndGet();
    return answered(
        direct.send(
            new EgressRequest(
                "POST",
                provider.resolve("/sandbox/v1/authorizations"),
                Map.of(
                    "Authorization",
                    "Bearer " + providerKey,
                    "Content-Type",
                    "application/json",
                    "Idempotency-Key",
                    operation),
                Json.write(authorization(operation, "4242424242424242", "12", "2040"))),
            PATIENCE));
  }

  private static Map<String, @Nullable Object> authorization(
      String reference, String number, String month, String year) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("reference", reference);
    body.put("amount", 1_999L);
    body.put("currency", "usd");
    body.put("capture", true);
    body.put("setup", false);
    body.put("initiator", "merchant");
    body.put("return_url", "https://localhost/return");
    body.put("card", Map.of("number", number, "exp_month", month, "exp_year", year));
    return body;
  }

  private EgressResult call(String path, Map<String, @Nullable Object> body) {
    return gateway.send(
        new EgressRequest(
            "POST",
            internal.resolve(path),
            Map.of("Content-Type", "application/json"),
            Json.write(body)),
        PATIENCE);
  }

  private static Optional<String> id(EgressResult result) {
    return result instanceof Answered answer
            && answer.status() == 200
            && Json.readObject(answer.body()).get("id") instanceof String id
        ? Optional.of(id)
        : failed(result);
  }

  private static Optional<String> answered(EgressResult result) {
    return result instanceof Answered answer
            && answer.status() == 200
            && new String(answer.body(), StandardCharsets.UTF_8).contains("\"approved\"")
        ? Optional.of("approved")
        : failed(result);
  }

  private static Optional<String> failed(EgressResult result) {
    System.err.println(
        "not done: "
            + switch (result) {
              case Answered answer ->
                  answer.status() + " " + new String(answer.body(), StandardCharsets.UTF_8);
              case EgressResult.NotSent(String reason) -> reason;
              case EgressResult.NoAnswer(String reason) -> reason;
            });
    return Optional.empty();
  }

  @Override
  public void close() {
    cards.close();
    gateway.close();
    direct.close();
  }
}
