package dev.portcullis.connectors.adyen;

import dev.portcullis.connectors.Operations;
import dev.portcullis.connectors.Recorded;
import dev.portcullis.connectors.Specimen;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderOperation.Authorize;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Adyen's answers. */
public final class AdyenSpecimen implements Specimen {

  @Override
  public String name() {
    return "adyen";
  }

  @Override
  public Recorded done(ProviderOperation operation) {
    return switch (operation) {
      case Authorize authorize -> payment(authorize.amount(), "Authorised", "");
      case ProviderOperation.Complete complete -> payment(complete.amount(), "Authorised", "");
      case ProviderOperation.Capture capture -> received(capture.id(), true);
      case ProviderOperation.Cancel cancel -> received(cancel.id(), false);
      case ProviderOperation.Refund refund -> received(refund.id(), true);
      default -> throw new AssertionError(operation);
    };
  }

  @Override
  public Recorded declined(Authorize authorize) {
    Recorded refused =
        payment(
            authorize.amount(),
            "Refused",
            ", \"refusalReason\": \"Not enough balance\", \"refusalReasonCode\": \"12\"");
    return Recorded.of(
        200,
        Json.writeString(refused.body())
            .replace(
                "\"cardSummary\":\"1111\"",
                "\"refusalReasonRaw\":\"51 : Insufficient funds\","
                    + "\"merchantAdviceCode\":\"2 : Cannot approve at this time\""));
  }

  @Override
  public Recorded challenge(Authorize authorize, String url) {
    return Recorded.of(
        200,
        """
        {"pspReference": "ref_auth", "resultCode": "RedirectShopper",
         "action": {"paymentMethodType": "scheme", "url": "%s", "method": "GET",
          "type": "redirect"}}\
        """
            .formatted(url));
  }

  @Override
  public Recorded unheardOf(Authorize authorize) {
    return payment(authorize.amount(), "Levitating", "");
  }

  @Override
  public Recorded error(int status, String message) {
    return Recorded.of(
        status,
        """
        {"status": %d, "errorCode": "702", "message": "%s", "errorType": "validation"}\
        """
            .formatted(status, message));
  }

  @Override
  public boolean isApproval(
      ProviderOperation operation, int status, Map<String, @Nullable Object> body) {
    Money amount = Objects.requireNonNullElse(operation.amount(), Operations.NOTHING);
    String of =
        operation instanceof ProviderOperation.Complete complete ? complete.of() : operation.id();
    return status == 200
        && "Authorised".equals(body.get("resultCode"))
        && of.equals(body.get("merchantReference"))
        && body.get("amount") instanceof Map<?, ?> said
        && Long.valueOf(amount.minorUnits()).equals(said.get("value"))
        && "USD".equals(said.get("currency"));
  }

  static Recorded payment(Money amount, String result, String more) {
    return Recorded.of(
        200,
        """
        {"pspReference": "ref_auth", "resultCode": "%s", "merchantReference": "op_1",
         "amount": {"currency": "USD", "value": %d}, "paymentMethod": {"brand": "visa"},
         "additionalData": {"cvcResult": "1 Matches", "authCode": "044925",
          "avsResult": "6 Postal code matches, but street address does not match",
          "networkTxReference": "ntx_9", "threeDAuthenticated": "true",
          "threeDSVersion": "2.2.0", "cardSummary": "1111"} %s}\
        """
            .formatted(result, amount.minorUnits(), more));
  }

  private static Recorded received(String operation, boolean amount) {
    return Recorded.of(
        201,
        """
        {"merchantAccount": "ShopECOM", "paymentPspReference": "ref_auth",
         "pspReference": "ref_own", "reference": "%s", "status": "received" %s}\
        """
            .formatted(
                operation, amount ? ", \"amount\": {\"currency\": \"USD\", \"value\": 1999}" : ""));
  }
}
