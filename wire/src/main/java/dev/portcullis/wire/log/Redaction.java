package dev.portcullis.wire.log;

import dev.portcullis.wire.card.CardNumbers;
import java.util.regex.Pattern;

/**
 * Takes out of a text what no log may hold: card numbers, API keys, client secrets, credentials,
 * private keys. It is the second lock; the first is not to log them.
 */
public final class Redaction {

  /** What stands where something was taken out. */
  public static final String REDACTED = "[REDACTED]";

  private static final Pattern SECRETS =
      Pattern.compile(
          "(?:sk|rk)_(?:test|live)_[0-9A-Za-z]{8,}"
              + "|whsec_[0-9A-Za-z+/=]{8,}"
              + "|(?<=_secret_)[0-9A-Za-z]{8,}"
              + "|(?i:(?<=\\bbearer )[0-9A-Za-z._~+/=-]{8,})"
              + "|(?i:(?<=\\bbasic )[0-9A-Za-z+/=]{8,})"
              + "|(?i:(?<=password[=:])[^\\s&,;\"]+)"
              + "|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]{0,20000}");

  private Redaction() {}

  /** The text without secrets. */
  public static String scrub(String text) {
    String withoutCards = CardNumbers.replace(text, REDACTED);
    return mayHoldSecret(withoutCards)
        ? SECRETS.matcher(withoutCards).replaceAll(REDACTED)
        : withoutCards;
  }

  /** Most lines have nothing to take out; a few cheap searches spare them the pattern. */
  private static boolean mayHoldSecret(String text) {
    return text.contains("k_test_")
        || text.contains("k_live_")
        || text.contains("sec")
        || text.contains("earer ")
        || text.contains("EARER ")
        || text.contains("asic ")
        || text.contains("ASIC ")
        || text.regionMatches(true, 0, "bearer", 0, 6)
        || text.toLowerCase(java.util.Locale.ROOT).contains("password")
        || text.contains("PRIVATE KEY");
  }
}
