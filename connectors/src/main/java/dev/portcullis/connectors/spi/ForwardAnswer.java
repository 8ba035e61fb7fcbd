package dev.portcullis.connectors.spi;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A provider's complete HTTP answer, reduced by the vault to the fields that its policy lets out.
 *
 * @param status the HTTP status as received
 * @param body the filtered JSON object (strings, longs, {@code BigDecimal}s, booleans, lists, maps,
 *     nulls), or null when the answer held no JSON object
 */
public record ForwardAnswer(int status, @Nullable Map<String, @Nullable Object> body) {
  /**
   * Takes a copy, so that an answer cannot change while it is being read. Written out because a
   * compact constructor's class file forgets that the values may be null.
   */
  public ForwardAnswer(int status, @Nullable Map<String, @Nullable Object> body) {
    this.status = status;
    this.body =
        body == null
            ? null
            : Collections.<String, @Nullable Object>unmodifiableMap(
                new LinkedHashMap<String, @Nullable Object>(body));
  }
}
