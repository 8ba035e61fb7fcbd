package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a payment asks for of its card. If it asks for authentication, it goes to a provider that
 * can ask for one, or to nobody; what a card's issuer makes of it, the charge shows. The other
 * wishes are for what can be had, and no provider here can do any of it: they are kept, and the
 * charge says that they were not to be had.
 */
public final class CardRequests {

  /** Where they stand among an intent's details. */
  public static final String NAME = "card_requests";

  private static final List<String> WISHES =
      List.of(
          "request_extended_authorization",
          "request_incremental_authorization",
          "request_multicapture",
          "request_overcapture");

  private static final String THREE_D_SECURE = "request_three_d_secure";
  private static final String AUTOMATIC = "automatic";

  /** Each asks for more than the one before. */
  private static final List<String> DEMANDS = List.of(AUTOMATIC, "any", "challenge");

  /** When to authenticate the shopper. */
  public static final Param AUTHENTICATION =
      Param.choice(THREE_D_SECURE, DEMANDS.toArray(String[]::new));

  /** {@code payment_method_options[card]}. */
  static final Shape SHAPE = shape();

  private CardRequests() {}

  private static Shape shape() {
    Shape shape = Shape.of(AUTHENTICATION);
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
    Map<String, @Nullable Object> wishes = readAuthentication(details, sent);
    for (String name : WISHES) {
      sent.string(name).ifPresent(wish -> wishes.put(name, wish));
    }
    return wishes;
  }

  private static Map<String, @Nullable Object> readAuthentication(
      Map<String, @Nullable Object> details, Arguments sent) {
    Map<String, @Nullable Object> wishes = new LinkedHashMap<>(of(details));
    sent.string(THREE_D_SECURE).ifPresent(wish -> wishes.put(THREE_D_SECURE, wish));
    return wishes;
  }

  /** The only one that a checkout page takes. */
  public static Map<String, @Nullable Object> authentication(Arguments sent) {
    return shown(Map.of(NAME, readAuthentication(Map.of(), sent)));
  }

  /** The wishes as the API shows them: when to authenticate is always said. */
  static Map<String, @Nullable Object> shown(Map<String, @Nullable Object> details) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>(of(details));
    shown.putIfAbsent(THREE_D_SECURE, AUTOMATIC);
    return shown;
  }

  /** Whether those of a request ask for less than the merchant did. */
  static boolean relax(Map<String, @Nullable Object> details, Arguments sent) {
    int demanded = DEMANDS.indexOf(String.valueOf(shown(details).get(THREE_D_SECURE)));
    return sent.hash("payment_method_options")
        .flatMap(options -> options.hash("card"))
        .flatMap(card -> card.string(THREE_D_SECURE))
        .filter(wish -> DEMANDS.indexOf(wish) < demanded)
        .isPresent();
  }

  /** When the shopper of an intent with those details is to be authenticated. */
  static Challenge.Wish challenge(Map<String, @Nullable Object> details) {
    return switch (DEMANDS.indexOf(String.valueOf(shown(details).get(THREE_D_SECURE)))) {
      case 0 -> Challenge.Wish.IF_NEEDED;
      case 1 -> Challenge.Wish.ALWAYS;
      default -> Challenge.Wish.QUESTION;
    };
  }

  /** The wishes among an intent's details, by the API's names; those that were made alone. */
  static Map<String, @Nullable Object> of(Map<String, @Nullable Object> details) {
    return details.get(NAME) instanceof Map<?, ?> map ? Doc.cast(map) : new LinkedHashMap<>();
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
