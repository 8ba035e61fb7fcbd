package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.provider.Provider;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes charges out of a provider's verdict. Nulls are left out of their facts, which are stored
 * with the charge and with each of its events; {@link ChargedCard} knows what the API shows all the
 * same. To a client of an older version that reads them meanwhile, what is missing is null too.
 */
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
    Doc.put(outcome, Declines.ADVICE, advice.action() == null ? null : advice.action().wire());
    Doc.put(outcome, Declines.NETWORK_ADVICE, advice.code());
    Doc.put(outcome, Declines.NETWORK_DECLINE, advice.declineCode());
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
    if (attempt.paymentMethod().get("billing_details") instanceof Map<?, ?> billing) {
      Doc.putMap(facts, "billing_details", Doc.said(billing));
    }
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
    outcome.put("network_status", network);
    Doc.put(outcome, "reason", reason);
    outcome.put("risk_level", "normal");
    outcome.put("seller_message", message);
    outcome.put("type", type);
    return outcome;
  }

  /** {@code payment_method_details} of a card, without nulls. */
  private static Map<String, @Nullable Object> card(
      Attempt attempt, ProviderResult.Details details, @Nullable Object mandate) {
    Map<?, ?> shown = attempt.paymentMethod().get("card") instanceof Map<?, ?> map ? map : Map.of();
    Map<String, @Nullable Object> card = new LinkedHashMap<>();
    card.put("amount_authorized", attempt.authorized().minorUnits());
    Doc.put(card, "authorization_code", details.authorizationCode());
    for (String copied :
        List.of("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")) {
      Doc.put(card, copied, shown.get(copied));
    }
    card.put("checks", checks(details.checks()));
    Doc.put(card, "mandate", mandate);
    Doc.put(card, "network", shown.get("brand"));
    Doc.put(card, "network_transaction_id", details.networkTransactionId());
    Doc.put(card, "three_d_secure", threeDSecure(details.threeDSecure()));
    CardRequests.putOutcome(card, attempt.authorized());
    Map<String, @Nullable Object> wrapped = new LinkedHashMap<>();
    wrapped.put("card", card);
    wrapped.put("type", "card");
    return wrapped;
  }

  private static Map<String, @Nullable Object> checks(ProviderResult.Checks checks) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    Doc.put(map, "address_line1_check", wire(checks.addressLine1()));
    Doc.put(map, "address_postal_code_check", wire(checks.postalCode()));
    Doc.put(map, "cvc_check", wire(checks.cvc()));
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
    Doc.put(map, "result", secure.result());
    Doc.put(map, "version", secure.version());
    return map;
  }
}
