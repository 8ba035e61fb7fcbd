package dev.portcullis.connectors.authorizenet;

import dev.portcullis.connectors.spi.BodyBuilder;
import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.Initiator;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.kit.Money;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What goes to Authorize.Net. Members stand in the order of its XML schema, which the JSON API asks
 * for; what a transaction is, is the policy's.
 */
final class AuthorizeNetRequests {

  /** A reference and an invoice's number have that many characters at most. */
  private static final int LONGEST_REFERENCE = 20;

  private static final int NAME = 50;
  private static final int STREET = 60;
  private static final int CITY = 40;
  private static final int ZIP = 20;

  private AuthorizeNetRequests() {}

  /**
   * The operation's id as Authorize.Net can take it: its end, which is random enough to name one
   * operation of an account.
   */
  static String reference(String operation) {
    return operation.length() <= LONGEST_REFERENCE
        ? operation
        : operation.substring(operation.length() - LONGEST_REFERENCE);
  }

  static ForwardRequest of(ProviderOperation operation) {
    return switch (operation) {
      case ProviderOperation.Authorize authorize ->
          transaction(
              authorize.capture() && !authorize.amount().isZero()
                  ? "authorizenet.pay"
                  : "authorizenet.authorize",
              authorize.id(),
              payment(authorize));
      case ProviderOperation.Capture(String id, String transaction, Money amount) ->
          transaction(
              "authorizenet.capture",
              id,
              new BodyBuilder()
                  .put("amount", AuthorizeNetConnector.AMOUNTS.decimal(amount))
                  .put("refTransId", transaction));
      case ProviderOperation.Cancel cancel when cancel.taken() == null ->
          cancel(cancel.id(), cancel.providerReference());
      case ProviderOperation.Lookup lookup -> lookup(lookup);
      case ProviderOperation.Cancel _, ProviderOperation.Refund _ ->
          throw new IllegalArgumentException("the payment is asked first");
      case ProviderOperation.Complete _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _ ->
          throw new IllegalArgumentException("not asked of Authorize.Net: " + operation.kind());
    };
  }

  private static ForwardRequest transaction(
      String operation, String id, BodyBuilder transactionRequest) {
    return new ForwardRequest(
        operation,
        Map.of(),
        new BodyBuilder()
            .put("refId", reference(id))
            .put("transactionRequest", transactionRequest)
            .build());
  }

  static ForwardRequest cancel(String id, String transaction) {
    return transaction("authorizenet.void", id, new BodyBuilder().put("refTransId", transaction));
  }

  /**
   * @param lastDigits four, by which Authorize.Net knows the card of the transaction again
   */
  static ForwardRequest refund(String id, Money amount, String transaction, String lastDigits) {
    return transaction(
        "authorizenet.refund",
        id,
        new BodyBuilder()
            .put("amount", AuthorizeNetConnector.AMOUNTS.decimal(amount))
            .put("currencyCode", AuthorizeNetConnector.AMOUNTS.code(amount.currency()))
            .put(
                "payment",
                new BodyBuilder()
                    .put(
                        "creditCard",
                        new BodyBuilder()
                            .put("cardNumber", lastDigits)
                            .put("expirationDate", "XXXX")))
            .put("refTransId", transaction)
            .put("order", new BodyBuilder().put("invoiceNumber", reference(id)))
            .put("transactionSettings", settings()));
  }

  /**
   * A duplicate is what has the same card, amount and invoice. The invoice is the operation, so two
   * payments that are alike are none.
   */
  private static BodyBuilder settings() {
    return new BodyBuilder()
        .put(
            "setting",
            List.of(
                setting("allowPartialAuth", "false"),
                setting(
                    "duplicateWindow", String.valueOf(AuthorizeNetConnector.DUPLICATE_WINDOW))));
  }

  private static Map<String, Object> setting(String name, String value) {
    return new BodyBuilder().put("settingName", name).put("settingValue", value).build();
  }

  private static BodyBuilder payment(ProviderOperation.Authorize authorize) {
    CardUse use = authorize.use();
    Shopper shopper = authorize.shopper();
    return new BodyBuilder()
        .put("amount", AuthorizeNetConnector.AMOUNTS.decimal(authorize.amount()))
        .put("currencyCode", AuthorizeNetConnector.AMOUNTS.code(authorize.amount().currency()))
        .put(
            "payment",
            new BodyBuilder()
                .put(
                    "creditCard",
                    new BodyBuilder()
                        .put("cardNumber", "{{card.number}}")
                        .put("expirationDate", "{{card.exp}}")
                        .put("cardCode", "{{card.cvc}}")))
        .put("order", new BodyBuilder().put("invoiceNumber", reference(authorize.id())))
        .put("customer", new BodyBuilder().text("email", shopper.email()))
        .put("billTo", billTo(shopper))
        .text("customerIP", shopper.ip())
        .put("transactionSettings", settings())
        .put("processingOptions", options(use))
        .put("subsequentAuthInformation", subsequent(use));
  }

  /** A name is parted at its last space; without one all of it is the last name. */
  private static BodyBuilder billTo(Shopper shopper) {
    Shopper.Address address = shopper.address();
    String name = shopper.name() == null ? "" : shopper.name().strip();
    int space = name.lastIndexOf(' ');
    return new BodyBuilder()
        .text("firstName", bounded(space < 0 ? null : name.substring(0, space), NAME))
        .text("lastName", bounded(name.substring(space + 1), NAME))
        .text("address", bounded(address.line1(), STREET))
        .text("city", bounded(address.city(), CITY))
        .text("state", bounded(address.state(), CITY))
        .text("zip", bounded(address.postalCode(), ZIP))
        .text("country", address.country());
  }

  private static @Nullable String bounded(@Nullable String typed, int most) {
    return typed == null || typed.length() <= most ? typed : typed.substring(0, most);
  }

  private static BodyBuilder options(CardUse use) {
    if (use.initiator() == Initiator.MERCHANT) {
      return new BodyBuilder().put("isSubsequentAuth", true).put("isStoredCredentials", true);
    }
    return use.store() ? new BodyBuilder().put("isFirstSubsequentAuth", true) : new BodyBuilder();
  }

  private static BodyBuilder subsequent(CardUse use) {
    return use.initiator() == Initiator.MERCHANT
        ? new BodyBuilder().text("originalNetworkTransId", use.networkTransactionId())
        : new BodyBuilder();
  }

  static ForwardRequest details(String transaction) {
    return new ForwardRequest(
        "authorizenet.transaction",
        Map.of(),
        new BodyBuilder().put("transId", transaction).build());
  }

  /**
   * By the transaction where it is known. What has no name yet is looked for among what has not
   * settled, the newest first.
   */
  private static ForwardRequest lookup(ProviderOperation.Lookup lookup) {
    boolean ofItsOwn =
        lookup.kind() == OperationKind.REFUND
            || lookup.kind() == OperationKind.AUTHORIZE
            || (lookup.kind() == OperationKind.CANCEL && lookup.amount() != null);
    String transaction = ofItsOwn ? lookup.providerReference() : lookup.authorization();
    if (transaction != null) {
      return details(transaction);
    }
    if (!ofItsOwn) {
      throw new IllegalArgumentException("a look-up of " + lookup.kind() + " needs its payment");
    }
    return new ForwardRequest(
        "authorizenet.unsettled",
        Map.of(),
        new BodyBuilder()
            .put(
                "sorting",
                new BodyBuilder().put("orderBy", "submitTimeUTC").put("orderDescending", true))
            .put("paging", new BodyBuilder().put("limit", "1000").put("offset", "1"))
            .build());
  }
}
