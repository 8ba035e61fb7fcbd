package dev.portcullis.gateway.http;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The version of the API that a request speaks. */
public final class ApiVersion {

  /** The version that objects are shown in. */
  public static final String CURRENT = "2026-10-28.endive";

  private static final Pattern FORM =
      Pattern.compile("20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(\\.[a-z]{1,30})?");

  private ApiVersion() {}

  /**
   * The version to echo.
   *
   * @param header {@code Stripe-Version}, or null for the current one
   * @throws ApiException 400 if it is no version
   */
  static String of(@Nullable String header) {
    if (header == null || header.equals(CURRENT)) {
      return CURRENT;
    }
    if (!FORM.matcher(header).matches()) {
      throw new ApiException(
          ApiErrors.badRequest(
              "Invalid Stripe API version: "
                  + ApiErrors.shown(header)
                  + ". Versions look like "
                  + CURRENT
                  + "."));
    }
    return header;
  }
}
