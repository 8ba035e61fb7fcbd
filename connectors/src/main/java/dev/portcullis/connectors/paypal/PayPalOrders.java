package dev.portcullis.connectors.paypal;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.NotFound;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.RequiresAction;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.kit.Money;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads an order. It may be completed although the payment was refused: the verdict stands in its
 * authorization or its capture.
 */
final class PayPalOrders {

  private static final Set<String> GOOD =
      Set.of(
          "CREATED",
          "CAPTURED",
          "PARTIALLY_CAPTURED",
          "COMPLETED",
          "PARTIALLY_REFUNDED",
          "REFUNDED");

  private PayPalOrders() {}

  /** The order's only unit, or nothing if it has not one. */
  private static JsonTree unit(JsonTree order) {
    List<JsonTree> units = order.at("purchase_units").each().limit(2).toList();
    return units.size() == 1 ? units.getFirst() : JsonTree.of(null);
  }

  static List<JsonTree> authorizations(JsonTree order) {
    return unit(order).at("payments", "authorizations").each().toList();
  }

  static List<JsonTree> captures(JsonTree order) {
    return unit(order).at("payments", "captures").each().toList();
  }

  /** What this order's refund of that operation is, if there is one. */
  static Optional<JsonTree> refund(String operation, JsonTree order) {
    return named(operation, unit(order).at("payments", "refunds").each());
  }

  /** What this order's capture of that operation is, if there is one. */
  static Optional<JsonTree> capture(String operation, JsonTree order) {
    return named(operation, captures(order).stream());
  }

  private static Optional<JsonTree> named(String operation, Stream<JsonTree> payments) {
    return payments.filter(one -> one.at("invoice_id").is(operation)).findFirst();
  }

  /**
   * What became of the payment that the order was made for.
   *
   * @param operation the authorization's operation, or null where only the order's id tells it
   * @param reference the id that the order must have, or null where it is not known yet
   */
  static ProviderResult payment(
      @Nullable String operation,
      @Nullable Money amount,
      @Nullable String reference,
      JsonTree order) {
    String id = order.at("id").id();
    if (id == null || amount == null || !isOf(operation, reference, order)) {
      return new Unknown("PayPal's order is about another operation");
    }
    Optional<JsonTree> payment = verdict(order);
    if (payment.isEmpty()) {
      return without(id, order);
    }
    JsonTree invoice = payment.get().at("invoice_id");
    return operation == null || invoice.isAbsent() || invoice.is(operation)
        ? read(id, amount, payment.get(), order)
        : new Unknown("PayPal's payment is about another operation");
  }

  /** Whether the order was made for that operation and has that id; null where it is not known. */
  static boolean isOf(@Nullable String operation, @Nullable String reference, JsonTree order) {
    return (reference == null || order.at("id").is(reference))
        && (operation == null || unit(order).at("custom_id").is(operation));
  }

  /**
   * Of an order that reserved money and took it, the reservation; the good one if there are two.
   */
  private static Optional<JsonTree> verdict(JsonTree order) {
    List<JsonTree> payments =
        authorizations(order).isEmpty() ? captures(order) : authorizations(order);
    return payments.stream()
        .filter(one -> GOOD.contains(String.valueOf(one.at("status").text())))
        .findFirst()
        .or(() -> payments.stream().findFirst());
  }

  private static ProviderResult read(String id, Money amount, JsonTree payment, JsonTree order) {
    String status = payment.at("status").text();
    return switch (status) {
      case "CREATED",
          "CAPTURED",
          "PARTIALLY_CAPTURED",
          "COMPLETED",
          "PARTIALLY_REFUNDED",
          "REFUNDED" ->
          PayPalPayments.isAmount(amount, payment)
              ? new Approved(id, PayPalDetails.of(payment, order))
              : new Unknown("PayPal approved another amount");
      case "DENIED", "DECLINED", "FAILED", "VOIDED", "EXPIRED" ->
          new Declined(PayPalDetails.decline(payment), id, PayPalDetails.refused(payment, order));
      case "PENDING" -> new Pending(id);
      case null -> new Unknown("PayPal's payment has no status");
      default -> new Pending(id, "PayPal's payment has a status that is not documented");
    };
  }

