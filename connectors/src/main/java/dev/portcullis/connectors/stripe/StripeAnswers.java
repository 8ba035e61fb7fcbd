package dev.portcullis.connectors.stripe;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.NotFound;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.kit.Money;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads Stripe's answers: payment intents, set-up intents, refunds, lists of them, and errors. */
final class StripeAnswers {

  private StripeAnswers() {}

  static ProviderResult interpret(ProviderOperation operation, ForwardAnswer answer) {
    JsonTree body = JsonTree.of(answer.body());
    if (answer.status() != 200) {
      return StripeErrors.interpret(operation, answer.status(), body);
    }
    return switch (operation) {
      case ProviderOperation.Authorize authorize ->
          unattended(authorize, body)
              ? unauthenticated(body)
              : StripeIntents.authorized(
                  authorize.id(), authorize.amount(), authorize.capture(), body);
      case ProviderOperation.Capture capture ->
          captured(capture.providerReference(), capture.amount(), false, body);
      case ProviderOperation.Cancel cancel ->
          cancel.taken() == null
              ? canceled(cancel.providerReference(), false, body)
              : StripeRefunds.refunded(cancel.id(), cancel.taken(), body);
      case ProviderOperation.Refund refund ->
          StripeRefunds.refunded(refund.id(), refund.amount(), body);
      case ProviderOperation.Lookup lookup -> found(lookup, body);
      case ProviderOperation.SubmitEvidence submit ->
          StripeDisputes.answered(submit.id(), submit.providerReference(), body);
      case ProviderOperation.AcceptDispute accept ->
          StripeDisputes.accepted(accept.providerReference(), body);
      case ProviderOperation.Complete _ -> new Unknown("Stripe is not asked for this");
    };
  }

  /**
   * A set-up intent cannot be told to refuse a card that wants a challenge nobody can be sent to.
   * It verifies nothing unless it is completed, which it never is.
   */
  private static boolean unattended(ProviderOperation.Authorize authorize, JsonTree intent) {
    return !authorize.mayChallenge()
        && intent.at("status").is("requires_action")
        && intent.at("metadata", "operation").is(authorize.id());
  }

  private static ProviderResult unauthenticated(JsonTree intent) {
    return new Declined(
        DeclineCode.AUTHENTICATION_REQUIRED,
        intent.at("id").id(),
        Details.said(new ProviderWords("requires_action", null)));
  }

  private static ProviderResult found(ProviderOperation.Lookup lookup, JsonTree body) {
    Money amount = lookup.amount();
    boolean refund =
        lookup.kind() == OperationKind.REFUND
            || (lookup.kind() == OperationKind.CANCEL && amount != null);
    if (refund) {
      Function<JsonTree, ProviderResult> read =
          one -> StripeRefunds.refunded(lookup.id(), amount, one);
      return lookup.providerReference() == null ? inList(lookup, body, read) : read.apply(body);
    }
    return switch (lookup.kind()) {
      case CAPTURE -> captured(lookup.authorization(), amount, true, body);
      case CANCEL -> canceled(lookup.authorization(), true, body);
      case AUTHORIZE, COMPLETE -> {
        Function<JsonTree, ProviderResult> read =
            one -> StripeIntents.authorized(lookup.id(), amount, null, one);
        yield lookup.providerReference() == null ? inList(lookup, body, read) : read.apply(body);
      }
      case SUBMIT_EVIDENCE, ACCEPT_DISPUTE -> StripeDisputes.found(lookup, body);
      case REFUND -> new Unknown("Stripe is not asked for this");
    };
  }

  /** The one that carries the operation's id; that none does counts only if there are no more. */
  private static ProviderResult inList(
      ProviderOperation.Lookup lookup, JsonTree list, Function<JsonTree, ProviderResult> read) {
    Optional<JsonTree> found =
        list.at("data")
            .each()
            .filter(one -> one.at("metadata", "operation").is(lookup.id()))
            .findFirst();
    if (found.isPresent()) {
      return read.apply(found.get());
    }
    boolean searched = lookup.kind() == OperationKind.AUTHORIZE && !isVerification(lookup);
    if (searched && list.at("data").each().findAny().isPresent()) {
      return new Unknown("Stripe found another operation than was searched for");
    }
    return list.at("has_more").isFalse() && list.at("data").isList()
        ? new NotFound()
        : new Unknown("Stripe's list is not whole");
  }

  private static boolean isVerification(ProviderOperation.Lookup lookup) {
    return lookup.amount() != null && lookup.amount().isZero();
  }

  private static ProviderResult captured(
      @Nullable String payment, @Nullable Money amount, boolean lookup, JsonTree intent) {
    if (payment == null || amount == null || !intent.at("id").is(payment)) {
      return new Unknown("Stripe's answer is about another payment");
    }
    String status = intent.at("status").text();
    return switch (status) {
      case "succeeded" ->
          StripeIntents.isAmount(amount, intent, "amount_received")
              ? new Approved(payment, Details.NONE)
              : new Unknown("Stripe took another amount");
      case "requires_capture" ->
          lookup ? new NotFound() : new Pending(payment, "Stripe did not capture the payment");
      case "processing" -> new Pending(payment);
      case "canceled" -> over(payment, intent);
      case null -> new Unknown("Stripe's answer has no status");
      default -> new Pending(payment, "Stripe has the payment in an unexpected status");
    };
  }

  private static ProviderResult canceled(
      @Nullable String payment, boolean lookup, JsonTree intent) {
    if (payment == null || !intent.at("id").is(payment)) {
      return new Unknown("Stripe's answer is about another payment");
    }
    String status = intent.at("status").text();
    return switch (status) {
      case "canceled" -> new Approved(payment, Details.NONE);
      case "requires_capture" ->
          lookup ? new NotFound() : new Pending(payment, "Stripe did not cancel the payment");
      case "processing" -> new Pending(payment);
      case null -> new Unknown("Stripe's answer has no status");
      default -> new Pending(payment, "Stripe has the payment in an unexpected status");
    };
  }

  /** Nothing is reserved any more, so nothing was and will be taken. */
  static Declined over(String payment, JsonTree intent) {
    return new Declined(
        DeclineCode.GENERIC_DECLINE,
        payment,
        Details.said(new ProviderWords("canceled", intent.at("cancellation_reason").text())));
  }
}
