package dev.portcullis.connectors.paypal;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Checks;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.kit.Money;

/** Reads a capture or a refund that follows a payment, alone or within its order. */
final class PayPalPayments {

  private PayPalPayments() {}

  static ProviderResult capture(String operation, Money amount, JsonTree capture) {
    String id = capture.at("id").id();
    if (id == null || !capture.at("invoice_id").is(operation)) {
      return new Unknown("PayPal's answer is about another capture");
    }
    String status = capture.at("status").text();
    return switch (status) {
      case "COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED" ->
          isAmount(amount, capture)
              ? new Approved(id, PayPalDetails.of(capture, JsonTree.of(null)))
              : new Unknown("PayPal captured another amount");
      case "PENDING" -> new Pending(id);
      case "DECLINED", "FAILED" ->
          new Declined(
              PayPalDetails.decline(capture),
              id,
              PayPalDetails.refused(capture, JsonTree.of(null)));
      case null -> new Unknown("PayPal's answer has no status");
      default -> new Pending(id, "PayPal's answer has a status that is not documented");
    };
  }

  static ProviderResult refund(String operation, Money amount, JsonTree refund) {
    String id = refund.at("id").id();
    if (id == null || !refund.at("invoice_id").is(operation)) {
      return new Unknown("PayPal's answer is about another refund");
    }
    String status = refund.at("status").text();
    return switch (status) {
      case "COMPLETED" ->
          isAmount(amount, refund)
              ? new Approved(id, Details.NONE)
              : new Unknown("PayPal refunded another amount");
      case "PENDING" -> new Pending(id);
      case "FAILED", "CANCELLED" ->
          new Declined(
              DeclineCode.GENERIC_DECLINE,
              id,
              new Details(
                  Checks.NONE,
                  null,
                  null,
                  null,
                  "unknown",
                  false,
                  new ProviderWords(status, refund.at("status_details", "reason").text())));
      case null -> new Unknown("PayPal's answer has no status");
      default -> new Pending(id, "PayPal's answer has a status that is not documented");
    };
  }

  static boolean isAmount(Money amount, JsonTree payment) {
    return PayPalConnector.AMOUNTS.isExactlyDecimal(
        amount, payment.at("amount", "value"), payment.at("amount", "currency_code"));
  }
}
