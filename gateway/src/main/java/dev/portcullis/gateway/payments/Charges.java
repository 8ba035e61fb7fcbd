package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.provider.Provider;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes charges out of a provider's verdict. */
final class Charges {

  /** Among the facts of a charge, but not shown: it says when its money is available. */
  static final String AVAILABLE_AT_ONCE = "available_at_once";

  /** Among the facts of a charge, but not shown: where it was made. */
  static final String PROVIDER = "provider";

  private Charges() {}

  /**
   * A charge that the provider approved.
   *
   * @param mandate the agreement that came about with it, or null
   */
  static Charge approved(
      PaymentIntent intent,
      Attempt attempt,
      ProviderResult.Approved approved,
      @Nullable String mandate,
      Instant now) {
    Map<String, @Nullable Object> facts = facts(intent, attempt);
    putProvider(facts, attempt.provider());
    facts.put("outcome", outcome("approved_by_network", null, "authorized", "Payment complete."));
    Object under = mandate == null ? intent.details().get("mandate") : mandate;
    facts.put("payment_method_details", card(attempt, approved.details(), under));
    if (approved.details().fundsAvailable()) {
      facts.put(AVAILABLE_AT_ONCE, true);
    }
    return new Charge(
        head(intent, attempt, now),
        intent.head().id(),
        attempt.authorized(),
        new Charge.Standing(Charge.Status.SUCCEEDED, 0, 0, false, Charge.Contest.NONE),
        approved.providerReference(),
        null,
        facts);
  }

  static Charge declined(
      PaymentIntent intent, Attempt attempt, ProviderResult.Declined declined, Instant now) {
    DeclineCode code = declined.code();
    Map<String, @Nullable Object> facts = facts(intent, attempt);
    putProvider(facts, attempt.provider());
    facts.put("failure_code", code.code());
    facts.put("failure_message", code.message());
    Map<String, @Nullable Object> outcome =
        outcome(
            "declined_by_network",
            code.wire(),
            "issuer_declined",
            "The bank returned the decline code `" + code.wire() + "`.");
    NetworkAdvice advice = declined.details().advice();
    outcome.put(Declines.ADVICE, advice.action() == null ? null : advice.action().wire());
    outcome.put(Declines.NETWORK_ADVICE, advice.code());
    outcome.put(Declines.NETWORK_DECLINE, advice.declineCode());
    facts.put("outcome", outcome);
    facts.put(
        "payment_method_details",
        card(attempt, ProviderResult.Details.NONE, intent.details().get("mandate")));
    return new Charge(
        head(intent, attempt, now),
        intent.head().id(),
        attempt.authorized(),
        new Charge.Standing(Charge.Status.FAILED, 0, 0, false, Charge.Contest.NONE),
        declined.providerReference(),
        null,
        facts);
  }

  /** What never reached the provider. */
  static Charge blocked(
      PaymentIntent intent, Attempt attempt, Screening.Verdict.Block block, Instant now) {
    Map<String, @Nullable Object> facts = facts(intent, attempt);
    facts.put("failure_code", DeclineCode.FRAUDULENT.code());
    facts.put("failure_message", DeclineCode.FRAUDULENT.message());
    Map<String, @Nullable Object> outcome =
        outcome("not_sent_to_network", block.reason(), "blocked", block.sentence());
    outcome.put("risk_level", block.reason().equals("rule") ? "normal" : "highest");
    facts.put("outcome", outcome);
    facts.put(
        "payment_method_details",
        card(attempt, ProviderResult.Details.NONE, intent.details().get("mandate")));
    return new Charge(
        head(intent, attempt, now),
        intent.head().id(),
        attempt.authorized(),
        new Charge.Standing(Charge.Status.FAILED, 0, 0, false, Charge.Contest.NONE),
        null,
        null,
        facts);
  }

  private static Head head(PaymentIntent intent, Attempt attempt, Instant now) {
    if (attempt.charge() == null) {
      throw new IllegalStateException("no charge id for " + attempt.ask().id());
    }
    return Head.fresh(attempt.charge(), intent.head().account(), intent.head().livemode(), now);
  }

