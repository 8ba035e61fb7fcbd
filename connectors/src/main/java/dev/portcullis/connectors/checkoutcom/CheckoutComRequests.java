package dev.portcullis.connectors.checkoutcom;

import dev.portcullis.connectors.spi.BodyBuilder;
import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.Initiator;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.kit.Money;
import java.util.Map;

/** What goes to Checkout.com. The processing channel, and that a card pays, are the policy's. */
final class CheckoutComRequests {

  private CheckoutComRequests() {}

  static ForwardRequest of(ProviderOperation operation) {
    return switch (operation) {
      case ProviderOperation.Authorize authorize ->
          new ForwardRequest("checkoutcom.authorize", Map.of(), payment(authorize).build());
      case ProviderOperation.Capture(String id, String payment, Money amount) ->
          about(
              "checkoutcom.capture",
              payment,
              // What a final capture leaves is released.
              movement(id, amount).put("capture_type", "Final"));
      case ProviderOperation.Cancel cancel ->
          about(
              // A reversal gives back what may have been taken by now; a void would fail.
              cancel.taken() == null ? "checkoutcom.void" : "checkoutcom.reverse",
              cancel.providerReference(),
              new BodyBuilder().put("reference", cancel.id()));
      case ProviderOperation.Refund(String id, String payment, Money amount) ->
          about("checkoutcom.refund", payment, movement(id, amount));
      case ProviderOperation.Lookup lookup -> lookup(lookup);
      case ProviderOperation.Complete _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _ ->
          throw new IllegalArgumentException("not asked of Checkout.com: " + operation.kind());
    };
  }

  private static ForwardRequest about(String operation, String payment, BodyBuilder body) {
    return new ForwardRequest(operation, Map.of("payment", payment), body.build());
  }

  private static BodyBuilder movement(String id, Money amount) {
    return new BodyBuilder()
        .put("amount", CheckoutComConnector.AMOUNTS.amount(amount))
        .put("reference", id);
  }

  private static BodyBuilder payment(ProviderOperation.Authorize authorize) {
    CardUse use = authorize.use();
    Shopper shopper = authorize.shopper();
    boolean merchant = use.initiator() == Initiator.MERCHANT;
    BodyBuilder body =
        movement(authorize.id(), authorize.amount())
            .put("currency", CheckoutComConnector.AMOUNTS.code(authorize.amount().currency()))
            .put("capture", authorize.capture() && !authorize.amount().isZero())
            .put("source", card(use, shopper))
            .put("payment_type", merchant ? "Unscheduled" : "Regular")
            .put("merchant_initiated", merchant)
            .text("previous_payment_id", merchant ? use.networkTransactionId() : null)
            .put(
                "customer",
                new BodyBuilder().text("email", shopper.email()).text("name", shopper.name()))
            .put("risk", risk(shopper));
    return challenge(body, authorize);
  }

  private static BodyBuilder card(CardUse use, Shopper shopper) {
    Shopper.Address address = shopper.address();
    return new BodyBuilder()
        .put("number", "{{card.number}}")
        .put("expiry_month", "{{card.exp_month}}")
        .put("expiry_year", "{{card.exp_year}}")
        .put("cvv", "{{card.cvc}}")
        .text("name", shopper.name())
        .put("stored", use.initiator() == Initiator.MERCHANT)
        .put("store_for_future_use", use.store())
        .put(
            "billing_address",
            new BodyBuilder()
                .text("address_line1", address.line1())
                .text("address_line2", address.line2())
                .text("city", address.city())
                .text("state", address.state())
                .text("zip", address.postalCode())
                .text("country", address.country()));
  }

  private static BodyBuilder risk(Shopper shopper) {
    String ip = shopper.ip();
    return ip == null
        ? new BodyBuilder()
        : new BodyBuilder()
            .put("enabled", true)
            .put(
                "device",
                new BodyBuilder()
                    .put(
                        "network", new BodyBuilder().text(ip.contains(":") ? "ipv6" : "ipv4", ip)));
  }

  /**
   * With 3-D Secure on, an issuer may still let the shopper pass without a challenge, and a card
   * that is not enrolled is charged without.
   */
  private static BodyBuilder challenge(BodyBuilder body, ProviderOperation.Authorize authorize) {
    if (!authorize.mayChallenge()) {
      return body;
    }
    boolean always = authorize.challenge().wish().isDemand();
    String back = authorize.challenge().returnUrl();
    return body.put(
            "3ds",
            new BodyBuilder()
                .put("enabled", true)
                .put("attempt_n3d", !always)
                .put("challenge_indicator", always ? "challenge_requested" : "no_preference"))
        .put("success_url", back)
        .put("failure_url", back);
  }

  /** By the payment's own reference where it is known; a payment without one is listed. */
  private static ForwardRequest lookup(ProviderOperation.Lookup lookup) {
    String payment =
        switch (lookup.kind()) {
          case AUTHORIZE, COMPLETE -> lookup.providerReference();
          case CAPTURE, CANCEL, REFUND -> required(lookup);
          case SUBMIT_EVIDENCE, ACCEPT_DISPUTE ->
              throw new IllegalArgumentException("not asked of Checkout.com: " + lookup.kind());
        };
    return payment == null
        ? new ForwardRequest("checkoutcom.payments", Map.of("reference", lookup.id()), null)
        : new ForwardRequest("checkoutcom.payment", Map.of("payment", payment), null);
  }

  private static String required(ProviderOperation.Lookup lookup) {
    if (lookup.authorization() == null) {
      throw new IllegalArgumentException("a look-up of " + lookup.kind() + " needs its payment");
    }
    return lookup.authorization();
  }
}
