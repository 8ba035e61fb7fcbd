package dev.portcullis.gateway.checkout;

import dev.portcullis.kit.Money;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.text.MessageFormat;
import java.text.NumberFormat;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the hosted pages say in one language, and how they write amounts in one region, by CLDR.
 *
 * @param locale language and perhaps region
 * @param texts by their keys; {@code {0}} stands for what is put in
 */
record Words(Locale locale, Map<String, String> texts) {

  /** The languages that there are, the first of which is spoken to whoever asks for no other. */
  static final List<String> LANGUAGES = List.of("en", "de", "fr", "es", "pt", "ja");

  private static final Pattern LETTER_AND_DIGIT = Pattern.compile("(\\p{L})(\\d)");
  private static final int LONGEST_WISH = 200;

  private static final Map<String, Map<String, String>> ALL =
      LANGUAGES.stream().collect(Collectors.toUnmodifiableMap(Function.identity(), Words::load));

  /** The texts of a language, by their keys. */
  static Map<String, String> of(String language) {
    return Objects.requireNonNull(ALL.get(language));
  }

  private static Map<String, String> load(String language) {
    String name = "/checkout/words_" + language + ".properties";
    try (InputStream in = Objects.requireNonNull(Words.class.getResourceAsStream(name));
        Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      Properties properties = new Properties();
      properties.load(reader);
      Map<String, String> texts = new TreeMap<>();
      properties.forEach((key, text) -> texts.put((String) key, (String) text));
      return Map.copyOf(texts);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The words for a shopper.
   *
   * @param chosen the session's {@code locale}: a language tag, {@code auto} or null
   * @param accepted the header {@code Accept-Language}, or null
   */
  static Words of(@Nullable String chosen, @Nullable String accepted) {
    boolean auto = chosen == null || chosen.equals("auto");
    Locale locale = find(auto ? accepted : chosen);
    return new Words(locale, of(locale.getLanguage()));
  }

  private static Locale find(@Nullable String wishes) {
    if (wishes != null && wishes.length() <= LONGEST_WISH) {
      try {
        for (Locale.LanguageRange range : Locale.LanguageRange.parse(wishes)) {
          Locale locale = Locale.forLanguageTag(range.getRange());
          if (range.getWeight() > 0 && ALL.containsKey(locale.getLanguage())) {
            return new Locale.Builder()
                .setLanguage(locale.getLanguage())
                .setRegion(locale.getCountry())
                .build();
          }
        }
      } catch (IllegalArgumentException _) {
        // A browser that says nothing sensible is spoken to in the first language.
        return Locale.ENGLISH;
      }
    }
    return Locale.ENGLISH;
  }

  /** The language tag for {@code lang}. */
  String tag() {
    return locale.toLanguageTag();
  }

  /** A text with what is put into it. */
  String text(String key, Object... put) {
    String text = Objects.requireNonNull(texts.get(key), key);
    return put.length == 0 ? text : new MessageFormat(text, locale).format(put);
  }

  /** An amount as people of that region write it. */
  String amount(Money money) {
    Currency currency = Currency.getInstance(money.currency().code().toUpperCase(Locale.ROOT));
    NumberFormat format = NumberFormat.getCurrencyInstance(locale);
    format.setCurrency(currency);
    // ISK has two more digits on the wire than in a shop, MGA has none on the wire.
    int digits = Math.min(currency.getDefaultFractionDigits(), money.currency().exponent());
    format.setMinimumFractionDigits(digits);
    format.setMaximumFractionDigits(digits);
    String amount =
        format.format(BigDecimal.valueOf(money.minorUnits(), money.currency().exponent()));
    // UTS 35, 3.6 (currency spacing), which the JDK leaves out.
    return LETTER_AND_DIGIT.matcher(amount).replaceAll("$1\u00a0$2");
  }

  /** A number as people of that region write it. */
  String number(long number) {
    return NumberFormat.getIntegerInstance(locale).format(number);
  }

  /** A country's name. */
  String country(String code) {
    return new Locale.Builder().setRegion(code).build().getDisplayCountry(locale);
  }

  /** What a shopper is told of a decline: what they can do, and nothing that helps a thief. */
  String declined(String code) {
    return text(
        switch (code) {
          case "insufficient_funds" -> "declined.funds";
          case "expired_card", "invalid_expiry_month", "invalid_expiry_year" -> "declined.expired";
          case "incorrect_cvc", "invalid_cvc" -> "declined.cvc";
          case "incorrect_number", "invalid_number" -> "declined.number";
          case "authentication_required",
              "payment_intent_authentication_failure",
              "setup_intent_authentication_failure" ->
              "declined.authentication";
          case "card_not_supported", "currency_not_supported", "restricted_card" ->
              "declined.unsupported";
          case "card_velocity_exceeded", "withdrawal_count_limit_exceeded" -> "declined.limit";
          case "issuer_not_available",
              "processing_error",
              "reenter_transaction",
              "try_again_later" ->
              "declined.again";
          default -> "declined";
        });
  }
}
