package dev.portcullis.simulator;

import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Talks to a simulator over real HTTP and HTTPS, as the vault, the shopper or a test does. */
final class Client implements AutoCloseable {
  /** Of the form that Checkout.com's client insists on. */
  static final String PROVIDER_KEY = "sk_sbox_abcdefghijklmnopqrstuvwxyz2";

  static final String CONTROL_KEY = "control-key-of-the-tests";

  private final HttpClient http =
      HttpClient.newBuilder()
          .sslContext(TestTls.context())
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final String provider;
  private final String shopper;

  Client(String provider, String shopper) {
    this.provider = provider;
    this.shopper = shopper;
  }

  /** An answer, with its JSON object if it has one. */
  record Reply(int status, HttpResponse<byte[]> raw) {
    Map<String, @Nullable Object> body() {
      return Json.readObject(raw.body());
    }

    @Nullable Object get(String name) {
      return body().get(name);
    }

    String text(String name) {
      return String.valueOf(get(name));
    }

    List<?> list(String name) {
      return (List<?>) Objects.requireNonNull(get(name));
    }

    String errorCode() {
      return get("error") instanceof Map<?, ?> error ? String.valueOf(error.get("code")) : "";
    }

    String html() {
      return new String(raw.body(), StandardCharsets.UTF_8);
    }
  }

  /** An authorization's body with everything ordinary. */
  static Map<String, @Nullable Object> authorization(String reference, String number) {
    Map<String, @Nullable Object> card = new LinkedHashMap<>();
    card.put("number", number);
    card.put("exp_month", "12");
    card.put("exp_year", "2034");
    card.put("cvc", "123");
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("reference", reference);
    body.put("amount", 1_999L);
    body.put("currency", "usd");
    body.put("capture", true);
    body.put("card", card);
    body.put("initiator", "customer");
    body.put("setup", false);
    body.put("return_url", "https://shop.example/return?order=7");
    return body;
  }

  Reply authorize(Map<String, @Nullable Object> body) throws IOException {
    return post("/sandbox/v1/authorizations", body);
  }

  Reply capture(String authorization, String reference, long amount) throws IOException {
    return move(authorization, "captures", reference, amount);
  }

  Reply refund(String authorization, String reference, long amount) throws IOException {
    return move(authorization, "refunds", reference, amount);
  }

  Reply cancel(String authorization, String reference) throws IOException {
    return post(
        "/sandbox/v1/authorizations/" + authorization + "/voids", Map.of("reference", reference));
  }

  private Reply move(String authorization, String what, String reference, long amount)
      throws IOException {
    return post(
        "/sandbox/v1/authorizations/" + authorization + "/" + what,
        Map.of("reference", reference, "amount", amount, "currency", "usd"));
  }

  Reply lookup(String reference) throws IOException {
    return send(toProvider("/sandbox/v1/operations/" + reference).GET().build());
  }

  Reply post(String path, Map<String, ? extends @Nullable Object> body) throws IOException {
    return send(
        toProvider(path)
            .header("Idempotency-Key", String.valueOf(body.get("reference")))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(Json.write(body)))
            .build());
  }

  HttpRequest.Builder toProvider(String path) {
    return HttpRequest.newBuilder(URI.create(provider + path))
        .timeout(Duration.ofSeconds(10))
        .header("Authorization", "Bearer " + PROVIDER_KEY);
  }

  HttpRequest.Builder toShopper(String path) {
    return HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : shopper + path))
        .timeout(Duration.ofSeconds(10));
  }

  Reply control(String method, String path, @Nullable Map<String, Object> body) throws IOException {
    return send(
        toShopper(path)
            .header("Authorization", "Bearer " + CONTROL_KEY)
            .method(
                method,
                body == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(Json.write(body)))
            .build());
  }

  /** Every request suffers that fault from now on. */
  void fault(Fault fault) throws IOException {
    control(
        "PUT",
        "/control/faults",
        Map.of("seed", 1L, "rates", Map.of(fault.wire(), 1L), "timeout_ms", 300L));
  }

  void noFaults() throws IOException {
    control("DELETE", "/control/faults", null);
  }

  /** Answers a challenge as the page's form does; gives where the shopper goes back to. */
  String challenge(String link, boolean pass) throws IOException {
    URI uri = URI.create(link);
    String outcome = pass ? "complete" : "fail";
    Reply reply =
        send(
            toShopper(link.substring(0, link.indexOf('?')))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(uri.getQuery() + "&outcome=" + outcome))
                .build());
    return reply.raw().headers().firstValue("Location").orElse("status " + reply.status());
  }

  Reply send(HttpRequest request) throws IOException {
    try {
      HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
      return new Reply(response.statusCode(), response);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
