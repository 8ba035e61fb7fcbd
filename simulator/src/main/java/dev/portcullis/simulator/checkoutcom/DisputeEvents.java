package dev.portcullis.simulator.checkoutcom;

import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Operation.Dispute;
import dev.portcullis.simulator.Story;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What Checkout.com tells of disputes. */
final class DisputeEvents {

  private DisputeEvents() {}

  static Map<String, @Nullable Object> of(PaymentView payment, Dispute dispute, Instant now) {
    Operation.Claim claim = dispute.claim();
    boolean goods = claim.story() == Story.DISPUTE_NOT_RECEIVED;
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("id", dispute.identity().id());
    data.put("category", goods ? "product_service_not_received" : "fraudulent");
    data.put("reason_code", goods ? "13.1" : "10.4");
    data.put("amount", claim.amount());
    data.put("currency", claim.currency().toUpperCase(Locale.ROOT));
    data.put("date", Instant.ofEpochSecond(claim.openedSeconds()).toString());
    data.put("evidence_required_by", Instant.ofEpochSecond(claim.dueSeconds()).toString());
    data.put("payment_id", PaymentView.id(payment.authorization()));
    data.put("payment_reference", payment.reference());
    String type = type(dispute);
    Map<String, @Nullable Object> event = new LinkedHashMap<>();
    event.put("id", "evt_" + type + "_" + dispute.sequence());
    event.put("type", type);
    event.put("version", "1.0.0");
    event.put("created_on", now.toString());
    event.put("data", data);
    return event;
  }

  /** One of the list. No two of a dispute's changes have the same time. */
  static Map<String, @Nullable Object> listed(PaymentView payment, Dispute dispute) {
    Operation.Claim claim = dispute.claim();
    Instant opened = Instant.ofEpochSecond(claim.openedSeconds());
    boolean goods = claim.story() == Story.DISPUTE_NOT_RECEIVED;
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("id", dispute.identity().id());
    shown.put("category", goods ? "product_service_not_received" : "fraudulent");
    shown.put("status", status(dispute));
    shown.put("amount", claim.amount());
    shown.put("currency", claim.currency().toUpperCase(Locale.ROOT));
    shown.put("reason_code", goods ? "13.1" : "10.4");
    shown.put("payment_id", PaymentView.id(payment.authorization()));
    shown.put("payment_reference", payment.reference());
    shown.put("received_on", opened.toString());
    shown.put("last_update", opened.plusMillis(dispute.sequence()).toString());
    shown.put("evidence_required_by", Instant.ofEpochSecond(claim.dueSeconds()).toString());
    return shown;
  }

  private static String status(Dispute dispute) {
    return switch (dispute.stage()) {
      case INQUIRY, INQUIRY_CLOSED -> "resolved";
      case CHARGEBACK -> "evidence_required";
      case INQUIRY_UNDER_REVIEW, CHARGEBACK_UNDER_REVIEW -> "evidence_under_review";
      case WON -> "won";
      case LOST -> "lost";
    };
  }

  private static String type(Dispute dispute) {
    return switch (dispute.stage()) {
      case INQUIRY -> "dispute_received";
      case CHARGEBACK -> "dispute_evidence_required";
      case INQUIRY_UNDER_REVIEW, CHARGEBACK_UNDER_REVIEW -> "dispute_evidence_submitted";
      case INQUIRY_CLOSED -> "dispute_resolved";
      case WON -> "dispute_won";
      case LOST -> "dispute_lost";
    };
  }
}
