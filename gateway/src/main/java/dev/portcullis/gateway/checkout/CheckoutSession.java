package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A checkout session.
 *
 * @param id {@code cs_test_...} or {@code cs_live_...}
 * @param version of the row
 * @param created when it was made
 * @param doc the members that the wire shows, and beside them {@link #ITEMS} and {@link #INTENT},
 *     which it does not
 */
record CheckoutSession(String id, int version, Instant created, Map<String, @Nullable Object> doc) {

  static final String OBJECT = "checkout.session";

  /** The line items, a list of maps with {@code shown} and {@code product}. */
  static final String ITEMS = "items";

  /** What was said of the intent that is made when the shopper pays, in the wire's form. */
  static final String INTENT = "intent";

  static final Table TABLE =
      Table.of(
          "checkout_sessions",
          "customer text",
          "payment_intent text",
          "status text",
          "blind email text",
          "fixed expires timestamptz",
          "personal doc jsonb");

  static CheckoutSession of(Stored stored) {
    return new CheckoutSession(
        stored.id(), stored.version(), stored.created(), Json.readObject(stored.doc()));
  }

  boolean isOpen() {
    return "open".equals(doc.get("status"));
  }

  /** As the wire shows it. */
  Map<String, @Nullable Object> shown() {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>(doc);
    shown.remove(ITEMS);
    shown.remove(INTENT);
    return shown;
  }

  /** The line items as the wire shows them, in the order in which they were sent. */
  @SuppressWarnings("unchecked") // the document is our own
  List<Map<String, @Nullable Object>> items() {
    return ((List<Map<String, @Nullable Object>>) Objects.requireNonNull(doc.get(ITEMS)))
        .stream()
            .map(item -> (Map<String, @Nullable Object>) Objects.requireNonNull(item.get("shown")))
            .toList();
  }

  /** The next version: it is too late to pay. */
  CheckoutSession expired() {
    Map<String, @Nullable Object> after = new LinkedHashMap<>(doc);
    after.put("status", "expired");
    after.put("url", null);
    return new CheckoutSession(id, version + 1, created, after);
  }

  /** The row to write. */
  Row row() {
    Instant expires = Instant.ofEpochSecond((Long) Objects.requireNonNull(doc.get("expires_at")));
    return Row.of(
        id,
        version,
        created,
        doc.get("customer"),
        doc.get("payment_intent"),
        doc.get("status"),
        doc.get("customer_details") instanceof Map<?, ?> details ? details.get("email") : null,
        expires,
        Json.writeString(doc));
  }
}