  /** An order that has no payment takes no money by itself. */
  private static ProviderResult without(String id, JsonTree order) {
    String status = order.at("status").text();
    return switch (status) {
      case "PAYER_ACTION_REQUIRED" -> challenge(id, order);
      case "CREATED", "SAVED", "APPROVED" -> new Pending(id);
      case "VOIDED" ->
          new Declined(
              DeclineCode.GENERIC_DECLINE, id, Details.said(new ProviderWords(status, null)));
      case null -> new Unknown("PayPal's order has no status");
      default -> new Pending(id, "PayPal's order shows no payment");
    };
  }

  /**
   * Where the shopper is asked.
   *
   * @param id the order's, or null where it is not told
   * @param told the order, or the error that asks for it
   */
  static ProviderResult challenge(@Nullable String id, JsonTree told) {
    String url =
        told.at("links")
            .each()
            .filter(link -> link.at("rel").is("payer-action"))
            .findFirst()
            .map(link -> link.at("href").url())
            .orElse(null);
    return url == null
        ? new Unknown("PayPal asks for an action and does not say where")
        : new RequiresAction(id, url);
  }

  /** An order shows all that followed it, so what it does not show has not happened. */
  static ProviderResult found(ProviderOperation.Lookup lookup, JsonTree order) {
    String reference = lookup.authorization();
    Money amount = lookup.amount();
    if (reference == null) {
      ProviderResult result = payment(lookup.id(), amount, lookup.providerReference(), order);
      return waits(result, "CREATED", order) ? new NotFound() : result;
    }
    if (!order.at("id").is(reference) || unit(order).isAbsent()) {
      return new Unknown("PayPal's answer is about another order");
    }
    return switch (lookup.kind()) {
      case AUTHORIZE, COMPLETE -> {
        ProviderResult result = payment(null, amount, reference, order);
        yield waits(result, "APPROVED", order) ? new NotFound() : result;
      }
      case CAPTURE ->
          amount == null
              ? new Unknown("a capture has an amount")
              : capture(lookup.id(), order)
                  .map(one -> PayPalPayments.capture(lookup.id(), amount, one))
                  .orElseGet(NotFound::new);
      case CANCEL -> amount == null ? voided(order) : refunded(lookup.id(), amount, order);
      case REFUND ->
          amount == null
              ? new Unknown("a refund has an amount")
              : refunded(lookup.id(), amount, order);
      case SUBMIT_EVIDENCE, ACCEPT_DISPUTE -> new Unknown("PayPal is not asked for this");
    };
  }

  /** Whether the order still stands where it stood before the request that is looked for. */
  private static boolean waits(ProviderResult result, String before, JsonTree order) {
    return result instanceof Pending && order.at("status").is(before) && verdict(order).isEmpty();
  }

  private static ProviderResult refunded(String operation, Money amount, JsonTree order) {
    return refund(operation, order)
        .map(one -> PayPalPayments.refund(operation, amount, one))
        .orElseGet(NotFound::new);
  }

  private static ProviderResult voided(JsonTree order) {
    Optional<JsonTree> last = authorizations(order).stream().findFirst();
    String id = last.map(one -> one.at("id").id()).orElse(null);
    String status = last.map(one -> one.at("status").text()).orElse(null);
    if (id == null) {
      return new NotFound();
    }
    return switch (status) {
      case "VOIDED" -> new Approved(id, Details.NONE);
      case "CREATED", "PENDING" -> new NotFound();
      case null, default -> new Pending(id, "PayPal did not void the authorization");
    };
  }
}
