package dev.portcullis.connectors.braintree;

import static dev.portcullis.connectors.Judgment.at;
import static dev.portcullis.connectors.Judgment.isDecimal;
import static dev.portcullis.connectors.Judgment.isId;
import static dev.portcullis.connectors.Judgment.objects;

import dev.portcullis.connectors.Operations;
import dev.portcullis.connectors.Recorded;
import dev.portcullis.connectors.Specimen;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderOperation.Authorize;
import dev.portcullis.connectors.spi.ProviderOperation.Lookup;
import dev.portcullis.kit.Money;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Braintree's answers. */
public final class BraintreeSpecimen implements Specimen {

  private static final Set<String> TAKEN =
      Set.of(
          "SUBMITTED_FOR_SETTLEMENT",
          "SETTLING",
          "SETTLED",
          "SETTLEMENT_PENDING",
          "SETTLEMENT_CONFIRMED");

  @Override
  public String name() {
    return "braintree";
  }

  @Override
  public Recorded done(ProviderOperation operation) {
    return switch (operation) {
      case Authorize authorize when authorize.capture() ->
          payload("chargeCreditCard", "op_1", transaction("SUBMITTED_FOR_SETTLEMENT", ""));
      case Authorize _ -> payload("authorizeCreditCard", "op_1", transaction("AUTHORIZED", ""));
      case ProviderOperation.Capture _ ->
          payload("captureTransaction", "op_2", transaction("SUBMITTED_FOR_SETTLEMENT", ""));
      case ProviderOperation.Cancel _ -> reversal("op_3", "VOIDED");
      case ProviderOperation.Refund _ ->
          answer(
              """
              "refundTransaction": {"clientMutationId": "op_4", "refund": %s}\
              """
                  .formatted(refund("op_4", "SUBMITTED_FOR_SETTLEMENT")));
      case Lookup lookup -> found(lookup);
      default -> throw new AssertionError(operation);
    };
  }

  private static Recorded found(Lookup lookup) {
    if (lookup.kind() == OperationKind.AUTHORIZE) {
      String transaction = transaction("AUTHORIZED", "");
      return lookup.providerReference() == null
          ? answer(
              """
              "search": {"transactions": {"edges": [{"node": %s}]}}\
              """
                  .formatted(transaction))
          : node(transaction);
    }
    if (lookup.kind() == OperationKind.CANCEL && lookup.amount() == null) {
      return node(transaction("VOIDED", ""));
    }
    String refunds = lookup.kind() == OperationKind.CAPTURE ? "" : refund(lookup.id(), "SETTLED");
    return node(transaction("SETTLED", ", \"refunds\": [" + refunds + "]"));
  }

  @Override
  public Recorded prepared(ProviderOperation operation) {
    return operation instanceof Authorize
        ? answer(
            """
            "tokenizeCreditCard": {"paymentMethod": {"id": "tokencc_bh_b5k6x9_n"}}\
            """)
        : node(transaction("SETTLED", ", \"refunds\": []"));
  }

  @Override
  public Recorded declined(Authorize authorize) {
    Recorded done = done(authorize);
    return Recorded.of(
        200,
        dev.portcullis.wire.json.Json.writeString(done.body())
            .replace("\"status\":\"SUBMITTED_FOR_SETTLEMENT\"", "\"status\":\"PROCESSOR_DECLINED\"")
            .replace("\"1000\"", "\"2001\"")
            .replace(
                "\"statusHistory\":[",
                "\"statusHistory\":[{\"networkResponse\":{\"code\":\"51\"},"
                    + "\"merchantAdviceCodeResponse\":{\"code\":\"02\"}},"));
  }

  @Override
  public Recorded challenge(Authorize authorize, String url) {
    throw new AssertionError("Braintree sends nobody anywhere");
  }

  @Override
  public Recorded unheardOf(Authorize authorize) {
    return payload("chargeCreditCard", "op_1", transaction("LEVITATING", ""));
  }

  @Override
  public Recorded error(int status, String message) {
    return switch (status) {
      case 400, 422 -> failed(200, "VALIDATION", message);
      case 401 -> failed(200, "AUTHENTICATION", message);
      case 403 -> failed(200, "AUTHORIZATION", message);
      case 404 -> failed(200, "NOT_FOUND", message);
      default -> failed(status, "INTERNAL", message);
    };
  }

  static Recorded failed(int status, String type, String message) {
    return Recorded.of(
        status,
        """
        {"errors": [{"message": "%s", "locations": [{"line": 1, "column": 2}],
          "path": ["chargeCreditCard"], "extensions": {"errorType": "user_error",
           "errorClass": "%s", "inputPath": ["input"]}}], "data": null,
         "extensions": {"requestId": "8fdcb2ee"}}\
        """
            .formatted(message, type));
  }

