package dev.portcullis.simulator.stripe;

import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.NetworkSaid;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Refused;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Stripe's error object (docs.stripe.com/api/errors). */
final class StripeErrors {

  /** Decline codes that are error codes by themselves, and have no decline code beside them. */
  private static final Set<String> OWN_CODE =
      Set.of(
          "expired_card",
          "incorrect_cvc",
          "processing_error",
          "incorrect_number",
          "invalid_expiry_month",
          "invalid_expiry_year",
          "invalid_cvc");

  private static final Map<String, String> PARAMS =
      Map.of(
          "incorrect_number", "number",
          "invalid_expiry_month", "exp_month",
          "invalid_expiry_year", "exp_year",
          "expired_card", "exp_month",
          "incorrect_cvc", "cvc",
          "invalid_cvc", "cvc");

  private static final Map<String, String> MESSAGES =
      Map.of(
          "insufficient_funds", "Your card has insufficient funds.",
          "expired_card", "Your card has expired.",
          "incorrect_cvc", "Your card's security code is incorrect.",
          "invalid_cvc", "Your card's security code is invalid.",
          "incorrect_number", "Your card number is incorrect.",
          "authentication_required",
              "Your card was declined. This transaction requires authentication.",
          "authentication_failed",
              "We are unable to authenticate your payment method. Please choose a different payment"
                  + " method and try again.");

  private StripeErrors() {}

  /** A request that Stripe does not take. */
  static Refused invalid(@Nullable String code, @Nullable String param, String message) {
    return new Refused(400, code == null ? "" : code, message, param);
  }

  static Refused missing(String what, String id, String param) {
    return new Refused(404, "resource_missing", "No such " + what + ": '" + id + "'", param);
  }

  /** Stripe's state machine says no. */
  static Refused unexpected(String object, String verb, String status) {
    return invalid(
        object + "_unexpected_state",
        null,
        "This " + object + " could not be " + verb + " because it has a status of " + status + ".");
  }

  static Answer answer(Refused refused) {
    String code = refused.code();
    String type =
        switch (code) {
          case "idempotency_mismatch" -> "idempotency_error";
          case "internal" -> "api_error";
          default -> "invalid_request_error";
        };
    boolean own = type.equals("invalid_request_error") && !code.equals("unauthorized");
    int status = code.equals("idempotency_mismatch") ? 400 : refused.status();
    return new Answer(
        status,
        new Members()
            .put(
                "error",
                new Members()
                    .some("code", own ? code : null)
                    .put("message", String.valueOf(refused.getMessage()))
                    .some("param", refused.param())
                    .put("type", type))
            .build());
  }

  /** The same with what the network said of it, if it said anything. */
  static Members said(Members error, Operation.Authorization refused) {
    NetworkSaid said = NetworkSaid.of(refused);
    return said == null
        ? error
        : error
            .put("advice_code", said.action())
            .some("network_advice_code", said.adviceCode())
            .put("network_decline_code", said.declineCode());
  }

  /** What is said of a refused card, in an error and in an intent. */
  static Members card(String decline) {
    boolean failed = decline.equals("authentication_failed");
    boolean required = decline.startsWith("authentication_") && !failed;
    boolean own = OWN_CODE.contains(decline);
    return new Members()
        .some(
            "code",
            failed
                ? "payment_intent_authentication_failure"
                : own ? decline : required ? "authentication_required" : "card_declined")
        .some("decline_code", failed || own ? null : decline)
        .put("doc_url", "https://docs.stripe.com/error-codes")
        .put("message", MESSAGES.getOrDefault(decline, "Your card was declined."))
        .some("param", PARAMS.get(decline))
        .put("type", failed ? "invalid_request_error" : "card_error");
  }
}
