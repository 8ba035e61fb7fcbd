package dev.portcullis.connectors.adyen;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderResult.RequiresAction;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.connectors.spi.Refusals;
import dev.portcullis.kit.Money;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads Adyen's answers: result codes of payments, receipts of modifications, and errors. */
final class AdyenAnswers {

  /** Faults of the card that validation finds before any issuer does. */
  private static final Map<String, DeclineCode> CARD_FAULTS =
      Map.of(
          "101", DeclineCode.INVALID_NUMBER,
          "103", DeclineCode.INVALID_CVC,
          "129", DeclineCode.EXPIRED_CARD,
          "140", DeclineCode.INVALID_EXPIRY_MONTH,
          "141", DeclineCode.INVALID_EXPIRY_YEAR);

  /** A currency, an amount or a method that the account does not take. */
  private static final Set<String> UNSUPPORTED = Set.of("107", "137", "138", "905", "905_1");

  /** The account's own set-up: security, the merchant account, its configuration. */
  private static final Set<String> CREDENTIAL = Set.of("010", "901", "902");

  /** The payment that a modification is about. */
  private static final Set<String> REFERENCE = Set.of("167", "170", "800", "803");

  /** The same request is under way, or was made before: what it did, this answer does not say. */
  private static final Set<String> INDEFINITE = Set.of("704", "707");

  private AdyenAnswers() {}

  static ProviderResult interpret(ProviderOperation operation, ForwardAnswer answer) {
    JsonTree body = JsonTree.of(answer.body());
    int taken =
        operation instanceof ProviderOperation.Authorize
                || operation instanceof ProviderOperation.Complete
            ? 200
            : 201;
    return answer.status() == taken
        ? verdict(operation, body)
        : error(operation, answer.status(), body);
  }

  private static ProviderResult verdict(ProviderOperation operation, JsonTree body) {
    return switch (operation) {
      case ProviderOperation.Authorize authorize ->
          payment(authorize.id(), authorize.amount(), body);
      case ProviderOperation.Complete complete -> payment(complete.of(), complete.amount(), body);
      case ProviderOperation.Capture capture ->
          received(operation, capture.providerReference(), body);
      case ProviderOperation.Cancel cancel -> received(operation, cancel.providerReference(), body);
      case ProviderOperation.Refund refund -> received(operation, refund.providerReference(), body);
      case ProviderOperation.Lookup _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _ ->
          new Unknown("Adyen is not asked for this");
    };
  }

  private static ProviderResult payment(String operation, Money amount, JsonTree body) {
    String id = body.at("pspReference").id();
    JsonTree reference = body.at("merchantReference");
    if (!reference.isAbsent() && !reference.is(operation)) {
      return new Unknown("Adyen's answer is about another operation");
    }
    String code = body.at("resultCode").text();
    return switch (code) {
      case "Authorised" -> authorised(id, operation, amount, body);
      case "Refused", "Cancelled", "Error" ->
          new Declined(
              AdyenRefusals.decline(body.at("refusalReasonCode").text()),
              id,
              AdyenDetails.of(body).advised(AdyenDetails.advice(body)));
      case "RedirectShopper" -> redirect(id, body.at("action"));
      case "Pending", "Received" -> new Pending(id);
      case "PartiallyAuthorised" ->
          new Pending(id, "Adyen authorised a part of the amount: cancel the payment there");
      case "PresentToShopper",
          "IdentifyShopper",
          "ChallengeShopper",
          "AuthenticationFinished",
          "AuthenticationNotRequired",
          "Success" ->
          new Pending(id, "Adyen answered a card payment with " + code);
      case null -> new Unknown("Adyen's answer has no result code");
      default -> new Pending(id, "Adyen's answer has a result code that is not documented");
    };
  }

  private static ProviderResult authorised(
      @Nullable String id, String operation, Money amount, JsonTree body) {
    if (id == null || !body.at("merchantReference").is(operation)) {
      return new Unknown("Adyen's approval does not say of what");
    }
    return AdyenConnector.AMOUNTS.isExactly(
            amount, body.at("amount", "value"), body.at("amount", "currency"))
        ? new Approved(id, AdyenDetails.of(body))
        : new Unknown("Adyen approved another amount");
  }

  private static ProviderResult redirect(@Nullable String id, JsonTree action) {
    String url = action.at("url").url();
    boolean get = action.at("method").isAbsent() || action.at("method").is("GET");
    return url != null && get && action.at("type").is("redirect")
        ? new RequiresAction(id, url)
        : new Unknown("Adyen asks for an action and does not say where");
  }

  /** A modification is taken note of; the notification says what became of it. */
  private static ProviderResult received(
      ProviderOperation operation, String payment, JsonTree body) {
    String id = body.at("pspReference").id();
    if (id == null
        || !body.at("paymentPspReference").is(payment)
        || !body.at("reference").is(operation.id())) {
      return new Unknown("Adyen's answer is about another operation");
    }
    Money amount = operation.amount();
    boolean another =
        amount != null
            && !(operation instanceof ProviderOperation.Cancel)
            && !AdyenConnector.AMOUNTS.isExactly(
                amount, body.at("amount", "value"), body.at("amount", "currency"));
    if (another) {
      return new Unknown("Adyen took note of another amount");
    }
    return body.at("status").is("received")
        ? new Pending(id)
        : new Pending(id, "Adyen's answer has a status that is not documented");
  }

  private static ProviderResult error(ProviderOperation operation, int status, JsonTree body) {
    String code = body.at("errorCode").text();
    ProviderWords said = new ProviderWords(code, body.at("message").text());
    if (code == null || !Refusals.isDefinite(status)) {
      return Refusals.of(operation, status, said);
    }
    if (INDEFINITE.contains(code)) {
      return new Unknown("Adyen knows this request already: " + said.line());
    }
    DeclineCode fault = CARD_FAULTS.get(code);
    if (fault != null && operation instanceof ProviderOperation.Authorize && status == 422) {
      return new Declined(fault, body.at("pspReference").id(), Details.said(said));
    }
    return status == 401
        ? Refusals.of(operation, status, said)
        : Refusals.of(operation, status, kind(code, status), said);
  }

  private static Rejected.Kind kind(String code, int status) {
    // The code first: with 403 Adyen also answers what has nothing to do with the key.
    if (UNSUPPORTED.contains(code)) {
      return Rejected.Kind.UNSUPPORTED;
    }
    if (REFERENCE.contains(code)) {
      return Rejected.Kind.UNKNOWN_REFERENCE;
    }
    if (CREDENTIAL.contains(code) || status == 403) {
      return Rejected.Kind.CREDENTIAL;
    }
    return status == 404 ? Rejected.Kind.UNKNOWN_REFERENCE : Rejected.Kind.MALFORMED;
  }
}
