package dev.portcullis.gateway.paymentmethods;

import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A payment method: what the gateway may know of a card.
 *
 * @param id {@code pm_...}, the vault's id for the card
 * @param version of the row
 * @param created when the vault made it
 * @param doc the object as the wire shows it, complete
 * @param spentBy the payment that used it without a customer's consent to use it again, or {@link
 *     #DETACHED}, or null while anybody may use it
 * @param bin the card's first digits, or null where they are not known or not read: they are
 *     written once and are no part of the object
 */
public record PaymentMethod(
    String id,
    int version,
    Instant created,
    Map<String, @Nullable Object> doc,
    @Nullable String spentBy,
    @Nullable String bin) {

  /** That it was a customer's and is no longer. */
  static final String DETACHED = "detached";

  private static final String SPENT_BY = "spent_by";

  /** Whether a page may show the card again. */
  public static final Param REDISPLAY =
      Param.choice("allow_redisplay", "always", "limited", "unspecified");

  /** Where they are stored. */
  public static final Table TABLE =
      Table.of(
          "payment_methods",
          "customer text",
          "fixed type text",
          "fixed bin text",
          "personal doc jsonb");

  public static PaymentMethod of(Stored stored) {
    Map<String, @Nullable Object> doc = Json.readObject(stored.doc());
    String spentBy = (String) doc.remove(SPENT_BY);
    return new PaymentMethod(stored.id(), stored.version(), stored.created(), doc, spentBy, null);
  }

  /** A payment method that the gateway sees for the first time. */
  static PaymentMethod of(VaultCard vault, boolean livemode) {
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("id", vault.id());
    doc.put("object", "payment_method");
    doc.put("allow_redisplay", vault.allowRedisplay());
    doc.put("billing_details", BillingDetails.complete(vault.billingDetails()));
    doc.put("card", card(vault.card()));
    doc.put("created", vault.created().getEpochSecond());
    doc.put("customer", null);
    doc.put("customer_account", null);
    doc.put("livemode", livemode);
    doc.put("metadata", vault.metadata());
    doc.put("type", "card");
    String bin = vault.card().get("bin") instanceof String digits ? digits : null;
    return new PaymentMethod(vault.id(), 1, vault.created(), doc, null, bin);
  }

  private static Map<String, @Nullable Object> card(Map<String, @Nullable Object> vault) {
    Object brand = vault.getOrDefault("brand", "unknown");
    Map<String, @Nullable Object> card = new LinkedHashMap<>();
    card.put("brand", brand);
    card.put("checks", checks(vault.get("checks")));
    card.put("country", vault.get("country"));
    card.put("display_brand", brand);
    card.put("exp_month", vault.get("exp_month"));
    card.put("exp_year", vault.get("exp_year"));
    card.put("fingerprint", vault.get("fingerprint"));
    card.put("funding", vault.getOrDefault("funding", "unknown"));
    card.put("generated_from", null);
    card.put("last4", vault.get("last4"));
    Map<String, @Nullable Object> networks = new LinkedHashMap<>();
    networks.put("available", brand == null ? List.of() : List.of(brand));
    networks.put("preferred", null);
    card.put("networks", networks);
    card.put("regulated_status", "unregulated");
    card.put("three_d_secure_usage", Map.of("supported", true));
    card.put("wallet", null);
    return card;
  }

  private static Map<String, @Nullable Object> checks(@Nullable Object known) {
    Map<?, ?> from = known instanceof Map<?, ?> map ? map : Map.of();
    Map<String, @Nullable Object> checks = new LinkedHashMap<>();
    for (String name : List.of("address_line1_check", "address_postal_code_check", "cvc_check")) {
      checks.put(name, from.get(name));
    }
    return checks;
  }

  /** The customer that it is attached to, or null. */
  public @Nullable String customer() {
    return (String) doc.get("customer");
  }

  /** brand, last4, exp_month and so on, as the wire shows them. */
  @SuppressWarnings("unchecked") // the document is our own
  public Map<String, @Nullable Object> card() {
    return (Map<String, @Nullable Object>) java.util.Objects.requireNonNull(doc.get("card"));
  }

  /** Name, address and so on, as the wire shows them. */
  @SuppressWarnings("unchecked") // the document is our own
  public Map<String, @Nullable Object> billingDetails() {
    return (Map<String, @Nullable Object>)
        java.util.Objects.requireNonNull(doc.get("billing_details"));
  }

  /** The next version, with some members replaced. */
  public PaymentMethod with(Map<String, ?> members) {
    Map<String, @Nullable Object> next = new LinkedHashMap<>(doc);
    next.putAll(members);
    return new PaymentMethod(id, version + 1, created, next, spentBy, bin);
  }

  /** The same as a new one: it is not stored yet. */
  PaymentMethod asNew() {
    return new PaymentMethod(id, 1, created, doc, spentBy, bin);
  }

  /** The next version, which that payment alone may use. */
  PaymentMethod spentOn(String payment) {
    return new PaymentMethod(id, version + 1, created, doc, payment, bin);
  }

  /** Whether it may pay for that payment, or, with null, for any or become a customer's. */
  public boolean isFree(@Nullable String payment) {
    return spentBy == null || spentBy.equals(payment);
  }

  /**
   * The next version, with what was sent of {@code billing_details}, {@code allow_redisplay} and
   * {@code metadata}.
   */
  @SuppressWarnings("unchecked") // the document is our own
  PaymentMethod changedBy(Arguments sent) {
    Map<String, @Nullable Object> changes = new LinkedHashMap<>();
    sent.string("allow_redisplay").ifPresent(choice -> changes.put("allow_redisplay", choice));
    sent.hash("billing_details")
        .ifPresent(
            details ->
                changes.put("billing_details", BillingDetails.update(billingDetails(), details)));
    sent.metadata()
        .ifPresent(
            update -> {
              Object before = doc.get("metadata");
              changes.put(
                  "metadata",
                  update.applyTo(before == null ? Map.of() : (Map<String, String>) before));
            });
    return with(changes);
  }

  /**
   * The next version, attached to that customer, or to none: then nobody can use it any more, since
   * nobody agreed to more than this customer's use. Who attaches it has seen that it is free.
   */
  public PaymentMethod attachedTo(@Nullable String newCustomer) {
    Map<String, @Nullable Object> next = new LinkedHashMap<>(doc);
    next.put("customer", newCustomer);
    return new PaymentMethod(
        id, version + 1, created, next, newCustomer == null ? DETACHED : null, bin);
  }

  /** The row to write. */
  public Row row() {
    Map<String, @Nullable Object> stored = new LinkedHashMap<>(doc);
    if (spentBy != null) {
      stored.put(SPENT_BY, spentBy);
    }
    return Row.of(id, version, created, customer(), "card", bin, Json.writeString(stored));
  }
}
