package dev.portcullis.simulator.paypal;

import dev.portcullis.simulator.Acquirer.MovementRequest;
import dev.portcullis.simulator.Acquirer.MovementWay;
import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Refused;
import dev.portcullis.simulator.Tree;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What follows an order: captures and voids of its authorization, refunds of its captures. */
final class PayPalPayments {

  /** A capture: what an order took at once, or what was taken of its authorization later. */
  private record Capture(
      String id,
      long amount,
      Operation.Authorization order,
      Operation.@Nullable Movement movement) {}

  private final Desk desk;
  private final PayPalObjects objects;

  PayPalPayments(Desk desk) {
    this.desk = desk;
    this.objects = new PayPalObjects(desk);
  }

  void routes() {
    desk.get("/v2/payments/authorizations/{id}", "authorization", this::authorization)
        .post("/v2/payments/authorizations/{id}/capture", "capture", this::capture)
        .post("/v2/payments/authorizations/{id}/void", "cancel", this::cancel)
        .get("/v2/payments/captures/{id}", "capture_lookup", this::captured)
        .post("/v2/payments/captures/{id}/refund", "refund", this::refund)
        .get("/v2/payments/refunds/{id}", "refund_lookup", this::refunded);
  }

  private Answer authorization(Call call) {
    return new Answer(200, objects.payment(authorized(call)));
  }

  private Operation.Authorization authorized(Call call) {
    return objects
        .paidBy(call.variable("id"))
        .filter(order -> !order.terms().capture())
        .filter(order -> order.outcome().status() != Operation.Status.CREATED)
        .orElseThrow(PayPalErrors::missing);
  }

  private Answer capture(Call call) {
    Operation.Authorization order = authorized(call);
    Tree body = new Tree(call.body());
    requireApproved(order);
    Operation.Funds funds = order.funds();
    if (funds.closed()) {
      throw PayPalErrors.issue("AUTHORIZATION_ALREADY_CAPTURED");
    }
    long left = order.terms().amount() - funds.captured();
    long amount = amount(body, order, left);
    if (amount > left) {
      throw PayPalErrors.issue("MAX_CAPTURE_AMOUNT_EXCEEDED");
    }
    boolean last = body.at("final_capture").isTrue() || amount == left;
    Operation.Movement made =
        move(
            call, Operation.Kind.CAPTURE, order, amount, new MovementWay(last, false, notes(body)));
    return new Answer(201, PayPalOrders.preferred(call, objects.capture(made, current(order))));
  }

  private static void requireApproved(Operation.Authorization order) {
    if (order.funds().voided()) {
      throw PayPalErrors.issue("AUTHORIZATION_VOIDED");
    }
    if (order.outcome().status() != Operation.Status.APPROVED) {
      throw PayPalErrors.issue("AUTHORIZATION_DENIED");
    }
  }

  private static long amount(Tree body, Operation.Authorization order, long whole) {
    if (body.at("amount").isAbsent()) {
      return whole;
    }
    PayPalAmounts.Amount amount = PayPalAmounts.read(body.at("amount"), "/amount");
    if (!amount.currency().equals(order.terms().currency())) {
      throw PayPalErrors.issue("CURRENCY_MISMATCH");
    }
    return amount.value();
  }

  private static Operation.Notes notes(Tree body) {
    String custom = body.at("custom_id").text();
    return new Operation.Notes(
        body.at("invoice_id").text(), custom == null ? Map.of() : Map.of("custom_id", custom));
  }

  private Answer cancel(Call call) {
    Operation.Authorization order = authorized(call);
    if (order.funds().voided()) {
      throw PayPalErrors.issue("PREVIOUSLY_VOIDED");
    }
    requireApproved(order);
    if (order.funds().captured() > 0) {
      throw PayPalErrors.issue(order.funds().closed() ? "PREVIOUSLY_CAPTURED" : "CANNOT_BE_VOIDED");
    }
    move(call, Operation.Kind.VOID, order, 0, MovementWay.PLAIN);
    return call.header("Prefer").contains("return=representation")
        ? new Answer(200, objects.payment(current(order)))
        : new Answer(204, Map.of(), null);
  }

  private Operation.Movement move(
      Call call, Operation.Kind kind, Operation.Authorization order, long amount, MovementWay way) {
    try {
      return desk.books()
          .move(
              new MovementRequest(
                  kind, call.reference(), order.identity().id(), amount, null, way));
    } catch (Refused refused) {
      throw refused.code().equals("idempotency_mismatch")
          ? refused
          : PayPalErrors.issue("TRANSACTION_REFUSED");
    }
  }

  private Operation.Authorization current(Operation.Authorization order) {
    return (Operation.Authorization) desk.books().find(order.identity().id()).orElseThrow();
  }

  private Answer captured(Call call) {
    Capture capture = found(call.variable("id")).orElseThrow(PayPalErrors::missing);
    Operation.Movement movement = capture.movement();
    return movement == null
        ? new Answer(200, objects.payment(capture.order()))
        : new Answer(200, objects.capture(movement, capture.order()));
  }

  private Optional<Capture> found(String id) {
    Optional<Capture> atOnce =
        objects
            .paidBy(id)
            .filter(order -> order.terms().capture())
            .filter(order -> order.outcome().status() != Operation.Status.CREATED)
            .map(order -> new Capture(id, order.funds().captured(), order, null));
    return atOnce.or(
        () ->
            objects.find(id).orElse(null) instanceof Operation.Movement movement
                    && movement.kind() == Operation.Kind.CAPTURE
                    && desk.books().find(movement.authorization()).orElse(null)
                        instanceof Operation.Authorization order
                ? Optional.of(new Capture(id, movement.amount(), order, movement))
                : Optional.empty());
  }

  private Answer refund(Call call) {
    Capture capture = found(call.variable("id")).orElseThrow(PayPalErrors::missing);
    Operation.Authorization order = capture.order();
    if (order.outcome().status() != Operation.Status.APPROVED) {
      throw PayPalErrors.issue("REFUND_NOT_ALLOWED");
    }
    Tree body = new Tree(call.body());
    long left = capture.amount() - objects.refunded(order, capture.id());
    if (left == 0) {
      throw PayPalErrors.issue("CAPTURE_FULLY_REFUNDED");
    }
    long amount = amount(body, order, left);
    if (amount > left) {
      throw PayPalErrors.issue("REFUND_AMOUNT_EXCEEDED");
    }
    Map<String, String> more = new LinkedHashMap<>(Map.of("capture", capture.id()));
    Operation.Movement made =
        move(
            call,
            Operation.Kind.REFUND,
            order,
            amount,
            new MovementWay(true, false, notes(body).with(more)));
    return new Answer(201, PayPalOrders.preferred(call, objects.refund(made, order)));
  }

  private Answer refunded(Call call) {
    if (objects.find(call.variable("id")).orElse(null) instanceof Operation.Movement refund
        && refund.kind() == Operation.Kind.REFUND
        && desk.books().find(refund.authorization()).orElse(null)
            instanceof Operation.Authorization order) {
      return new Answer(200, objects.refund(refund, order));
    }
    throw PayPalErrors.missing();
  }
}
