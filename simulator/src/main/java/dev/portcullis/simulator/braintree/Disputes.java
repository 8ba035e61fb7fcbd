package dev.portcullis.simulator.braintree;

import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Story;
import java.time.Instant;
import java.time.ZoneOffset;

/** Disputes in Braintree's words. */
final class Disputes {

  private Disputes() {}

  static String reason(Operation.Dispute dispute) {
    return dispute.claim().story() == Story.DISPUTE_NOT_RECEIVED ? "product_not_received" : "fraud";
  }

  static String status(Operation.Dispute dispute) {
    return switch (dispute.stage()) {
      case INQUIRY, CHARGEBACK -> "open";
      case INQUIRY_UNDER_REVIEW, CHARGEBACK_UNDER_REVIEW -> "under_review";
      case INQUIRY_CLOSED, WON -> "won";
      case LOST -> "lost";
    };
  }

  /** The webhook's kind. */
  static String kind(Operation.Dispute dispute) {
    return switch (dispute.stage()) {
      case INQUIRY, CHARGEBACK -> "dispute_opened";
      case INQUIRY_UNDER_REVIEW, CHARGEBACK_UNDER_REVIEW -> "dispute_under_review";
      case INQUIRY_CLOSED, WON -> "dispute_won";
      case LOST -> "dispute_lost";
    };
  }

  static String date(long seconds) {
    return Instant.ofEpochSecond(seconds).atZone(ZoneOffset.UTC).toLocalDate().toString();
  }
}
