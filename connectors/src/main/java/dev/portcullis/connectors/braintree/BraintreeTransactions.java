package dev.portcullis.connectors.braintree;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Check;
import dev.portcullis.connectors.spi.ProviderResult.Checks;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.NotFound;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.kit.Money;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a transaction, or a refund: each has one status. */
final class BraintreeTransactions {

  /** The money is taken, or as good as. */
  private static final Set<String> TAKEN =
      Set.of(
          "SUBMITTED_FOR_SETTLEMENT",
          "SETTLING",
          "SETTLED",
          "SETTLEMENT_PENDING",
          "SETTLEMENT_CONFIRMED");

  private static final Set<String> REFUSED =
      Set.of(
          "PROCESSOR_DECLINED",
          "GATEWAY_REJECTED",
          "FAILED",
          "SETTLEMENT_DECLINED",
          "AUTHORIZATION_EXPIRED",
          "VOIDED");

  private BraintreeTransactions() {}

  static boolean isTaken(@Nullable String status) {
    return status != null && TAKEN.contains(status);
  }

  static ProviderResult payment(
      @Nullable String operation, @Nullable Money amount, JsonTree transaction) {
    String id = transaction.at("id").id();
    if (id == null
        || amount == null
        || (operation != null && !transaction.at("orderId").is(operation))) {
      return new Unknown("Braintree's answer is about another operation");
    }
    String status = transaction.at("status").text();
    if (isTaken(status) || "AUTHORIZED".equals(status)) {
      return approved(id, amount, transaction);
    }
    if ("AUTHORIZING".equals(status)) {
      return new Pending(id);
    }
    return status != null && REFUSED.contains(status)
        ? refused(id, transaction)
        : undocumented(id, status);
  }

  private static ProviderResult undocumented(String id, @Nullable String status) {
    return status == null
        ? new Unknown("Braintree's answer has no status")
        : new Pending(id, "Braintree's answer has a status that is not documented");
  }

  private static ProviderResult approved(String id, Money amount, JsonTree transaction) {
    if (transaction.at("partiallyAuthorized").isTrue()) {
      return new Pending(id, "Braintree approved a part of the amount: void the payment there");
    }
    return isAmount(amount, transaction)
        ? new Approved(id, details(transaction))
        : new Unknown("Braintree approved another amount");
  }

  private static ProviderResult refused(String id, JsonTree transaction) {
    String reason = event(transaction, "gatewayRejectionReason").text();
    if (BraintreeCodes.DUPLICATE.equals(reason)) {
      return new Unknown("Braintree has seen this operation before");
    }
    return new Declined(
        decline(reason, transaction), id, details(transaction).advised(advice(transaction)));
  }

  private static NetworkAdvice advice(JsonTree transaction) {
    return NetworkAdvice.of(
        event(transaction, "merchantAdviceCodeResponse").at("code").text(),
        event(transaction, "networkResponse").at("code").text());
  }

  private static DeclineCode decline(@Nullable String reason, JsonTree transaction) {
    if (reason != null) {
      return BraintreeCodes.GATEWAY.decline(reason);
    }
    return transaction.at("status").is("FAILED")
        ? DeclineCode.PROCESSING_ERROR
        : BraintreeCodes.PROCESSOR.decline(
            event(transaction, "processorResponse").at("legacyCode").text());
  }

  /** The newest event that has it: the first of the history. */
  private static JsonTree event(JsonTree transaction, String member) {
    return transaction
        .at("statusHistory")
        .each()
        .map(event -> event.at(member))
        .filter(there -> !there.isAbsent())
        .findFirst()
        .orElse(JsonTree.of(null));
  }

