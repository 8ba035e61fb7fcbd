package dev.portcullis.connectors.paypal;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.PreparationStep.Prepared;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.kit.Money;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the order before it is paid: the card goes to an order whose id is known and stored, so
 * that what became of the payment can be asked although its answer was lost and the security code
 * is gone. An order can be paid once.
 *
 * <p>Later it looks at the order before something is done with what it holds: which authorization
 * is captured, which capture is given back, and how the shopper's challenge ended.
 */
final class PayPalPreparation {

  private static final Set<String> CAPTURABLE = Set.of("CREATED", "PARTIALLY_CAPTURED");
  private static final Set<String> VOIDABLE = Set.of("CREATED", "PENDING");
  private static final Set<String> REFUNDABLE = Set.of("COMPLETED", "PARTIALLY_REFUNDED");

  /** An order that waits for its payment. */
  private static final Set<String> OPEN =
      Set.of("PAYER_ACTION_REQUIRED", "APPROVED", "CREATED", "SAVED");

  private PayPalPreparation() {}

  static Optional<ForwardRequest> of(ProviderOperation operation) {
    return operation instanceof ProviderOperation.Authorize authorize
        ? Optional.of(authorize)
            .filter(asked -> !asked.amount().isZero())
            .map(PayPalRequests::create)
        : Optional.ofNullable(ordered(operation)).map(PayPalRequests::order);
  }

  private static @Nullable String ordered(ProviderOperation operation) {
    return switch (operation) {
      case ProviderOperation.Complete complete -> complete.authorization();
      case ProviderOperation.Capture capture -> capture.providerReference();
      case ProviderOperation.Cancel cancel -> cancel.providerReference();
      case ProviderOperation.Refund refund -> refund.providerReference();
      case ProviderOperation.Authorize _,
          ProviderOperation.Lookup _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _ ->
          null;
    };
  }

  static Prepared prepared(ProviderOperation operation, ForwardAnswer answer) {
    JsonTree order = JsonTree.of(answer.body());
    boolean made = operation instanceof ProviderOperation.Authorize && answer.status() == 201;
    if (answer.status() != 200 && !made) {
      ProviderResult refusal = PayPalAnswers.error(operation, answer.status(), order);
      if (operation instanceof ProviderOperation.Authorize
          && PayPalAnswers.issues(order).contains("DUPLICATE_INVOICE_ID")) {
        // Paid before, which is not remembered here: nothing may be concluded from an unpaid order.
        return new Prepared.Decided(new Pending(null, "PayPal knows this invoice already"));
      }
      return refusal instanceof Unknown(String reason)
          ? new Prepared.NotReady(reason)
          : new Prepared.Decided(refusal);
    }
    if (operation instanceof ProviderOperation.Authorize authorize) {
      return pay(authorize, order);
    }
    String reference = ordered(operation);
    if (reference == null || !order.at("id").is(reference)) {
      return new Prepared.NotReady("PayPal's answer is about another order");
    }
    return switch (operation) {
      case ProviderOperation.Complete complete -> complete(complete, reference, order);
      case ProviderOperation.Capture capture -> capture(capture, order);
      case ProviderOperation.Cancel cancel ->
          cancel.taken() == null
              ? cancel(reference, order)
              : refund(cancel.id(), cancel.taken(), order);
      case ProviderOperation.Refund refund -> refund(refund.id(), refund.amount(), order);
      case ProviderOperation.Authorize _,
          ProviderOperation.Lookup _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _ ->
          new Prepared.NotReady("nothing is prepared for this");
    };
  }

  private static Prepared pay(ProviderOperation.Authorize authorize, JsonTree order) {
    String id = order.at("id").id();
    return id != null
            && order.at("status").is("CREATED")
            && PayPalOrders.isOf(authorize.id(), null, order)
        ? new Prepared.Ready(PayPalRequests.pay(authorize, id), id)
        : new Prepared.NotReady("PayPal's answer is no order that can be paid");
  }

