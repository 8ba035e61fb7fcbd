package dev.portcullis.connectors.spi;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the card's network passed on with a refusal, beside the provider's own word for it.
 *
 * @param action what to do about it, or null where nobody says
 * @param code Mastercard's merchant advice code, or where a provider has codes of that meaning for
 *     other networks theirs: two digits, or null
 * @param declineCode the network's own code for the reason (of PayPal, its processor's): 2 to 4
 *     digits and capital letters, or null
 */
public record NetworkAdvice(
    @Nullable Action action, @Nullable String code, @Nullable String declineCode) {

  /** Providers put a sentence behind it, and some leave the leading zero away. */
  private static final Pattern CODE = Pattern.compile("\\s*([0-9]{1,2})\\s*(?::.*)?");

  private static final Pattern DECLINE_CODE = Pattern.compile("\\s*([0-9A-Z]{1,4})\\s*(?::.*)?");

  private static final Pattern TWO_DIGITS = Pattern.compile("[0-9]{2}");
  private static final Pattern FEW = Pattern.compile("[0-9A-Z]{2,4}");

  /**
   * Mastercard's codes, by what they ask of the merchant (Transaction Processing Excellence
   * programme, merchant advice codes): 01 new account information, 02 and 24 to 30 not now, 03
   * never, 04 and 22 not like this, 21 the shopper has ended the agreement, 40 and 41 cards that
   * cannot be filled again.
   */
  private static final Map<String, Action> MEANINGS =
      Map.ofEntries(
          Map.entry("01", Action.CONFIRM_CARD_DATA),
          Map.entry("02", Action.TRY_AGAIN_LATER),
          Map.entry("03", Action.DO_NOT_TRY_AGAIN),
          Map.entry("04", Action.DO_NOT_TRY_AGAIN),
          Map.entry("21", Action.DO_NOT_TRY_AGAIN),
          Map.entry("22", Action.DO_NOT_TRY_AGAIN),
          Map.entry("24", Action.TRY_AGAIN_LATER),
          Map.entry("25", Action.TRY_AGAIN_LATER),
          Map.entry("26", Action.TRY_AGAIN_LATER),
          Map.entry("27", Action.TRY_AGAIN_LATER),
          Map.entry("28", Action.TRY_AGAIN_LATER),
          Map.entry("29", Action.TRY_AGAIN_LATER),
          Map.entry("30", Action.TRY_AGAIN_LATER),
          Map.entry("40", Action.DO_NOT_TRY_AGAIN),
          Map.entry("41", Action.DO_NOT_TRY_AGAIN));

  /** Nothing was passed on. */
  public static final NetworkAdvice NONE = new NetworkAdvice(null, null, null);

  /** Refuses what is not in its form. */
  public NetworkAdvice {
    if (code != null && !TWO_DIGITS.matcher(code).matches()) {
      throw new IllegalArgumentException("an advice code has two digits");
    }
    if (declineCode != null && !FEW.matcher(declineCode).matches()) {
      throw new IllegalArgumentException("a network's code has 2 to 4 digits and capital letters");
    }
  }

  /** What to do about a refusal; {@link #wire()} is Stripe's word for it. */
  public enum Action {
    /** The card's data are not as the issuer has them. */
    CONFIRM_CARD_DATA,
    /** It will be refused again. */
    DO_NOT_TRY_AGAIN,
    /** Another time it may be approved. */
    TRY_AGAIN_LATER;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** The word in the API: the name in lower case. */
    public String wire() {
      return wire;
    }

    private static @Nullable Action find(@Nullable String word) {
      for (Action action : values()) {
        if (action.wire.equals(word)) {
          return action;
        }
      }
      return null;
    }
  }

  /**
   * What a provider's answer says of it. What is not in the form of such a code counts as not said:
   * it comes from afar, and decides nothing then.
   *
   * @param code begins with the advice code: {@code 02}, {@code 3 : Do not try again}
   * @param declineCode begins with the network's code: {@code 51}, {@code 51 : Insufficient funds}
   */
  public static NetworkAdvice of(@Nullable String code, @Nullable String declineCode) {
    return of(null, code, declineCode);
  }

  /**
   * The same of a provider that also has a word for what to do.
   *
   * @param action that word, in Stripe's form; where there is none the code says it
   */
  public static NetworkAdvice of(
      @Nullable String action, @Nullable String code, @Nullable String declineCode) {
    String advice = begin(CODE, code);
    Action said = Action.find(action);
    return new NetworkAdvice(
        said == null && advice != null ? MEANINGS.get(advice) : said,
        advice,
        begin(DECLINE_CODE, declineCode));
  }

  /**
   * Whether the network or the provider says that it is not to be tried again with this card as it
   * is. What the network's code says counts whatever the provider makes of it.
   */
  public boolean isAgainstAnotherAttempt() {
    return isAgainst(action) || (code != null && isAgainst(MEANINGS.get(code)));
  }

  private static boolean isAgainst(@Nullable Action action) {
    return action == Action.DO_NOT_TRY_AGAIN || action == Action.CONFIRM_CARD_DATA;
  }

  private static @Nullable String begin(Pattern form, @Nullable String text) {
    Matcher matcher = form.matcher(Objects.requireNonNullElse(text, ""));
    if (!matcher.matches()) {
      return null;
    }
    String code = matcher.group(1);
    return code.length() == 1 ? "0" + code : code;
  }
}
