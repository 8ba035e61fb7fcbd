package dev.portcullis.simulator;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What goes back over HTTP.
 *
 * @param status the HTTP status
 * @param headers beside those of every answer
 * @param body the JSON object, or null for none
 */
public record Answer(
    int status,
    Map<String, String> headers,
    @Nullable Map<String, ? extends @Nullable Object> body) {
  /** A JSON object and no headers of its own. */
  public Answer(int status, Map<String, ? extends @Nullable Object> body) {
    this(status, Map.of(), body);
  }
}
