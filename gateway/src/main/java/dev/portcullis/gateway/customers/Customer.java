package dev.portcullis.gateway.customers;

import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.search.SearchTerms;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A customer.
 *
 * @param id {@code cus_...}
 * @param version of the row
 * @param created when it was made
 * @param doc the object as the wire shows it, complete
 */
public record Customer(String id, int version, Instant created, Map<String, @Nullable Object> doc) {

  /** Where they are stored. */
  public static final Table TABLE =
      Table.of(
          "customers",
          "blind email text",
          "deleted boolean",
          "blind terms bigint[]",
          "personal doc jsonb");

  public static Customer of(Stored stored) {
    return new Customer(
        stored.id(), stored.version(), stored.created(), Json.readObject(stored.doc()));
  }

  /** A customer of whom nothing is known yet. */
  static Customer blank(String id, Instant created, boolean livemode, String invoicePrefix) {
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("id", id);
    doc.put("object", "customer");
    doc.put("address", null);
    doc.put("balance", 0L);
    doc.put("created", created.getEpochSecond());
    doc.put("currency", null);
    doc.put("customer_account", null);
    doc.put("default_source", null);
    doc.put("delinquent", false);
    doc.put("description", null);
    doc.put("discount", null);
    doc.put("email", null);
    doc.put("invoice_prefix", invoicePrefix);
    Map<String, @Nullable Object> invoices = new LinkedHashMap<>();
    invoices.put("custom_fields", null);
    invoices.put("default_payment_method", null);
    invoices.put("footer", null);
    invoices.put("rendering_options", null);
    doc.put("invoice_settings", invoices);
    doc.put("livemode", livemode);
    doc.put("metadata", new LinkedHashMap<String, @Nullable Object>());
    doc.put("name", null);
    doc.put("next_invoice_sequence", 1L);
    doc.put("phone", null);
    doc.put("preferred_locales", List.of());
    doc.put("shipping", null);
    doc.put("tax_exempt", "none");
    doc.put("test_clock", null);
    return new Customer(id, 1, created, doc);
  }

  /**
   * A new customer of whom only what they said of themselves is known.
   *
   * @param said {@code address}, {@code email}, {@code name}, {@code phone} and {@code shipping} in
   *     the wire's form; anything else is left out
   */
  public static Customer whoSaid(
      String id, Instant created, boolean livemode, Map<String, ? extends @Nullable Object> said) {
    Customer blank = blank(id, created, livemode, invoicePrefix(id));
    Map<String, @Nullable Object> doc = new LinkedHashMap<>(blank.doc);
    for (String member : List.of("address", "email", "name", "phone", "shipping")) {
      doc.put(member, said.get(member));
    }
    return new Customer(id, 1, created, doc);
  }

  /**
   * The next version, with what they say now in the place of what they said before; what somebody
   * has written there since stays.
   *
   * @param before {@code address}, {@code email}, {@code name} and {@code phone} in the wire's form
   * @param now the same; what they say nothing of stays
   * @return empty if nothing changes by it
   */
  public Optional<Customer> whoSaysNow(
      Map<?, ? extends @Nullable Object> before, Map<String, ? extends @Nullable Object> now) {
    Map<String, @Nullable Object> after = new LinkedHashMap<>(doc);
    for (String member : List.of("address", "email", "name", "phone")) {
      Object said = now.get(member);
      if (said != null && Objects.equals(doc.get(member), before.get(member))) {
        after.put(member, said);
      }
    }
    return after.equals(doc)
        ? Optional.empty()
        : Optional.of(new Customer(id, version + 1, created, after));
  }

  /** What the numbers of its invoices begin with, until another is given. */
  static String invoicePrefix(String id) {
    return id.substring(id.length() - 8).toUpperCase(Locale.ROOT);
  }

  /** The same new customer, whose default is that payment method. */
  Customer paidWith(String paymentMethod) {
    Map<String, @Nullable Object> settings = new LinkedHashMap<>();
    if (doc.get("invoice_settings") instanceof Map<?, ?> known) {
      known.forEach((name, value) -> settings.put((String) name, value));
    }
    settings.put("default_payment_method", paymentMethod);
    Map<String, @Nullable Object> next = new LinkedHashMap<>(doc);
    next.put("invoice_settings", settings);
    return new Customer(id, version, created, next);
  }

  /** Whether it was deleted; nothing but its id is kept then. */
  public boolean isDeleted() {
    return Boolean.TRUE.equals(doc.get("deleted"));
  }

  /** The next version, of which only the id is kept. */
  Customer deleted() {
    Map<String, @Nullable Object> rest = new LinkedHashMap<>();
    rest.put("id", id);
    rest.put("object", "customer");
    rest.put("deleted", true);
    return new Customer(id, version + 1, created, rest);
  }

  /**
   * The row to write.
   *
   * @param account whose customer it is
   */
  public Row row(String account, boolean livemode) {
    String terms =
        SearchTerms.in(account, livemode)
            .personalText("email", doc.get("email"))
            .personalText("name", doc.get("name"))
            .personalText("phone", doc.get("phone"))
            .metadata(doc.get("metadata"))
            .column();
    return Row.of(
        id, version, created, doc.get("email"), isDeleted(), terms, Json.writeString(doc));
  }
}
