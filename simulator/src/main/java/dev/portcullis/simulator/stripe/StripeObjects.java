package dev.portcullis.simulator.stripe;

import dev.portcullis.simulator.CardChecks;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.NetworkSaid;
import dev.portcullis.simulator.NetworkTransaction;
import dev.portcullis.simulator.Operation;
import dev.portcullis.wire.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operations in Stripe's wire form. */
final class StripeObjects {
  private final Desk desk;

  StripeObjects(Desk desk) {
    this.desk = desk;
  }

  static String paymentId(Operation.Authorization authorization) {
    return (authorization.isVerification() ? "seti_" : "pi_") + tail(authorization);
  }

  static String chargeId(Operation.Authorization authorization) {
    return (authorization.isVerification() ? "setatt_" : "ch_") + tail(authorization);
  }

  static String refundId(Operation.Movement movement) {
    return "re_" + tail(movement);
  }

  /** The books' id without what it begins with, which is another with Stripe. */
  static String tail(Operation operation) {
    String id = operation.identity().id();
    return id.substring(id.indexOf('_') + 1);
  }

  static String clientSecret(Operation.Authorization authorization) {
    return paymentId(authorization)
        + "_secret_"
        + new StringBuilder(tail(authorization).substring(8)).reverse();
  }

  /** What Stripe appends to the address that the shopper goes back to. */
  static String returnUrl(Operation.Authorization authorization) {
    String url = authorization.challenge() == null ? "" : authorization.challenge().returnUrl();
    String name = authorization.isVerification() ? "setup_intent" : "payment_intent";
    boolean failed = authorization.outcome().status() == Operation.Status.DECLINED;
    return url
        + (url.contains("?") ? "&" : "?")
        + name
        + "="
        + paymentId(authorization)
        + "&"
        + name
        + "_client_secret="
        + clientSecret(authorization)
        + "&redirect_status="
        + (failed ? "failed" : "succeeded");
  }

  static String status(Operation.Authorization authorization) {
    if (authorization.funds().voided()) {
      return "canceled";
    }
    return switch (authorization.outcome().status()) {
      case CREATED ->
          authorization.notes().get("payment_method").isEmpty()
              ? "requires_payment_method"
              : "requires_confirmation";
      case REQUIRES_ACTION -> "requires_action";
      case DECLINED -> "requires_payment_method";
      case PENDING -> "processing";
      case APPROVED ->
          authorization.isVerification() || authorization.funds().closed()
              ? "succeeded"
              : "requires_capture";
    };
  }

  /** A payment intent, or the set-up intent that a verification is. */
  Map<String, @Nullable Object> intent(Operation.Authorization it, boolean expanded) {
    return it.isVerification() ? setup(it, expanded) : payment(it, expanded);
  }

  private Map<String, @Nullable Object> payment(Operation.Authorization it, boolean expanded) {
    String status = status(it);
    long amount = it.terms().amount();
    boolean canceled = status.equals("canceled");
    return new Members()
        .put("id", paymentId(it))
        .put("object", "payment_intent")
        .put("amount", amount)
        .put("amount_capturable", status.equals("requires_capture") ? amount : 0L)
        .put("amount_details", Map.of("tip", Map.of()))
        .put("amount_received", it.funds().captured())
        .put("application", null)
        .put("automatic_payment_methods", null)
        .put("canceled_at", canceled ? it.identity().created() : null)
        .put("cancellation_reason", orNull(it.notes().get("cancellation_reason")))
        .put("capture_method", it.terms().capture() ? "automatic" : "manual")
        .put("client_secret", clientSecret(it))
        .put("confirmation_method", "automatic")
        .put("created", it.identity().created())
        .put("currency", it.terms().currency())
        .put("customer", orNull(it.notes().get("customer")))
        .put("description", orNull(it.notes().get("description")))
        .put("last_payment_error", lastError(it))
        .put("latest_charge", attempt(it, expanded))
        .put("livemode", false)
        .put("metadata", metadata(it))
        .put("next_action", nextAction(it))
        .put("payment_method", canceled ? null : orNull(it.notes().get("payment_method")))
        .put(
            "payment_method_options", Map.of("card", Map.of("request_three_d_secure", "automatic")))
        .put("payment_method_types", List.of("card"))
        .put("processing", null)
        .put("receipt_email", orNull(it.notes().get("receipt_email")))
        .put("setup_future_usage", orNull(it.notes().get("setup_future_usage")))
        .put("shipping", null)
        .put("statement_descriptor", null)
        .put("statement_descriptor_suffix", null)
        .put("status", status)
        .put("transfer_data", null)
        .put("transfer_group", null)
        .build();
  }

