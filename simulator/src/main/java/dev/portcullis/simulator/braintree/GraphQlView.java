package dev.portcullis.simulator.braintree;

import dev.portcullis.simulator.NetworkSaid;
import dev.portcullis.simulator.NetworkTransaction;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Operation.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Transactions as GraphQL shows them: trees of which a query takes its part. */
final class GraphQlView {

  /** The member that says which type of an interface or a union it is. */
  static final String TYPE = "__type";

  private GraphQlView() {}

  static String id(Shown shown) {
    String name = (shown.refund() ? "refund_" : "transaction_") + shown.legacyId();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(name.getBytes(StandardCharsets.UTF_8));
  }

  /** The short name in an id of GraphQL. */
  static Optional<String> legacyId(String id) {
    try {
      String name = new String(Base64.getUrlDecoder().decode(id), StandardCharsets.UTF_8);
      int end = name.indexOf('_');
      return end > 0 ? Optional.of(name.substring(end + 1)) : Optional.empty();
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  static Map<String, @Nullable Object> tree(Shown shown) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put(TYPE, shown.refund() ? "Refund" : "Transaction");
    tree.put("id", id(shown));
    tree.put("legacyId", shown.legacyId());
    tree.put("createdAt", shown.created().toString());
    tree.put("amount", amount(shown));
    tree.put("orderId", shown.orderId());
    String account = shown.payment().notes().get("merchant_account");
    tree.put("merchantAccountId", account.isEmpty() ? null : account);
    tree.put("status", shown.status());
    tree.put("paymentMethodSnapshot", snapshot(shown.payment()));
    tree.put("partiallyAuthorized", false);
    List<Object> history = new ArrayList<>();
    for (Shown.Event event : shown.history().reversed()) {
      history.add(event(event, shown));
    }
    tree.put("statusHistory", history);
    tree.put("refunds", shown.refunds().stream().map(GraphQlView::tree).toList());
    return tree;
  }

  private static Map<String, Object> amount(Shown shown) {
    String currency = shown.payment().terms().currency().toUpperCase(Locale.ROOT);
    return Map.of("value", shown.amount(), "currencyCode", currency, "currencyIsoCode", currency);
  }

  private static Map<String, @Nullable Object> snapshot(Operation.Authorization payment) {
    boolean approved = payment.outcome().status() == Status.APPROVED;
    Map<String, @Nullable Object> snapshot = new LinkedHashMap<>();
    snapshot.put(TYPE, "CreditCardTransactionDetails");
    snapshot.put("creditCard", Map.of("last4", payment.terms().last4()));
    snapshot.put("networkTransactionId", approved ? NetworkTransaction.of(payment) : null);
    return snapshot;
  }

  private static Map<String, @Nullable Object> event(Shown.Event event, Shown shown) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put(TYPE, type(event.status()));
    tree.put("status", event.status());
    tree.put("timestamp", event.at().toString());
    tree.put("amount", amount(shown));
    tree.put("terminal", event.status().equals("SETTLED") || event.status().endsWith("DECLINED"));
    tree.put("gatewayRejectionReason", event.rejection());
    if (event.processor() != null) {
      tree.put("processorResponse", processor(event.processor(), shown));
    }
    NetworkSaid said = NetworkSaid.of(shown.payment());
    if (said != null) {
      tree.put("networkResponse", Map.of("code", said.declineCode()));
      tree.put(
          "merchantAdviceCodeResponse",
          said.adviceCode() == null ? null : Map.of("code", said.adviceCode()));
    }
    return tree;
  }

  private static String type(String status) {
    return switch (status) {
      case "AUTHORIZED" -> "AuthorizedEvent";
      case "PROCESSOR_DECLINED" -> "ProcessorDeclinedEvent";
      case "GATEWAY_REJECTED" -> "GatewayRejectedEvent";
      case "FAILED" -> "FailedEvent";
      case "SUBMITTED_FOR_SETTLEMENT" -> "SubmittedForSettlementEvent";
      case "SETTLED" -> "SettledEvent";
      case "SETTLEMENT_DECLINED" -> "SettlementDeclinedEvent";
      case "VOIDED" -> "VoidedEvent";
      default -> throw new IllegalArgumentException(status);
    };
  }

  private static Map<String, @Nullable Object> processor(Processor processor, Shown shown) {
    Checks checks = Checks.of(shown.payment());
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("legacyCode", processor.code());
    tree.put("message", processor.text());
    tree.put("cvvResponse", checks.cvv().name());
    tree.put("avsPostalCodeResponse", checks.postalCode().name());
    tree.put("avsStreetAddressResponse", checks.street().name());
    tree.put("authorizationId", Checks.authorizationCode(shown.payment()));
    return tree;
  }
}
