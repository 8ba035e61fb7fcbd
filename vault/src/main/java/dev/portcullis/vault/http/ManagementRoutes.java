package dev.portcullis.vault.http;

import dev.portcullis.vault.audit.AuditReport;
import dev.portcullis.vault.store.StoreFailure;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.params.FormDecoder;
import dev.portcullis.wire.params.ParamTree;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Health, metrics and the state of the audit trail, on loopback alone. */
public final class ManagementRoutes implements Routes {

  private static final Logger LOG = Logger.getLogger(ManagementRoutes.class.getName());

  private final Supplier<Optional<String>> trouble;
  private final BooleanSupplier sealed;
  private final Metrics metrics;
  private final AuditReport audit;

  /**
   * @param trouble why the vault cannot work now, or empty if it can
   * @param sealed whether its custodians have not opened it
   */
  public ManagementRoutes(
      Supplier<Optional<String>> trouble,
      BooleanSupplier sealed,
      Metrics metrics,
      AuditReport audit) {
    this.trouble = trouble;
    this.sealed = sealed;
    this.metrics = metrics;
    this.audit = audit;
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
      case "/audit" -> verdict(exchange.query());
      case "/audit/head" -> audit(() -> audit.head(parameters(exchange.query())));
      default -> json(404, Map.of("error", "not found"));
    };
  }

  /** One at a time: it may read all of the trail, and whoever is on this machine may ask. */
  private synchronized Reply verdict(@Nullable String query) {
    return audit(() -> audit.verify(parameters(query)));
  }

  private static ParamTree parameters(@Nullable String query) {
    return query == null ? ParamTree.EMPTY : FormDecoder.decode(query);
  }

  private interface Question {
    Map<String, @Nullable Object> answer() throws SQLException;
  }

  private static Reply audit(Question question) {
    try {
      return json(200, question.answer());
    } catch (ApiException e) {
      return json(400, Map.of("error", String.valueOf(e.error().message())));
    } catch (SQLException | StoreFailure e) {
      LOG.log(Level.WARNING, "the audit trail cannot be read", e);
      return json(503, Map.of("error", "the database cannot be reached"));
    }
  }

  private Reply health() {
    Optional<String> reason = trouble.get();
    if (reason.isPresent()) {
      return json(503, Map.of("status", "down", "reason", reason.get()));
    }
    return sealed.getAsBoolean()
        ? json(503, Map.of("status", "sealed", "reason", "its custodians have not opened it"))
        : json(200, Map.of("status", "up"));
  }

  private static Reply json(int status, Map<String, ?> tree) {
    return new Reply(status, Map.of("Content-Type", "application/json"), Json.write(tree));
  }
}
