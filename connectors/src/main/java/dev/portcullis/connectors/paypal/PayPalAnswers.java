package dev.portcullis.connectors.paypal;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.RequiresAction;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.connectors.spi.Refusals;
import dev.portcullis.kit.Money;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads PayPal's answers: orders, what follows them, and errors. */
final class PayPalAnswers {

  private static final int MOST_ISSUES = 20;

  /** The order is not paid: its shopper is asked first, where a link of the error leads to. */
  private static final String CHALLENGE = "PAYER_ACTION_REQUIRED";

  private PayPalAnswers() {}

  static ProviderResult interpret(ProviderOperation operation, ForwardAnswer answer) {
    JsonTree body = JsonTree.of(answer.body());
    int status = answer.status();
    // 200 is the answer to a request that PayPal knows again.
    boolean taken =
        status == 200 || (status == 201 && !(operation instanceof ProviderOperation.Lookup));
    if (!taken) {
      return error(operation, status, body);
    }
    return switch (operation) {
      case ProviderOperation.Authorize authorize ->
          unattended(
              authorize, PayPalOrders.payment(authorize.id(), authorize.amount(), null, body));
      case ProviderOperation.Complete complete ->
          PayPalOrders.payment(complete.of(), complete.amount(), complete.authorization(), body);
      case ProviderOperation.Capture capture ->
          PayPalPayments.capture(capture.id(), capture.amount(), body);
      case ProviderOperation.Cancel cancel -> cancelled(cancel, body);
      case ProviderOperation.Refund refund ->
          PayPalPayments.refund(refund.id(), refund.amount(), body);
      case ProviderOperation.Lookup lookup -> PayPalOrders.found(lookup, body);
      case ProviderOperation.SubmitEvidence _, ProviderOperation.AcceptDispute _ ->
          new Unknown("PayPal is not asked for this");
    };
  }

  /**
   * PayPal may want a challenge although nobody can be sent there. Its order takes no money unless
   * it is completed, which it never is.
   */
  private static ProviderResult unattended(
      ProviderOperation.Authorize authorize, ProviderResult result) {
    return result instanceof RequiresAction action && !authorize.mayChallenge()
        ? new Declined(
            DeclineCode.AUTHENTICATION_REQUIRED,
            action.providerReference(),
            Details.said(new ProviderWords(CHALLENGE, null)))
        : result;
  }

  private static ProviderResult cancelled(ProviderOperation.Cancel cancel, JsonTree body) {
    Money taken = cancel.taken();
    if (taken != null) {
      return PayPalPayments.refund(cancel.id(), taken, body);
    }
    String id = body.at("id").id();
    JsonTree order = body.at("supplementary_data", "related_ids", "order_id");
    boolean another = !order.isAbsent() && !order.is(cancel.providerReference());
    return id != null && !another && body.at("status").is("VOIDED")
        ? new Approved(id, Details.NONE)
        : new Unknown("PayPal's answer does not say that the authorization is void");
  }

  static ProviderResult error(ProviderOperation operation, int status, JsonTree body) {
    List<JsonTree> details = details(body);
    List<String> issues = issues(body);
    String issue = issues.isEmpty() ? null : issues.getFirst();
    ProviderWords said = said(issue, details, body);
    if (issues.stream().anyMatch(PayPalCodes.INDEFINITE::contains)) {
      return new Unknown("PayPal knows something like this already: " + said.line());
    }
    if (operation instanceof ProviderOperation.Authorize authorize
        && authorize.mayChallenge()
        && issues.contains(CHALLENGE)) {
      return PayPalOrders.challenge(null, body);
    }
    if (status == 422 || status == 400) {
      Optional<DeclineCode> decline = decline(operation, issues, details);
      if (decline.isPresent()) {
        return new Declined(decline.get(), order(operation), Details.said(said));
      }
      return Refusals.of(operation, status, PayPalCodes.kind(issue == null ? "" : issue), said);
    }
    return Refusals.of(operation, status, said);
  }

  private static List<JsonTree> details(JsonTree error) {
    return error.at("details").each().limit(MOST_ISSUES).toList();
  }

  /** What an error finds fault with, in PayPal's words. */
  static List<String> issues(JsonTree error) {
    return details(error).stream()
        .map(one -> one.at("issue").text())
        .filter(Objects::nonNull)
        .toList();
  }

  private static ProviderWords said(@Nullable String issue, List<JsonTree> details, JsonTree body) {
    String description = details.isEmpty() ? null : details.getFirst().at("description").text();
    return new ProviderWords(
        issue == null ? body.at("name").text() : issue,
        description == null ? body.at("message").text() : description);
  }

  private static Optional<DeclineCode> decline(
      ProviderOperation operation, List<String> issues, List<JsonTree> details) {
    if (!(operation instanceof ProviderOperation.Authorize)
        && !(operation instanceof ProviderOperation.Complete)) {
      return Optional.empty();
    }
    return issues.stream()
        .filter(PayPalCodes.ISSUES::has)
        .map(PayPalCodes.ISSUES::decline)
        .findFirst()
        .or(
            () ->
                details.stream()
                    .map(one -> one.at("field").text())
                    .filter(Objects::nonNull)
                    .map(PayPalCodes.CARD_FIELDS::get)
                    .filter(Objects::nonNull)
                    .findFirst());
  }

  private static @Nullable String order(ProviderOperation operation) {
    return operation instanceof ProviderOperation.Complete complete
        ? complete.authorization()
        : null;
  }
}
