package dev.portcullis.gateway.mandates;

import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A shopper's agreement that a card may be charged later without them.
 *
 * @param id {@code mandate_...}
 * @param version of the row
 * @param created when the card was ready
 * @param doc the object as the wire shows it, complete
 */
public record Mandate(String id, int version, Instant created, Map<String, @Nullable Object> doc) {

  static final String OBJECT = "mandate";

  /** Where they are stored. */
  public static final Table TABLE =
      Table.of("mandates", "fixed payment_method text", "personal doc jsonb");

  /**
   * The agreement that the card was made ready under, if the intent's details hold a consent.
   *
   * @param details the intent's details
   * @param operation the provider operation that made the card ready, {@code op_...}; the mandate
   *     takes its id from it, so that both can be known before either is stored
   */
  public static @Nullable Mandate agreed(
      Map<String, @Nullable Object> details,
      String operation,
      String paymentMethod,
      boolean livemode,
      Instant now) {
    if (!(details.get(Consent.NAME) instanceof Map<?, ?> consent)) {
      return null;
    }
    String id = OBJECT + operation.substring(operation.indexOf('_'));
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("id", id);
    doc.put("object", OBJECT);
    doc.put("customer_acceptance", acceptance(consent));
    doc.put("livemode", livemode);
    doc.put("multi_use", Map.of());
    doc.put("payment_method", paymentMethod);
    doc.put("payment_method_details", Map.of("card", Map.of(), "type", "card"));
    doc.put("status", "active");
    doc.put("type", "multi_use");
    return new Mandate(id, 1, now, doc);
  }

  private static Map<String, @Nullable Object> acceptance(Map<?, ?> consent) {
    Map<String, @Nullable Object> acceptance = new LinkedHashMap<>();
    if (consent.get("customer_acceptance") instanceof Map<?, ?> accepted) {
      accepted.forEach((name, value) -> acceptance.put((String) name, value));
    }
    if ("offline".equals(acceptance.get("type"))) {
      acceptance.put("offline", Map.of());
    }
    return acceptance;
  }

  static Mandate of(Stored stored) {
    return new Mandate(
        stored.id(), stored.version(), stored.created(), Json.readObject(stored.doc()));
  }

  /** The card. */
  public String paymentMethod() {
    return (String) Objects.requireNonNull(doc.get("payment_method"));
  }

  boolean isActive() {
    return "active".equals(doc.get("status"));
  }

  /** The next version, which nobody can be charged under. */
  Mandate ended() {
    return new Mandate(id, version + 1, created, inactive());
  }

  /** The same, over before it began: its card was given up meanwhile. */
  public Mandate stillborn() {
    return new Mandate(id, version, created, inactive());
  }

  private Map<String, @Nullable Object> inactive() {
    Map<String, @Nullable Object> next = new LinkedHashMap<>(doc);
    next.put("status", "inactive");
    return next;
  }

  /** The row to write. */
  public Row row() {
    return Row.of(id, version, created, paymentMethod(), Json.writeString(doc));
  }
}
