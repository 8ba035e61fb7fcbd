package dev.portcullis.connectors.checkoutcom;

import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.ProviderResult.Check;
import dev.portcullis.connectors.spi.ProviderResult.Checks;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.ThreeDSecure;
import dev.portcullis.connectors.spi.ProviderWords;
import org.jspecify.annotations.Nullable;

/** Reads what Checkout.com says beside its verdict. */
final class CheckoutComDetails {

  private CheckoutComDetails() {}

  static Details of(JsonTree payment, ProviderWords said) {
    String avs = payment.at("source", "avs_check").text();
    return new Details(
        new Checks(cvv(payment.at("source", "cvv_check").text()), address(avs), postalCode(avs)),
        payment.at("scheme_id").text(),
        payment.at("auth_code").text(),
        threeDSecure(payment.at("3ds")),
        null,
        false,
        said);
  }

  /**
   * What the network passed on with a refusal (checkout.com/docs, "Recommendation codes"). Its own
   * recommendation, of which there is one for Visa too, has the meanings of Mastercard's codes.
   */
  static NetworkAdvice advice(JsonTree payment) {
    JsonTree processing = payment.at("processing");
    String code = processing.at("partner_merchant_advice_code").text();
    return NetworkAdvice.of(
        code == null ? processing.at("recommendation_code").text() : code,
        processing.at("partner_response_code").text());
  }

  private static @Nullable Check cvv(@Nullable String code) {
    return switch (code) {
      case "Y" -> Check.PASS;
      case "N" -> Check.FAIL;
      case "P" -> Check.UNCHECKED;
      case "U", "S", "X", "D" -> Check.UNAVAILABLE;
      case null, default -> null;
    };
  }

  /** The networks' AVS codes, of which Checkout.com passes one on. */
  private static @Nullable Check address(@Nullable String avs) {
    return switch (avs) {
      case "A", "B", "D", "F", "M", "X", "Y" -> Check.PASS;
      case "C", "N", "P", "W", "Z" -> Check.FAIL;
      case "E", "G", "I", "R", "S", "U" -> Check.UNAVAILABLE;
      case null, default -> null;
    };
  }

  private static @Nullable Check postalCode(@Nullable String avs) {
    return switch (avs) {
      case "D", "F", "M", "P", "W", "X", "Y", "Z" -> Check.PASS;
      case "A", "B", "C", "N" -> Check.FAIL;
      case "E", "G", "I", "R", "S", "U" -> Check.UNAVAILABLE;
      case null, default -> null;
    };
  }

  private static @Nullable ThreeDSecure threeDSecure(JsonTree given) {
    String version = given.at("version").text();
    String response = given.at("authentication_response").text();
    if (version == null || response == null) {
      return null;
    }
    return new ThreeDSecure(
        version,
        switch (response) {
          case "Y" -> "authenticated";
          case "A" -> "attempt_acknowledged";
          case "N", "R" -> "failed";
          default -> "processing_error";
        });
  }
}
