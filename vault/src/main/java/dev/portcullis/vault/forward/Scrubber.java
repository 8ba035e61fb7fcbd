package dev.portcullis.vault.forward;

import dev.portcullis.wire.log.Redaction;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The second lock on an answer: takes out the secrets that this very request carried, should the
 * provider send them back: plain, with separators, in base64 at any offset, in hexadecimal, in the
 * escapes of URLs, JSON and HTML, twice over too. The first lock is that only named fields pass.
 */
final class Scrubber {

  private static final int SHORTEST = 6;
  private static final int MOST_ESCAPES = 3;
  private static final int MOST_PLACES = 100;

  private final List<String> exact = new ArrayList<>();
  private final List<String> anyCase = new ArrayList<>();
  private final List<String> digits = new ArrayList<>();
  private final List<Pattern> words = new ArrayList<>();

  /** Takes out a card number. */
  Scrubber cardNumber(byte[] number) {
    digits.add(new String(number, StandardCharsets.US_ASCII));
    // Digits in hexadecimal are digits too, and may be broken up like them.
    digits.add(HexFormat.of().formatHex(number));
    encoded(number);
    return this;
  }

  /** Takes out a credential. */
  Scrubber credential(byte[] secret) {
    String text = new String(secret, StandardCharsets.UTF_8);
    if (text.length() >= SHORTEST) {
      exact.add(text);
      encoded(secret);
    }
    return this;
  }

  /**
   * Takes out a CVC where it stands alone: three digits within a longer number or word are no CVC,
   * and taking them out would spoil references.
   */
  Scrubber cvc(byte[] cvc) {
    String text = new String(cvc, StandardCharsets.US_ASCII);
    words.add(Pattern.compile("(?<![0-9A-Za-z])" + Pattern.quote(text) + "(?![0-9A-Za-z])"));
    words.add(whole(Base64.getEncoder().encodeToString(cvc)));
    words.add(whole(HexFormat.of().formatHex(cvc)));
    return this;
  }

  private static Pattern whole(String text) {
    return Pattern.compile("(?<![0-9A-Za-z])" + Pattern.quote(text) + "(?![0-9A-Za-z])");
  }

  private void encoded(byte[] secret) {
    anyCase.add(HexFormat.of().formatHex(secret));
    StringBuilder percent = new StringBuilder();
    for (byte b : secret) {
      percent.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
    }
    anyCase.add(percent.toString());
    // As in a form, where a space is a plus: undoing escapes does not find that.
    String text = new String(secret, StandardCharsets.UTF_8);
    anyCase.add(URLEncoder.encode(text, StandardCharsets.UTF_8));
    for (int offset = 0; offset < 3; offset++) {
      exact.add(base64Core(secret, offset, Base64.getEncoder()));
      exact.add(base64Core(secret, offset, Base64.getUrlEncoder()));
    }
  }

  /** The characters of a base64 text that depend on the secret alone, when it starts there. */
  private static String base64Core(byte[] secret, int offset, Base64.Encoder encoder) {
    byte[] padded = new byte[offset + secret.length];
    System.arraycopy(secret, 0, padded, offset, secret.length);
    String text = encoder.withoutPadding().encodeToString(padded);
    int start = offset == 0 ? 0 : offset + 1;
    int end = padded.length * 8 / 6;
    return text.substring(start, end);
  }

  /** The tree without the secrets. */
  @Nullable Object scrub(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> object -> {
        Map<String, @Nullable Object> clean = new LinkedHashMap<>();
        object.forEach((name, member) -> clean.put(text((String) name), scrub(member)));
        yield clean;
      }
      case List<?> list -> {
        List<@Nullable Object> clean = new ArrayList<>();
        list.forEach(element -> clean.add(scrub(element)));
        yield clean;
      }
      case String text -> text(text);
      case Long number -> number(number, number.toString());
      case BigInteger number -> number(number, number.toString());
      case BigDecimal number -> decimal(number);
      case null, default -> value;
    };
  }

  /** The point may stand anywhere, and zeros at the end may be in the exponent. */
  private Object decimal(BigDecimal number) {
    if (Math.abs((long) number.scale()) > MOST_PLACES) {
      return Redaction.REDACTED; // written out it could fill the memory, and nobody needs it
    }
    String zeros = "0".repeat(Math.max(0, -number.scale()));
    return number(number, number.unscaledValue() + zeros);
  }

  private Object number(Object number, String shown) {
    return digits.stream().anyMatch(shown::contains) ? Redaction.REDACTED : number;
  }

  private String text(String text) {
    String clean = plain(text);
    String decoded = text;
    for (int round = 0; round < MOST_ESCAPES && clean.equals(text); round++) {
      String next = Escapes.decoded(decoded);
      if (next.equals(decoded)) {
        break;
      }
      decoded = next;
      if (!plain(decoded).equals(decoded)) {
        return Redaction.REDACTED;
      }
    }
    return clean;
  }

  private String plain(String text) {
    String clean = text;
    for (String secret : exact) {
      clean = clean.replace(secret, Redaction.REDACTED);
    }
    for (String secret : anyCase) {
      clean = replaceAnyCase(clean, secret);
    }
    for (String number : digits) {
      // A number broken up by anything but digits is still the number.
      if (clean.length() >= number.length() && onlyDigits(clean).contains(number)) {
        clean = Redaction.REDACTED;
      }
    }
    for (Pattern word : words) {
      clean = word.matcher(clean).replaceAll(Redaction.REDACTED);
    }
    return clean;
  }

  private static String replaceAnyCase(String text, String secret) {
    return text.toLowerCase(Locale.ROOT).contains(secret.toLowerCase(Locale.ROOT))
        ? Pattern.compile(Pattern.quote(secret), Pattern.CASE_INSENSITIVE)
            .matcher(text)
            .replaceAll(Redaction.REDACTED)
        : text;
  }

  private static String onlyDigits(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      int digit = Character.digit(c, 10); // of any script: a wide digit is one
      if (digit >= 0) {
        kept.append((char) ('0' + digit));
      }
    }
    return kept.toString();
  }
}
