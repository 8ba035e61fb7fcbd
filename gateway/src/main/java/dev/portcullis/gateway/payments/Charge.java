package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.kit.Money;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to move money that the provider answered definitely.
 *
 * @param head identity and version
 * @param paymentIntent the payment it belongs to
 * @param amount what was asked for
 * @param standing what became of it
 * @param providerReference the provider's name for the authorization, or null when it gave none
 * @param balanceTransaction what taking the money did to the balance, or null until it is taken
 * @param facts what does not change or only the merchant changes, in the API's form
 */
public record Charge(
    Head head,
    String paymentIntent,
    Money amount,
    Standing standing,
    @Nullable String providerReference,
    @Nullable String balanceTransaction,
    Map<String, @Nullable Object> facts)
    implements Entity {

  /** The API's status of a charge. */
  public enum Status {
    SUCCEEDED,
    FAILED;

    String wire() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Status of(String wire) {
      return valueOf(wire.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * What customers' banks did to a charge; there may be several disputes of one.
   *
   * @param raised whether there ever was a dispute
   * @param withdrawn what banks have taken back and not returned, minor units, zero or more; more
   *     than was captured where it was refunded besides
   */
  public record Contest(boolean raised, long withdrawn) {
    static final Contest NONE = new Contest(false, 0);

    private static final String WITHDRAWN = "chargeback";

    /** What is returned can be more than was counted: older versions did not count. */
    Contest moved(long change) {
      return new Contest(true, Math.max(0, Math.addExact(withdrawn, change)));
    }

    private void put(Map<String, @Nullable Object> doc) {
      if (raised) {
        doc.put("contest", withdrawn > 0 ? WITHDRAWN : "settled");
      }
      if (withdrawn > 0) {
        doc.put("withdrawn", withdrawn);
      }
    }

    /** Where an older version did not count what was taken, nothing can be refunded. */
    private static Contest read(Doc doc, long captured) {
      String word = doc.optionalText("contest");
      long withdrawn =
          doc.members().get("withdrawn") instanceof Long counted
              ? counted
              : WITHDRAWN.equals(word) ? captured : 0;
      return new Contest(word != null, withdrawn);
    }
  }

  /**
   * What became of a charge.
   *
   * @param status whether the provider approved it
   * @param captured what was captured, minor units; never more than the amount
   * @param refunded what was given back or is on its way back, minor units; never more than
   *     captured
   * @param released whether the reservation was given up without a capture
   * @param contest what banks did to it
   */
  public record Standing(
      Status status, long captured, long refunded, boolean released, Contest contest) {
    /** Refuses what can never be. */
    public Standing {
      if (refunded < 0 || refunded > captured) {
        throw new IllegalStateException("a charge gives back at most what it took");
      }
    }
  }

  /** What can still be given back, minor units: what neither the merchant nor a bank returned. */
  public long refundable() {
    return Math.max(0, standing.captured - standing.refunded - standing.contest.withdrawn);
  }

  /** Whether its money is the merchant's as soon as it is taken, as the provider said. */
  boolean isAvailableAtOnce() {
    return Boolean.TRUE.equals(facts.get(Charges.AVAILABLE_AT_ONCE));
  }

  /** Where it was made, and where all that follows it goes. */
  Provider provider() {
    return facts.get(Charges.PROVIDER) instanceof Map<?, ?> stored
            && stored.get("name") instanceof String name
            && stored.get("connector") instanceof String connector
        ? new Provider(name, connector)
        : Provider.SANDBOX; // from before there were others
  }

  /** What the merchant says of it, or null. */
  @Nullable String description() {
    return facts.get("description") instanceof String text ? text : null;
  }

  /** The same new charge, whose whole amount was taken with its approval. */
  Charge takenAtOnce(String transaction) {
    Standing taken = new Standing(standing.status, amount.minorUnits(), 0, false, Contest.NONE);
    return new Charge(head, paymentIntent, amount, taken, providerReference, transaction, facts);
  }

  Charge captured(long minorUnits, String transaction) {
    Standing taken = new Standing(standing.status, minorUnits, 0, false, Contest.NONE);
    return with(taken, transaction);
  }

  Charge refundedBy(long change) {
    long refunded = Math.addExact(standing.refunded, change);
    return with(
        new Standing(
            standing.status, standing.captured, refunded, standing.released, standing.contest));
  }

  Charge released() {
    return with(
        new Standing(
            standing.status, standing.captured, standing.refunded, true, standing.contest));
  }

  /**
   * There is a dispute.
   *
   * @param change what it takes, or below zero what it returns, minor units
   */
  Charge contestedBy(long change) {
    return with(
        new Standing(
            standing.status,
            standing.captured,
            standing.refunded,
            standing.released,
            standing.contest.moved(change)));
  }

  /** The card's brand, or null if it is not known. */
  @Nullable String brand() {
    return facts.get("payment_method_details") instanceof Map<?, ?> details
            && details.get("card") instanceof Map<?, ?> card
            && card.get("brand") instanceof String brand
        ? brand
        : null;
  }

  Charge describedBy(Map<String, @Nullable Object> newFacts) {
    return new Charge(
        head.next(),
        paymentIntent,
        amount,
        standing,
        providerReference,
        balanceTransaction,
        newFacts);
  }

  private Charge with(Standing next) {
    return with(next, balanceTransaction);
  }

  private Charge with(Standing next, @Nullable String transaction) {
    if (next.captured > amount.minorUnits()) {
      throw new IllegalStateException("a charge takes at most its amount");
    }
    return new Charge(
        head.next(), paymentIntent, amount, next, providerReference, transaction, facts);
  }

  @Override
  public String object() {
    return "charge";
  }

  @Override
  public Map<String, @Nullable Object> doc() {
    Map<String, @Nullable Object> doc = Doc.begin(head);
    doc.put("payment_intent", paymentIntent);
    doc.put("amount", amount.minorUnits());
    doc.put("currency", amount.currency().code());
    doc.put("status", standing.status.wire());
    doc.put("captured", standing.captured);
    doc.put("refunded", standing.refunded);
    doc.put("released", standing.released);
    standing.contest.put(doc);
    Doc.put(doc, "provider_reference", providerReference);
    Doc.put(doc, "balance_transaction", balanceTransaction);
    doc.put("facts", facts);
    return doc;
  }

  static Charge read(Head head, Doc doc) {
    long captured = doc.number("captured");
    return new Charge(
        head,
        doc.text("payment_intent"),
        doc.money("amount"),
        new Standing(
            Status.of(doc.text("status")),
            captured,
            doc.number("refunded"),
            doc.truth("released"),
            Contest.read(doc, captured)),
        doc.optionalText("provider_reference"),
        doc.optionalText("balance_transaction"),
        doc.map("facts"));
  }
}
