package dev.portcullis.simulator.stripe;

import dev.portcullis.simulator.Acquirer.MovementRequest;
import dev.portcullis.simulator.Acquirer.MovementWay;
import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Tree;
import dev.portcullis.wire.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Refunds. */
final class StripeRefunds {

  private static final Set<String> CREATE =
      Set.of("amount", "charge", "currency", "expand", "metadata", "payment_intent", "reason");

  private static final Set<String> REASONS =
      Set.of("duplicate", "fraudulent", "requested_by_customer");

  private final Desk desk;
  private final StripeObjects objects;

  StripeRefunds(Desk desk) {
    this.desk = desk;
    this.objects = new StripeObjects(desk);
  }

  void routes() {
    desk.post("/v1/refunds", "refund", this::create)
        .get("/v1/refunds", "refunds", this::list)
        .get("/v1/refunds/{id}", "refund_lookup", this::retrieve);
  }

  private Answer create(Call call) {
    Tree form = StripeForms.only(call.body(), CREATE);
    Operation.Authorization payment = payment(form);
    String reason = form.at("reason").orEmpty();
    if (!reason.isEmpty() && !REASONS.contains(reason)) {
      throw StripeErrors.invalid("parameter_invalid_string_enum", "reason", "Invalid reason.");
    }
    MovementRequest request =
        new MovementRequest(
            Operation.Kind.REFUND,
            call.reference(),
            payment.identity().id(),
            amount(form, payment),
            payment.terms().currency(),
            new MovementWay(true, false, notes(form, reason)));
    return new Answer(200, objects.refund(desk.books().move(request), payment));
  }

  private static Operation.Notes notes(Tree form, String reason) {
    Map<String, String> metadata = StripeForms.metadata(Map.of(), form.at("metadata"));
    return new Operation.Notes(
        metadata.get("operation"),
        Map.of("metadata", Json.writeString(metadata), "reason", reason));
  }

  private static long amount(Tree form, Operation.Authorization payment) {
    Operation.Funds funds = payment.funds();
    long left = funds.captured() - funds.refunded();
    if (funds.captured() == 0 || funds.voided()) {
      throw StripeErrors.invalid(
          null,
          "payment_intent",
          "This PaymentIntent does not have a successful charge to refund.");
    }
    if (left == 0) {
      throw StripeErrors.invalid(
          "charge_already_refunded", null, "The charge has already been refunded.");
    }
    Long amount = form.at("amount").isAbsent() ? Long.valueOf(left) : form.at("amount").number();
    if (amount == null || amount < 1) {
      throw StripeErrors.invalid("parameter_invalid_integer", "amount", "Invalid integer.");
    }
    if (amount > left) {
      throw StripeErrors.invalid(
          null, "amount", "Refund amount is greater than unrefunded amount on charge.");
    }
    return amount;
  }

  private Operation.Authorization payment(Tree form) {
    String intent = form.at("payment_intent").text();
    String charge = form.at("charge").text();
    if (intent == null && charge == null) {
      throw StripeErrors.invalid(
          "parameter_missing", "payment_intent", "One of charge and payment_intent is needed.");
    }
    return StripePayments.found(
        desk, intent == null && charge != null ? charge.replaceFirst("^ch_", "pi_") : intent);
  }

  private Answer retrieve(Call call) {
    String id = call.variable("id");
    if (id.startsWith("re_")
        && desk.books().find("ref_" + id.substring(3)).orElse(null)
            instanceof Operation.Movement found
        && desk.books().find(found.authorization()).orElse(null)
            instanceof Operation.Authorization payment) {
      return new Answer(200, objects.refund(found, payment));
    }
    throw StripeErrors.missing("refund", id, "id");
  }

  private Answer list(Call call) {
    Tree query = StripeForms.query(call.query());
    Operation.Authorization payment = payment(query);
    List<Object> refunds = new ArrayList<>();
    for (Operation.Movement each : desk.books().movements(payment).reversed()) {
      if (each.kind() == Operation.Kind.REFUND) {
        refunds.add(objects.refund(each, payment));
      }
    }
    Long limit = query.at("limit").isAbsent() ? Long.valueOf(10) : query.at("limit").number();
    int most = limit == null ? 10 : Math.clamp(limit, 1, 100);
    return new Answer(
        200,
        StripeObjects.list(
            "/v1/refunds",
            refunds.subList(0, Math.min(most, refunds.size())),
            refunds.size() > most));
  }
}
