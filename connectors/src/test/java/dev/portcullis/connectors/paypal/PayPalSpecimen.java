package dev.portcullis.connectors.paypal;

import static dev.portcullis.connectors.Judgment.at;
import static dev.portcullis.connectors.Judgment.isDecimal;
import static dev.portcullis.connectors.Judgment.isId;
import static dev.portcullis.connectors.Judgment.objects;

import dev.portcullis.connectors.Operations;
import dev.portcullis.connectors.Recorded;
import dev.portcullis.connectors.Specimen;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderOperation.Authorize;
import dev.portcullis.connectors.spi.ProviderOperation.Lookup;
import dev.portcullis.kit.Money;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** PayPal's answers. */
public final class PayPalSpecimen implements Specimen {

  private static final Set<String> GOOD =
      Set.of(
          "CREATED",
          "CAPTURED",
          "PARTIALLY_CAPTURED",
          "COMPLETED",
          "PARTIALLY_REFUNDED",
          "REFUNDED");

  @Override
  public String name() {
    return "paypal";
  }

  @Override
  public Set<String> untold() {
    return Set.of("authorizationCode");
  }

  @Override
  public Recorded done(ProviderOperation operation) {
    return switch (operation) {
      case Authorize authorize when authorize.capture() -> Recorded.of(201, paid("COMPLETED"));
      case Authorize _ -> Recorded.of(201, reserved("CREATED"));
      case ProviderOperation.Complete complete ->
          Recorded.of(201, complete.capture() ? paid("COMPLETED") : reserved("CREATED"));
      case ProviderOperation.Capture _ -> Recorded.of(201, payment("ref_own", "op_2", "COMPLETED"));
      case ProviderOperation.Cancel cancel when cancel.taken() == null ->
          Recorded.of(
              200,
              """
              {"id": "aut_1", "status": "VOIDED", "amount": {"currency_code": "USD"},
               "supplementary_data": {"related_ids": {"order_id": "ref_auth"}}}\
              """);
      case ProviderOperation.Cancel _, ProviderOperation.Refund _ ->
          Recorded.of(201, payment("ref_own", operation.id(), "COMPLETED"));
      case Lookup lookup -> Recorded.of(200, found(lookup));
      default -> throw new AssertionError(operation);
    };
  }

  private static String found(Lookup lookup) {
    if (lookup.kind() == OperationKind.AUTHORIZE) {
      return reserved("CREATED");
    }
    if (lookup.kind() == OperationKind.CANCEL && lookup.amount() == null) {
      return reserved("VOIDED");
    }
    return order(
        "COMPLETED",
        """
        {"authorizations": [%s], "captures": [%s], "refunds": [%s]}\
        """
            .formatted(
                payment("aut_1", "op_1", "CAPTURED"),
                payment("ref_own", "op_2", "COMPLETED"),
                lookup.kind() == OperationKind.CAPTURE
                    ? ""
                    : payment("ref_own", lookup.id(), "COMPLETED")));
  }

  @Override
  public Recorded prepared(ProviderOperation operation) {
    return Recorded.of(
        200,
        switch (operation) {
          case Authorize _ -> made("CREATED");
          case ProviderOperation.Complete _ -> challenged("APPROVED", "POSSIBLE", "Y", "Y");
          case ProviderOperation.Cancel cancel when cancel.taken() != null -> paid("COMPLETED");
          case ProviderOperation.Refund _ -> paid("COMPLETED");
          default -> reserved("CREATED");
        });
  }

  @Override
  public Recorded declined(Authorize authorize) {
    return Recorded.of(
        201,
        (authorize.capture() ? paid("DECLINED") : reserved("DENIED"))
            .replace("\"0000\"", "\"5120\", \"payment_advice_code\": \"02\""));
  }

  /** Its code is its processor's. */
  @Override
  public NetworkAdvice advised() {
    return new NetworkAdvice(NetworkAdvice.Action.TRY_AGAIN_LATER, "02", "5120");
  }

  @Override
  public Recorded challenge(Authorize authorize, String url) {
    return Recorded.of(
        201,
        """
        {"id": "ref_auth", "intent": "CAPTURE", "status": "PAYER_ACTION_REQUIRED",
         "purchase_units": [{"reference_id": "default", "custom_id": "op_1"}],
         "links": [{"href": "https://api-m.paypal.com/v2/checkout/orders/ref_auth", "rel": "self"},
          {"href": "%s", "rel": "payer-action", "method": "GET"}]}\
        """
            .formatted(url));
  }

  @Override
  public Recorded unheardOf(Authorize authorize) {
    return Recorded.of(201, paid("LEVITATING"));
  }

  @Override
  public Recorded error(int status, String message) {
    return Recorded.of(
        status,
        """
        {"name": "UNPROCESSABLE_ENTITY", "message": "%s", "debug_id": "b1d1f06c7246c",
         "details": [{"field": "/purchase_units/@reference_id=='default'/amount/value",
          "location": "body", "issue": "AMOUNT_MISMATCH", "description": "%s"}]}\
        """
            .formatted(message, message));
  }