  /**
   * An order is completed only after an authentication that PayPal recommends to go on after: it
   * would take the money after a failed one as well.
   */
  private static Prepared complete(
      ProviderOperation.Complete complete, String reference, JsonTree order) {
    JsonTree authentication = PayPalDetails.authentication(order);
    if (!isAuthenticated(complete.of(), reference, order)) {
      // Done already, or the shopper has not been through the challenge.
      return decided(PayPalOrders.payment(complete.of(), complete.amount(), reference, order));
    }
    return PayPalDetails.mayGoOn(authentication)
        ? new Prepared.Ready(PayPalRequests.complete(complete, reference))
        : new Prepared.Decided(
            new Declined(
                DeclineCode.AUTHENTICATION_FAILED,
                reference,
                Details.said(
                    new ProviderWords(authentication.at("liability_shift").text(), null))));
  }

  /** What the shopper's return brings says no more than the order does. */
  static boolean completes(ProviderOperation.Lookup asked, ForwardAnswer answer) {
    String reference = asked.providerReference();
    return answer.status() == 200
        && asked.kind() == OperationKind.AUTHORIZE
        && reference != null
        && isAuthenticated(asked.id(), reference, JsonTree.of(answer.body()));
  }

  /** Whether the order waits for its payment, and its shopper's authentication has an end. */
  private static boolean isAuthenticated(String operation, String reference, JsonTree order) {
    return OPEN.contains(String.valueOf(order.at("status").text()))
        && PayPalOrders.isOf(operation, reference, order)
        && PayPalOrders.authorizations(order).isEmpty()
        && PayPalOrders.captures(order).isEmpty()
        && !PayPalDetails.authentication(order).at("liability_shift").isAbsent();
  }

  private static Prepared capture(ProviderOperation.Capture capture, JsonTree order) {
    Optional<JsonTree> done = PayPalOrders.capture(capture.id(), order);
    if (done.isPresent()) {
      return decided(PayPalPayments.capture(capture.id(), capture.amount(), done.get()));
    }
    return in(PayPalOrders.authorizations(order), CAPTURABLE)
        .<Prepared>map(id -> new Prepared.Ready(PayPalRequests.capture(capture, id)))
        .orElseGet(() -> refused("an authorization to capture", order));
  }

  private static Prepared cancel(String reference, JsonTree order) {
    List<JsonTree> authorizations = PayPalOrders.authorizations(order);
    Optional<String> open = in(authorizations, VOIDABLE);
    if (open.isPresent()) {
      return new Prepared.Ready(PayPalRequests.cancel(open.get()));
    }
    // Nothing is reserved (any more), and nothing was taken: without us no order takes money.
    boolean nothing =
        order.at("purchase_units").isList()
            && PayPalOrders.captures(order).isEmpty()
            && authorizations.stream()
                .allMatch(one -> one.at("status").is("VOIDED") || one.at("status").is("DENIED"));
    return nothing
        ? new Prepared.Decided(new Approved(reference, Details.NONE))
        : refused("an authorization to void", order);
  }

  private static Prepared refund(String operation, Money amount, JsonTree order) {
    Optional<JsonTree> done = PayPalOrders.refund(operation, order);
    if (done.isPresent()) {
      return decided(PayPalPayments.refund(operation, amount, done.get()));
    }
    return in(PayPalOrders.captures(order), REFUNDABLE)
        .<Prepared>map(id -> new Prepared.Ready(PayPalRequests.refund(operation, amount, id)))
        .orElseGet(() -> refused("a capture to give back", order));
  }

  private static Optional<String> in(List<JsonTree> payments, Set<String> statuses) {
    return payments.stream()
        .filter(one -> statuses.contains(String.valueOf(one.at("status").text())))
        .map(one -> one.at("id").id())
        .filter(id -> id != null)
        .findFirst();
  }

  private static Prepared decided(ProviderResult result) {
    return result instanceof Unknown(String reason)
        ? new Prepared.NotReady(reason)
        : new Prepared.Decided(result);
  }

  private static Prepared refused(String missing, JsonTree order) {
    return order.at("purchase_units").isList()
        ? new Prepared.Decided(
            new Rejected(
                Rejected.Kind.OTHER,
                "PayPal's order has not " + missing,
                new ProviderWords(order.at("status").text(), null)))
        : new Prepared.NotReady("PayPal's order is not whole");
  }
}