  private Map<String, @Nullable Object> setup(Operation.Authorization it, boolean expanded) {
    return new Members()
        .put("id", paymentId(it))
        .put("object", "setup_intent")
        .put("cancellation_reason", orNull(it.notes().get("cancellation_reason")))
        .put("client_secret", clientSecret(it))
        .put("created", it.identity().created())
        .put("customer", orNull(it.notes().get("customer")))
        .put("description", orNull(it.notes().get("description")))
        .put("last_setup_error", lastError(it))
        .put("latest_attempt", attempt(it, expanded))
        .put("livemode", false)
        .put("mandate", null)
        .put("metadata", metadata(it))
        .put("next_action", nextAction(it))
        .put("payment_method", orNull(it.notes().get("payment_method")))
        .put("payment_method_types", List.of("card"))
        .put("status", status(it))
        .put("usage", it.terms().setup() ? "off_session" : "on_session")
        .build();
  }

  private static @Nullable Object lastError(Operation.Authorization it) {
    String decline = it.outcome().declineCode();
    if (decline == null || it.funds().voided()) {
      return null;
    }
    Map<String, @Nullable Object> error = StripeErrors.said(StripeErrors.card(decline), it).build();
    if (it.isVerification() && decline.equals("authentication_failed")) {
      error.put("code", "setup_intent_authentication_failure");
    }
    return error;
  }

  private @Nullable Object nextAction(Operation.Authorization it) {
    String url = desk.challengeUrl(it);
    if (url == null || it.challenge() == null) {
      return null;
    }
    // Who gives no address to go back to is asked in the page, by Stripe's script.
    return it.challenge().returnUrl().isEmpty()
        ? new Members()
            .put("type", "use_stripe_sdk")
            .put("use_stripe_sdk", Map.of("type", "three_d_secure_redirect", "stripe_js", url))
            .build()
        : new Members()
            .put(
                "redirect_to_url",
                new Members().put("return_url", it.challenge().returnUrl()).put("url", url))
            .put("type", "redirect_to_url")
            .build();
  }

  /** The charge of a payment, the attempt of a set-up; none before an issuer was asked. */
  private @Nullable Object attempt(Operation.Authorization it, boolean expanded) {
    Operation.Status status = it.outcome().status();
    boolean none =
        status == Operation.Status.CREATED
            || status == Operation.Status.REQUIRES_ACTION
            || "authentication_failed".equals(it.outcome().declineCode())
            || "authentication_not_handled".equals(it.outcome().declineCode());
    if (none && !it.isVerification()) {
      return null;
    }
    return expanded ? charge(it) : chargeId(it);
  }

  /** A charge; of a set-up, its attempt. */
  Map<String, @Nullable Object> charge(Operation.Authorization it) {
    boolean approved = it.outcome().status() == Operation.Status.APPROVED;
    String decline = it.outcome().declineCode();
    Operation.Funds funds = it.funds();
    return new Members()
        .put("id", chargeId(it))
        .put("object", it.isVerification() ? "setup_attempt" : "charge")
        .put("amount", it.terms().amount())
        .put("amount_captured", funds.captured())
        .put("amount_refunded", funds.refunded())
        .put("captured", funds.captured() > 0)
        .put("created", it.identity().created())
        .put("currency", it.terms().currency())
        .put("disputed", false)
        .put(
            "failure_code", decline == null ? null : StripeErrors.card(decline).build().get("code"))
        .put("livemode", false)
        .put("metadata", metadata(it))
        .put("outcome", outcome(it))
        .put("paid", approved)
        .put("payment_intent", it.isVerification() ? null : paymentId(it))
        .put("payment_method", orNull(it.notes().get("payment_method")))
        .put(
            "payment_method_details",
            new Members().put("card", card(it, approved)).put("type", "card"))
        .put("refunded", funds.captured() > 0 && funds.refunded() == funds.captured())
        .put("status", approved ? "succeeded" : "failed")
        .build();
  }

