package dev.portcullis.connectors.paypal;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.NetworkChecks;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.ThreeDSecure;
import dev.portcullis.connectors.spi.ProviderWords;
import org.jspecify.annotations.Nullable;

/** Reads what PayPal says beside its verdict. It tells no issuer's authorization code. */
final class PayPalDetails {

  private PayPalDetails() {}

  /**
   * @param payment an authorization or a capture
   * @param order that it belongs to, as far as it is told
   */
  static Details of(JsonTree payment, JsonTree order) {
    JsonTree processor = payment.at("processor_response");
    return new Details(
        NetworkChecks.of(processor.at("avs_code").text(), processor.at("cvv_code").text()),
        payment.at("network_transaction_reference", "id").text(),
        null,
        threeDSecure(authentication(order)),
        null,
        false,
        said(payment));
  }

  /** What is told of a refused payment. */
  static Details refused(JsonTree payment, JsonTree order) {
    JsonTree processor = payment.at("processor_response");
    return of(payment, order)
        .advised(
            NetworkAdvice.of(
                processor.at("payment_advice_code").text(), processor.at("response_code").text()));
  }

  static DeclineCode decline(JsonTree payment) {
    return PayPalCodes.PROCESSOR.decline(payment.at("processor_response", "response_code").text());
  }

  private static ProviderWords said(JsonTree payment) {
    String code = payment.at("processor_response", "response_code").text();
    return new ProviderWords(
        code == null ? payment.at("status").text() : code,
        payment.at("status_details", "reason").text());
  }

  static JsonTree authentication(JsonTree order) {
    return order.at("payment_source", "card", "authentication_result");
  }

  /**
   * Whether to go on after the challenge: what PayPal recommends for each combination
   * (developer.paypal.com, "3D Secure response parameters"). Where it says to let the shopper try
   * again, it is not gone on with.
   */
  static boolean mayGoOn(JsonTree authentication) {
    String shift = String.valueOf(authentication.at("liability_shift").text());
    JsonTree secure = authentication.at("three_d_secure");
    String enrolled = String.valueOf(secure.at("enrollment_status").text());
    String result = String.valueOf(secure.at("authentication_status").text());
    boolean shifts = shift.equals("POSSIBLE") || shift.equals("YES");
    return switch (enrolled) {
      case "Y" -> shifts && (result.equals("Y") || result.equals("A"));
      // The issuer takes no part in it, is not available for it, or was passed by.
      case "N", "U", "B" -> shift.equals("NO") || shifts;
      default -> false;
    };
  }

  /** PayPal does not tell the version. */
  private static @Nullable ThreeDSecure threeDSecure(JsonTree authentication) {
    String result = authentication.at("three_d_secure", "authentication_status").text();
    if (result == null) {
      return null;
    }
    return new ThreeDSecure(
        null,
        switch (result) {
          case "Y" -> "authenticated";
          case "A" -> "attempt_acknowledged";
          case "N", "R" -> "failed";
          default -> "processing_error";
        });
  }
}
