package dev.portcullis.wire.idempotency;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A client's {@code Idempotency-Key}: requests with the same one are one request.
 *
 * @param value 1 to {@value #MAX_LENGTH} printable ASCII characters
 */
public record IdempotencyKey(String value) {

  private static final int MAX_LENGTH = 255;

  /**
   * Reads the header; empty if there is none.
   *
   * @throws ApiException 400 if the key is empty, too long or not printable
   */
  public static Optional<IdempotencyKey> parse(@Nullable String header) {
    if (header == null) {
      return Optional.empty();
    }
    String value = header.strip();
    if (value.isEmpty()
        || value.length() > MAX_LENGTH
        || !value.chars().allMatch(c -> c >= 0x20 && c <= 0x7e)) {
      throw new ApiException(
          ApiErrors.badRequest(
                  "The Idempotency-Key must be 1 to " + MAX_LENGTH + " printable characters.")
              .withCode("idempotency_key_invalid"));
    }
    return Optional.of(new IdempotencyKey(value));
  }
}