  private static Map<String, @Nullable Object> facts(PaymentIntent intent, Attempt attempt) {
    Map<String, @Nullable Object> facts = new LinkedHashMap<>();
    Doc.put(facts, "customer", intent.terms().customer());
    Doc.put(facts, "payment_method", attempt.paymentMethod().get("id"));
    Doc.put(facts, "billing_details", attempt.paymentMethod().get("billing_details"));
    for (String copied :
        new String[] {
          "description",
          "metadata",
          "radar_options",
          "receipt_email",
          "shipping",
          "statement_descriptor",
          "statement_descriptor_suffix",
          "transfer_group"
        }) {
      Doc.put(facts, copied, intent.details().get(copied));
    }
    return facts;
  }

  private static void putProvider(Map<String, @Nullable Object> facts, Provider provider) {
    facts.put(PROVIDER, Map.of("name", provider.name(), "connector", provider.connector()));
  }

  private static Map<String, @Nullable Object> outcome(
      String network, @Nullable String reason, String type, String message) {
    Map<String, @Nullable Object> outcome = new LinkedHashMap<>();
    outcome.put(Declines.ADVICE, null);
    outcome.put(Declines.NETWORK_ADVICE, null);
    outcome.put(Declines.NETWORK_DECLINE, null);
    outcome.put("network_status", network);
    outcome.put("reason", reason);
    outcome.put("risk_level", "normal");
    outcome.put("seller_message", message);
    outcome.put("type", type);
    return outcome;
  }

  /** {@code payment_method_details} of a card, with every member that the API always shows. */
  private static Map<String, @Nullable Object> card(
      Attempt attempt, ProviderResult.Details details, @Nullable Object mandate) {
    Map<?, ?> shown = attempt.paymentMethod().get("card") instanceof Map<?, ?> map ? map : Map.of();
    Map<String, @Nullable Object> card = new LinkedHashMap<>();
    card.put("amount_authorized", attempt.authorized().minorUnits());
    card.put("authorization_code", details.authorizationCode());
    card.put("brand", shown.get("brand"));
    card.put("checks", checks(details.checks()));
    card.put("country", shown.get("country"));
    card.put("electronic_commerce_indicator", null);
    card.put("exp_month", shown.get("exp_month"));
    card.put("exp_year", shown.get("exp_year"));
    card.put("fingerprint", shown.get("fingerprint"));
    card.put("funding", shown.get("funding"));
    card.put("installments", null);
    card.put("last4", shown.get("last4"));
    card.put("mandate", mandate);
    card.put("network", shown.get("brand"));
    card.put("network_transaction_id", details.networkTransactionId());
    card.put("regulated_status", null);
    card.put("three_d_secure", threeDSecure(details.threeDSecure()));
    card.put("transaction_link_id", null);
    card.put("wallet", null);
    CardRequests.putOutcome(card, attempt.authorized());
    Map<String, @Nullable Object> wrapped = new LinkedHashMap<>();
    wrapped.put("card", card);
    wrapped.put("type", "card");
    return wrapped;
  }

  private static Map<String, @Nullable Object> checks(ProviderResult.Checks checks) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("address_line1_check", wire(checks.addressLine1()));
    map.put("address_postal_code_check", wire(checks.postalCode()));
    map.put("cvc_check", wire(checks.cvc()));
    return map;
  }

  private static @Nullable String wire(ProviderResult.@Nullable Check check) {
    return check == null ? null : check.wire();
  }

  private static @Nullable Map<String, @Nullable Object> threeDSecure(
      ProviderResult.@Nullable ThreeDSecure secure) {
    if (secure == null) {
      return null;
    }
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("authentication_flow", "challenge");
    map.put("electronic_commerce_indicator", null);
    map.put("exemption_indicator", null);
    map.put("result", secure.result());
    map.put("result_reason", null);
    map.put("transaction_id", null);
    map.put("version", secure.version());
    return map;
  }
}
