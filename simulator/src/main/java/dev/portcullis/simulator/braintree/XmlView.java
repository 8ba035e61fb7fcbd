package dev.portcullis.simulator.braintree;

import dev.portcullis.simulator.NetworkTransaction;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Operation.Authorization;
import dev.portcullis.simulator.Operation.Status;
import dev.portcullis.simulator.Xml;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Transactions in the XML that Braintree's clients read. A list's elements are objects of one
 * member, whose name is the element's.
 */
final class XmlView {

  private XmlView() {}

  static Map<String, @Nullable Object> transaction(Shown shown) {
    Authorization payment = shown.payment();
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("id", shown.legacyId());
    tree.put("global-id", GraphQlView.id(shown));
    tree.put("type", shown.refund() ? "credit" : "sale");
    tree.put("status", shown.status().toLowerCase(Locale.ROOT));
    tree.put("amount", shown.amount());
    tree.put("currency-iso-code", payment.terms().currency().toUpperCase(Locale.ROOT));
    tree.put("order-id", shown.orderId());
    String account = payment.notes().get("merchant_account");
    tree.put("merchant-account-id", account.isEmpty() ? null : account);
    tree.put("created-at", seconds(shown.created()));
    tree.put("updated-at", seconds(shown.history().getLast().at()));
    tree.put("payment-instrument-type", "credit_card");
    tree.put("credit-card", card(payment));
    issuer(tree, shown);
    boolean approved = payment.outcome().status() == Status.APPROVED;
    tree.put("network-transaction-id", approved ? NetworkTransaction.of(payment) : null);
    tree.put("status-history", history(shown));
    tree.put("refunded-transaction-id", shown.refund() ? Transactions.legacyId(payment) : null);
    tree.put(
        "refund-ids",
        shown.refunds().stream().map(refund -> Map.of("item", refund.legacyId())).toList());
    return tree;
  }

  private static Instant seconds(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS);
  }

  private static Map<String, @Nullable Object> card(Authorization payment) {
    String[] expiry = payment.notes().get("expiry").split("/", 2);
    Map<String, @Nullable Object> card = new LinkedHashMap<>();
    card.put("last-4", payment.terms().last4());
    card.put("card-type", brand(payment.notes().get("brand")));
    card.put("expiration-month", expiry[0]);
    card.put("expiration-year", expiry.length > 1 ? expiry[1] : "");
    return card;
  }

  private static String brand(String brand) {
    return switch (brand) {
      case "visa" -> "Visa";
      case "mastercard" -> "MasterCard";
      case "amex" -> "American Express";
      case "jcb" -> "JCB";
      case "diners" -> "Diners";
      case "unionpay" -> "UnionPay";
      default -> "Discover";
    };
  }

  private static void issuer(Map<String, @Nullable Object> tree, Shown shown) {
    Authorization payment = shown.payment();
    Shown.Event first = shown.history().getFirst();
    Processor processor = first.processor();
    tree.put("processor-response-code", processor == null ? "" : processor.code());
    tree.put("processor-response-text", processor == null ? "" : processor.text());
    tree.put(
        "processor-authorization-code",
        first.status().equals("AUTHORIZED") ? Checks.authorizationCode(payment) : null);
    tree.put(
        "gateway-rejection-reason",
        first.rejection() == null ? null : first.rejection().toLowerCase(Locale.ROOT));
    Checks checks = Checks.of(payment);
    tree.put("cvv-response-code", checks.cvv().letter());
    tree.put("avs-street-address-response-code", checks.street().letter());
    tree.put("avs-postal-code-response-code", checks.postalCode().letter());
  }

  private static List<Map<String, Object>> history(Shown shown) {
    List<Map<String, Object>> history = new ArrayList<>();
    for (Shown.Event event : shown.history()) {
      Map<String, @Nullable Object> tree = new LinkedHashMap<>();
      tree.put("timestamp", seconds(event.at()));
      tree.put("status", event.status().toLowerCase(Locale.ROOT));
      tree.put("amount", shown.amount());
      tree.put("transaction-source", "api");
      history.add(Map.of("status-event", tree));
    }
    return history;
  }

  /** A dispute, as far as a webhook shows it. */
  static Map<String, @Nullable Object> dispute(Operation.Dispute dispute, Authorization payment) {
    Operation.Claim claim = dispute.claim();
    String amount = Amounts.write(claim.amount(), claim.currency());
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("id", "dispute_" + Transactions.legacyId(dispute));
    tree.put("amount", amount);
    tree.put("amount-disputed", amount);
    tree.put("amount-won", dispute.stage() == Operation.Stage.WON ? amount : "0.00");
    tree.put("currency-iso-code", claim.currency().toUpperCase(Locale.ROOT));
    tree.put("kind", "chargeback");
    tree.put("reason", Disputes.reason(dispute));
    tree.put("status", Disputes.status(dispute));
    tree.put("received-date", Disputes.date(claim.openedSeconds()));
    tree.put("reply-by-date", Disputes.date(claim.dueSeconds()));
    Map<String, @Nullable Object> transaction = new LinkedHashMap<>();
    transaction.put("id", Transactions.legacyId(payment));
    transaction.put("order-id", payment.notes().alias());
    transaction.put("amount", amount);
    tree.put("transaction", transaction);
    return tree;
  }

  /** An element of such a tree, with types as Braintree gives them. */
  static Xml element(String name, @Nullable Object value) {
    return switch (value) {
      case null -> Xml.of(name, "").with("nil", "true");
      case Map<?, ?> object -> Xml.of(name, children(object));
      case List<?> list ->
          Xml.of(name, list.stream().flatMap(one -> children((Map<?, ?>) one).stream()).toList())
              .with("type", "array");
      case Instant time -> Xml.of(name, time.toString()).with("type", "datetime");
      case Long number -> Xml.of(name, number.toString()).with("type", "integer");
      default -> Xml.of(name, value.toString());
    };
  }

  private static List<Xml> children(Map<?, ?> object) {
    List<Xml> children = new ArrayList<>();
    object.forEach((name, value) -> children.add(element(String.valueOf(name), value)));
    return children;
  }
}
