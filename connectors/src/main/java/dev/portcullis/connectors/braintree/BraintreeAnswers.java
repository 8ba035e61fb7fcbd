package dev.portcullis.connectors.braintree;

import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.NotFound;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.connectors.spi.Refusals;
import dev.portcullis.kit.Money;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads Braintree's answers, all of which come with 200. */
final class BraintreeAnswers {

  private BraintreeAnswers() {}

  static ProviderResult interpret(ProviderOperation operation, ForwardAnswer answer) {
    JsonTree body = JsonTree.of(answer.body());
    if (answer.status() != 200) {
      return error(operation, answer.status(), body);
    }
    if (BraintreeErrors.isThere(body)) {
      return BraintreeErrors.read(operation, body);
    }
    JsonTree data = body.at("data");
    return switch (operation) {
      case ProviderOperation.Authorize authorize -> authorized(authorize, data);
      case ProviderOperation.Capture capture ->
          mine(operation, data.at("captureTransaction"))
              ? BraintreeTransactions.captured(
                  capture.providerReference(),
                  capture.amount(),
                  data.at("captureTransaction", "transaction"))
              : another();
      case ProviderOperation.Cancel cancel ->
          reversed(cancel, cancel.providerReference(), cancel.taken(), data);
      case ProviderOperation.Refund refund ->
          data.at("reverseTransaction").isAbsent()
              ? refunded(refund, data)
              : reversed(refund, refund.providerReference(), refund.amount(), data);
      case ProviderOperation.Lookup lookup -> found(lookup, data);
      case ProviderOperation.Complete _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _ ->
          new Unknown("Braintree is not asked for this");
    };
  }

  /** What another status than 200 says. */
  static ProviderResult error(ProviderOperation operation, int status, JsonTree body) {
    JsonTree first = body.at("errors").each().findFirst().orElse(JsonTree.of(null));
    return Refusals.of(
        operation,
        status,
        new ProviderWords(first.at("extensions", "errorClass").text(), first.at("message").text()));
  }

  private static boolean mine(ProviderOperation operation, JsonTree payload) {
    return payload.at("clientMutationId").is(operation.id());
  }

  private static Unknown another() {
    return new Unknown("Braintree's answer is about another operation");
  }

  private static ProviderResult authorized(ProviderOperation.Authorize authorize, JsonTree data) {
    if (authorize.amount().isZero()) {
      return new Unknown("Braintree is not asked for this");
    }
    JsonTree payload = data.at(authorize.capture() ? "chargeCreditCard" : "authorizeCreditCard");
    return mine(authorize, payload)
        ? BraintreeTransactions.payment(
            authorize.id(), authorize.amount(), payload.at("transaction"))
        : another();
  }

  private static ProviderResult refunded(ProviderOperation.Refund refund, JsonTree data) {
    JsonTree payload = data.at("refundTransaction");
    return mine(refund, payload)
        ? BraintreeTransactions.refund(refund.id(), refund.amount(), payload.at("refund"))
        : another();
  }

  /** A void is an answer about the transaction, a refund about a refund. */
  private static ProviderResult reversed(
      ProviderOperation operation, String transaction, @Nullable Money taken, JsonTree data) {
    JsonTree payload = data.at("reverseTransaction");
    JsonTree reversal = payload.at("reversal");
    if (!mine(operation, payload)) {
      return another();
    }
    if (reversal.at("__typename").is("Transaction")) {
      return BraintreeTransactions.isVoided(transaction, reversal)
          ? new Approved(transaction, Details.NONE)
          : new Unknown("Braintree's answer does not say that the payment is void");
    }
    if (!reversal.at("__typename").is("Refund")) {
      return new Unknown("Braintree's answer has no reversal");
    }
    return taken == null
        ? new Pending(
            reversal.at("id").id(), "Braintree gave back what had only been reserved here")
        : BraintreeTransactions.refund(null, taken, reversal);
  }

  private static ProviderResult found(ProviderOperation.Lookup lookup, JsonTree data) {
    String authorization = lookup.authorization();
    Money amount = lookup.amount();
    JsonTree node = data.at("node");
    return switch (lookup.kind()) {
      case AUTHORIZE -> payment(lookup, data);
      case CAPTURE ->
          authorization == null || amount == null
              ? another()
              : captured(authorization, amount, node);
      case CANCEL, REFUND ->
          authorization == null ? another() : givenBack(lookup, authorization, node);
      case COMPLETE, SUBMIT_EVIDENCE, ACCEPT_DISPUTE ->
          new Unknown("Braintree is not asked for this");
    };
  }

  private static ProviderResult payment(ProviderOperation.Lookup lookup, JsonTree data) {
    String reference = lookup.providerReference();
    if (reference != null) {
      return data.at("node", "id").is(reference)
          ? BraintreeTransactions.payment(lookup.id(), lookup.amount(), data.at("node"))
          : another();
    }
    JsonTree edges = data.at("search", "transactions", "edges");
    if (!edges.isList()) {
      return new Unknown("Braintree's answer is no list");
    }
    // A duplicate that its gateway rejected stands beside the transaction that was first.
    List<ProviderResult> results =
        edges
            .each()
            .map(edge -> edge.at("node"))
            .map(node -> BraintreeTransactions.payment(lookup.id(), lookup.amount(), node))
            .toList();
    return results.stream()
        .filter(result -> result instanceof Approved)
        .findFirst()
        .or(() -> results.stream().findFirst())
        .orElseGet(NotFound::new);
  }

  private static ProviderResult captured(String authorization, Money amount, JsonTree node) {
    return node.at("id").is(authorization) && node.at("status").is("AUTHORIZED")
        ? new NotFound()
        : BraintreeTransactions.captured(authorization, amount, node);
  }

  /** All of a payment goes back by a void until it settles; then, as each part, by a refund. */
  private static ProviderResult givenBack(
      ProviderOperation.Lookup lookup, String authorization, JsonTree node) {
    Money amount = lookup.amount();
    if (!node.at("id").is(authorization)) {
      return another();
    }
    if (BraintreeTransactions.isVoided(authorization, node)) {
      return amount == null || BraintreeTransactions.isAmount(amount, node)
          ? new Approved(authorization, Details.NONE)
          : new Pending(authorization, "Braintree voided the whole payment");
    }
    if (amount == null) {
      return node.at("status").is("AUTHORIZED")
          ? new NotFound()
          : new Pending(authorization, "Braintree did not void the transaction");
    }
    return BraintreeTransactions.refundOf(lookup.id(), amount, node)
        .map(refund -> BraintreeTransactions.refund(null, amount, refund))
        .orElseGet(() -> BraintreeTransactions.notYet(node));
  }
}
