package dev.portcullis.gateway.http;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request, as far as HTTP tells. All but the address is what it says of itself, and cut
 * at {@value #LONGEST} characters.
 *
 * @param address from where it comes
 * @param userAgent the header {@code User-Agent}, or null
 * @param accept the header {@code Accept}, or null
 * @param language the first language of {@code Accept-Language}, or null
 */
public record Sender(
    String address,
    @Nullable String userAgent,
    @Nullable String accept,
    @Nullable String language) {

  private static final int LONGEST = 400;

  /** Somebody who says nothing of themselves. */
  public static Sender at(String address) {
    return new Sender(address, null, null, null);
  }

  static Sender of(String address, HttpServletRequest http) {
    String languages = header(http, "Accept-Language");
    return new Sender(
        address,
        header(http, "User-Agent"),
        header(http, "Accept"),
        languages == null ? null : languages.split("[,;]", 2)[0].strip());
  }

  private static @Nullable String header(HttpServletRequest http, String name) {
    String value = http.getHeader(name);
    if (value == null || value.isBlank()) {
      return null;
    }
    return value.length() > LONGEST ? value.substring(0, LONGEST) : value;
  }

  /** Not what a browser says: it tells people apart. */
  @Override
  public String toString() {
    return "Sender[" + address + "]";
  }
}
