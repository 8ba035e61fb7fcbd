package dev.portcullis.simulator;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request for an authorization.
 *
 * @param reference the caller's id and idempotency key
 * @param terms what is asked
 * @param card the card, for as long as the request lives
 * @param shopperPresent whether somebody can answer a challenge
 * @param networkTransactionId the proof of an earlier set-up, or null
 * @param returnUrl where a challenge ends
 * @param way how it is gone about
 */
public record AuthorizationRequest(
    String reference,
    Operation.Terms terms,
    CardData card,
    boolean shopperPresent,
    @Nullable String networkTransactionId,
    String returnUrl,
    Way way) {

  /**
   * How an authorization is gone about.
   *
   * @param challenge whether the merchant wants one, whatever the card
   * @param completed whether the shopper's answer alone decides; otherwise {@link
   *     Acquirer#complete}
   * @param notes what the provider's API keeps with it
   * @param authenticated whether the shopper was authenticated elsewhere, and the request proves it
   */
  public record Way(
      boolean challenge, boolean completed, Operation.Notes notes, boolean authenticated) {
    /** Nobody was authenticated elsewhere. */
    public Way(boolean challenge, boolean completed, Operation.Notes notes) {
      this(challenge, completed, notes, false);
    }

    /** As the card asks, and nothing is kept. */
    public static final Way PLAIN = new Way(false, true, Operation.Notes.NONE);
  }

  private static final Set<String> NAMES =
      Set.of(
          "reference",
          "amount",
          "currency",
          "capture",
          "card",
          "initiator",
          "setup",
          "network_transaction_id",
          "return_url",
          "challenge");
  private static final Set<String> CARD_NAMES = Set.of("number", "exp_month", "exp_year", "cvc");

  /**
   * Reads the request.
   *
   * @throws Refused naming the member that is wrong
   */
  static AuthorizationRequest read(Map<String, @Nullable Object> body) {
    Fields fields = Fields.of(body).only(NAMES);
    CardData card = card(fields.object("card").only(CARD_NAMES));
    Operation.Terms terms =
        new Operation.Terms(
            fields.amount("amount", 0),
            fields.currency("currency"),
            fields.truth("capture"),
            fields.truth("setup"),
            card.last4(),
            card.story());
    return new AuthorizationRequest(
        fields.text("reference"),
        terms,
        card,
        shopperPresent(fields.text("initiator")),
        fields.optionalText("network_transaction_id"),
        fields.webAddress("return_url"),
        new Way(fields.optionalTruth("challenge").orElse(false), true, Operation.Notes.NONE));
  }

  private static boolean shopperPresent(String initiator) {
    return switch (initiator) {
      case "customer" -> true;
      case "merchant" -> false;
      default -> throw Refused.invalid("initiator", "customer or merchant is needed.");
    };
  }

  private static CardData card(Fields fields) {
    String number = fields.text("number");
    if (!number.matches("[0-9]{12,19}")) {
      throw Refused.invalid("card.number", "A card number is needed.");
    }
    return new CardData(
        number, fields.text("exp_month"), fields.text("exp_year"), fields.optionalText("cvc"));
  }

  /** Everything that makes two requests the same, without the number and the CVC. */
  String comparable() {
    return String.join(
        "\n",
        "authorization",
        Long.toString(terms.amount()),
        terms.currency(),
        Boolean.toString(terms.capture()),
        Boolean.toString(terms.setup()),
        card.comparable(),
        Boolean.toString(shopperPresent),
        String.valueOf(networkTransactionId),
        Boolean.toString(way.challenge),
        returnUrl);
  }
}
