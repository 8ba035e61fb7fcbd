package dev.portcullis.gateway.payments;

import dev.portcullis.kit.Money;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Money on its way back.
 *
 * @param head identity and version
 * @param charge what is given back
 * @param paymentIntent the payment behind the charge
 * @param amount how much, more than zero
 * @param status where it stands
 * @param operation the provider operation that gives it back
 * @param balanceTransaction what giving it back did to the balance, or null until it is given back
 * @param facts what the merchant says about it and why it failed, in the API's form
 */
public record Refund(
    Head head,
    String charge,
    String paymentIntent,
    Money amount,
    Status status,
    String operation,
    @Nullable String balanceTransaction,
    Map<String, @Nullable Object> facts)
    implements Entity {

  /** The API's status of a refund. */
  public enum Status {
    PENDING,
    SUCCEEDED,
    FAILED;

    String wire() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Status of(String wire) {
      return valueOf(wire.toUpperCase(Locale.ROOT));
    }
  }

  Refund at(Status next, Map<String, @Nullable Object> newFacts) {
    return new Refund(
        head.next(), charge, paymentIntent, amount, next, operation, balanceTransaction, newFacts);
  }

  Refund succeeded(String transaction) {
    return new Refund(
        head.next(),
        charge,
        paymentIntent,
        amount,
        Status.SUCCEEDED,
        operation,
        transaction,
        facts);
  }

  @Override
  public String object() {
    return "refund";
  }

  @Override
  public Map<String, @Nullable Object> doc() {
    Map<String, @Nullable Object> doc = Doc.begin(head);
    doc.put("charge", charge);
    doc.put("payment_intent", paymentIntent);
    doc.put("amount", amount.minorUnits());
    doc.put("currency", amount.currency().code());
    doc.put("status", status.wire());
    doc.put("operation", operation);
    Doc.put(doc, "balance_transaction", balanceTransaction);
    doc.put("facts", facts);
    return doc;
  }

  static Refund read(Head head, Doc doc) {
    return new Refund(
        head,
        doc.text("charge"),
        doc.text("payment_intent"),
        doc.money("amount"),
        Status.of(doc.text("status")),
        doc.text("operation"),
        doc.optionalText("balance_transaction"),
        doc.map("facts"));
  }
}
