package dev.portcullis.connectors.braintree;

import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.PreparationStep.Prepared;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import java.util.Optional;

/**
 * Makes the token that a payment is made by, which serves once and ends by itself; and looks at a
 * payment before it is refunded, since until it settles it can only be voided as a whole.
 */
final class BraintreePreparation {

  private BraintreePreparation() {}

  static Optional<ForwardRequest> of(ProviderOperation operation) {
    return switch (operation) {
      case ProviderOperation.Authorize authorize when !authorize.amount().isZero() ->
          Optional.of(BraintreeRequests.token(authorize));
      case ProviderOperation.Refund refund ->
          Optional.of(BraintreeRequests.transaction(refund.providerReference()));
      case ProviderOperation.Authorize _,
          ProviderOperation.Complete _,
          ProviderOperation.Capture _,
          ProviderOperation.Cancel _,
          ProviderOperation.Lookup _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _ ->
          Optional.empty();
    };
  }

  static Prepared prepared(ProviderOperation operation, ForwardAnswer answer) {
    JsonTree body = JsonTree.of(answer.body());
    if (answer.status() != 200) {
      return decided(BraintreeAnswers.error(operation, answer.status(), body));
    }
    if (BraintreeErrors.isThere(body)) {
      return decided(BraintreeErrors.read(operation, body));
    }
    return switch (operation) {
      case ProviderOperation.Authorize authorize -> token(authorize, body);
      case ProviderOperation.Refund refund -> refund(refund, body.at("data", "node"));
      case ProviderOperation.Complete _,
          ProviderOperation.Capture _,
          ProviderOperation.Cancel _,
          ProviderOperation.Lookup _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _ ->
          new Prepared.NotReady("nothing is prepared for this");
    };
  }

  private static Prepared decided(ProviderResult result) {
    return result instanceof Unknown(String reason)
        ? new Prepared.NotReady(reason)
        : new Prepared.Decided(result);
  }

  private static Prepared token(ProviderOperation.Authorize authorize, JsonTree body) {
    String token = body.at("data", "tokenizeCreditCard", "paymentMethod", "id").id();
    return token == null
        ? new Prepared.NotReady("Braintree's answer has no token")
        : new Prepared.Ready(BraintreeRequests.pay(authorize, token));
  }

  private static Prepared refund(ProviderOperation.Refund refund, JsonTree transaction) {
    if (!transaction.at("id").is(refund.providerReference())) {
      return new Prepared.NotReady("Braintree's answer is about another transaction");
    }
    String status = String.valueOf(transaction.at("status").text());
    return switch (status) {
      case "SETTLED", "SETTLING", "SETTLEMENT_CONFIRMED" ->
          new Prepared.Ready(BraintreeRequests.refund(refund));
      case "SUBMITTED_FOR_SETTLEMENT", "SETTLEMENT_PENDING" ->
          BraintreeTransactions.isAmount(refund.amount(), transaction)
              ? new Prepared.Ready(
                  BraintreeRequests.reverse(refund.id(), refund.providerReference()))
              : refused(
                  new Rejected(
                      Rejected.Kind.OTHER,
                      "The payment is not settled yet, and until then only all of it can be given"
                          + " back. Try again in a day. Nothing was changed.",
                      "Braintree refunds a part only of what is settled",
                      new ProviderWords(status, null)));
      default ->
          refused(
              new Rejected(
                  Rejected.Kind.OTHER,
                  "Braintree's transaction has nothing to give back",
                  new ProviderWords(status, null)));
    };
  }

  private static Prepared refused(Rejected rejected) {
    return new Prepared.Decided(rejected);
  }
}
