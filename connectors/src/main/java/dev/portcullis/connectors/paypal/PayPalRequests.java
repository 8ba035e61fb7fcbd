package dev.portcullis.connectors.paypal;

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
 * What goes to PayPal. Whether an order takes the money or reserves it is the policy's.
 *
 * <p>The operation's id is the invoice's as well: PayPal refuses a second payment of the same
 * invoice, also when it has forgotten the request's key.
 */
final class PayPalRequests {

  private static final int LONGEST_NAME = 300;

  private PayPalRequests() {}

  static ForwardRequest of(ProviderOperation operation) {
    return switch (operation) {
      case ProviderOperation.Lookup lookup -> order(ordered(lookup));
      case ProviderOperation.Authorize _,
          ProviderOperation.Complete _,
          ProviderOperation.Capture _,
          ProviderOperation.Cancel _,
          ProviderOperation.Refund _ ->
          throw new IllegalArgumentException("the order comes first: " + operation.kind());
      case ProviderOperation.SubmitEvidence _, ProviderOperation.AcceptDispute _ ->
          throw new IllegalArgumentException("not asked of PayPal: " + operation.kind());
    };
  }

  /** The order that it is about. */
  private static String ordered(ProviderOperation.Lookup lookup) {
    String order =
        lookup.authorization() == null ? lookup.providerReference() : lookup.authorization();
    if (order == null) {
      throw new IllegalArgumentException("PayPal is asked by the order's id");
    }
    return order;
  }

  static ForwardRequest order(String order) {
    return new ForwardRequest("paypal.order", Map.of("order", order), null);
  }

  static ForwardRequest complete(ProviderOperation.Complete complete, String order) {
    return new ForwardRequest(
        complete.capture() ? "paypal.complete_pay" : "paypal.complete_authorize",
        Map.of("order", order),
        Map.of());
  }

  static ForwardRequest capture(ProviderOperation.Capture capture, String authorization) {
    return new ForwardRequest(
        "paypal.capture",
        Map.of("authorization", authorization),
        new BodyBuilder()
            .put("amount", money(capture.amount()))
            .put("invoice_id", capture.id())
            // What a final capture leaves is released.
            .put("final_capture", true)
            .build());
  }

  static ForwardRequest cancel(String authorization) {
    return new ForwardRequest("paypal.void", Map.of("authorization", authorization), Map.of());
  }

  static ForwardRequest refund(String operation, Money amount, String capture) {
    return new ForwardRequest(
        "paypal.refund",
        Map.of("capture", capture),
        new BodyBuilder()
            .put("amount", money(amount))
            .put("custom_id", operation)
            .put("invoice_id", operation)
            .build());
  }

  private static BodyBuilder money(Money amount) {
    return new BodyBuilder()
        .put("currency_code", PayPalConnector.AMOUNTS.code(amount.currency()))
        .put("value", PayPalConnector.AMOUNTS.decimal(amount));
  }

  /** An order that nobody has paid yet: it has a name, and takes no money by itself. */
  static ForwardRequest create(ProviderOperation.Authorize authorize) {
    BodyBuilder unit =
        new BodyBuilder()
            .put("custom_id", authorize.id())
            .put("invoice_id", authorize.id())
            .put("amount", money(authorize.amount()));
    return new ForwardRequest(
        authorize.capture() ? "paypal.create_to_pay" : "paypal.create_to_authorize",
        Map.of(),
        new BodyBuilder().put("purchase_units", List.of(unit.build())).build());
  }

  static ForwardRequest pay(ProviderOperation.Authorize authorize, String order) {
    return new ForwardRequest(
        authorize.capture() ? "paypal.pay" : "paypal.authorize",
        Map.of("order", order),
        new BodyBuilder()
            .put("payment_source", new BodyBuilder().put("card", card(authorize)))
            .build());
  }

  private static BodyBuilder card(ProviderOperation.Authorize authorize) {
    Shopper shopper = authorize.shopper();
    String name = shopper.name();
    BodyBuilder card =
        new BodyBuilder()
            .put("number", "{{card.number}}")
            .put("expiry", "{{card.exp}}")
            .put("security_code", "{{card.cvc}}")
            .text("name", name == null || name.length() <= LONGEST_NAME ? name : null)
            .put("billing_address", address(shopper.address()))
            .put("stored_credential", stored(authorize.use()));
    if (!authorize.mayChallenge()) {
      return card;
    }
    boolean always = authorize.challenge().wish().isDemand();
    String back = authorize.challenge().returnUrl();
    return card.put(
            "attributes",
            new BodyBuilder()
                .put(
                    "verification",
                    new BodyBuilder().put("method", always ? "SCA_ALWAYS" : "SCA_WHEN_REQUIRED")))
        .put(
            "experience_context",
            new BodyBuilder().put("return_url", back).put("cancel_url", back));
  }

  /** A country is required of an address; without it there is none. */
  private static BodyBuilder address(Shopper.Address address) {
    return address.country() == null
        ? new BodyBuilder()
        : new BodyBuilder()
            .text("address_line_1", address.line1())
            .text("address_line_2", address.line2())
            .text("admin_area_2", address.city())
            .text("admin_area_1", address.state())
            .text("postal_code", address.postalCode())
            .text("country_code", address.country());
  }

  /** The gateway knows no schedule, so what a merchant charges is unscheduled. */
  private static BodyBuilder stored(CardUse use) {
    if (use.initiator() == Initiator.MERCHANT) {
      String reference = use.networkTransactionId();
      return new BodyBuilder()
          .put("payment_initiator", "MERCHANT")
          .put("payment_type", "UNSCHEDULED")
          .put("usage", "SUBSEQUENT")
          .put("previous_network_transaction_reference", new BodyBuilder().text("id", reference));
    }
    return use.store()
        ? new BodyBuilder()
            .put("payment_initiator", "CUSTOMER")
            .put("payment_type", "UNSCHEDULED")
            .put("usage", "FIRST")
        : new BodyBuilder();
  }
}
