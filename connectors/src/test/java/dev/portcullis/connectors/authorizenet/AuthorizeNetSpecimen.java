package dev.portcullis.connectors.authorizenet;

import static dev.portcullis.connectors.Judgment.at;
import static dev.portcullis.connectors.Judgment.isDecimal;
import static dev.portcullis.connectors.Judgment.isId;
import static dev.portcullis.connectors.Judgment.objects;

import dev.portcullis.connectors.Operations;
import dev.portcullis.connectors.Recorded;
import dev.portcullis.connectors.Specimen;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderOperation.Authorize;
import dev.portcullis.connectors.spi.ProviderOperation.Lookup;
import dev.portcullis.kit.Money;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Authorize.Net's answers. */
public final class AuthorizeNetSpecimen implements Specimen {

  private static final List<String> TAKEN =
      List.of(
          "capturedPendingSettlement",
          "pendingSettlement",
          "pendingFinalSettlement",
          "updatingSettlement",
          "settledSuccessfully",
          "chargeback",
          "chargebackReversal");
  private static final List<String> RESERVED =
      List.of("authorizedPendingCapture", "authorizedPendingRelease");

  @Override
  public String name() {
    return "authorizenet";
  }

  @Override
  public Recorded done(ProviderOperation operation) {
    return switch (operation) {
      case Authorize _, ProviderOperation.Capture _ -> response(operation.id(), "ref_auth", "1");
      case ProviderOperation.Cancel cancel when cancel.taken() == null ->
          response("op_3", "ref_auth", "1");
      case ProviderOperation.Cancel _, ProviderOperation.Refund _ ->
          response(operation.id(), "ref_own", "1");
      case Lookup lookup -> found(lookup);
      default -> throw new AssertionError(operation);
    };
  }

  private static Recorded found(Lookup lookup) {
    Money amount = Objects.requireNonNullElse(lookup.amount(), Operations.AMOUNT);
    if (lookup.kind() == OperationKind.AUTHORIZE && lookup.providerReference() != null) {
      return details("ref_auth", "op_1", "authorizedPendingCapture", amount);
    }
    if (lookup.kind() == OperationKind.CAPTURE) {
      return details("ref_auth", "op_1", "capturedPendingSettlement", amount);
    }
    if (lookup.kind() == OperationKind.CANCEL && lookup.amount() == null) {
      return details("ref_auth", "op_1", "voided", amount);
    }
    return lookup.providerReference() == null
        ? list(
            lookup.kind() == OperationKind.AUTHORIZE ? "ref_auth" : "ref_own",
            lookup.id(),
            "refundPendingSettlement")
        : details("ref_own", lookup.id(), "refundPendingSettlement", amount);
  }

  @Override
  public Recorded prepared(ProviderOperation operation) {
    return details("ref_auth", "op_1", "settledSuccessfully", Operations.AMOUNT);
  }

  /** Its reason 2 covers most of what banks say, want of money among it. */
  @Override
  public DeclineCode why() {
    return DeclineCode.GENERIC_DECLINE;
  }

  @Override
  public Recorded declined(Authorize authorize) {
    return response("op_1", "ref_auth", "2");
  }

  /** It documents no member for it. */
  @Override
  public NetworkAdvice advised() {
    return NetworkAdvice.NONE;
  }

  @Override
  public Recorded challenge(Authorize authorize, String url) {
    throw new AssertionError("Authorize.Net sends nobody anywhere");
  }

  @Override
  public Recorded unheardOf(Authorize authorize) {
    return response("op_1", "ref_auth", "9");
  }

  @Override
  public Recorded error(int status, String message) {
    return switch (status) {
      case 400, 422 -> failed(200, "E00003", message);
      case 401 -> failed(200, "E00007", message);
      case 403 -> failed(200, "E00011", message);
      case 404 -> failed(200, "E00040", message);
      default -> failed(status, "E00001", message);
    };
  }

  static Recorded failed(int status, String code, String message) {
    return Recorded.of(
        status,
        """
        {"refId": "op_1", "messages": {"resultCode": "Error", "message": [{"code": "%s",
         "text": "%s"}]}}\
        """
            .formatted(code, message));
  }

  @Override
  public boolean isApproval(
      ProviderOperation operation, int status, Map<String, @Nullable Object> body) {
    if (status != 200) {
      return false;
    }
    return operation instanceof Lookup lookup
        ? "Ok".equals(at(body, "messages", "resultCode")) && isFound(lookup, body)
        : isResponse(operation, body);
  }