  private static Members outcome(Operation.Authorization it) {
    boolean approved = it.outcome().status() == Operation.Status.APPROVED;
    String decline = it.outcome().declineCode();
    NetworkSaid said = NetworkSaid.of(it);
    return new Members()
        .put("advice_code", said == null ? null : said.action())
        .put("network_advice_code", said == null ? null : said.adviceCode())
        .put("network_decline_code", said == null ? null : said.declineCode())
        .put("network_status", approved ? "approved_by_network" : "declined_by_network")
        .put("reason", decline)
        .put("risk_level", "normal")
        .put(
            "seller_message",
            approved
                ? "Payment complete."
                : "The bank returned the decline code `" + decline + "`.")
        .put("type", approved ? "authorized" : "issuer_declined");
  }

  private static Members card(Operation.Authorization it, boolean approved) {
    CardChecks said = CardChecks.of(it);
    Operation.Notes notes = it.notes();
    String[] expiry = (notes.get("expiry") + "/").split("/", -1);
    return new Members()
        .put("amount_authorized", it.terms().amount())
        .put("authorization_code", approved ? CardChecks.authorizationCode(it) : null)
        .put("brand", notes.get("brand"))
        .put(
            "checks",
            new Members()
                .put("address_line1_check", notes.get("line1").isEmpty() ? null : said.line1())
                .put(
                    "address_postal_code_check",
                    notes.get("postal_code").isEmpty() ? null : said.postalCode())
                .put("cvc_check", said.cvc()))
        .put("country", "US")
        .put("exp_month", Long.valueOf("0" + expiry[0]))
        .put("exp_year", Long.valueOf("0" + expiry[1]))
        .put("funding", "credit")
        .put("last4", it.terms().last4())
        .put("network", notes.get("brand"))
        .put("network_transaction_id", approved ? NetworkTransaction.of(it) : null)
        .put("three_d_secure", secure(it.outcome()));
  }

  private static @Nullable Object secure(Operation.Outcome outcome) {
    boolean failed = "authentication_failed".equals(outcome.declineCode());
    return outcome.authenticated() || failed
        ? new Members()
            .put("authentication_flow", "challenge")
            .put("result", failed ? "failed" : "authenticated")
            .put("version", "2.2.0")
            .build()
        : null;
  }

  Map<String, @Nullable Object> refund(
      Operation.Movement movement, Operation.Authorization authorization) {
    boolean failed = movement.status() == Operation.Status.DECLINED;
    return new Members()
        .put("id", refundId(movement))
        .put("object", "refund")
        .put("amount", movement.amount())
        .put("balance_transaction", null)
        .put("charge", chargeId(authorization))
        .put("created", movement.identity().created())
        .put("currency", movement.currency())
        .some("failure_reason", failed ? "expired_or_canceled_card" : null)
        .put("metadata", metadata(movement))
        .put("payment_intent", paymentId(authorization))
        .put("reason", orNull(movement.notes().get("reason")))
        .put("receipt_number", null)
        .put(
            "status",
            switch (movement.status()) {
              case APPROVED -> "succeeded";
              case DECLINED -> "failed";
              case PENDING, CREATED, REQUIRES_ACTION -> "pending";
            })
        .build();
  }

  /** A list, of which the first page is what there is room for. */
  static Map<String, @Nullable Object> list(String url, List<?> data, boolean more) {
    return new Members()
        .put("object", "list")
        .put("data", data)
        .put("has_more", more)
        .put("url", url)
        .build();
  }

  static Map<String, String> metadata(Operation operation) {
    String kept = operation.notes().get("metadata");
    Map<String, String> metadata = new LinkedHashMap<>();
    if (!kept.isEmpty()) {
      Json.readObject(kept).forEach((name, value) -> metadata.put(name, String.valueOf(value)));
    }
    return metadata;
  }

  static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
