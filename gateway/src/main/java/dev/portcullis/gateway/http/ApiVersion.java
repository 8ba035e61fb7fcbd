package dev.portcullis.gateway.http;

import dev.portcullis.gateway.versions.Version;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The version of the API that a request speaks. */
public final class ApiVersion {

  /** The version that objects are shown in, before an older one is made of it. */
  public static final String CURRENT = "2026-10-28.endive";

  private ApiVersion() {}

  /**
   * The version that the request names.
   *
   * @param header {@code Stripe-Version}, or null
   * @return empty if it names none: then it is the account's default
   * @throws ApiException 400 if it is no version that is supported
   */
  static Optional<Version> of(@Nullable String header) {
    if (header == null) {
      return Optional.empty();
    }
    return Optional.of(
        Version.find(header)
            .orElseThrow(
                () ->
                    new ApiException(
                        ApiErrors.badRequest(
                            "Invalid Stripe API version: "
                                + ApiErrors.shown(header)
                                + ". Supported are "
                                + Version.SUPPORTED
                                + "."))));
  }
}