  @Override
  public boolean isApproval(
      ProviderOperation operation, int status, Map<String, @Nullable Object> body) {
    if (status != 200 || !objects(body, "errors").isEmpty()) {
      return false;
    }
    Object data = body.get("data");
    return switch (operation) {
      case Authorize authorize -> {
        Object payload = at(data, authorize.capture() ? "chargeCreditCard" : "authorizeCreditCard");
        yield "op_1".equals(at(payload, "clientMutationId")) && isPaid(at(payload, "transaction"));
      }
      case ProviderOperation.Capture _ ->
          "op_2".equals(at(data, "captureTransaction", "clientMutationId"))
              && isTaken(at(data, "captureTransaction", "transaction"));
      case ProviderOperation.Cancel cancel ->
          "op_3".equals(at(data, "reverseTransaction", "clientMutationId"))
              && isReversed(cancel.taken(), at(data, "reverseTransaction", "reversal"));
      case ProviderOperation.Refund _ ->
          "op_4".equals(at(data, "refundTransaction", "clientMutationId"))
              ? "op_4".equals(at(data, "refundTransaction", "refund", "orderId"))
                  && isRefunded(at(data, "refundTransaction", "refund"))
              : "op_4".equals(at(data, "reverseTransaction", "clientMutationId"))
                  && isReversed(Operations.AMOUNT, at(data, "reverseTransaction", "reversal"));
      case Lookup lookup -> isFound(lookup, data);
      default -> false;
    };
  }

  private static boolean isFound(Lookup lookup, @Nullable Object data) {
    Object node = at(data, "node");
    boolean known = "ref_auth".equals(at(node, "id"));
    return switch (lookup.kind()) {
      case AUTHORIZE ->
          lookup.providerReference() == null
              ? objects(data, "search", "transactions", "edges").stream()
                  .anyMatch(edge -> isPaid(edge.get("node")))
              : known && isPaid(node);
      case CAPTURE -> known && isTaken(node);
      case CANCEL, REFUND ->
          known
              && (isVoid(node)
                  ? lookup.amount() == null || isMoney(node)
                  : lookup.amount() != null
                      && objects(node, "refunds").stream().anyMatch(BraintreeSpecimen::isRefunded));
      default -> false;
    };
  }

  private static boolean isPaid(@Nullable Object transaction) {
    return isId(at(transaction, "id"))
        && "op_1".equals(at(transaction, "orderId"))
        && (isTakenStatus(transaction) || "AUTHORIZED".equals(at(transaction, "status")))
        && !Boolean.TRUE.equals(at(transaction, "partiallyAuthorized"))
        && isMoney(transaction);
  }

  private static boolean isTaken(@Nullable Object transaction) {
    return "ref_auth".equals(at(transaction, "id"))
        && isTakenStatus(transaction)
        && isMoney(transaction);
  }

  private static boolean isTakenStatus(@Nullable Object payment) {
    return TAKEN.contains(String.valueOf(at(payment, "status")));
  }

  private static boolean isRefunded(@Nullable Object refund) {
    return isId(at(refund, "id")) && isTakenStatus(refund) && isMoney(refund);
  }

  private static boolean isReversed(@Nullable Money taken, @Nullable Object reversal) {
    return "Transaction".equals(at(reversal, "__typename"))
        ? "ref_auth".equals(at(reversal, "id")) && isVoid(reversal)
        : taken != null && "Refund".equals(at(reversal, "__typename")) && isRefunded(reversal);
  }

  private static boolean isVoid(@Nullable Object transaction) {
    return "VOIDED".equals(at(transaction, "status"));
  }

  private static boolean isMoney(@Nullable Object payment) {
    return "USD".equals(at(payment, "amount", "currencyCode"))
        && isDecimal(Operations.AMOUNT, at(payment, "amount", "value"));
  }

  private static Recorded answer(String data) {
    return Recorded.of(200, "{\"data\": {" + data + "}, \"extensions\": {\"requestId\": \"8f\"}}");
  }

  static Recorded payload(String mutation, String operation, String transaction) {
    return answer(
        """
        "%s": {"clientMutationId": "%s", "transaction": %s}\
        """
            .formatted(mutation, operation, transaction));
  }

  static Recorded reversal(String operation, String status) {
    return answer(
        """
        "reverseTransaction": {"clientMutationId": "%s", "reversal":
         {"__typename": "Transaction", "id": "ref_auth", "status": "%s"}}\
        """
            .formatted(operation, status));
  }

  static Recorded node(String transaction) {
    return answer("\"node\": " + transaction);
  }

  static String transaction(String status, String more) {
    return """
    {"id": "ref_auth", "orderId": "op_1", "status": "%s", "partiallyAuthorized": false,
     "amount": {"value": "19.99", "currencyCode": "USD"},
     "paymentMethodSnapshot": {"networkTransactionId": "ntx_9"},
     "statusHistory": [{"status": "%s"}, {"status": "AUTHORIZED", "processorResponse":
      {"legacyCode": "1000", "message": "Approved", "cvvResponse": "MATCHES",
       "avsPostalCodeResponse": "MATCHES", "avsStreetAddressResponse": "DOES_NOT_MATCH",
       "authorizationId": "GMNJSK"}}]%s}\
    """
        .formatted(status, status, more);
  }

  static String refund(String operation, String status) {
    return """
    {"id": "ref_own", "orderId": "%s", "status": "%s",
     "amount": {"value": "19.99", "currencyCode": "USD"}, "statusHistory": []}\
    """
        .formatted(operation, status);
  }
}
