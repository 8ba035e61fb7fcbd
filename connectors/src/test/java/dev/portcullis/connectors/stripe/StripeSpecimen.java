package dev.portcullis.connectors.stripe;

import dev.portcullis.connectors.Operations;
import dev.portcullis.connectors.Recorded;
import dev.portcullis.connectors.Specimen;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderOperation.Authorize;
import dev.portcullis.connectors.spi.ProviderOperation.Lookup;
import dev.portcullis.kit.Money;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Stripe's answers. */
public final class StripeSpecimen implements Specimen {

  @Override
  public String name() {
    return "stripe";
  }

  @Override
  public Recorded done(ProviderOperation operation) {
    return switch (operation) {
      case Authorize authorize when authorize.amount().isZero() ->
          Recorded.of(200, setup(authorize.id(), "succeeded", ""));
      case Authorize authorize ->
          Recorded.of(
              200,
              payment(authorize.id(), authorize.capture() ? "succeeded" : "requires_capture", ""));
      case ProviderOperation.Capture capture -> Recorded.of(200, payment("op_1", "succeeded", ""));
      case ProviderOperation.Cancel cancel ->
          Recorded.of(
              200, cancel.taken() == null ? payment("op_1", "canceled", "") : refund(cancel.id()));
      case ProviderOperation.Refund refund -> Recorded.of(200, refund(refund.id()));
      case ProviderOperation.SubmitEvidence submit ->
          Recorded.of(200, dispute("under_review", submit.id()));
      case ProviderOperation.AcceptDispute accept -> Recorded.of(200, dispute("lost", "op_6"));
      case Lookup lookup -> found(lookup);
      default -> throw new AssertionError(operation);
    };
  }

  private static Recorded found(Lookup lookup) {
    boolean setup = Operations.NOTHING.equals(lookup.amount());
    String one =
        switch (lookup.kind()) {
          case AUTHORIZE ->
              setup ? setup(lookup.id(), "succeeded", "") : payment(lookup.id(), "succeeded", "");
          case CAPTURE -> payment("op_1", "succeeded", "");
          case CANCEL ->
              lookup.amount() == null ? payment("op_1", "canceled", "") : refund(lookup.id());
          case REFUND -> refund(lookup.id());
          case SUBMIT_EVIDENCE -> dispute("under_review", lookup.id());
          case ACCEPT_DISPUTE -> dispute("lost", "op_6");
          default -> throw new AssertionError(lookup);
        };
    boolean listed =
        lookup.providerReference() == null
            && lookup.kind() != OperationKind.CAPTURE
            && lookup.kind() != OperationKind.SUBMIT_EVIDENCE
            && lookup.kind() != OperationKind.ACCEPT_DISPUTE
            && !(lookup.kind() == OperationKind.CANCEL && lookup.amount() == null);
    return Recorded.of(
        200,
        listed
            ? """
            {"object": "list", "has_more": false, "data": [%s]}\
            """
                .formatted(one)
            : one);
  }

  @Override
  public Recorded declined(Authorize authorize) {
    String intent =
        authorize.amount().isZero()
            ? "\"setup_intent\": " + setup(authorize.id(), "requires_payment_method", "")
            : "\"payment_intent\": " + payment(authorize.id(), "requires_payment_method", "");
    return Recorded.of(
        402,
        """
        {"error": {"type": "card_error", "code": "card_declined",
         "decline_code": "insufficient_funds", "charge": "ch_1", "doc_url": "https://x.example/",
         "advice_code": "try_again_later", "network_advice_code": "02",
         "network_decline_code": "51",
         "message": "Your card has insufficient funds.", %s}}\
        """
            .formatted(intent));
  }

  @Override
  public Recorded challenge(Authorize authorize, String url) {
    String action =
        """
        , "next_action": {"type": "redirect_to_url",
         "redirect_to_url": {"url": "%s", "return_url": "https://shop.example/r"}}\
        """
            .formatted(url);
    return Recorded.of(
        200,
        authorize.amount().isZero()
            ? setup(authorize.id(), "requires_action", action)
            : payment(authorize.id(), "requires_action", action));
  }

  @Override
  public Recorded unheardOf(Authorize authorize) {
    return Recorded.of(200, payment(authorize.id(), "levitating", ""));
  }

