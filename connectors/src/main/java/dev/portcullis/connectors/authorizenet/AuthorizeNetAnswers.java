package dev.portcullis.connectors.authorizenet;

import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Checks;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.connectors.spi.Refusals;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads Authorize.Net's answers, all of which come with 200. A transaction's response repeats
 * neither amount nor currency: what it approves is told by the reference that comes back, and a
 * part of it is not asked for and shows as one.
 */
final class AuthorizeNetAnswers {

  private AuthorizeNetAnswers() {}

  static ProviderResult interpret(ProviderOperation operation, ForwardAnswer answer) {
    JsonTree body = JsonTree.of(answer.body());
    if (answer.status() != 200) {
      return Refusals.of(operation, answer.status(), message(body));
    }
    return switch (operation) {
      case ProviderOperation.Lookup lookup ->
          body.at("messages", "resultCode").is("Ok")
              ? AuthorizeNetDetails.found(lookup, body)
              : refused(operation, body);
      case ProviderOperation.Authorize _,
          ProviderOperation.Capture _,
          ProviderOperation.Cancel _,
          ProviderOperation.Refund _ ->
          body.at("transactionResponse", "responseCode").isAbsent()
              ? refused(operation, body)
              : transaction(operation, body);
      case ProviderOperation.Complete _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _ ->
          new Unknown("Authorize.Net is not asked for this");
    };
  }

  private static ProviderResult transaction(ProviderOperation operation, JsonTree body) {
    JsonTree response = body.at("transactionResponse");
    if (!body.at("refId").is(AuthorizeNetRequests.reference(operation.id()))) {
      return new Unknown("Authorize.Net's answer is about another operation");
    }
    String id = id(response);
    String code = response.at("responseCode").text();
    return switch (code) {
      case "1" -> approved(operation, id, response);
      case "2" -> declined(operation, id, response);
      case "3" -> failed(operation, id, response);
      case "4" ->
          id == null
              ? new Unknown("Authorize.Net holds something that it does not name")
              : new Pending(id, "Authorize.Net holds the transaction: approve or decline it there");
      case null -> new Unknown("Authorize.Net's answer has no response code");
      default ->
          id == null
              ? new Unknown("Authorize.Net's answer has a code that is not documented")
              : new Pending(id, "Authorize.Net's answer has a code that is not documented");
    };
  }

  /** A transaction that was not made is called 0. */
  private static @Nullable String id(JsonTree response) {
    String id = response.at("transId").id();
    return "0".equals(id) ? null : id;
  }

  private static ProviderResult approved(
      ProviderOperation operation, @Nullable String id, JsonTree response) {
    if (id == null) {
      return new Unknown("Authorize.Net approved something that it does not name");
    }
    if (!response.at("prePaidCard").isAbsent() || !response.at("splitTenderId").isAbsent()) {
      return new Pending(id, "Authorize.Net approved a part of the amount: void it there");
    }
    return isOf(operation, id, response)
        ? new Approved(id, details(response, null))
        : new Unknown("Authorize.Net's answer is about another transaction");
  }

  /** A capture has another code where one was made before, perhaps of another amount. */
  private static boolean isOf(ProviderOperation operation, String id, JsonTree response) {
    return switch (operation) {
      case ProviderOperation.Capture capture ->
          id.equals(capture.providerReference())
              && "1".equals(reason(response, "messages", "code"));
      case ProviderOperation.Cancel cancel when cancel.taken() == null ->
          id.equals(cancel.providerReference());
      default -> true;
    };
  }

  private static ProviderResult declined(
      ProviderOperation operation, @Nullable String id, JsonTree response) {
    return new Declined(
        AuthorizeNetCodes.REASONS.decline(reason(response, "errors", "errorCode")),
        id,
        details(response, operation));
  }

  /** An error is a decline where it is the card's, and nothing where something was done. */
  private static ProviderResult failed(
      ProviderOperation operation, @Nullable String id, JsonTree response) {
    String reason = reason(response, "errors", "errorCode");
    ProviderWords said = said(response);
    Rejected.Kind kind = AuthorizeNetCodes.kind(reason);
    if (kind != null) {
      return new Rejected(kind, "Authorize.Net refused the transaction", said);
    }
    if (AuthorizeNetCodes.isIndefinite(reason) || !AuthorizeNetCodes.REASONS.has(reason)) {
      return id == null
          ? new Unknown("Authorize.Net's error proves nothing: " + said.line())
          : new Pending(id, "Authorize.Net's error proves nothing: look at the transaction there");
    }
    return new Declined(
        AuthorizeNetCodes.REASONS.decline(reason), id, details(response, operation));
  }

  private static @Nullable String reason(JsonTree response, String list, String member) {
    return first(response, list).at(member).text();
  }

  private static JsonTree first(JsonTree at, String list) {
    return at.at(list).each().findFirst().orElse(JsonTree.of(null));
  }

  private static ProviderWords said(JsonTree response) {
    JsonTree error = first(response, "errors");
    JsonTree message = first(response, "messages");
    return error.isAbsent()
        ? new ProviderWords(message.at("code").text(), message.at("description").text())
        : new ProviderWords(error.at("errorCode").text(), error.at("errorText").text());
  }

  private static Details details(JsonTree response, @Nullable ProviderOperation refused) {
    boolean card = !(refused instanceof ProviderOperation.Refund);
    return new Details(
        card
            ? AuthorizeNetDetails.checks(
                response.at("avsResultCode").text(), response.at("cvvResultCode").text())
            : Checks.NONE,
        response.at("networkTransId").text(),
        response.at("authCode").text(),
        null,
        card ? null : "unknown",
        false,
        said(response));
  }

  private static ProviderWords message(JsonTree body) {
    JsonTree message = first(body.at("messages"), "message");
    return new ProviderWords(message.at("code").text(), message.at("text").text());
  }

  /** What a request says that became no transaction. */
  static ProviderResult refused(ProviderOperation operation, JsonTree body) {
    ProviderWords said = message(body);
    Optional<Rejected.Kind> kind =
        body.at("messages", "resultCode").is("Error")
            ? Optional.ofNullable(AuthorizeNetCodes.kind(said.code()))
            : Optional.empty();
    boolean asked = operation instanceof ProviderOperation.Lookup;
    return kind.isPresent() && !asked
        ? new Rejected(kind.get(), "Authorize.Net refused the request", said)
        : new Unknown("Authorize.Net's answer proves nothing: " + said.line());
  }
}
