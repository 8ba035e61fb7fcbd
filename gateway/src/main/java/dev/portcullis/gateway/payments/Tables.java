package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.json.Json;

/** Where the payment core's objects are stored. */
final class Tables {

  static final Table PAYMENT_INTENTS =
      Table.withKeyAlone(
          "payment_intents",
          "customer text",
          "status text",
          "blind terms bigint[]",
          "personal doc jsonb");
  static final Table SETUP_INTENTS =
      Table.of(
          "setup_intents",
          "customer text",
          "payment_method text",
          "status text",
          "personal doc jsonb");
  static final Table CHARGES =
      Table.withKeyAlone(
          "charges",
          "fixed payment_intent text",
          "fixed customer text",
          "transfer_group text",
          "blind terms bigint[]",
          "personal doc jsonb");
  static final Table REFUNDS =
      Table.of("refunds", "fixed payment_intent text", "fixed charge text", "personal doc jsonb");
  static final Table DISPUTES =
      Table.of(
          "disputes",
          "fixed charge text",
          "fixed payment_intent text",
          "fixed reference text",
          "personal doc jsonb");
  static final Table OPERATIONS =
      Table.withKeyAlone(
          "provider_operations",
          "fixed object text",
          "state text",
          "due timestamptz",
          "personal doc jsonb");
  static final Table AGREEMENTS =
      Table.of("card_agreements", "fixed payment_method text", "fixed network_transaction_id text");

  private Tables() {}

  static Table of(Entity entity) {
    return switch (entity) {
      case PaymentIntent intent -> PAYMENT_INTENTS;
      case SetupIntent intent -> SETUP_INTENTS;
      case Charge charge -> CHARGES;
      case Refund refund -> REFUNDS;
      case Dispute dispute -> DISPUTES;
    };
  }

  /** The stored object of that type. */
  static Entity read(String object, Stored row) {
    // What is shown says nothing of the account: it is the reader's own.
    Head head = PaymentStore.head("", row);
    Doc doc = Doc.parse(row.doc());
    return switch (object) {
      case "payment_intent" -> PaymentIntent.read(head, doc);
      case "setup_intent" -> SetupIntent.read(head, doc);
      case "charge" -> Charge.read(head, doc);
      case "refund" -> Refund.read(head, doc);
      case "dispute" -> Dispute.read(head, doc);
      default -> throw new IllegalArgumentException("no such type: " + object);
    };
  }

  /** Adds the object to the change: as a new row at version 1, as an update else. */
  static void put(Change.Builder change, Entity entity, String doc) {
    Head head = entity.head();
    Row row =
        switch (entity) {
          case PaymentIntent intent ->
              row(
                  head,
                  intent.terms().customer(),
                  intent.status().wire(),
                  PaymentSearch.terms(intent),
                  doc);
          case SetupIntent intent ->
              row(
                  head,
                  intent.terms().customer(),
                  intent.terms().paymentMethod(),
                  intent.status().wire(),
                  doc);
          case Charge charge ->
              row(
                  head,
                  charge.paymentIntent(),
                  charge.facts().get("customer"),
                  charge.facts().get("transfer_group"),
                  PaymentSearch.terms(charge),
                  doc);
          case Refund refund -> row(head, refund.paymentIntent(), refund.charge(), doc);
          case Dispute dispute ->
              row(
                  head,
                  dispute.of().charge(),
                  dispute.of().paymentIntent(),
                  dispute.of().reference(),
                  doc);
        };
    put(change, of(entity), row);
  }

  static void put(Change.Builder change, Operation operation) {
    put(
        change,
        OPERATIONS,
        row(
            operation.head(),
            operation.attempt().object(),
            operation.sending().state().wire(),
            operation.sending().due(),
            Json.writeString(operation.doc())));
  }

  private static void put(Change.Builder change, Table table, Row row) {
    if (row.version() == 1) {
      change.insert(table, row);
    } else {
      change.update(table, row);
    }
  }

  private static Row row(Head head, @org.jspecify.annotations.Nullable Object... values) {
    return Row.of(head.id(), head.version(), head.created(), values);
  }
}
