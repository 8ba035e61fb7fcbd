package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.paymentmethods.BillingDetails;
import dev.portcullis.wire.error.ApiError;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The wire's form of the payment core's objects, with every member that the API always shows. */
public final class Views {

  private final ClientSecrets clientSecrets;
  private final InstantSource clock;

  public Views(ClientSecrets clientSecrets, InstantSource clock) {
    this.clientSecrets = clientSecrets;
    this.clock = clock;
  }

  /** The object as the wire shows it. */
  public Map<String, @Nullable Object> render(Entity entity) {
    return switch (entity) {
      case PaymentIntent intent -> paymentIntent(intent);
      case SetupIntent intent -> setupIntent(intent);
      case Charge charge -> charge(charge);
      case Refund refund -> refund(refund);
      case Dispute dispute -> dispute(dispute);
    };
  }

  /** The answer to a request: the object, or an error that carries it. */
  public Reply reply(Entity subject, @Nullable ApiError error) {
    if (error == null) {
      return Reply.ok(render(subject));
    }
    ApiError full =
        subject instanceof Refund || subject instanceof Dispute
            ? error
            : error.with(subject.object(), render(subject));
    return new Reply(full.status(), full.body());
  }

  private Map<String, @Nullable Object> paymentIntent(PaymentIntent intent) {
    Map<String, @Nullable Object> details = intent.details();
    PaymentIntent.Terms terms = intent.terms();
    PaymentIntent.Progress progress = intent.progress();
    Map<String, @Nullable Object> map = new LinkedHashMap<>(64);
    map.put("id", intent.head().id());
    map.put("object", "payment_intent");
    map.put("allowed_payment_method_types", null);
    map.put("amount", terms.amount().minorUnits());
    map.put("amount_capturable", intent.awaitsSecondConfirmation() ? 0 : progress.capturable());
    map.put("amount_details", Map.of("tip", Map.of()));
    map.put("amount_received", progress.received());
    map.put("application", null);
    map.put("application_fee_amount", null);
    map.put("automatic_payment_methods", details.get("automatic_payment_methods"));
    map.put("canceled_at", details.get("canceled_at"));
    map.put("cancellation_reason", details.get("cancellation_reason"));
    map.put(
        "capture_method",
        details.getOrDefault(
            "capture_method", terms.manualCapture() ? "manual" : "automatic_async"));
    map.put("client_secret", clientSecrets.of(intent.head().id()));
    map.put("confirmation_method", terms.manualConfirmation() ? "manual" : "automatic");
    map.put("created", intent.head().created().getEpochSecond());
    map.put("currency", terms.amount().currency().code());
    map.put("customer", terms.customer());
    map.put("customer_account", null);
    map.put("description", details.get("description"));
    map.put("excluded_payment_method_types", null);
    map.put("last_payment_error", progress.lastError());
    map.put("latest_charge", progress.latestCharge());
    map.put("livemode", intent.head().livemode());
    map.put("managed_payments", null);
    map.put("metadata", details.getOrDefault("metadata", Map.of()));
    map.put("next_action", nextAction(progress.nextAction()));
    map.put("on_behalf_of", null);
    map.put("payment_method", terms.paymentMethod());
    map.put("payment_method_configuration_details", null);
    map.put("payment_method_options", options(details));
    map.put("payment_method_types", details.getOrDefault("payment_method_types", List.of("card")));
    map.put("payment_record", null);
    map.put("processing", null);
    map.put("receipt_email", details.get("receipt_email"));
    map.put("review", null);
    map.put("setup_future_usage", terms.setupFutureUsage());
    map.put("shipping", details.get("shipping"));
    map.put("source", null);
    map.put("statement_descriptor", details.get("statement_descriptor"));
    map.put("statement_descriptor_suffix", details.get("statement_descriptor_suffix"));
    map.put("status", progress.status().wire());
    map.put("transfer_data", null);
    map.put("transfer_group", details.get("transfer_group"));
    return map;
  }

  private static Map<String, @Nullable Object> options(Map<String, @Nullable Object> details) {
    Map<String, @Nullable Object> card = CardRequests.shown(details);
    card.put("installments", null);
    card.put("mandate_options", null);
    card.put("network", null);
    Map<String, @Nullable Object> options = new LinkedHashMap<>();
    options.put("card", card);
    return options;
  }

