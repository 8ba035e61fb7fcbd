package dev.portcullis.connectors.stripe;

import dev.portcullis.connectors.spi.BodyBuilder;
import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.Initiator;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.kit.Money;
import java.util.List;
import java.util.Map;

/**
 * What goes to Stripe. The vault writes it as a form, {@code a[b]=c}; that a payment is made with a
 * card and confirmed at once is the policy's.
 */
final class StripeRequests {

  private StripeRequests() {}

  static ForwardRequest of(ProviderOperation operation) {
    return switch (operation) {
      case ProviderOperation.Authorize authorize when authorize.amount().isZero() ->
          new ForwardRequest("stripe.verify", Map.of(), verification(authorize).build());
      case ProviderOperation.Authorize authorize ->
          new ForwardRequest("stripe.authorize", Map.of(), payment(authorize).build());
      case ProviderOperation.Capture capture ->
          new ForwardRequest(
              "stripe.capture",
              Map.of("payment", capture.providerReference()),
              new BodyBuilder()
                  .put("amount_to_capture", StripeConnector.AMOUNTS.amount(capture.amount()))
                  .build());
      case ProviderOperation.Cancel cancel when cancel.taken() != null ->
          refund(cancel.id(), cancel.providerReference(), cancel.taken());
      case ProviderOperation.Cancel cancel ->
          new ForwardRequest(
              "stripe.cancel", Map.of("payment", cancel.providerReference()), Map.of());
      case ProviderOperation.Refund refund ->
          refund(refund.id(), refund.providerReference(), refund.amount());
      case ProviderOperation.Lookup lookup -> lookup(lookup);
      case ProviderOperation.SubmitEvidence submit -> StripeDisputes.evidence(submit);
      case ProviderOperation.AcceptDispute accept -> StripeDisputes.acceptance(accept);
      case ProviderOperation.Complete _ ->
          throw new IllegalArgumentException("not asked of Stripe: " + operation.kind());
    };
  }

  private static BodyBuilder payment(ProviderOperation.Authorize authorize) {
    Money amount = authorize.amount();
    CardUse use = authorize.use();
    boolean merchant = use.initiator() == Initiator.MERCHANT;
    BodyBuilder body =
        new BodyBuilder()
            .put("amount", StripeConnector.AMOUNTS.amount(amount))
            .put("currency", StripeConnector.AMOUNTS.code(amount.currency()))
            .put("capture_method", authorize.capture() ? "automatic" : "manual")
            .put("payment_method_types", List.of("card"))
            .put("payment_method_data", method(authorize.shopper()))
            .put("payment_method_options", new BodyBuilder().put("card", options(authorize)))
            .put("off_session", merchant ? true : null)
            // Where nobody can be sent to a challenge, the card is refused and not left waiting.
            .put("error_on_requires_action", (merchant || authorize.mayChallenge()) ? null : true)
            .put("setup_future_usage", use.store() && !merchant ? "off_session" : null);
    return closing(body, authorize, "latest_charge");
  }

  private static BodyBuilder verification(ProviderOperation.Authorize authorize) {
    BodyBuilder body =
        new BodyBuilder()
            .put("usage", authorize.use().store() ? "off_session" : "on_session")
            .put("payment_method_types", List.of("card"))
            .put("payment_method_data", method(authorize.shopper()))
            .put("payment_method_options", new BodyBuilder().put("card", demand(authorize)));
    return closing(body, authorize, "latest_attempt");
  }

  private static BodyBuilder closing(
      BodyBuilder body, ProviderOperation.Authorize authorize, String expanded) {
    return body.put("metadata", new BodyBuilder().put("operation", authorize.id()))
        .put("return_url", authorize.mayChallenge() ? authorize.challenge().returnUrl() : null)
        .put("expand", List.of(expanded));
  }

  private static BodyBuilder method(Shopper shopper) {
    Shopper.Address address = shopper.address();
    return new BodyBuilder()
        .put(
            "card",
            new BodyBuilder()
                .put("number", "{{card.number}}")
                .put("exp_month", "{{card.exp_month}}")
                .put("exp_year", "{{card.exp_year}}")
                .put("cvc", "{{card.cvc}}"))
        .put(
            "billing_details",
            new BodyBuilder()
                .text("name", shopper.name())
                .text("email", shopper.email())
                .text("phone", shopper.phone())
                .put(
                    "address",
                    new BodyBuilder()
                        .text("line1", address.line1())
                        .text("line2", address.line2())
                        .text("city", address.city())
                        .text("state", address.state())
                        .text("postal_code", address.postalCode())
                        .text("country", address.country())));
  }

  private static BodyBuilder options(ProviderOperation.Authorize authorize) {
    CardUse use = authorize.use();
    BodyBuilder agreement =
        use.initiator() == Initiator.MERCHANT
            ? new BodyBuilder().text("network_transaction_id", use.networkTransactionId())
            : new BodyBuilder();
    return demand(authorize).put("mit_exemption", agreement);
  }

  /** The API's version of the policy knows all of these; that of 2023-08-16 knew no challenge. */
  private static BodyBuilder demand(ProviderOperation.Authorize authorize) {
    String wish =
        switch (authorize.challenge().wish()) {
          case IF_NEEDED, NEVER -> null;
          case ALWAYS -> "any";
          case QUESTION -> "challenge";
        };
    return new BodyBuilder().put("request_three_d_secure", authorize.mayChallenge() ? wish : null);
  }

  private static ForwardRequest refund(String id, String payment, Money amount) {
    return new ForwardRequest(
        "stripe.refund",
        Map.of(),
        new BodyBuilder()
            .put("payment_intent", payment)
            .put("amount", StripeConnector.AMOUNTS.amount(amount))
            .put("metadata", new BodyBuilder().put("operation", id))
            .build());
  }

  /**
   * By the provider's own reference where there is one. Without, a payment is searched for, which
   * lags; set-ups and refunds are listed, which does not.
   */
  private static ForwardRequest lookup(ProviderOperation.Lookup lookup) {
    String own = lookup.providerReference();
    return switch (lookup.kind()) {
      case AUTHORIZE, COMPLETE -> {
        boolean verification = lookup.amount() != null && lookup.amount().isZero();
        if (own == null) {
          yield verification
              ? ask("stripe.verifications", Map.of())
              : ask("stripe.payments", Map.of("operation", lookup.id()));
        }
        yield verification
            ? ask("stripe.verification", Map.of("verification", own))
            : ask("stripe.payment", Map.of("payment", own));
      }
      case REFUND -> refunds(lookup);
      case CANCEL -> lookup.amount() == null ? authorization(lookup) : refunds(lookup);
      case CAPTURE -> authorization(lookup);
      case SUBMIT_EVIDENCE, ACCEPT_DISPUTE -> StripeDisputes.lookup(lookup);
    };
  }

  private static ForwardRequest refunds(ProviderOperation.Lookup lookup) {
    return lookup.providerReference() == null
        ? ask("stripe.refunds", Map.of("payment", payment(lookup)))
        : ask("stripe.refund_lookup", Map.of("refund", lookup.providerReference()));
  }

  private static ForwardRequest authorization(ProviderOperation.Lookup lookup) {
    return ask("stripe.payment", Map.of("payment", payment(lookup)));
  }

  private static String payment(ProviderOperation.Lookup lookup) {
    if (lookup.authorization() == null) {
      throw new IllegalArgumentException("a look-up of " + lookup.kind() + " needs its payment");
    }
    return lookup.authorization();
  }

  private static ForwardRequest ask(String operation, Map<String, String> path) {
    return new ForwardRequest(operation, path, null);
  }
}
