package dev.portcullis.vault.http;

import dev.portcullis.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Health and metrics, on loopback alone. */
public final class ManagementRoutes implements Routes {

  private final Supplier<Optional<String>> trouble;
  private final Metrics metrics;

  /**
   * @param trouble why the vault cannot work now, or empty if it can
   */
  public ManagementRoutes(Supplier<Optional<String>> trouble, Metrics metrics) {
    this.trouble = trouble;
    this.metrics = metrics;
  }

  /** Nothing is sent here. */
  @Override
  public int maxBody() {
    return 0;
  }

  @Override
  public String nameOf(String path) {
    return "management";
  }

  @Override
  public Reply answer(Exchange exchange) {
    if (!exchange.method().equals("GET")) {
      return json(405, Map.of("error", "method not allowed"));
    }
    return switch (exchange.path()) {
      case "/health" -> health();
      case "/metrics" ->
          new Reply(
              200,
              Map.of("Content-Type", "text/plain; version=0.0.4; charset=utf-8"),
              metrics.text().getBytes(StandardCharsets.UTF_8));
      default -> json(404, Map.of("error", "not found"));
    };
  }

  private Reply health() {
    Optional<String> reason = trouble.get();
    return reason.isEmpty()
        ? json(200, Map.of("status", "up"))
        : json(503, Map.of("status", "down", "reason", reason.get()));
  }

  private static Reply json(int status, Map<String, String> tree) {
    return new Reply(status, Map.of("Content-Type", "application/json"), Json.write(tree));
  }
}
