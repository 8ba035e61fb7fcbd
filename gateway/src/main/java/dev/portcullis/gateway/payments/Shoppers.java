package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.Challenge.Browser;
import dev.portcullis.connectors.spi.Challenge.Wish;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Sender;
import dev.portcullis.gateway.paymentmethods.PaymentMethod;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of whoever pays, for a provider that compares or weighs it. */
final class Shoppers {

  private Shoppers() {}

  /**
   * Who pays.
   *
   * @param card what is paid with, or null where the intent was given it before
   * @param details the payment's details, whose {@code receipt_email} stands in for the card's
   */
  static Shopper of(
      @Nullable PaymentMethod card,
      Map<String, @Nullable Object> details,
      @Nullable String address) {
    Map<?, ?> billing = map(card == null ? null : card.doc().get("billing_details"));
    Map<?, ?> home = map(billing.get("address"));
    String email = text(billing, "email");
    return new Shopper(
        text(billing, "name"),
        email == null ? text(details, "receipt_email") : email,
        text(billing, "phone"),
        new Shopper.Address(
            text(home, "line1"),
            text(home, "line2"),
            text(home, "city"),
            text(home, "state"),
            text(home, "postal_code"),
            text(home, "country")),
        address);
  }

  /**
   * What a challenge needs. The browser is the shopper's where a page speaks; a server's headers
   * say nothing of theirs.
   *
   * @param wish when the shopper is to be authenticated
   */
  static Challenge challenge(ApiRequest request, String returnUrl, Wish wish) {
    return new Challenge(
        wish, returnUrl, request.principal().isPublishable() ? browser(request.sender()) : null);
  }

  private static @Nullable Browser browser(Sender sender) {
    return sender.userAgent() == null
        ? null
        : new Browser(
            sender.userAgent(),
            sender.accept() == null ? "*/*" : sender.accept(),
            sender.language() == null ? "en" : sender.language());
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static @Nullable String text(Map<?, ?> map, String name) {
    return map.get(name) instanceof String text && !text.isBlank() ? text : null;
  }
}
