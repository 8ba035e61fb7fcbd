package dev.portcullis.connectors.checkoutcom;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.ProviderResult.NotFound;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.RequiresAction;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.kit.Money;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a payment: the answer of the request for it, or the payment as it stands. */
final class CheckoutComPayments {

  private static final String PARTIAL = "10010";

  private CheckoutComPayments() {}

  static ProviderResult authorized(String operation, @Nullable Money amount, JsonTree payment) {
    String id = payment.at("id").id();
    if (id == null || amount == null || !payment.at("reference").is(operation)) {
      return new Unknown("Checkout.com's answer is about another operation");
    }
    String status = payment.at("status").text();
    return switch (status) {
      case "Authorized",
          "Captured",
          "Paid",
          "Partially Captured",
          "Refunded",
          "Partially Refunded" ->
          amount.isZero()
              ? new Unknown("Checkout.com charged what was to be verified")
              : approved(id, amount, payment);
      case "Card Verified" ->
          amount.isZero()
              ? approved(id, amount, payment)
              : new Pending(id, "Checkout.com verified what was to be charged");
      case "Declined", "Canceled", "Expired", "Voided" -> refused(id, status, payment);
      case "Pending", "Authentication Requested" -> pending(id, payment);
      case "Requested", "Active" -> new Pending(id);
      case "Retry Scheduled" -> new Pending(id, "Checkout.com will try the payment again");
      case null -> new Unknown("Checkout.com's answer has no status");
      default -> new Pending(id, "Checkout.com's answer has a status that is not documented");
    };
  }

  private static ProviderResult approved(String id, Money amount, JsonTree payment) {
    if (!payment.at("approved").isTrue()) {
      return new Unknown("Checkout.com's answer contradicts itself");
    }
    if (code(payment).equals(Optional.of(PARTIAL))) {
      return new Pending(id, "Checkout.com approved a part of the amount: void the payment there");
    }
    return isAmount(amount, payment)
        ? new Approved(id, CheckoutComDetails.of(payment, said(payment)))
        : new Unknown("Checkout.com approved another amount");
  }

  private static Declined refused(String id, String status, JsonTree payment) {
    ProviderWords said = said(payment);
    return new Declined(
        code(payment).map(CheckoutComCodes::decline).orElseGet(() -> withoutCode(payment)),
        id,
        CheckoutComDetails.of(
                payment, said.equals(ProviderWords.NONE) ? new ProviderWords(status, null) : said)
            .advised(CheckoutComDetails.advice(payment)));
  }

  /**
   * A payment that is looked up has no response code: only its actions do, and those it shows to a
   * shopper's session alone. What its authentication ended with it does show.
   */
  private static DeclineCode withoutCode(JsonTree payment) {
    JsonTree response = payment.at("3ds", "authentication_response");
    return response.is("N") || response.is("R")
        ? DeclineCode.AUTHENTICATION_FAILED
        : DeclineCode.GENERIC_DECLINE;
  }

  private static ProviderResult pending(String id, JsonTree payment) {
    JsonTree redirect = payment.at("_links", "redirect", "href");
    if (redirect.isAbsent()) {
      return new Pending(id);
    }
    String url = redirect.url();
    return url == null
        ? new Unknown("Checkout.com asks for an action and does not say where")
        : new RequiresAction(id, url);
  }

  /**
   * What the payment shows of what followed it: a capture by what was taken, a void and a reversal
   * by its status. Of several refunds it does not show which was which, and of nothing that it was
   * refused: those wait for their notifications.
   */
  static ProviderResult followed(ProviderOperation.Lookup lookup, JsonTree payment) {
    String id = payment.at("id").id();
    if (id == null || !id.equals(lookup.authorization())) {
      return new Unknown("Checkout.com's answer is about another payment");
    }
    String own = lookup.providerReference();
    String status = String.valueOf(payment.at("status").text());
    Money amount = lookup.amount();
    if (lookup.kind() == OperationKind.CAPTURE && amount != null) {
      return captured(own == null ? id : own, status, amount, payment);
    }
    if (lookup.kind() == OperationKind.CANCEL) {
      return amount == null
          ? canceled(own == null ? id : own, own, status)
          : reversed(own, status, amount, payment);
    }
    return own == null
        ? new Unknown("Checkout.com does not show this refund by its reference")
        : new Pending(own);
  }

  private static ProviderResult canceled(String reference, @Nullable String own, String status) {
    return switch (status) {
      case "Voided", "Canceled", "Expired" -> new Approved(reference, Details.NONE);
      case "Authorized" -> own == null ? new NotFound() : new Pending(own);
      default -> new Pending(own, "Checkout.com did not void the payment: it is " + plain(status));
    };
  }

  /** All of it went back, by a void or by a refund, whoever asked for it. */
  private static ProviderResult reversed(
      @Nullable String own, String status, Money amount, JsonTree payment) {
    String reference = own == null ? String.valueOf(payment.at("id").id()) : own;
    return switch (status) {
      case "Voided", "Canceled", "Expired" -> new Approved(reference, Details.NONE);
      case "Refunded" ->
          CheckoutComConnector.AMOUNTS.isExactly(
                  amount, payment.at("balances", "total_refunded"), payment.at("currency"))
              ? new Approved(reference, Details.NONE)
              : new Unknown("Checkout.com gave back another amount");
      default ->
          own == null
              ? new Unknown("Checkout.com does not show this reversal by its reference")
              : new Pending(own);
    };
  }

  private static ProviderResult captured(
      String reference, String status, Money amount, JsonTree payment) {
    return switch (status) {
      case "Captured", "Partially Captured", "Refunded", "Partially Refunded", "Paid" ->
          CheckoutComConnector.AMOUNTS.isExactly(
                  amount, payment.at("balances", "total_captured"), payment.at("currency"))
              ? new Approved(reference, Details.NONE)
              : new Unknown("Checkout.com captured another amount");
      case "Voided", "Canceled", "Expired", "Declined" ->
          new Declined(
              DeclineCode.GENERIC_DECLINE,
              reference,
              Details.said(new ProviderWords(status, null)));
      default -> new Pending(reference);
    };
  }

  private static String plain(String status) {
    return String.valueOf(new ProviderWords(status, null).code());
  }

  static boolean isAmount(Money amount, JsonTree payment) {
    return CheckoutComConnector.AMOUNTS.isExactly(
        amount, payment.at("amount"), payment.at("currency"));
  }

  private static Optional<String> code(JsonTree payment) {
    return Optional.ofNullable(payment.at("response_code").text());
  }

  private static ProviderWords said(JsonTree at) {
    return new ProviderWords(at.at("response_code").text(), at.at("response_summary").text());
  }
}
