package dev.portcullis.gateway.ledger;

import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.LedgerLine;
import dev.portcullis.gateway.journal.LedgerLine.Account;
import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.kit.Currency;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One movement of the merchant's balance. It never changes once it is written; whether its money is
 * available only time tells.
 *
 * @param id {@code txn_...}
 * @param created when it was booked
 * @param kind why the balance moved
 * @param amount before the fee; negative if money leaves
 * @param fee what the provider keeps, zero or more
 * @param availableOn from when on it counts as available
 * @param source the charge, refund or dispute behind it
 * @param description for a person, or null
 */
public record BalanceTransaction(
    String id,
    Instant created,
    Kind kind,
    Money amount,
    Money fee,
    Instant availableOn,
    String source,
    @Nullable String description) {

  /** Where they are stored. */
  public static final Table TABLE =
      Table.withKeyAlone(
          "balance_transactions",
          "fixed type text",
          "fixed currency text",
          "fixed source text",
          "fixed doc text");

  /** Refuses a fee that is income or in other money. */
  public BalanceTransaction {
    if (fee.isNegative() || !fee.currency().equals(amount.currency())) {
      throw new IllegalArgumentException("a fee is zero or more, in the amount's currency");
    }
  }

  /** Why a balance moved. */
  public enum Kind {
    /** A customer paid. */
    CHARGE("charge", "charge", "Payment processing fees"),
    /** Money was given back. */
    REFUND("refund", "refund", "Refund fee"),
    /** The customer's bank took money back. */
    DISPUTE("adjustment", "dispute", "Dispute fee"),
    /** The customer's bank returned what it had taken. */
    DISPUTE_REVERSAL("adjustment", "dispute_reversal", "Dispute fee");

    private final String type;
    private final String category;
    private final String feeDescription;

    Kind(String type, String category, String feeDescription) {
      this.type = type;
      this.category = category;
      this.feeDescription = feeDescription;
    }

    private String stored() {
      return name().toLowerCase(Locale.ROOT);
    }

    private static Kind of(String stored) {
      return valueOf(stored.toUpperCase(Locale.ROOT));
    }
  }

  /** What the balance gains, or loses if it is negative. */
  public Money net() {
    return amount.minus(fee);
  }

  /**
   * The double entry: what the provider holds more, what of it is the merchant's, what of it is the
   * provider's own. The lines sum to zero; a line of nothing is left out.
   */
  public List<LedgerLine> lines() {
    List<LedgerLine> lines = new ArrayList<>(3);
    lines.add(line(Account.PROVIDER_RECEIVABLE, amount));
    lines.add(line(Account.MERCHANT_BALANCE, net().negated()));
    if (!fee.isZero()) {
      lines.add(line(Account.PROCESSING_FEES, fee.negated()));
    }
    return lines;
  }

  private LedgerLine line(Account account, Money money) {
    return new LedgerLine(account, money, source, availableOn);
  }

  /** Adds it and its lines to the change. */
  public void book(Change.Builder change) {
    change
        .insert(
            TABLE,
            Row.of(
                id,
                1,
                created,
                kind.type,
                amount.currency().code(),
                source,
                Json.writeString(doc())))
        .ledger(id, created, lines());
  }

  /** All of it, to be kept within another document. */
  public Map<String, @Nullable Object> snapshot() {
    Map<String, @Nullable Object> snapshot = new LinkedHashMap<>();
    snapshot.put("id", id);
    snapshot.put("created", created.getEpochSecond());
    snapshot.putAll(doc());
    return snapshot;
  }

  /**
   * One that was kept so.
   *
   * @throws IllegalStateException if it is not as it was written
   */
  public static BalanceTransaction ofSnapshot(Map<String, @Nullable Object> snapshot) {
    return read(
        (String) require(snapshot, "id"),
        Instant.ofEpochSecond((Long) require(snapshot, "created")),
        snapshot);
  }

  private Map<String, @Nullable Object> doc() {
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("kind", kind.stored());
    doc.put("amount", amount.minorUnits());
    doc.put("fee", fee.minorUnits());
    doc.put("currency", amount.currency().code());
    doc.put("available_on", availableOn.getEpochSecond());
    doc.put("source", source);
    if (description != null) {
      doc.put("description", description);
    }
    return doc;
  }

  /**
   * One that is stored.
   *
   * @throws IllegalStateException if the row is not as it was written
   */
  public static BalanceTransaction read(Stored row) {
    return read(row.id(), row.created(), Json.readObject(row.doc()));
  }

  private static BalanceTransaction read(
      String id, Instant created, Map<String, @Nullable Object> doc) {
    Currency currency = Currency.of((String) require(doc, "currency"));
    return new BalanceTransaction(
        id,
        created,
        Kind.of((String) require(doc, "kind")),
        new Money((Long) require(doc, "amount"), currency),
        new Money((Long) require(doc, "fee"), currency),
        Instant.ofEpochSecond((Long) require(doc, "available_on")),
        (String) require(doc, "source"),
        (String) doc.get("description"));
  }

  private static Object require(Map<String, @Nullable Object> doc, String name) {
    Object value = doc.get(name);
    if (value == null) {
      throw new IllegalStateException("a stored balance transaction has no " + name);
    }
    return value;
  }

  /** As the wire shows it at that time. */
  public Map<String, @Nullable Object> render(Instant now) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("id", id);
    map.put("object", "balance_transaction");
    map.put("amount", amount.minorUnits());
    map.put("available_on", availableOn.getEpochSecond());
    map.put("balance_type", "payments");
    map.put("created", created.getEpochSecond());
    map.put("currency", amount.currency().code());
    map.put("description", description);
    map.put("exchange_rate", null);
    map.put("fee", fee.minorUnits());
    map.put("fee_details", fee.isZero() ? List.of() : List.of(feeDetail()));
    map.put("net", net().minorUnits());
    map.put("reporting_category", kind.category);
    map.put("source", source);
    map.put("status", availableOn.isAfter(now) ? "pending" : "available");
    map.put("type", kind.type);
    return map;
  }

  private Map<String, @Nullable Object> feeDetail() {
    Map<String, @Nullable Object> detail = new LinkedHashMap<>();
    detail.put("amount", fee.minorUnits());
    detail.put("application", null);
    detail.put("currency", fee.currency().code());
    detail.put("description", Objects.requireNonNull(kind.feeDescription));
    detail.put("type", "stripe_fee");
    return detail;
  }
}
