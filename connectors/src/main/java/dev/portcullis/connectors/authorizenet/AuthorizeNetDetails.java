package dev.portcullis.connectors.authorizenet;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.NetworkChecks;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation.Lookup;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Checks;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.NotFound;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.kit.Money;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads transactions as they stand. Amounts come without a currency: an account has but one, and
 * the request that this is the answer to named it.
 */
final class AuthorizeNetDetails {

  private AuthorizeNetDetails() {}

  static ProviderResult found(Lookup lookup, JsonTree body) {
    JsonTree transaction = body.at("transaction");
    String id = transaction.at("transId").id();
    Money amount = lookup.amount();
    String own = lookup.providerReference();
    return switch (lookup.kind()) {
      case AUTHORIZE ->
          own == null ? inList(lookup, body) : payment(lookup, own, amount, transaction);
      case CAPTURE ->
          id == null || amount == null || !id.equals(lookup.authorization())
              ? another()
              : captured(id, amount, transaction);
      case CANCEL, REFUND ->
          amount != null
              ? own == null ? inList(lookup, body) : givenBack(lookup, own, amount, transaction)
              : id == null || !id.equals(lookup.authorization())
                  ? another()
                  : voided(id, transaction);
      case COMPLETE, SUBMIT_EVIDENCE, ACCEPT_DISPUTE ->
          new Unknown("Authorize.Net is not asked for this");
    };
  }

  private static Unknown another() {
    return new Unknown("Authorize.Net's answer is about another transaction");
  }

  /**
   * The list says which transaction it was, and the next look-up what became of it. What is not in
   * the list may have settled, so that proves nothing.
   */
  private static ProviderResult inList(Lookup lookup, JsonTree body) {
    String reference = AuthorizeNetRequests.reference(lookup.id());
    Optional<String> id =
        body.at("transactions")
            .each()
            .filter(one -> one.at("invoiceNumber").is(reference))
            .map(one -> one.at("transId").id())
            .filter(found -> found != null)
            .findFirst();
    if (id.isPresent()) {
      return new Pending(id.get());
    }
    return lookup.kind() == OperationKind.AUTHORIZE
        ? new Unknown("Authorize.Net's list of what has not settled does not have it")
        : voidedInList(lookup, body);
  }

  /** All of a payment that has not settled goes back by a void, which makes no transaction. */
  private static ProviderResult voidedInList(Lookup lookup, JsonTree body) {
    String payment = lookup.authorization();
    Money amount = lookup.amount();
    if (payment == null || amount == null) {
      return another();
    }
    boolean voided =
        body.at("transactions")
            .each()
            .anyMatch(
                one ->
                    one.at("transId").is(payment)
                        && one.at("transactionStatus").is("voided")
                        && AuthorizeNetConnector.AMOUNTS.isDecimal(amount, one.at("settleAmount")));
    return voided
        ? new Approved(payment, Details.NONE)
        : new Unknown("Authorize.Net's list of what has not settled does not have it");
  }

  private static ProviderResult payment(
      Lookup lookup, String own, @Nullable Money amount, JsonTree transaction) {
    boolean mine =
        transaction.at("transId").is(own)
            && transaction
                .at("order", "invoiceNumber")
                .is(AuthorizeNetRequests.reference(lookup.id()));
    if (!mine || amount == null) {
      return another();
    }
    String status = transaction.at("transactionStatus").text();
    return switch (status) {
      case "authorizedPendingCapture",
          "capturedPendingSettlement",
          "authorizedPendingRelease",
          "pendingSettlement",
          "pendingFinalSettlement",
          "updatingSettlement",
          "settledSuccessfully",
          "chargeback",
          "chargebackReversal" ->
          AuthorizeNetConnector.AMOUNTS.isDecimal(amount, transaction.at("authAmount"))
              ? new Approved(own, details(transaction))
              : new Unknown("Authorize.Net approved another amount");
      case "declined",
          "voided",
          "expired",
          "failedReview",
          "generalError",
          "communicationError",
          "settlementError",
          "returnedItem" ->
          new Declined(
              AuthorizeNetCodes.REASONS.decline(reason(transaction)), own, details(transaction));
      case "FDSPendingReview", "FDSAuthorizedPendingReview", "underReview", "approvedReview" ->
          new Pending(own, "Authorize.Net holds the transaction: approve or decline it there");
      case null -> new Unknown("Authorize.Net's transaction has no status");
      default -> undocumented(own, status);
    };
  }