  /** What was taken of an authorization. */
  static ProviderResult captured(String authorization, Money amount, JsonTree transaction) {
    if (!transaction.at("id").is(authorization)) {
      return new Unknown("Braintree's answer is about another transaction");
    }
    String status = transaction.at("status").text();
    if (isTaken(status)) {
      return isAmount(amount, transaction)
          ? new Approved(authorization, Details.NONE)
          : new Unknown("Braintree captured another amount");
    }
    return status != null && REFUSED.contains(status)
        ? new Declined(
            DeclineCode.GENERIC_DECLINE,
            authorization,
            Details.said(new ProviderWords(status, null)))
        : undocumented(authorization, status);
  }

  static ProviderResult refund(@Nullable String operation, Money amount, JsonTree refund) {
    String id = refund.at("id").id();
    if (id == null || (operation != null && !refund.at("orderId").is(operation))) {
      return new Unknown("Braintree's answer is about another refund");
    }
    String status = refund.at("status").text();
    if (isTaken(status)) {
      return isAmount(amount, refund)
          ? new Approved(id, Details.NONE)
          : new Unknown("Braintree refunded another amount");
    }
    if ("AUTHORIZED".equals(status) || "AUTHORIZING".equals(status)) {
      return new Pending(id);
    }
    return status != null && REFUSED.contains(status)
        ? new Declined(
            BraintreeCodes.PROCESSOR.decline(
                event(refund, "processorResponse").at("legacyCode").text()),
            id,
            new Details(Checks.NONE, null, null, null, "unknown", false, said(refund)))
        : undocumented(id, status);
  }

  /** Whether the whole of a payment went back by a void, which makes no refund. */
  static boolean isVoided(String transaction, JsonTree at) {
    return at.at("id").is(transaction) && at.at("status").is("VOIDED");
  }

  /** A refund of that operation, or one that a reversal made, which names none. */
  static Optional<JsonTree> refundOf(String operation, Money amount, JsonTree transaction) {
    return transaction
        .at("refunds")
        .each()
        .filter(one -> one.at("orderId").is(operation))
        .findFirst()
        .or(
            () ->
                transaction
                    .at("refunds")
                    .each()
                    .filter(one -> isReversal(one, transaction) && isAmount(amount, one))
                    .findFirst());
  }

  /** A reversal's refund has the order of the payment. */
  private static boolean isReversal(JsonTree refund, JsonTree transaction) {
    String order = transaction.at("orderId").text();
    return refund.at("orderId").isAbsent() || (order != null && refund.at("orderId").is(order));
  }

  static ProviderResult notYet(JsonTree transaction) {
    String status = transaction.at("status").text();
    return status == null ? new Unknown("Braintree's answer has no status") : new NotFound();
  }

  static boolean isAmount(Money amount, JsonTree payment) {
    return BraintreeConnector.AMOUNTS.isExactlyDecimal(
        amount, payment.at("amount", "value"), payment.at("amount", "currencyCode"));
  }

  private static Details details(JsonTree transaction) {
    JsonTree processor = event(transaction, "processorResponse");
    return new Details(
        new Checks(
            check(processor.at("cvvResponse").text()),
            check(processor.at("avsStreetAddressResponse").text()),
            check(processor.at("avsPostalCodeResponse").text())),
        transaction.at("paymentMethodSnapshot", "networkTransactionId").text(),
        processor.at("authorizationId").text(),
        null,
        null,
        false,
        said(transaction));
  }

  private static ProviderWords said(JsonTree payment) {
    JsonTree processor = event(payment, "processorResponse");
    String reason = event(payment, "gatewayRejectionReason").text();
    String code = processor.at("legacyCode").text();
    String status = payment.at("status").text();
    return new ProviderWords(
        reason != null ? reason : code != null ? code : status, processor.at("message").text());
  }

  private static @Nullable Check check(@Nullable String response) {
    return switch (response) {
      case "MATCHES" -> Check.PASS;
      case "DOES_NOT_MATCH" -> Check.FAIL;
      case "NOT_VERIFIED", "BYPASS" -> Check.UNCHECKED;
      case "ISSUER_DOES_NOT_PARTICIPATE", "SYSTEM_ERROR" -> Check.UNAVAILABLE;
      case null, default -> null;
    };
  }
}
