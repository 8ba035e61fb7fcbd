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
 * An address that makes a session of its own for each visit.
 *
 * @param id {@code plink_...}
 * @param version of the row
 * @param created when it was made
 * @param doc the members that the wire shows, and beside them {@link #TEMPLATE} and {@link
 *     #CLOSING}
 */
record PaymentLink(String id, int version, Instant created, Map<String, @Nullable Object> doc) {

  static final String OBJECT = "payment_link";

  /** What its sessions are made from: a session that nobody can pay. */
  static final String TEMPLATE = "template";

  /** Since when its open sessions are to end with it, in Unix seconds. */
  private static final String CLOSING = "closing";

  private static final String RESTRICTIONS = "restrictions";

  private static final List<String> NOT_HERE =
      List.of(
          "application",
          "application_fee_amount",
          "application_fee_percent",
          "on_behalf_of",
          "optional_items",
          "subscription_data",
          "transfer_data");

  private static final List<String> INTENT_DATA =
      List.of(
          "capture_method",
          "description",
          "setup_future_usage",
          "statement_descriptor",
          "statement_descriptor_suffix",
          "transfer_group");

  static final Table TABLE =
      Table.of("payment_links", "active boolean", "closing timestamptz", "personal doc jsonb");

  static PaymentLink of(Stored stored) {
    return new PaymentLink(
        stored.id(), stored.version(), stored.created(), Json.readObject(stored.doc()));
  }

  boolean isActive() {
    return Boolean.TRUE.equals(doc.get("active"));
  }

  /** Whether it ends when enough of its sessions are complete. */
  boolean isLimited() {
    return doc.get(RESTRICTIONS) != null;
  }

  /** How many of its sessions may be complete, 1 or more; it {@link #isLimited}. */
  int limit() {
    return completedSessions("limit");
  }

  /** How many were complete when that was last noted; it {@link #isLimited}. */
  int count() {
    return completedSessions("count");
  }

  private int completedSessions(String figure) {
    Map<?, ?> restrictions = (Map<?, ?>) Objects.requireNonNull(doc.get(RESTRICTIONS));
    Map<?, ?> completed =
        (Map<?, ?>) Objects.requireNonNull(restrictions.get("completed_sessions"));
    return Math.toIntExact((Long) Objects.requireNonNull(completed.get(figure)));
  }

  /** Whether as many of its sessions are complete as may be. */
  boolean isFull() {
    return isLimited() && count() >= limit();
  }

  /** The wire's form of how often it can be paid and was. */
  static Map<String, @Nullable Object> restrictions(long count, long limit) {
    Map<String, @Nullable Object> completed = new LinkedHashMap<>();
    completed.put("count", count);
    completed.put("limit", limit);
    Map<String, @Nullable Object> restrictions = new LinkedHashMap<>();
    restrictions.put("completed_sessions", completed);
    return restrictions;
  }

  /**
   * The next version of one that {@link #isLimited}, with how many of its sessions are complete. If
   * none is left it is active no more, and ends its open sessions.
   */
  PaymentLink counted(int count, Instant now) {
    Map<String, @Nullable Object> after = new LinkedHashMap<>(doc);
    after.put(RESTRICTIONS, restrictions(count, limit()));
    if (count >= limit()) {
      after.put("active", false);
      after.put(CLOSING, now.getEpochSecond());
    }
    return new PaymentLink(id, version + 1, created, after);
  }

  /** The next version: it has no open sessions to end, or need not end them any more. */
  PaymentLink closed() {
    Map<String, @Nullable Object> after = new LinkedHashMap<>(doc);
    after.remove(CLOSING);
    return new PaymentLink(id, version + 1, created, after);
  }

  @SuppressWarnings("unchecked") // the document is our own
  Map<String, @Nullable Object> template() {
    return (Map<String, @Nullable Object>) Objects.requireNonNull(doc.get(TEMPLATE));
  }

  /**
   * The session that stands for those that it makes, to be shown; it goes on to the merchant's page
   * or stays with ours, which is where the shop is if nobody says what it is called.
   */
  CheckoutSession shape() {
    Map<String, @Nullable Object> shape = new LinkedHashMap<>(template());
    shape.put("success_url", Objects.requireNonNullElse(redirect(), doc.get("url")));
    return new CheckoutSession(id, version, created, shape);
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
    shown.remove(CLOSING);
    shown.putIfAbsent(RESTRICTIONS, null);
    shown.put("payment_intent_data", intentData());
    NOT_HERE.forEach(member -> shown.put(member, null));
    shown.put("automatic_tax", off("liability"));
    shown.put("invoice_creation", off("invoice_data"));
    shown.put("shipping_options", List.of());
    shown.put("tax_id_collection", Map.of("enabled", false, "required", "never"));
    return shown;
  }

  /** What an SDK reads, though nothing of it can be asked for here. */
  private static Map<String, @Nullable Object> off(String member) {
    Map<String, @Nullable Object> off = new LinkedHashMap<>();
    off.put("enabled", false);
    off.put(member, null);
    return off;
  }

  private @Nullable Map<String, @Nullable Object> intentData() {
    Map<String, @Nullable Object> said = shape().intentData();
    if (said.isEmpty()) {
      return null;
    }
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    for (String member : INTENT_DATA) {
      shown.put(member, said.get(member));
    }
    shown.put("metadata", said.getOrDefault("metadata", Map.of()));
    return shown;
  }

  /** The row to write. */
  Row row() {
    Instant closing =
        doc.get(CLOSING) instanceof Long seconds ? Instant.ofEpochSecond(seconds) : null;
    return Row.of(id, version, created, isActive(), closing, Json.writeString(doc));
  }
}