  private static boolean isResponse(ProviderOperation operation, Map<?, ?> body) {
    Object response = body.get("transactionResponse");
    Object id = at(response, "transId");
    boolean follows =
        operation.kind() == OperationKind.CAPTURE
            || (operation.kind() == OperationKind.CANCEL && operation.amount() == null);
    return operation.id().equals(body.get("refId"))
        && "1".equals(at(response, "responseCode"))
        && isId(id)
        && !"0".equals(id)
        && (!follows || "ref_auth".equals(id))
        && at(response, "prePaidCard") == null
        && at(response, "splitTenderId") == null;
  }

  private static boolean isFound(Lookup lookup, Map<?, ?> body) {
    Object transaction = body.get("transaction");
    String state = String.valueOf(at(transaction, "transactionStatus"));
    boolean payment = "ref_auth".equals(at(transaction, "transId"));
    boolean own =
        "ref_own".equals(at(transaction, "transId"))
            && lookup.id().equals(at(transaction, "order", "invoiceNumber"));
    Money amount = Objects.requireNonNullElse(lookup.amount(), Operations.AMOUNT);
    return switch (lookup.kind()) {
      case AUTHORIZE ->
          payment
              && "op_1".equals(at(transaction, "order", "invoiceNumber"))
              && (TAKEN.contains(state) || RESERVED.contains(state))
              && isDecimal(amount, at(transaction, "authAmount"));
      case CAPTURE ->
          payment && TAKEN.contains(state) && isDecimal(amount, at(transaction, "settleAmount"));
      case CANCEL, REFUND ->
          lookup.amount() == null
              ? payment && List.of("voided", "expired").contains(state)
              : (own
                      && state.startsWith("refund")
                      && isDecimal(amount, at(transaction, "settleAmount")))
                  || isVoidedInList(amount, body);
      default -> false;
    };
  }

  private static boolean isVoidedInList(Money amount, Map<?, ?> body) {
    return objects(body, "transactions").stream()
        .anyMatch(
            one ->
                "ref_auth".equals(one.get("transId"))
                    && "voided".equals(one.get("transactionStatus"))
                    && isDecimal(amount, one.get("settleAmount")));
  }

  static Recorded response(String operation, String transaction, String code) {
    String reason =
        code.equals("1")
            ? "\"messages\": [{\"code\": \"1\", \"description\": \"Approved.\"}]"
            : "\"errors\": [{\"errorCode\": \"2\", \"errorText\": \"Declined.\"}]";
    return Recorded.of(
        200,
        """
        {"transactionResponse": {"responseCode": "%s", "authCode": "HW617E", "avsResultCode": "Z",
          "cvvResultCode": "M", "cavvResultCode": "", "transId": "%s", "refTransID": "",
          "testRequest": "0", "accountNumber": "XXXX1111", "accountType": "Visa", %s,
          "networkTransId": "ntx_9"},
         "refId": "%s", "messages": {"resultCode": "Ok",
          "message": [{"code": "I00001", "text": "Successful."}]}}\
        """
            .formatted(code, transaction, reason, operation));
  }

  static Recorded details(String transaction, String operation, String status, Money amount) {
    return Recorded.of(
        200,
        """
        {"transaction": {"transId": "%s", "submitTimeUTC": "2026-01-01T00:00:00.000Z",
          "transactionType": "authCaptureTransaction", "transactionStatus": "%s",
          "responseCode": 1, "responseReasonCode": 1, "responseReasonDescription": "Approval",
          "authCode": "HW617E", "AVSResponse": "Z", "cardCodeResponse": "M",
          "order": {"invoiceNumber": "%s"}, "authAmount": %s, "settleAmount": %s,
          "payment": {"creditCard": {"cardNumber": "XXXX1111", "expirationDate": "XXXX",
           "cardType": "Visa"}}, "networkTransId": "ntx_9"},
         "messages": {"resultCode": "Ok",
          "message": [{"code": "I00001", "text": "Successful."}]}}\
        """
            .formatted(transaction, status, operation, decimal(amount), decimal(amount)));
  }

  static Recorded list(String transaction, String operation, String status) {
    return Recorded.of(
        200,
        """
        {"transactions": [{"transId": "9", "transactionStatus": "declined",
           "invoiceNumber": "another", "settleAmount": 19.99},
          {"transId": "%s", "transactionStatus": "%s", "invoiceNumber": "%s",
           "settleAmount": 19.99}],
         "totalNumInResultSet": 2, "messages": {"resultCode": "Ok",
          "message": [{"code": "I00001", "text": "Successful."}]}}\
        """
            .formatted(transaction, status, operation));
  }

  private static String decimal(Money amount) {
    return AuthorizeNetConnector.AMOUNTS.decimal(amount);
  }
}
