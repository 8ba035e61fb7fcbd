package dev.portcullis.connectors.checkoutcom;

import static java.util.Map.entry;

import dev.portcullis.connectors.spi.DisputeFeed;
import dev.portcullis.connectors.spi.DisputeFeed.Page;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.kit.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checkout.com's disputes (checkout.com/docs, "Disputes API"). Their list is in pages that are
 * counted off, and one that changes may go to another page meanwhile: so the whole list is read,
 * and begun anew when it was read to its end. Each dispute says when it changed last.
 */
final class CheckoutComDisputes {

  /** A dispute that was refunded before it began takes no money. */
  private static final Map<String, Stage> STAGES =
      Map.ofEntries(
          entry("resolved", Stage.INQUIRY_CLOSED),
          entry("evidence_required", Stage.CHARGEBACK),
          entry("evidence_under_review", Stage.CHARGEBACK_UNDER_REVIEW),
          entry("arbitration_under_review", Stage.CHARGEBACK_UNDER_REVIEW),
          entry("canceled", Stage.WON),
          entry("won", Stage.WON),
          entry("arbitration_won", Stage.WON),
          entry("accepted", Stage.LOST),
          entry("expired", Stage.LOST),
          entry("lost", Stage.LOST),
          entry("arbitration_lost", Stage.LOST));

  private static final Map<String, String> REASONS =
      Map.of(
          "fraudulent", "fraudulent",
          "unrecognized", "unrecognized",
          "duplicate", "duplicate",
          "canceled_recurring", "subscription_canceled",
          "product_service_not_received", "product_not_received",
          "not_as_described", "product_unacceptable",
          "credit_not_issued", "credit_not_processed");

  private CheckoutComDisputes() {}

  static ForwardRequest after(String cursor) {
    return new ForwardRequest("checkoutcom.disputes", Map.of("cursor", cursor), null);
  }

  static Optional<Page> read(ForwardAnswer answer) {
    JsonTree list = JsonTree.of(answer.body());
    Long skipped = list.at("skip").number();
    Long total = list.at("total_count").number();
    if (answer.status() != 200
        || skipped == null
        || skipped < 0
        || total == null
        || !list.at("data").isList()) {
      return Optional.empty();
    }
    List<DisputeNotice> notices = new ArrayList<>();
    List<@Nullable Object> unread = new ArrayList<>();
    long next = skipped;
    for (JsonTree dispute : list.at("data").each().toList()) {
      next++;
      // One about a payment that was made elsewhere has no reference of ours.
      if (dispute.at("payment_reference").id() != null) {
        notice(dispute).ifPresentOrElse(notices::add, () -> unread.add(dispute.value()));
      }
    }
    boolean more = next > skipped && next < total;
    return Optional.of(
        new Page(
            notices.reversed(), unread, more ? Long.toString(next) : DisputeFeed.BEGINNING, more));
  }

  static Optional<DisputeNotice> notice(JsonTree dispute) {
    String id = dispute.at("id").id();
    String operation = dispute.at("payment_reference").id();
    Money amount = CheckoutComConnector.AMOUNTS.money(dispute.at("amount"), dispute.at("currency"));
    String status = dispute.at("status").text();
    Stage stage = status == null ? null : STAGES.get(status);
    Instant opened = dispute.at("received_on").time();
    Instant changed = dispute.at("last_update").time();
    if (id == null
        || operation == null
        || amount == null
        || !amount.isPositive()
        || stage == null
        || opened == null
        || changed == null
        || changed.toEpochMilli() < 1) {
      return Optional.empty();
    }
    String category = String.valueOf(dispute.at("category").text());
    return Optional.of(
        new DisputeNotice(
            id,
            operation,
            changed.toEpochMilli(),
            amount,
            REASONS.getOrDefault(category, DisputeNotice.GENERAL),
            DisputeNotice.networkCode(dispute.at("reason_code")),
            stage,
            opened,
            dispute.at("evidence_required_by").time()));
  }
}
