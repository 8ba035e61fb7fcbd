package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.payments.HostedIntents.Ref;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A checkout session.
 *
 * @param id {@code cs_test_...} or {@code cs_live_...}
 * @param version of the row
 * @param created when it was made
 * @param doc the members that the wire shows, and beside them {@link #INSIDE}, which it does not
 */
record CheckoutSession(String id, int version, Instant created, Map<String, @Nullable Object> doc) {

  static final String OBJECT = "checkout.session";

  /** The line items, a list of maps with {@code shown} and {@code product}. */
  static final String ITEMS = "items";

  /** What was said of the intent that is made when the shopper pays, in the wire's form. */
  static final String INTENT = "intent";

  /** When a shopper last began to pay, in Unix seconds, while the end of that is awaited. */
  static final String ATTEMPTED = "attempted";

  /** When a shopper first began to pay, in Unix seconds; while it is open, it has a place since. */
  static final String PLACED = "placed";

  /** That the shopper agreed to have the card kept and offered again. */
  static final String KEPT = "kept";

  /** That the page asks for an address for mail, because the merchant has named none. */
  static final String EMAIL_ASKED = "email_asked";

  private static final List<String> INSIDE =
      List.of(ITEMS, INTENT, ATTEMPTED, PLACED, KEPT, EMAIL_ASKED);

  static final Table TABLE =
      Table.of(
          "checkout_sessions",
          "customer text",
          "payment_intent text",
          "setup_intent text",
          "payment_link text",
          "status text",
          "blind email text",
          "attempted timestamptz",
          "placed timestamptz",
          "fixed expires timestamptz",
          "personal doc jsonb");

  static CheckoutSession of(Stored stored) {
    return new CheckoutSession(
        stored.id(), stored.version(), stored.created(), Json.readObject(stored.doc()));
  }

  boolean isOpen() {
    return "open".equals(doc.get("status"));
  }

  boolean isComplete() {
    return "complete".equals(doc.get("status"));
  }

  boolean isSetup() {
    return "setup".equals(doc.get("mode"));
  }

  /** Whether its time is over at that moment. */
  boolean isOver(Instant now) {
    return now.getEpochSecond() >= (Long) Objects.requireNonNull(doc.get("expires_at"));
  }

  /** What is to be paid. */
  Money total() {
    return Money.of(
        (Long) Objects.requireNonNull(doc.get("amount_total")),
        Objects.requireNonNull(text("currency")));
  }

  /** A text that the wire shows, or null. */
  @Nullable String text(String member) {
    return (String) doc.get(member);
  }

  /** The intent that was made when a shopper began to pay. */
  Optional<Ref> intent() {
    String id = text(isSetup() ? "setup_intent" : "payment_intent");
    return Optional.ofNullable(id).map(known -> new Ref(known, isSetup()));
  }

  /** The shopper's address for mail if the merchant has named it, or null. */
  @Nullable String email() {
    return Boolean.TRUE.equals(doc.get(EMAIL_ASKED))
        ? null
        : (String) hash("customer_details").get("email");
  }

  /** What was said of the intent, in the wire's form. */
  @SuppressWarnings("unchecked") // the document is our own
  Map<String, @Nullable Object> intentData() {
    Object data = doc.get(INTENT);
    return data == null ? new LinkedHashMap<>() : (Map<String, @Nullable Object>) data;
  }

  /** A hash that the wire shows; empty where it shows none. */
  Map<?, ?> hash(String member) {
    return doc.get(member) instanceof Map<?, ?> map ? map : Map.of();
  }

  /** When a shopper last began to pay, if the end of that is awaited. */
  Optional<Instant> attempted() {
    return time(ATTEMPTED);
  }

  private Optional<Instant> time(String member) {
    return doc.get(member) instanceof Long seconds
        ? Optional.of(Instant.ofEpochSecond(seconds))
        : Optional.empty();
  }

  /** The members that say that a shopper begins to pay at that moment. */
  Map<String, Object> attempting(Instant now) {
    Instant first = time(PLACED).or(this::attempted).orElse(now);
    return Map.of(ATTEMPTED, now.getEpochSecond(), PLACED, first.getEpochSecond());
  }

  /** Whether the shopper agreed to have the card kept. */
  boolean isKept() {
    return Boolean.TRUE.equals(doc.get(KEPT));
  }

  /**
   * Whether a shopper who is nobody's customer yet becomes one by paying: because the merchant
   * wants it always, or because the card that is kept has to be somebody's.
   */
  boolean makesCustomer() {
    boolean wanted =
        "always".equals(doc.get("customer_creation"))
            || intentData().get("setup_future_usage") != null;
    return wanted && !isSetup() && doc.get("customer") == null;
  }

  /** Whether its customer is one whom it has made itself. */
  boolean hasMadeCustomer() {
    return doc.get("customer") != null && doc.get("customer_creation") != null;
  }

  /** The next version, with some members replaced. */
  CheckoutSession with(Map<String, ? extends @Nullable Object> members) {
    Map<String, @Nullable Object> after = new LinkedHashMap<>(doc);
    after.putAll(members);
    return new CheckoutSession(id, version + 1, created, after);
  }

  /** As the wire shows it. */
  Map<String, @Nullable Object> shown() {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>(doc);
    INSIDE.forEach(shown::remove);
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

  /** What was said of each item's product, by the item's id. */
  Map<String, Map<?, ?>> products() {
    Map<String, Map<?, ?>> products = new LinkedHashMap<>();
    for (Object each : (List<?>) Objects.requireNonNull(doc.get(ITEMS))) {
      if (each instanceof Map<?, ?> item
          && item.get("shown") instanceof Map<?, ?> shown
          && item.get("product") instanceof Map<?, ?> product) {
        products.put(String.valueOf(shown.get("id")), product);
      }
    }
    return products;
  }

  /** The next version: it is too late to pay. */
  CheckoutSession expired() {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("status", "expired");
    members.put("url", null);
    members.put(ATTEMPTED, null);
    return with(members);
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
        doc.get("setup_intent"),
        doc.get("payment_link"),
        doc.get("status"),
        doc.get("customer_details") instanceof Map<?, ?> details ? details.get("email") : null,
        attempted().orElse(null),
        time(PLACED).orElse(null),
        expires,
        Json.writeString(doc));
  }
}