  private static @Nullable Map<String, @Nullable Object> nextAction(@Nullable NextAction action) {
    if (action == null) {
      return null;
    }
    Map<String, @Nullable Object> redirect = new LinkedHashMap<>();
    redirect.put("return_url", action.returnUrl());
    redirect.put("url", action.url());
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("redirect_to_url", redirect);
    map.put("type", "redirect_to_url");
    return map;
  }

  private Map<String, @Nullable Object> setupIntent(SetupIntent intent) {
    Map<String, @Nullable Object> details = intent.details();
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("id", intent.head().id());
    map.put("object", "setup_intent");
    map.put("allowed_payment_method_types", null);
    map.put("application", null);
    map.put("automatic_payment_methods", details.get("automatic_payment_methods"));
    map.put("cancellation_reason", details.get("cancellation_reason"));
    map.put("client_secret", clientSecrets.of(intent.head().id()));
    map.put("created", intent.head().created().getEpochSecond());
    map.put("customer", intent.terms().customer());
    map.put("customer_account", null);
    map.put("description", details.get("description"));
    map.put("excluded_payment_method_types", null);
    map.put("flow_directions", null);
    map.put("last_setup_error", intent.progress().lastError());
    map.put("latest_attempt", null);
    map.put("livemode", intent.head().livemode());
    map.put("managed_payments", null);
    map.put("mandate", details.get("mandate"));
    map.put("metadata", details.getOrDefault("metadata", Map.of()));
    map.put("next_action", nextAction(intent.progress().nextAction()));
    map.put("on_behalf_of", null);
    map.put("payment_method", intent.terms().paymentMethod());
    map.put("payment_method_configuration_details", null);
    map.put("payment_method_options", setupOptions(details));
    map.put("payment_method_types", details.getOrDefault("payment_method_types", List.of("card")));
    map.put("single_use_mandate", null);
    map.put("status", intent.status().wire());
    map.put("usage", intent.terms().usage());
    return map;
  }

  private static Map<String, @Nullable Object> setupOptions(Map<String, @Nullable Object> details) {
    Map<String, @Nullable Object> card = CardRequests.shown(details);
    card.put("mandate_options", null);
    card.put("network", null);
    Map<String, @Nullable Object> options = new LinkedHashMap<>();
    options.put("card", card);
    return options;
  }

  private static Map<String, @Nullable Object> charge(Charge charge) {
    Map<String, @Nullable Object> facts = charge.facts();
    Charge.Standing standing = charge.standing();
    boolean succeeded = standing.status() == Charge.Status.SUCCEEDED;
    Map<String, @Nullable Object> map = new LinkedHashMap<>(64);
    map.put("id", charge.head().id());
    map.put("object", "charge");
    map.put("amount", charge.amount().minorUnits());
    map.put("amount_captured", standing.captured());
    map.put("amount_refunded", standing.refunded());
    map.put("application", null);
    map.put("application_fee", null);
    map.put("application_fee_amount", null);
    map.put("balance_transaction", charge.balanceTransaction());
    map.put("billing_details", billingDetails(facts.get("billing_details")));
    map.put("calculated_statement_descriptor", facts.get("statement_descriptor"));
    map.put("captured", standing.captured() > 0);
    map.put("created", charge.head().created().getEpochSecond());
    map.put("currency", charge.amount().currency().code());
    map.put("customer", facts.get("customer"));
    map.put("description", facts.get("description"));
    map.put("disputed", standing.contest().raised());
    map.put("failure_balance_transaction", null);
    map.put("failure_code", facts.get("failure_code"));
    map.put("failure_message", facts.get("failure_message"));
    map.put("fraud_details", Map.of());
    map.put("livemode", charge.head().livemode());
    map.put("metadata", facts.getOrDefault("metadata", Map.of()));
    map.put("on_behalf_of", null);
    map.put("outcome", ChargedCard.outcome(charge));
    map.put("paid", succeeded);
    map.put("payment_intent", charge.paymentIntent());
    map.put("payment_method", facts.get("payment_method"));
    map.put("payment_method_details", ChargedCard.details(charge));
    map.put("radar_options", facts.getOrDefault("radar_options", Map.of()));
    map.put("receipt_email", facts.get("receipt_email"));
    map.put("receipt_number", null);
    map.put("receipt_url", null);
    map.put("refunded", standing.captured() > 0 && standing.refunded() == standing.captured());
    map.put("review", null);
    map.put("shipping", facts.get("shipping"));
    map.put("source", null);
    map.put("source_transfer", null);
    map.put("statement_descriptor", facts.get("statement_descriptor"));
    map.put("statement_descriptor_suffix", facts.get("statement_descriptor_suffix"));
    map.put("status", standing.status().wire());
    map.put("transfer_data", null);
    map.put("transfer_group", facts.get("transfer_group"));
    return map;
  }

