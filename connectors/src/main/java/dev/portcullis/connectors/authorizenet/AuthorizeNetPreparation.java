package dev.portcullis.connectors.authorizenet;

import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.PreparationStep.Prepared;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.connectors.spi.Refusals;
import dev.portcullis.kit.Money;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a payment before it is given back: until it settles it can only be voided, as a whole;
 * afterwards a refund has to name the last digits of its card.
 */
final class AuthorizeNetPreparation {

  private static final Pattern MASKED = Pattern.compile("X{4,15}([0-9]{4})");

  private AuthorizeNetPreparation() {}

  private record Return(String payment, Money amount) {}

  private static @Nullable Return returned(ProviderOperation operation) {
    return switch (operation) {
      case ProviderOperation.Refund refund ->
          new Return(refund.providerReference(), refund.amount());
      case ProviderOperation.Cancel cancel when cancel.taken() != null ->
          new Return(cancel.providerReference(), cancel.taken());
      case ProviderOperation.Authorize _,
          ProviderOperation.Complete _,
          ProviderOperation.Capture _,
          ProviderOperation.Cancel _,
          ProviderOperation.Lookup _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _ ->
          null;
    };
  }

  static Optional<ForwardRequest> of(ProviderOperation operation) {
    return Optional.ofNullable(returned(operation))
        .map(back -> AuthorizeNetRequests.details(back.payment));
  }

  static Prepared prepared(ProviderOperation operation, ForwardAnswer answer) {
    JsonTree body = JsonTree.of(answer.body());
    if (answer.status() != 200) {
      return decided(Refusals.of(operation, answer.status(), ProviderWords.NONE));
    }
    if (!body.at("messages", "resultCode").is("Ok")) {
      return decided(AuthorizeNetAnswers.refused(operation, body));
    }
    Return back = returned(operation);
    JsonTree transaction = body.at("transaction");
    return back == null || !transaction.at("transId").is(back.payment)
        ? new Prepared.NotReady("Authorize.Net's answer is about another transaction")
        : back(operation.id(), back, transaction);
  }

  private static Prepared decided(ProviderResult result) {
    return result instanceof Unknown(String reason)
        ? new Prepared.NotReady(reason)
        : new Prepared.Decided(result);
  }

  private static Prepared back(String operation, Return back, JsonTree transaction) {
    String status = String.valueOf(transaction.at("transactionStatus").text());
    return switch (status) {
      case "settledSuccessfully" -> refund(operation, back, transaction);
      case "capturedPendingSettlement", "pendingSettlement" ->
          AuthorizeNetConnector.AMOUNTS.isDecimal(back.amount, transaction.at("settleAmount"))
              ? new Prepared.Ready(AuthorizeNetRequests.cancel(operation, back.payment))
              : new Prepared.Decided(
                  new Rejected(
                      Rejected.Kind.OTHER,
                      "The payment is not settled yet, and until then only all of it can be given"
                          + " back. Try again in a day. Nothing was changed.",
                      "Authorize.Net refunds a part only of what is settled",
                      new ProviderWords(status, null)));
      default ->
          new Prepared.Decided(
              new Rejected(
                  Rejected.Kind.OTHER,
                  "Authorize.Net's transaction has nothing to give back",
                  new ProviderWords(status, null)));
    };
  }

  private static Prepared refund(String operation, Return back, JsonTree transaction) {
    String masked = String.valueOf(transaction.at("payment", "creditCard", "cardNumber").text());
    Matcher digits = MASKED.matcher(masked);
    return digits.matches()
        ? new Prepared.Ready(
            AuthorizeNetRequests.refund(operation, back.amount, back.payment, digits.group(1)))
        : new Prepared.NotReady("Authorize.Net does not show the card's last digits");
  }
}
