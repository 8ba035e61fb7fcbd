package dev.portcullis.simulator;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which members of a request are card data that is not even hashed. */
final class CardMembers {
  private static final Set<String> CODES =
      Set.of("cvc", "cvv", "cvv2", "security_code", "securitycode", "cardcode");
  private static final Pattern NUMBER = Pattern.compile("[0-9 -]{12,30}");

  private CardMembers() {}

  /** The value, or of card data what may be kept. */
  static @Nullable Object safe(String name, @Nullable Object value) {
    if (CODES.contains(name.toLowerCase(Locale.ROOT))) {
      return "";
    }
    return value instanceof String text && NUMBER.matcher(text).matches()
        ? "…" + text.substring(text.length() - 4)
        : value;
  }
}