  private static Pending undocumented(String id, String status) {
    return new Pending(
        id,
        status.equals("couldNotVoid")
            ? "Authorize.Net could not void the transaction"
            : "Authorize.Net's transaction has a status that is not documented");
  }

  private static ProviderResult captured(String id, Money amount, JsonTree transaction) {
    String status = transaction.at("transactionStatus").text();
    return switch (status) {
      case "capturedPendingSettlement",
          "pendingSettlement",
          "pendingFinalSettlement",
          "updatingSettlement",
          "settledSuccessfully",
          "chargeback",
          "chargebackReversal" ->
          AuthorizeNetConnector.AMOUNTS.isDecimal(amount, transaction.at("settleAmount"))
              ? new Approved(id, Details.NONE)
              : new Unknown("Authorize.Net captured another amount");
      case "authorizedPendingCapture", "authorizedPendingRelease" -> new NotFound();
      case "voided", "expired", "declined", "settlementError", "failedReview" ->
          new Declined(
              DeclineCode.GENERIC_DECLINE, id, Details.said(new ProviderWords(status, null)));
      case null -> new Unknown("Authorize.Net's transaction has no status");
      default -> undocumented(id, status);
    };
  }

  private static ProviderResult voided(String id, JsonTree transaction) {
    String status = transaction.at("transactionStatus").text();
    return switch (status) {
      case "voided", "expired" -> new Approved(id, Details.NONE);
      case "authorizedPendingCapture", "authorizedPendingRelease" -> new NotFound();
      case null -> new Unknown("Authorize.Net's transaction has no status");
      default -> new Pending(id, "Authorize.Net did not void the transaction");
    };
  }

  /** A refund of its own, or the payment itself where that was voided. */
  private static ProviderResult givenBack(
      Lookup lookup, String own, Money amount, JsonTree transaction) {
    if (!transaction.at("transId").is(own)) {
      return another();
    }
    if (own.equals(lookup.authorization())) {
      return transaction.at("transactionStatus").is("voided")
              && AuthorizeNetConnector.AMOUNTS.isDecimal(amount, transaction.at("authAmount"))
          ? new Approved(own, Details.NONE)
          : new Pending(own, "Authorize.Net did not void the transaction");
    }
    boolean mine =
        transaction.at("order", "invoiceNumber").is(AuthorizeNetRequests.reference(lookup.id()));
    String status = transaction.at("transactionStatus").text();
    return switch (status) {
      case "refundPendingSettlement", "refundSettledSuccessfully" ->
          mine && AuthorizeNetConnector.AMOUNTS.isDecimal(amount, transaction.at("settleAmount"))
              ? new Approved(own, Details.NONE)
              : new Unknown("Authorize.Net refunded something else");
      case "declined",
          "voided",
          "expired",
          "settlementError",
          "generalError",
          "communicationError" ->
          mine
              ? new Declined(
                  DeclineCode.GENERIC_DECLINE,
                  own,
                  new Details(
                      Checks.NONE,
                      null,
                      null,
                      null,
                      "unknown",
                      false,
                      new ProviderWords(status, null)))
              : another();
      case null -> new Unknown("Authorize.Net's transaction has no status");
      default -> undocumented(own, status);
    };
  }

  private static @Nullable String reason(JsonTree transaction) {
    JsonTree reason = transaction.at("responseReasonCode");
    Long number = reason.number();
    return number == null ? reason.text() : String.valueOf(number);
  }

  /** B and P say here that there was no address, or that this card has no such check. */
  static Checks checks(@Nullable String avs, @Nullable String cvv) {
    return NetworkChecks.of("B".equals(avs) || "P".equals(avs) ? null : avs, cvv);
  }

  private static Details details(JsonTree transaction) {
    String reason = reason(transaction);
    return new Details(
        checks(transaction.at("AVSResponse").text(), transaction.at("cardCodeResponse").text()),
        transaction.at("networkTransId").text(),
        transaction.at("authCode").text(),
        null,
        null,
        false,
        new ProviderWords(
            reason == null ? transaction.at("transactionStatus").text() : reason,
            transaction.at("responseReasonDescription").text()));
  }
}