  @Override
  public boolean isApproval(
      ProviderOperation operation, int status, Map<String, @Nullable Object> body) {
    if (status != 200 && status != 201) {
      return false;
    }
    boolean asked = operation instanceof Lookup;
    Money amount = operation.amount();
    return switch (operation.kind()) {
      case AUTHORIZE, COMPLETE -> isPaid(operation, body);
      case CAPTURE ->
          asked
              ? isOrder(body) && isAny(operation, objects(unit(body), "payments", "captures"))
              : isAny(operation, List.of(body));
      case CANCEL, REFUND ->
          amount == null
              ? asked ? isOrder(body) && isVoid(body) : isId(body.get("id")) && isVoided(body)
              : asked
                  ? isOrder(body) && isAny(operation, objects(unit(body), "payments", "refunds"))
                  : isAny(operation, List.of(body));
      default -> false;
    };
  }

  private static boolean isPaid(ProviderOperation operation, Map<?, ?> body) {
    Map<?, ?> unit = unit(body);
    List<Map<?, ?>> authorizations = objects(unit, "payments", "authorizations");
    List<Map<?, ?>> payments =
        authorizations.isEmpty() ? objects(unit, "payments", "captures") : authorizations;
    boolean known = operation instanceof Authorize ? isId(body.get("id")) : isOrder(body);
    return known
        && "op_1".equals(at(unit, "custom_id"))
        && payments.stream()
            .anyMatch(
                one ->
                    GOOD.contains(String.valueOf(one.get("status")))
                        && isMoney(Operations.AMOUNT, one));
  }

  private static boolean isOrder(Map<?, ?> body) {
    return "ref_auth".equals(body.get("id"));
  }

  private static boolean isVoid(Map<?, ?> body) {
    return objects(unit(body), "payments", "authorizations").stream()
        .anyMatch(PayPalSpecimen::isVoided);
  }

  private static boolean isVoided(Map<?, ?> one) {
    return "VOIDED".equals(one.get("status"));
  }

  private static boolean isAny(ProviderOperation operation, List<? extends Map<?, ?>> payments) {
    return payments.stream()
        .anyMatch(
            one ->
                operation.id().equals(one.get("invoice_id"))
                    && isId(one.get("id"))
                    && GOOD.contains(String.valueOf(one.get("status")))
                    && isMoney(Operations.AMOUNT, one));
  }

  private static boolean isMoney(Money amount, Map<?, ?> payment) {
    return "USD".equals(at(payment, "amount", "currency_code"))
        && isDecimal(amount, at(payment, "amount", "value"));
  }

  private static Map<?, ?> unit(Map<?, ?> body) {
    List<Map<?, ?>> units = objects(body, "purchase_units");
    return units.size() == 1 ? units.getFirst() : Map.of();
  }

  static String paid(String status) {
    return order("COMPLETED", "{\"captures\": [" + payment("cap_1", "op_1", status) + "]}");
  }

  static String reserved(String status) {
    return order("COMPLETED", "{\"authorizations\": [" + payment("aut_1", "op_1", status) + "]}");
  }

  static String order(String status, String payments) {
    return """
    {"id": "ref_auth", "intent": "CAPTURE", "status": "%s",
     "payment_source": {"card": {"last_digits": "1111", "brand": "VISA",
      "authentication_result": {"liability_shift": "POSSIBLE",
       "three_d_secure": {"enrollment_status": "Y", "authentication_status": "Y"}}}},
     "purchase_units": [{"reference_id": "default", "custom_id": "op_1",
      "payments": %s}],
     "links": [{"href": "https://api-m.paypal.com/v2/checkout/orders/ref_auth", "rel": "self"}]}\
    """
        .formatted(status, payments);
  }

  /** An order without a card. */
  static String made(String status) {
    return """
    {"id": "ref_auth", "intent": "CAPTURE", "status": "%s",
     "purchase_units": [{"reference_id": "default", "custom_id": "op_1", "invoice_id": "op_1",
      "amount": {"currency_code": "USD", "value": "19.99"}}],
     "links": [{"href": "https://api-m.paypal.com/v2/checkout/orders/ref_auth", "rel": "self"}]}\
    """
        .formatted(status);
  }

  static String challenged(String status, String shift, String enrolled, String authenticated) {
    return """
    {"id": "ref_auth", "intent": "CAPTURE", "status": "%s",
     "payment_source": {"card": {"last_digits": "1111",
      "authentication_result": {"liability_shift": "%s",
       "three_d_secure": {"enrollment_status": "%s", "authentication_status": "%s"}}}},
     "purchase_units": [{"reference_id": "default", "custom_id": "op_1"}]}\
    """
        .formatted(status, shift, enrolled, authenticated);
  }

  static String payment(String id, String invoice, String status) {
    return """
    {"id": "%s", "status": "%s", "amount": {"currency_code": "USD", "value": "19.99"},
     "invoice_id": "%s", "final_capture": true,
     "network_transaction_reference": {"id": "ntx_9", "network": "VISA"},
     "processor_response": {"avs_code": "Z", "cvv_code": "M", "response_code": "0000"}}\
    """
        .formatted(id, status, invoice);
  }
}
