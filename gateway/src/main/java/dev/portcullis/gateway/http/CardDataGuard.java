package dev.portcullis.gateway.http;

import dev.portcullis.wire.card.CardNumbers;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.ParamTree;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps card data out of this zone (PCI DSS 3.2.1): a parameter named like a card number or a
 * security code, wherever it stands, and a card number in any text end the request, before anything
 * is logged or stored. The answer names the parameter and never shows the value.
 */
public final class CardDataGuard {

  private static final Set<String> NAMES =
      Set.of(
          "number",
          "cvc",
          "cvv",
          "cvv2",
          "cvc2",
          "cid",
          "csc",
          "cardnumber",
          "cardcvc",
          "cardcvv",
          "cvccode",
          "cvvcode",
          "securitycode",
          "pan",
          "track1",
          "track2");

  private final String cardsUrl;

  /**
   * @param cardsUrl where card data belongs, for the message
   */
  public CardDataGuard(String cardsUrl) {
    this.cardsUrl = cardsUrl;
  }

  /**
   * Lets the parameters pass.
   *
   * @throws ApiException 400 if they hold card data
   */
  public void check(ParamTree tree) {
    tree.forEachText(
        (path, text) -> {
          if (isCardField(path) || hasCardNumber(path)) {
            throw refused(path);
          }
          if (hasCardNumber(text)) {
            throw refused(path);
          }
        });
  }

  /**
   * Lets a header, or any other text, pass.
   *
   * @throws ApiException 400 if it holds a card number
   */
  public void checkText(String name, @Nullable String value) {
    if (value != null && hasCardNumber(value)) {
      throw refused(name);
    }
  }

  /**
   * The answer to what belongs to the cards origin.
   *
   * @param path the parameter
   */
  public ApiException refused(String path) {
    return new ApiException(
        ApiErrors.invalid(
            ApiErrors.shown(path),
            "card_data_not_allowed",
            "Card data must not be sent to this address. Send it to the cards origin, "
                + cardsUrl
                + "/v1/payment_methods or "
                + cardsUrl
                + "/v1/tokens, and use the id that it answers with."));
  }

  /**
   * The answer to a page that hands its card in here. To be told to use a secret key would be to be
   * told to put one into a page.
   *
   * @param path what the cards origin serves too, such as {@code /v1/tokens}
   */
  ApiException pageAtWrongOrigin(String path) {
    return new ApiException(
        ApiErrors.forbidden(
                "A page must not send a card to this address. Send it to the cards origin, with the"
                    + " same publishable API key, "
                    + cardsUrl
                    + path
                    + ", and use the id that it answers with.")
            .withCode("card_data_not_allowed"));
  }

  /** Whether any segment of the bracket path is a card field's name. */
  private static boolean isCardField(String path) {
    int start = 0;
    for (int at = 0; at <= path.length(); at++) {
      if (at == path.length() || path.charAt(at) == '[' || path.charAt(at) == ']') {
        if (at > start && NAMES.contains(plain(path.substring(start, at)))) {
          return true;
        }
        start = at + 1;
      }
    }
    return false;
  }

  /** The name as it would be without case and separators: {@code Card-Number} is cardnumber. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "").replace(" ", "");
  }

  private static boolean hasCardNumber(String text) {
    return hasDigits(text) && CardNumbers.find(text);
  }

  /** Thirteen digits, of any script, are the least that a card number has. */
  private static boolean hasDigits(String text) {
    return text.chars().filter(Character::isDigit).limit(13).count() == 13;
  }
}
