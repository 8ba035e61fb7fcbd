package dev.portcullis.connectors.sandbox;

import dev.portcullis.connectors.Operations;
import dev.portcullis.connectors.Recorded;
import dev.portcullis.connectors.Specimen;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderOperation.Authorize;
import dev.portcullis.kit.Money;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The simulator's answers. */
public final class SandboxSpecimen implements Specimen {

  /** What an authorization alone has. */
  private static final String DETAILS =
      """
      , "captured_amount": 0, "network_transaction_id": "ntx_9", "authorization_code": "123456",
       "checks": {"cvc": "pass", "address_line1": "fail", "postal_code": "unavailable"},
       "three_d_secure": {"version": "2.2.0", "result": "authenticated"},
       "funds_available": false\
      """;

  @Override
  public String name() {
    return "sandbox";
  }

  @Override
  public Recorded done(ProviderOperation operation) {
    return answer(operation, "approved", "");
  }

  @Override
  public Recorded declined(Authorize authorize) {
    return answer(
        authorize,
        "declined",
        ", \"decline_code\": \"insufficient_funds\", \"network_advice_code\": \"02\","
            + " \"network_decline_code\": \"51\"");
  }

  @Override
  public Recorded challenge(Authorize authorize, String url) {
    return answer(authorize, "requires_action", ", \"redirect_url\": \"" + url + "\"");
  }

  @Override
  public Recorded unheardOf(Authorize authorize) {
    return answer(authorize, "levitating", "");
  }

  @Override
  public Recorded error(int status, String message) {
    return Recorded.of(
        status,
        """
        {"error": {"code": "not_like_this", "message": "%s", "param": "amount"}}\
        """
            .formatted(message));
  }

  @Override
  public boolean isApproval(
      ProviderOperation operation, int status, Map<String, @Nullable Object> body) {
    Money amount = operation.amount();
    return status == 200
        && operation.id().equals(body.get("reference"))
        && "approved".equals(body.get("status"))
        && (amount == null
            || operation.kind() == OperationKind.CANCEL
            || (Long.valueOf(amount.minorUnits()).equals(body.get("amount"))
                && amount.currency().code().equals(body.get("currency"))));
  }

  private static Recorded answer(ProviderOperation operation, String status, String more) {
    Money amount = operation.amount() == null ? Operations.AMOUNT : operation.amount();
    return Recorded.of(
        200,
        """
        {"id": "ref_auth", "reference": "%s", "status": "%s", "amount": %d, "currency": "usd",
         "created": 1767225600 %s %s}\
        """
            .formatted(
                operation.id(),
                status,
                amount.minorUnits(),
                operation.kind() == OperationKind.AUTHORIZE ? DETAILS : "",
                more));
  }
}
