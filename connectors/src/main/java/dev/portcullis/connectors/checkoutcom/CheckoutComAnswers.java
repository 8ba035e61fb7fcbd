package dev.portcullis.connectors.checkoutcom;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.NotFound;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.connectors.spi.Refusals;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads Checkout.com's answers: payments, receipts of what follows them, and errors. */
final class CheckoutComAnswers {

  /** Faults of the card that validation finds before any issuer does. */
  private static final Map<String, DeclineCode> CARD_FAULTS =
      Map.of(
          "card_number_invalid", DeclineCode.INVALID_NUMBER,
          "card_number_required", DeclineCode.INVALID_NUMBER,
          "card_expired", DeclineCode.EXPIRED_CARD,
          "card_expiry_month_invalid", DeclineCode.INVALID_EXPIRY_MONTH,
          "card_expiry_year_invalid", DeclineCode.INVALID_EXPIRY_YEAR,
          "cvv_invalid", DeclineCode.INVALID_CVC);

  private static final Set<String> UNSUPPORTED =
      Set.of(
          "currency_invalid",
          "payment_currency_not_supported",
          "payment_type_invalid",
          "payment_method_not_supported",
          "action_not_allowed",
          "processor_not_configured",
          "capture_value_greater_than_authorized");

  private static final Set<String> CREDENTIAL =
      Set.of(
          "processing_channel_id_invalid", "processing_channel_id_required", "business_not_found");

  private CheckoutComAnswers() {}

  static ProviderResult interpret(ProviderOperation operation, ForwardAnswer answer) {
    JsonTree body = JsonTree.of(answer.body());
    int status = answer.status();
    return switch (operation) {
      case ProviderOperation.Authorize authorize ->
          status == 201 || status == 202
              ? CheckoutComPayments.authorized(authorize.id(), authorize.amount(), body)
              : error(operation, status, body);
      case ProviderOperation.Capture _, ProviderOperation.Cancel _, ProviderOperation.Refund _ ->
          status == 202 ? received(operation, body) : error(operation, status, body);
      case ProviderOperation.Lookup lookup ->
          status == 200 ? found(lookup, body) : error(operation, status, body);
      case ProviderOperation.Complete _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _ ->
          new Unknown("Checkout.com is not asked for this");
    };
  }

  private static ProviderResult received(ProviderOperation operation, JsonTree body) {
    String action = body.at("action_id").id();
    return action != null && body.at("reference").is(operation.id())
        ? new Pending(action)
        : new Unknown("Checkout.com's answer is about another operation");
  }

  private static ProviderResult found(ProviderOperation.Lookup lookup, JsonTree body) {
    return switch (lookup.kind()) {
      case AUTHORIZE, COMPLETE ->
          lookup.providerReference() == null
              ? inList(lookup, body)
              : CheckoutComPayments.authorized(lookup.id(), lookup.amount(), body);
      case CAPTURE, CANCEL, REFUND -> CheckoutComPayments.followed(lookup, body);
      case SUBMIT_EVIDENCE, ACCEPT_DISPUTE -> new Unknown("Checkout.com is not asked for this");
    };
  }

  private static ProviderResult inList(ProviderOperation.Lookup lookup, JsonTree list) {
    Optional<JsonTree> found =
        list.at("data").each().filter(one -> one.at("reference").is(lookup.id())).findFirst();
    if (found.isPresent()) {
      return CheckoutComPayments.authorized(lookup.id(), lookup.amount(), found.get());
    }
    Long total = list.at("total_count").number();
    return total != null && total == 0 && list.at("data").isList()
        ? new NotFound()
        : new Unknown("Checkout.com's list is not whole");
  }

  private static ProviderResult error(ProviderOperation operation, int status, JsonTree body) {
    List<String> codes =
        body.at("error_codes").each().limit(20).map(code -> String.valueOf(code.text())).toList();
    ProviderWords said =
        new ProviderWords(
            codes.isEmpty() ? body.at("error_type").text() : codes.getFirst(),
            codes.size() > 1 ? String.join(", ", codes) : null);
    boolean authorize = operation instanceof ProviderOperation.Authorize;
    if (status == 422 && authorize) {
      Optional<DeclineCode> fault =
          codes.stream().map(CARD_FAULTS::get).filter(c -> c != null).findFirst();
      if (fault.isPresent()) {
        return new Declined(fault.get(), null, Details.said(said));
      }
    }
    if (status == 403 && !authorize) {
      // Of what follows a payment it says that the payment is not in the state for it.
      return Refusals.of(operation, status, Rejected.Kind.OTHER, said);
    }
    return status == 422
        ? Refusals.of(operation, status, kind(codes), said)
        : Refusals.of(operation, status, said);
  }

  private static Rejected.Kind kind(List<String> codes) {
    if (codes.stream().anyMatch(CREDENTIAL::contains)) {
      return Rejected.Kind.CREDENTIAL;
    }
    return codes.stream().anyMatch(UNSUPPORTED::contains)
        ? Rejected.Kind.UNSUPPORTED
        : Rejected.Kind.MALFORMED;
  }
}
