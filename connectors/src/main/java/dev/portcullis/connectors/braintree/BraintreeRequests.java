package dev.portcullis.connectors.braintree;

import dev.portcullis.connectors.spi.BodyBuilder;
import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.Initiator;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.kit.Money;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The variables that go to Braintree.
 *
 * <p>A request names no currency: the merchant account has one, and both are the policy's. So the
 * operation's name ends with the currency, and the vault refuses what the policy has no account for
 * before it could be charged in another.
 */
final class BraintreeRequests {

  /** Braintree's bound of a name and a line of an address. */
  private static final int LONGEST = 255;

  private BraintreeRequests() {}

  static ForwardRequest of(ProviderOperation operation) {
    return switch (operation) {
      case ProviderOperation.Capture(String id, String transaction, Money amount) ->
          mutation(
              "braintree.capture",
              input(id)
                  .put("transactionId", transaction)
                  .put("transaction", new BodyBuilder().put("amount", decimal(amount))));
      case ProviderOperation.Cancel cancel -> reverse(cancel.id(), cancel.providerReference());
      case ProviderOperation.Lookup lookup -> lookup(lookup);
      case ProviderOperation.Authorize authorize when !authorize.amount().isZero() ->
          throw new IllegalArgumentException("the card's token is made first");
      case ProviderOperation.Refund _ ->
          throw new IllegalArgumentException("the payment is asked first");
      case ProviderOperation.Authorize _,
          ProviderOperation.Complete _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _ ->
          throw new IllegalArgumentException("not asked of Braintree: " + operation.kind());
    };
  }

  private static ForwardRequest mutation(String operation, BodyBuilder input) {
    return new ForwardRequest(
        operation,
        Map.of(),
        new BodyBuilder().put("variables", new BodyBuilder().put("input", input)).build());
  }

  /** The operation's id is its key, and comes back with the answer. */
  private static BodyBuilder input(String operation) {
    return new BodyBuilder().put("clientMutationId", operation).put("apiRequestKey", operation);
  }

  private static String decimal(Money amount) {
    return BraintreeConnector.AMOUNTS.decimal(amount);
  }

  static ForwardRequest token(ProviderOperation.Authorize authorize) {
    Shopper shopper = authorize.shopper();
    return mutation(
        "braintree.tokenize",
        new BodyBuilder()
            .put(
                "creditCard",
                new BodyBuilder()
                    .put("number", "{{card.number}}")
                    .put("expirationMonth", "{{card.exp_month}}")
                    .put("expirationYear", "{{card.exp_year}}")
                    .put("cvv", "{{card.cvc}}")
                    .text("cardholderName", bounded(shopper.name()))
                    .put("billingAddress", address(shopper.address()))));
  }

  private static BodyBuilder address(Shopper.Address address) {
    return new BodyBuilder()
        .text("addressLine1", bounded(address.line1()))
        .text("addressLine2", bounded(address.line2()))
        .text("adminArea2", bounded(address.city()))
        .text("adminArea1", bounded(address.state()))
        .text("postalCode", bounded(address.postalCode()))
        .text("countryCode", address.country());
  }

  private static @Nullable String bounded(@Nullable String typed) {
    return typed == null || typed.length() <= LONGEST ? typed : typed.substring(0, LONGEST);
  }

  static ForwardRequest pay(ProviderOperation.Authorize authorize, String token) {
    Shopper shopper = authorize.shopper();
    boolean merchant = authorize.use().initiator() == Initiator.MERCHANT;
    BodyBuilder transaction =
        new BodyBuilder()
            .put("amount", decimal(authorize.amount()))
            .put("orderId", authorize.id())
            .put("paymentInitiator", merchant ? "UNSCHEDULED" : null)
            .put("riskData", new BodyBuilder().text("customerIp", shopper.ip()))
            .put("customerDetails", new BodyBuilder().text("email", shopper.email()));
    return mutation(
        (authorize.capture() ? "braintree.charge_" : "braintree.authorize_")
            + authorize.amount().currency().code(),
        input(authorize.id())
            .text("paymentMethodId", token)
            .put("transaction", transaction)
            .put("options", new BodyBuilder().put("externalVault", vaulted(authorize.use()))));
  }

  /** The card is kept, but not by Braintree. */
  private static BodyBuilder vaulted(CardUse use) {
    if (use.initiator() == Initiator.MERCHANT) {
      return new BodyBuilder()
          .put("status", "VAULTED")
          .text("verifyingNetworkTransactionId", use.networkTransactionId());
    }
    return use.store() ? new BodyBuilder().put("status", "WILL_VAULT") : new BodyBuilder();
  }

  static ForwardRequest refund(ProviderOperation.Refund refund) {
    return mutation(
        "braintree.refund",
        input(refund.id())
            .put("transactionId", refund.providerReference())
            .put(
                "refund",
                new BodyBuilder()
                    .put("amount", decimal(refund.amount()))
                    .put("orderId", refund.id())));
  }

  /** Gives all of a payment back: voids it until it settles, and refunds it afterwards. */
  static ForwardRequest reverse(String operation, String transaction) {
    return mutation("braintree.reverse", input(operation).put("transactionId", transaction));
  }

  static ForwardRequest transaction(String id) {
    return new ForwardRequest(
        "braintree.transaction",
        Map.of(),
        new BodyBuilder().put("variables", new BodyBuilder().put("id", id)).build());
  }

  /** By the transaction where it is known; one without a name is searched for by its order. */
  private static ForwardRequest lookup(ProviderOperation.Lookup lookup) {
    String transaction =
        lookup.authorization() == null ? lookup.providerReference() : lookup.authorization();
    if (transaction != null) {
      return transaction(transaction);
    }
    if (lookup.kind() != OperationKind.AUTHORIZE) {
      throw new IllegalArgumentException("a look-up of " + lookup.kind() + " needs its payment");
    }
    return mutation(
        "braintree.transactions",
        new BodyBuilder().put("orderId", new BodyBuilder().put("is", lookup.id())));
  }
}
