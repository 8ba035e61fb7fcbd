package dev.portcullis.wire.log;

import dev.portcullis.wire.card.CardNumbers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes out of a text what no log may hold: card numbers and their codes, API keys, client secrets,
 * credentials, private keys. It is the second lock; the first is not to log them.
 */
public final class Redaction {

  /** What stands where something was taken out. */
  public static final String REDACTED = "[REDACTED]";

  private static final Pattern SECRETS =
      Pattern.compile(
          "(?:sk|rk)_(?:test|live)_[0-9A-Za-z]{8,}"
              + "|wh(?:sec|sk)_[0-9A-Za-z+/=]{8,}"
              + "|(?<=_secret_)[0-9A-Za-z]{8,}"
              + "|(?i:(?<=\\bbearer )[0-9A-Za-z._~+/=-]{8,})"
              + "|(?i:(?<=\\bbasic )[0-9A-Za-z+/=]{8,})"
              + "|(?i:(?<=password[=:])[^\\s&,;\"]+)"
              + "|(?i:(?<=cv[cv]2?[^0-9a-z]{1,6})[0-9]{3,4}(?![0-9]))"
              + "|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]{0,20000}");

  /** What each secret has before it or in it, in small letters. */
  private static final List<String> SIGNS =
      List.of(
          "k_test_",
          "k_live_",
          "whsec_",
          "whsk_",
          "_secret_",
          "bearer ",
          "basic ",
          "password",
          "cvc",
          "cvv",
          "private key");

  private record Span(int start, int end) {}

  private Redaction() {}

  /**
   * The text without secrets, and with nothing in it that would be taken out of it another time:
   * what stands beside a gap can be a card number only now, since a longer number, a key or a UUID
   * that it belonged to is gone. It ends, since each turn takes characters out.
   */
  public static String scrub(String text) {
    String before = text;
    String after = once(before);
    while (!after.equals(before)) {
      before = after;
      after = once(before);
    }
    return after;
  }

  /**
   * All that is found in the text as it is, so that no gap cuts through what another rule finds.
   */
  private static String once(String text) {
    List<Span> spans = found(text);
    if (spans.isEmpty()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int from = 0;
    for (Span span : spans) {
      if (span.end() > from) {
        if (span.start() >= from) {
          out.append(text, from, span.start()).append(REDACTED);
        }
        from = span.end();
      }
    }
    return out.append(text, from, text.length()).toString();
  }

  private static List<Span> found(String text) {
    List<Span> spans = new ArrayList<>();
    CardNumbers.all(text).forEach(card -> spans.add(new Span(card.start(), card.end())));
    if (mayHoldSecret(text)) {
      Matcher secret = SECRETS.matcher(text);
      while (secret.find()) {
        spans.add(new Span(secret.start(), secret.end()));
      }
    }
    spans.sort(Comparator.comparingInt(Span::start));
    return spans;
  }

  /** Most lines have nothing to take out; a few cheap searches spare them the pattern. */
  private static boolean mayHoldSecret(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return SIGNS.stream().anyMatch(lower::contains);
  }
}
