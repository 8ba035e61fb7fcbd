package dev.portcullis.wire.key;

import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;

/**
 * What is said to whoever holds a key that is known and yet may not. Only the holder of the whole
 * key ever gets to read these.
 */
public final class KeyRefusals {

  private KeyRefusals() {}

  /** 401 for a key that has expired or was revoked. */
  public static ApiError expired(ApiKey key) {
    return ApiErrors.unauthorized("Expired API Key provided: " + key.redacted())
        .withCode("api_key_expired");
  }

  /** 403 for a key that may not come from where it comes. */
  public static ApiError otherAddress(ApiKey key) {
    return ApiErrors.forbidden(
        "The API key provided (" + key.redacted() + ") may not be used from this address.");
  }

  /**
   * 403 for a restricted key without a permission, which is named as whoever makes keys names it.
   *
   * @param hint the key's redacted form
   */
  public static ApiError lacks(String hint, String account, Permission needed) {
    return ApiErrors.forbidden(
        "The provided key '"
            + hint
            + "' does not have the required permissions for this endpoint on account '"
            + account
            + "'. Having the '"
            + needed.wireName()
            + "' permission would allow this request to continue.");
  }
}
