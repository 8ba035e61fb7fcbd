package dev.portcullis.connectors.checkoutcom;

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

/** Checkout.com's answers. */
public final class CheckoutComSpecimen implements Specimen {

  private static final List<String> GOOD =
      List.of(
          "Authorized",
          "Captured",
          "Paid",
          "Partially Captured",
          "Refunded",
          "Partially Refunded",
          "Card Verified");

  @Override
  public String name() {
    return "checkoutcom";
  }

  @Override
  public Recorded done(ProviderOperation operation) {
    return switch (operation) {
      case Authorize authorize ->
          Recorded.of(
              201,
              payment(
                  authorize.amount(),
                  authorize.amount().isZero() ? "Card Verified" : "Authorized"));
      case ProviderOperation.Capture _, ProviderOperation.Cancel _, ProviderOperation.Refund _ ->
          Recorded.of(
              202,
              """
              {"action_id": "ref_own", "reference": "%s",
               "_links": {"payment": {"href": "https://x.example/"}}}\
              """
                  .formatted(operation.id()));
      case Lookup lookup -> found(lookup);
      default -> throw new AssertionError(operation);
    };
  }

  private static Recorded found(Lookup lookup) {
    Money amount = Objects.requireNonNullElse(lookup.amount(), Operations.AMOUNT);
    String payment =
        switch (lookup.kind()) {
          case AUTHORIZE -> standing(amount, amount.isZero() ? "Card Verified" : "Authorized");
          case CANCEL -> standing(amount, lookup.amount() == null ? "Voided" : "Refunded");
          default -> standing(amount, "Captured");
        };
    boolean listed = lookup.providerReference() == null && lookup.kind() == OperationKind.AUTHORIZE;
    return Recorded.of(
        200,
        listed
            ? """
            {"limit": 10, "skip": 0, "total_count": 1, "data": [%s]}\
            """
                .formatted(payment)
            : payment);
  }

  @Override
  public Recorded declined(Authorize authorize) {
    return Recorded.of(
        201,
        payment(authorize.amount(), "Declined")
            .replace("\"approved\": true", "\"approved\": false")
            .replace(
                "\"10000\"",
                "\"20051\", \"processing\": {\"recommendation_code\": \"03\","
                    + " \"partner_merchant_advice_code\": \"02\","
                    + " \"partner_response_code\": \"51\"}")
            .replace("\"Approved\"", "\"Insufficient Funds\""));
  }

  @Override
  public Recorded challenge(Authorize authorize, String url) {
    return Recorded.of(
        202,
        """
        {"id": "ref_auth", "status": "Pending", "reference": "op_1",
         "3ds": {"downgraded": false, "enrolled": "Y"},
         "_links": {"redirect": {"href": "%s"}, "self": {"href": "https://x.example/"}}}\
        """
            .formatted(url));
  }

  @Override
  public Recorded unheardOf(Authorize authorize) {
    return Recorded.of(201, payment(authorize.amount(), "Levitating"));
  }

  @Override
  public Recorded error(int status, String message) {
    return Recorded.of(
        status,
        """
        {"request_id": "1", "error_type": "request_invalid", "error_codes": ["amount_invalid",
         "%s"]}\
        """
            .formatted(message));
  }

  @Override
  public boolean isApproval(
      ProviderOperation operation, int status, Map<String, @Nullable Object> body) {
    if (body.get("data") instanceof List<?> list && operation instanceof Lookup) {
      return list.stream().anyMatch(one -> one instanceof Map<?, ?> map && isIn(operation, map));
    }
    return (status == 200 || status == 201 || status == 202) && isIn(operation, body);
  }

  private static boolean isIn(ProviderOperation operation, Map<?, ?> body) {
    Money amount = operation.amount();
    Object state = body.get("status");
    boolean payment = Operations.AUTHORIZATION.equals(body.get("id"));
    return switch (operation.kind()) {
      case AUTHORIZE ->
          operation.id().equals(body.get("reference"))
              && Boolean.TRUE.equals(body.get("approved"))
              && GOOD.contains(String.valueOf(state))
              && isMoney(Objects.requireNonNull(amount), body.get("amount"), body);
      case CAPTURE ->
          payment
              && GOOD.contains(String.valueOf(state))
              && body.get("balances") instanceof Map<?, ?> balances
              && isMoney(Objects.requireNonNull(amount), balances.get("total_captured"), body);
      case CANCEL ->
          payment
              && (List.of("Voided", "Canceled", "Expired").contains(state)
                  || (amount != null
                      && "Refunded".equals(state)
                      && body.get("balances") instanceof Map<?, ?> balances
                      && isMoney(amount, balances.get("total_refunded"), body)));
      default -> false;
    };
  }

  private static boolean isMoney(Money amount, @Nullable Object said, Map<?, ?> body) {
    return Long.valueOf(amount.minorUnits()).equals(said) && "USD".equals(body.get("currency"));
  }

  static String payment(Money amount, String status) {
    return """
    {"id": "ref_auth", "action_id": "act_1", "amount": %d, "currency": "USD", "approved": true,
     "status": "%s", "auth_code": "643381", "response_code": "10000",
     "response_summary": "Approved", "scheme_id": "ntx_9", "reference": "op_1",
     "processed_on": "2026-01-01T00:00:00Z",
     "source": {"type": "card", "last4": "4242", "avs_check": "Z", "cvv_check": "Y"},
     "3ds": {"version": "2.2.0", "authentication_response": "Y"}}\
    """
        .formatted(amount.minorUnits(), status);
  }

  static String standing(Money amount, String status) {
    return """
    {"id": "ref_auth", "amount": %d, "currency": "USD", "approved": true, "status": "%s",
     "scheme_id": "ntx_9", "reference": "op_1",
     "source": {"type": "card", "avs_check": "S", "cvv_check": "N"},
     "balances": {"total_authorized": %d, "total_captured": %d, "total_voided": 0,
      "total_refunded": %d}}\
    """
        .formatted(
            amount.minorUnits(),
            status,
            amount.minorUnits(),
            amount.minorUnits(),
            status.equals("Refunded") ? amount.minorUnits() : 0);
  }
}
