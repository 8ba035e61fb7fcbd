package dev.portcullis.gateway.checkout;

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
 * An address that makes a session of its own for each visit.
 *
 * @param id {@code plink_...}
 * @param version of the row
 * @param created when it was made
 * @param doc the members that the wire shows, and beside them {@link #TEMPLATE}
 */
record PaymentLink(String id, int version, Instant created, Map<String, @Nullable Object> doc) {

  static final String OBJECT = "payment_link";

  /** What its sessions are made from: a session that nobody can pay. */
  static final String TEMPLATE = "template";

  static final Table TABLE = Table.of("payment_links", "active boolean", "personal doc jsonb");

  static PaymentLink of(Stored stored) {
    return new PaymentLink(
        stored.id(), stored.version(), stored.created(), Json.readObject(stored.doc()));
  }

  boolean isActive() {
    return Boolean.TRUE.equals(doc.get("active"));
  }

  @SuppressWarnings("unchecked") // the document is our own
  Map<String, @Nullable Object> template() {
    return (Map<String, @Nullable Object>) Objects.requireNonNull(doc.get(TEMPLATE));
  }

  /** The session that stands for those that it makes, to be shown. */
  CheckoutSession shape() {
    return new CheckoutSession(id, version, created, template());
  }

  /** Where the merchant wants shoppers who have paid, or null for our own page. */
  @Nullable String redirect() {
    return doc.get("after_completion") instanceof Map<?, ?> after
            && after.get("redirect") instanceof Map<?, ?> redirect
        ? (String) redirect.get("url")
        : null;
  }

  /** As the wire shows it. */
  Map<String, @Nullable Object> shown() {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>(doc);
    shown.remove(TEMPLATE);
    return shown;
  }

  /** The row to write. */
  Row row() {
    return Row.of(id, version, created, isActive(), Json.writeString(doc));
  }
}
