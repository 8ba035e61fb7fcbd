package dev.portcullis.simulator.stripe;

import dev.portcullis.simulator.Acquirer.MovementRequest;
import dev.portcullis.simulator.Acquirer.MovementWay;
import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Refused;
import dev.portcullis.simulator.Story;
import dev.portcullis.simulator.Tree;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Disputes and what is said to them. */
final class StripeDisputes {
  private static final int MOST = 100;

  private final Desk desk;

  StripeDisputes(Desk desk) {
    this.desk = desk;
  }

  void routes() {
    desk.get("/v1/disputes", "disputes", this::list)
        .get("/v1/disputes/{id}", "dispute", call -> answer(dispute(call)))
        .post("/v1/disputes/{id}", "evidence", this::update)
        .post("/v1/disputes/{id}/close", "acceptance", this::close);
  }

  private Answer list(Call call) {
    List<?> all = desk.books().disputes(MOST).stream().map(this::object).toList();
    return new Answer(200, StripeObjects.list("/v1/disputes", all, false));
  }

  private Answer update(Call call) {
    Tree form = StripeForms.only(call.body(), Set.of("evidence", "expand", "metadata", "submit"));
    Map<String, String> evidence = new TreeMap<>();
    Tree given = form.at("evidence");
    given.names().forEach(name -> evidence.put(name, given.at(name).orEmpty()));
    boolean submit = !form.at("submit").orEmpty().equals("false");
    if (submit && !evidence.isEmpty()) {
      respond(Operation.Kind.EVIDENCE, call, evidence);
    }
    return answer(dispute(call));
  }

  private Answer close(Call call) {
    respond(Operation.Kind.ACCEPTANCE, call, Map.of());
    return answer(dispute(call));
  }

  private void respond(Operation.Kind kind, Call call, Map<String, String> evidence) {
    String id = dispute(call).identity().id();
    try {
      desk.books()
          .respond(
              new MovementRequest(kind, call.reference(), id, 0, null, MovementWay.PLAIN),
              evidence);
    } catch (Refused refused) {
      throw StripeErrors.invalid(null, null, String.valueOf(refused.getMessage()));
    }
  }

  private Operation.Dispute dispute(Call call) {
    String id = call.variable("id");
    if (id.startsWith("du_")
        && desk.books().find("dsp_" + id.substring(3)).orElse(null)
            instanceof Operation.Dispute found) {
      return found;
    }
    throw StripeErrors.missing("dispute", id, "dispute");
  }

  private Answer answer(Operation.Dispute dispute) {
    return new Answer(200, object(dispute));
  }

  Map<String, @Nullable Object> object(Operation.Dispute dispute) {
    Operation.Authorization payment = desk.books().disputed(dispute);
    Operation.Claim claim = dispute.claim();
    boolean goods = claim.story() == Story.DISPUTE_NOT_RECEIVED;
    return new Members()
        .put("id", "du_" + StripeObjects.tail(dispute))
        .put("object", "dispute")
        .put("amount", claim.amount())
        .put("charge", StripeObjects.chargeId(payment))
        .put("created", claim.openedSeconds())
        .put("currency", claim.currency())
        .put("evidence_details", new Members().put("due_by", claim.dueSeconds()))
        .put("is_charge_refundable", false)
        .put("livemode", false)
        .put("metadata", new Members())
        .put("network_reason_code", goods ? "13.1" : "10.4")
        .put("payment_intent", StripeObjects.paymentId(payment))
        .put("reason", goods ? "product_not_received" : "fraudulent")
        .put(
            "status",
            switch (dispute.stage()) {
              case INQUIRY -> "warning_needs_response";
              case INQUIRY_UNDER_REVIEW -> "warning_under_review";
              case INQUIRY_CLOSED -> "warning_closed";
              case CHARGEBACK -> "needs_response";
              case CHARGEBACK_UNDER_REVIEW -> "under_review";
              case WON -> "won";
              case LOST -> "lost";
            })
        .build();
  }
}
