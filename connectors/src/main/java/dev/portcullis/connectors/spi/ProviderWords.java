package dev.portcullis.connectors.spi;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says in words of its own, for the operator alone: never shown to whoever pays or
 * calls the API. Bounded and scrubbed of whatever could be a card number, since a provider may echo
 * what it was sent.
 *
 * @param code the provider's own code, at most {@value #MOST_CODE} characters, or null
 * @param message its sentence, at most {@value #MOST_MESSAGE} characters, or null
 */
public record ProviderWords(@Nullable String code, @Nullable String message) {

  /** It says nothing. */
  public static final ProviderWords NONE = new ProviderWords(null, null);

  static final int MOST_CODE = 64;
  static final int MOST_MESSAGE = 200;

  /** So much of a text is looked at. */
  private static final int MOST_READ = 2_000;

  /** A card number has 12 digits or more, and may be written in groups. */
  private static final Pattern DIGITS = Pattern.compile("\\p{Nd}(?:[ ._/-]?\\p{Nd}){11,}");

  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\s]+");

  /** Bounds and scrubs. */
  public ProviderWords {
    code = plain(code, MOST_CODE);
    message = plain(message, MOST_MESSAGE);
  }

  /** Both in one line, or an empty text. */
  public String line() {
    if (code == null) {
      return message == null ? "" : message;
    }
    return message == null ? code : code + ": " + message;
  }

  private static @Nullable String plain(@Nullable String text, int most) {
    if (text == null) {
      return null;
    }
    String read = text.length() > MOST_READ ? text.substring(0, MOST_READ) : text;
    String line = CONTROL.matcher(read).replaceAll(" ").strip();
    String scrubbed = DIGITS.matcher(line).replaceAll("[digits]");
    String cut = scrubbed.length() > most ? scrubbed.substring(0, most) : scrubbed;
    return cut.isEmpty() ? null : cut;
  }
}
