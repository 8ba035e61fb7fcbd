package dev.portcullis.wire.key;

import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the API key from a request's {@code Authorization} header. */
public final class Credentials {

  private static final String BEARER = "bearer ";
  private static final String BASIC = "basic ";

  private Credentials() {}

  /**
   * The key of a Bearer header, or of a Basic one with the key as user and an empty password.
   *
   * @throws ApiException 401 if there is none, or it has not the form of a key
   */
  public static ApiKey fromAuthorization(@Nullable String header) {
    if (header == null || header.isBlank()) {
      throw new ApiException(missing());
    }
    String lower = header.toLowerCase(Locale.ROOT);
    String text;
    if (lower.startsWith(BEARER)) {
      text = header.substring(BEARER.length()).strip();
    } else if (lower.startsWith(BASIC)) {
      text = basicUser(header.substring(BASIC.length()).strip());
    } else {
      throw new ApiException(missing());
    }
    if (text.isEmpty()) {
      throw new ApiException(missing());
    }
    return ApiKey.parse(text).orElseThrow(() -> new ApiException(invalid(text)));
  }

  private static String basicUser(String encoded) {
    try {
      String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0 ? pair : pair.substring(0, colon);
    } catch (IllegalArgumentException e) {
      throw new ApiException(
          ApiErrors.unauthorized("The Authorization header is not valid Basic authentication."), e);
    }
  }

  private static ApiError missing() {
    return ApiErrors.unauthorized(
        "You did not provide an API key. You need to provide your API key in the Authorization"
            + " header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').");
  }

  /** 401 for a text that is no key, or a key that is not known; never shows the whole of it. */
  public static ApiError invalid(String text) {
    String printable = text.replaceAll("[^0-9A-Za-z_]", "?");
    String shown =
        printable.length() < 20
            ? "*".repeat(printable.length())
            : printable.substring(0, 8) + "*****" + printable.substring(printable.length() - 4);
    return ApiErrors.unauthorized("Invalid API Key provided: " + shown);
  }
}
