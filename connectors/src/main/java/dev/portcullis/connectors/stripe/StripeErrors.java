package dev.portcullis.connectors.stripe;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.NotFound;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.connectors.spi.Refusals;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads Stripe's error object (docs.stripe.com/api/errors). */
final class StripeErrors {

  /** Error codes of cards that are no decline codes. */
  private static final Map<String, DeclineCode> CODES =
      Map.of(
          "card_declined", DeclineCode.GENERIC_DECLINE,
          "card_decline_rate_limit_exceeded", DeclineCode.CARD_VELOCITY_EXCEEDED,
          "payment_intent_authentication_failure", DeclineCode.AUTHENTICATION_FAILED,
          "setup_intent_authentication_failure", DeclineCode.AUTHENTICATION_FAILED,
          "setup_attempt_failed", DeclineCode.GENERIC_DECLINE);

  /** Parameters whose refusal says that the provider does not do this for the account. */
  private static final Set<String> UNSUPPORTED =
      Set.of("currency", "payment_method_types", "payment_method_types[0]");

  private StripeErrors() {}

  static ProviderResult interpret(ProviderOperation operation, int status, JsonTree body) {
    JsonTree error = body.at("error");
    ProviderWords said = words(error);
    if (error.at("type").is("card_error") && status == 402) {
      return declined(operation, error, said);
    }
    if (error.at("type").is("idempotency_error")) {
      // The key is known with another body: what the first one did is not in this answer.
      return new Unknown("Stripe knows the key with another request: " + said.line());
    }
    if (operation instanceof ProviderOperation.Lookup && status == 404) {
      return error.at("code").is("resource_missing")
          ? new NotFound()
          : Refusals.of(operation, status, said);
    }
    String param = error.at("param").text();
    return status == 400
        ? Refusals.of(
            operation,
            status,
            param != null && UNSUPPORTED.contains(param)
                ? Rejected.Kind.UNSUPPORTED
                : Rejected.Kind.MALFORMED,
            said)
        : Refusals.of(operation, status, said);
  }

  /** A refused card; about this operation if the error names one. */
  private static ProviderResult declined(
      ProviderOperation operation, JsonTree error, ProviderWords said) {
    JsonTree payment = error.at("payment_intent");
    JsonTree intent = payment.isAbsent() ? error.at("setup_intent") : payment;
    boolean authorize = operation instanceof ProviderOperation.Authorize;
    if (authorize && !intent.isAbsent() && !isOf(operation.id(), intent)) {
      return new Unknown("Stripe's error is about another operation");
    }
    if (operation instanceof ProviderOperation.Lookup) {
      return new Unknown("Stripe answered a lookup with a refused card");
    }
    return new Declined(
        decline(error), intent.at("id").id(), Details.said(said).advised(advice(error)));
  }

  private static boolean isOf(String operation, JsonTree intent) {
    return intent.at("metadata", "operation").is(operation);
  }

  /** Why the card was refused. A reason that is new to us is a refusal all the same. */
  static DeclineCode decline(JsonTree error) {
    return known(error.at("decline_code").text())
        .or(() -> known(error.at("code").text()))
        .orElse(DeclineCode.GENERIC_DECLINE);
  }

  private static Optional<DeclineCode> known(@Nullable String code) {
    return Optional.ofNullable(code)
        .flatMap(word -> DeclineCode.find(word).or(() -> Optional.ofNullable(CODES.get(word))));
  }

  static NetworkAdvice advice(JsonTree error) {
    return NetworkAdvice.of(
        error.at("advice_code").text(),
        error.at("network_advice_code").text(),
        error.at("network_decline_code").text());
  }

  static ProviderWords words(JsonTree error) {
    String decline = error.at("decline_code").text();
    return new ProviderWords(
        decline == null ? error.at("code").text() : decline, error.at("message").text());
  }
}
