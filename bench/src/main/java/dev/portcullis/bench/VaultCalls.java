package dev.portcullis.bench;

import dev.portcullis.kit.Luhn;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.TlsContexts;
import dev.portcullis.wire.webhook.SigningSecret;
import dev.portcullis.wire.webhook.StripeSignature;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the vault is asked for: cards by a server that takes them in, and look-ups and forwards by
 * the gateway, whose certificate this shows. And the provider itself, without the vault between.
 */
final class VaultCalls implements AutoCloseable {

  /** The range that the sandbox reserves for generated cards has seven digits left. */
  private static final String GENERATED_RANGE = "40000099";

  private static final int GENERATED = 10_000_000;

  private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

  private static final Pattern ID = Pattern.compile("\"id\":\"(\\w+)\"");
  private static final Pattern VERIFIED = Pattern.compile("\"verified\":(true)");
  private static final int NOTIFICATION_BYTES = 2_048;

  private static final Pattern APPROVED = Pattern.compile("\"(approved)\"");

  private final Target target;
  private final String providerKey;
  private final KeptConnections cards;
  private final KeptConnections gateway;
  private final KeptConnections direct;
  private final AtomicLong numbers = new AtomicLong(ThreadLocalRandom.current().nextInt(GENERATED));
  private final AtomicLong operations = new AtomicLong();
  private final String run = Long.toString(System.nanoTime(), 36);

  /**
   * @param home the instance's folder, which is read for the gateway's certificate
   */
  VaultCalls(Target target, Path home, int connections) throws IOException {
    this.target = target;
    int base = target.api().getPort();
    this.providerKey = Files.readString(home.resolve("simulator/secrets/provider-key")).strip();
    Path tls = home.resolve("gateway/tls");
    boolean plain = target.cards().getScheme().equals("http");
    this.cards =
        new KeptConnections(
            target.cards(), plain ? null : TlsContexts.client(null, target.ca()), connections);
    this.gateway =
        new KeptConnections(
            URI.create("https://localhost:" + (base + 3)),
            TlsContexts.client(
                PemIdentity.load(tls.resolve("gateway.pem"), tls.resolve("gateway.key")),
                tls.resolve("ca.pem")),
            connections);
    this.direct =
        new KeptConnections(
            URI.create("https://localhost:" + (base + 4)),
            TlsContexts.client(null, tls.resolve("ca.pem")),
            connections);
  }

  /** A card that never came before; its id. */
  Optional<String> tokenize() {
    String payload = GENERATED_RANGE + "%07d".formatted(numbers.getAndIncrement() % GENERATED);
    String form =
        "type=card&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123&card[number]="
            + payload
            + Luhn.checkDigit(payload);
    return id(
        () ->
            cards.post(
                "/v1/payment_methods",
                Map.of(
                    "Authorization",
                    "Bearer " + target.secretKey(),
                    "Content-Type",
                    "application/x-www-form-urlencoded",
                    "Idempotency-Key",
                    run + "-" + operations.incrementAndGet()),
                form.getBytes(StandardCharsets.UTF_8)));
  }

  /** What the gateway asks of a card before it pays with it: all but the number. */
  Optional<String> lookUp(String account, String id) {
    return id(
        () ->
            gateway.post(
                "/internal/v1/payment_methods/lookup", JSON, Json.write(of(account, "id", id))));
  }

  /** A test card of an account; its id. */
  Optional<String> mint(String account) {
    return id(
        () ->
            gateway.post(
                "/internal/v1/test_payment_methods",
                JSON,
                Json.write(of(account, "name", "pm_card_visa"))));
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
    return answered(() -> gateway.post("/internal/v1/forward", JSON, Json.write(body)));
  }

  /** The same without the vault. */
  Optional<String> authorize() {
    String operation = run + "_" + operations.incrementAndGet();
    return answered(
        () ->
            direct.post(
                "/sandbox/v1/authorizations",
                Map.of(
                    "Authorization",
                    "Bearer " + providerKey,
                    "Content-Type",
                    "application/json",
                    "Idempotency-Key",
                    operation),
                Json.write(authorization(operation, "4242424242424242", "12", "2040"))));
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

  /** A notification of the sandbox's provider, as its signature is verified for the gateway. */
  Optional<String> verify(String account) {
    byte[] event =
        ("{\"id\":\"" + operations.incrementAndGet() + "\"}").getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(event, NOTIFICATION_BYTES);
    Arrays.fill(padded, event.length, padded.length, (byte) ' ');
    String signature =
        StripeSignature.sign(
            InstantSource.system().instant(),
            padded,
            List.of(SigningSecret.ofText(providerKey.getBytes(StandardCharsets.UTF_8))));
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("account", account);
    body.put("livemode", false);
    body.put("provider_account", "sandbox");
    body.put("headers", Map.of("stripe-signature", signature));
    body.put("body", Base64.getEncoder().encodeToString(padded));
    return of(
        () -> gateway.post("/internal/v1/notifications/verify", JSON, Json.write(body)), VERIFIED);
  }

  private interface Post {
    KeptConnections.Answer send() throws IOException;
  }

  private static Optional<String> id(Post post) {
    return of(post, ID);
  }

  private static Optional<String> answered(Post post) {
    return of(post, APPROVED);
  }

  /** Found and not parsed: that is the vault's work here, not its client's. */
  private static Optional<String> of(Post post, Pattern wanted) {
    try {
      KeptConnections.Answer answer = post.send();
      Matcher found = wanted.matcher(answer.text());
      if (answer.status() == 200 && found.find()) {
        return Optional.of(found.group(1));
      }
      System.err.println("not done: " + answer.status() + " " + answer.text());
    } catch (IOException e) {
      System.err.println("not done: " + e);
    }
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    cards.close();
    gateway.close();
    direct.close();
  }
}
