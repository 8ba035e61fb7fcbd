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
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Disputes and what is said to them. */
final class StripeDisputes {
  private static final int MOST = 100;

  private final Desk desk;
  private final Map<String, Map<String, Object>> metadataOf = new ConcurrentHashMap<>();

  StripeDisputes(Desk desk) {
    this.desk = desk;
  }

  void routes() {
    desk.get("/v1/disputes", "disputes", this::list)
        .get("/v1/disputes/{id}", "dispute", call -> answer(dispute(call)))
        .post("/v1/disputes/{id}", "evidence", this::update)
        .post("/v1/disputes/{id}/close", "acceptance", this::close);
  }

  /** The newest first; what comes after one is older. */
  private Answer list(Call call) {
    List<Operation.Dispute> all = desk.books().disputes(MOST);
    String after = call.query("starting_after");
    int from = 0;
    for (int i = 0; i < all.size() && !after.isEmpty(); i++) {
      from = id(all.get(i)).equals(after) ? i + 1 : from;
    }
    int page = call.query("limit").isEmpty() ? 10 : Integer.parseInt(call.query("limit"));
    boolean expanded = call.query("expand[]").equals("data.payment_intent");
    List<?> shown =
        all.stream().skip(from).limit(page).map(dispute -> object(dispute, expanded)).toList();
    return new Answer(
        200, StripeObjects.list("/v1/disputes", shown, from + shown.size() < all.size()));
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
    Tree sent = form.at("metadata");
    Map<String, Object> metadata = new TreeMap<>();
    sent.names().forEach(name -> metadata.put(name, sent.at(name).orEmpty()));
    if (!metadata.isEmpty()) {
      metadataOf.put(id(dispute(call)), metadata);
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

  private static String id(Operation.Dispute dispute) {
    return "du_" + StripeObjects.tail(dispute);
  }

  Map<String, @Nullable Object> object(Operation.Dispute dispute) {
    return object(dispute, false);
  }

  private Map<String, @Nullable Object> object(Operation.Dispute dispute, boolean expanded) {
    Operation.Authorization payment = desk.books().disputed(dispute);
    Operation.Claim claim = dispute.claim();
    boolean goods = claim.story() == Story.DISPUTE_NOT_RECEIVED;
    return new Members()
        .put("id", id(dispute))
        .put("object", "dispute")
        .put("amount", claim.amount())
        .put("charge", StripeObjects.chargeId(payment))
        .put("created", claim.openedSeconds())
        .put("currency", claim.currency())
        .put("evidence_details", new Members().put("due_by", claim.dueSeconds()))
        .put("is_charge_refundable", false)
        .put("livemode", false)
        .put("metadata", metadataOf.getOrDefault(id(dispute), Map.of()))
        .put("network_reason_code", goods ? "13.1" : "10.4")
        .put(
            "payment_intent",
            expanded
                ? new StripeObjects(desk).intent(payment, false)
                : StripeObjects.paymentId(payment))
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