  @Override
  public Recorded error(int status, String message) {
    return Recorded.of(
        status,
        """
        {"error": {"type": "invalid_request_error", "code": "parameter_invalid_integer",
         "message": "%s", "param": "amount", "doc_url": "https://x.example/"}}\
        """
            .formatted(message));
  }

  @Override
  public boolean isApproval(
      ProviderOperation operation, int status, Map<String, @Nullable Object> body) {
    if (status != 200) {
      return false;
    }
    if (operation instanceof Lookup && body.get("data") instanceof List<?> list) {
      return list.stream()
          .anyMatch(one -> one instanceof Map<?, ?> map && isApprovedBy(operation, map));
    }
    return isApprovedBy(operation, body);
  }

  private static boolean isApprovedBy(ProviderOperation operation, Map<?, ?> object) {
    boolean named =
        object.get("metadata") instanceof Map<?, ?> metadata
            && operation.id().equals(metadata.get("operation"));
    boolean payment = Operations.AUTHORIZATION.equals(object.get("id"));
    Money amount = operation.amount();
    boolean isAmount =
        amount != null
            && List.of("amount", "amount_received").stream()
                .anyMatch(m -> Long.valueOf(amount.minorUnits()).equals(object.get(m)))
            && amount.currency().code().equals(object.get("currency"));
    Object state = object.get("status");
    boolean good = List.of("succeeded", "requires_capture").contains(String.valueOf(state));
    return switch (operation.kind()) {
      case AUTHORIZE -> named && good && (isAmount || Operations.NOTHING.equals(amount));
      case REFUND -> named && "succeeded".equals(state) && isAmount;
      case CAPTURE -> payment && "succeeded".equals(state) && isAmount;
      case CANCEL ->
          amount == null
              ? payment && "canceled".equals(state)
              : named && "succeeded".equals(state) && isAmount;
      case SUBMIT_EVIDENCE ->
          "dsp_1".equals(object.get("id"))
              && object.get("metadata") instanceof Map<?, ?> answered
              && operation.id().equals(answered.get("answered"));
      case ACCEPT_DISPUTE -> "dsp_1".equals(object.get("id")) && "lost".equals(state);
      default -> false;
    };
  }

  static String payment(String operation, String status, String more) {
    boolean succeeded = status.equals("succeeded");
    return """
    {"id": "ref_auth", "object": "payment_intent", "status": "%s", "amount": 1999,
     "amount_received": %d, "amount_capturable": %d, "currency": "usd", "livemode": false,
     "client_secret": "pi_1_secret_2", "cancellation_reason": null,
     "metadata": {"operation": "%s"}, "last_payment_error": null,
     "latest_charge": {"id": "ch_1", "object": "charge",
      "outcome": {"network_status": "approved_by_network", "seller_message": "Payment complete."},
      "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242",
       "checks": {"cvc_check": "pass", "address_line1_check": "fail",
        "address_postal_code_check": "unavailable"},
       "network_transaction_id": "ntx_9", "authorization_code": "123456",
       "three_d_secure": {"version": "2.2.0", "result": "authenticated"}}}} %s}\
    """
        .formatted(
            status,
            succeeded ? 1_999 : 0,
            status.equals("requires_capture") ? 1_999 : 0,
            operation,
            more);
  }

  static String setup(String operation, String status, String more) {
    return """
    {"id": "ref_auth", "object": "setup_intent", "status": "%s", "usage": "off_session",
     "metadata": {"operation": "%s"}, "last_setup_error": null, "cancellation_reason": null,
     "latest_attempt": {"id": "setatt_1", "payment_method_details": {"card": {
      "checks": {"cvc_check": "pass", "address_line1_check": null,
       "address_postal_code_check": "unchecked"},
      "three_d_secure": {"version": "2.2.0", "result": "authenticated"}}}} %s}\
    """
        .formatted(status, operation, more);
  }

  static String dispute(String status, String answered) {
    return """
    {"id": "dsp_1", "object": "dispute", "status": "%s", "amount": 1999, "currency": "usd",
     "payment_intent": "ref_auth", "metadata": {"answered": "%s"}, "reason": "fraudulent"}\
    """
        .formatted(status, answered);
  }

  static String refund(String operation) {
    return Objects.requireNonNull(
        """
        {"id": "ref_own", "object": "refund", "status": "succeeded", "amount": 1999,
         "currency": "usd", "payment_intent": "ref_auth", "metadata": {"operation": "%s"}}\
        """
            .formatted(operation));
  }
}
