package dev.portcullis.gateway.checkout;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a session's page asks of the shopper. */
final class PageAsks {

  private PageAsks() {}

  static boolean phone(CheckoutSession session) {
    return Boolean.TRUE.equals(session.hash("phone_number_collection").get("enabled"));
  }

  static boolean billing(CheckoutSession session) {
    return "required".equals(session.text("billing_address_collection"));
  }

  static boolean shipping(CheckoutSession session) {
    return !session.hash("shipping_address_collection").isEmpty();
  }

  /** The countries that may be shipped to. */
  static List<String> countries(CheckoutSession session) {
    return session.hash("shipping_address_collection").get("allowed_countries") instanceof List<?> l
        ? l.stream().map(Object::toString).toList()
        : List.of();
  }

  static boolean terms(CheckoutSession session) {
    return "required".equals(session.hash("consent_collection").get("terms_of_service"));
  }

  static boolean promotions(CheckoutSession session) {
    return "auto".equals(session.hash("consent_collection").get("promotions"));
  }

  /** Whether the shopper may have a new card kept: it needs somebody to be kept for. */
  static boolean saving(CheckoutSession session) {
    return session.text("customer") != null
        && !session.isSetup()
        && "enabled"
            .equals(session.hash("saved_payment_method_options").get("payment_method_save"));
  }

  /** Of which words of a card's {@code allow_redisplay} the page shows it. */
  static List<String> redisplayed(CheckoutSession session) {
    return session.hash("saved_payment_method_options").get("allow_redisplay_filters")
            instanceof List<?> words
        ? words.stream().map(Object::toString).toList()
        : List.of("always");
  }

  /** The merchant's own questions. */
  static List<Map<?, ?>> fields(CheckoutSession session) {
    return session.doc().get("custom_fields") instanceof List<?> fields
        ? fields.stream()
            .flatMap(
                each -> each instanceof Map<?, ?> map ? Stream.<Map<?, ?>>of(map) : Stream.of())
            .toList()
        : List.of();
  }
}
