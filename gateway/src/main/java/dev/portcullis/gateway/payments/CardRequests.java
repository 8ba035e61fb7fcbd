package dev.portcullis.gateway.payments;

import dev.portcullis.kit.Money;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a payment asks for of its card if it can be had. No provider here can do any of it: the wish
 * is kept, and the charge says that it was not to be had.
 */
final class CardRequests {

  private static final List<String> WISHES =
      List.of(
          "request_extended_authorization",
          "request_incremental_authorization",
          "request_multicapture",
          "request_overcapture");

  /** {@code payment_method_options[card]}. */
  static final Shape SHAPE = shape();

  private CardRequests() {}

  private static Shape shape() {
    Shape shape = Shape.of(Param.choice("request_three_d_secure", "automatic"));
    for (String wish : WISHES) {
      shape = shape.and(Param.choice(wish, "if_available", "never"));
    }
    return shape
        .refusing("there are no instalments here.", "installments")
        .refusing("mandates for cards are not made here.", "mandate_options")
        .refusing("the provider chooses the network.", "network")
        .refusing(
            "a card authenticates at the provider; results of elsewhere are not taken.",
            "three_d_secure")
        .refusing("a CVC goes to the cards origin alone, with its card.", "cvc_token")
        .refusing("cards are typed in by their holders.", "moto");
  }

  /** The wishes after a request that changes some of them. */
  static Map<String, @Nullable Object> read(Map<String, @Nullable Object> details, Arguments sent) {
    Map<String, @Nullable Object> wishes = new LinkedHashMap<>(of(details));
    for (String name : WISHES) {
      sent.string(name).ifPresent(wish -> wishes.put(name, wish));
    }
    return wishes;
  }

  /** The wishes among an intent's details, by the API's names; those that were made alone. */
  static Map<String, @Nullable Object> of(Map<String, @Nullable Object> details) {
    return details.get("card_requests") instanceof Map<?, ?> map
        ? Doc.cast(map)
        : new LinkedHashMap<>();
  }

  /** What became of them on a charge. */
  static void putOutcome(Map<String, @Nullable Object> card, Money authorized) {
    card.put("extended_authorization", Map.of("status", "disabled"));
    card.put("incremental_authorization", Map.of("status", "unavailable"));
    card.put("multicapture", Map.of("status", "unavailable"));
    card.put(
        "overcapture",
        Map.of("maximum_amount_capturable", authorized.minorUnits(), "status", "unavailable"));
  }
}