  private static Map<String, @Nullable Object> billingDetails(@Nullable Object stored) {
    return stored instanceof Map<?, ?> map
        ? BillingDetails.complete(Doc.cast(map))
        : BillingDetails.complete(null);
  }

  private static Map<String, @Nullable Object> refund(Refund refund) {
    Map<String, @Nullable Object> facts = refund.facts();
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("id", refund.head().id());
    map.put("object", "refund");
    map.put("amount", refund.amount().minorUnits());
    map.put("balance_transaction", refund.balanceTransaction());
    map.put("charge", refund.charge());
    map.put("created", refund.head().created().getEpochSecond());
    map.put("currency", refund.amount().currency().code());
    map.put("customer", facts.get("customer"));
    map.put("customer_account", null);
    map.put("destination_details", Map.of("card", Map.of("type", "refund"), "type", "card"));
    if (facts.containsKey("failure_reason")) {
      map.put("failure_reason", facts.get("failure_reason"));
    }
    if (facts.containsKey("instructions_email")) {
      map.put("instructions_email", facts.get("instructions_email"));
    }
    map.put("metadata", facts.getOrDefault("metadata", Map.of()));
    map.put("payment_intent", refund.paymentIntent());
    map.put("payment_method", facts.get("payment_method"));
    if (refund.status() == Refund.Status.PENDING) {
      map.put("pending_reason", "processing");
    }
    map.put("reason", facts.get("reason"));
    map.put("receipt_number", null);
    map.put("source_transfer_reversal", null);
    map.put("status", refund.status().wire());
    map.put("transfer_reversal", null);
    return map;
  }

  private Map<String, @Nullable Object> dispute(Dispute dispute) {
    Instant now = clock.instant();
    boolean refundable = dispute.status().isInquiry() || dispute.status() == Dispute.Status.WON;
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("id", dispute.head().id());
    map.put("object", "dispute");
    map.put("amount", dispute.claim().amount().minorUnits());
    map.put(
        "balance_transactions",
        dispute.bookings().stream().map(booking -> booking.render(now)).toList());
    map.put("charge", dispute.of().charge());
    map.put("created", dispute.head().created().getEpochSecond());
    map.put("currency", dispute.claim().amount().currency().code());
    map.put("enhanced_eligibility_types", List.of());
    map.put("evidence", Evidence.render(dispute.evidence()));
    map.put("evidence_details", evidenceDetails(dispute, now));
    map.put("intended_submission_method", null);
    map.put("is_charge_refundable", refundable);
    map.put("livemode", dispute.head().livemode());
    map.put("metadata", dispute.facts().getOrDefault("metadata", Map.of()));
    map.put("network_reason_code", dispute.claim().networkReasonCode());
    map.put("payment_intent", dispute.of().paymentIntent());
    map.put("payment_method_details", disputedCard(dispute));
    map.put("reason", dispute.claim().reason());
    map.put("status", dispute.status().wire());
    return map;
  }

  private static Map<String, @Nullable Object> evidenceDetails(Dispute dispute, Instant now) {
    Instant dueBy = dispute.claim().dueBy();
    int submissions = dispute.progress().submissions();
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("due_by", dueBy == null ? null : dueBy.getEpochSecond());
    map.put("enhanced_eligibility", Map.of());
    map.put("has_evidence", !dispute.evidence().isEmpty());
    map.put("past_due", dispute.status().needsResponse() && dispute.isTooLate(now));
    map.put("submission_count", submissions);
    map.put("submission_method", submissions == 0 ? "not_submitted" : "manual");
    return map;
  }

  private static Map<String, @Nullable Object> disputedCard(Dispute dispute) {
    String brand = dispute.of().brand() == null ? "unknown" : dispute.of().brand();
    Map<String, @Nullable Object> card = new LinkedHashMap<>();
    card.put("brand", brand);
    card.put("case_type", dispute.status().isInquiry() ? "inquiry" : "chargeback");
    card.put("network", brand);
    card.put("network_reason_code", dispute.claim().networkReasonCode());
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("card", card);
    map.put("type", "card");
    return map;
  }
}
