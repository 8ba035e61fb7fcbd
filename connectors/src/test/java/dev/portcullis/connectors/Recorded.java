package dev.portcullis.connectors;

import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.wire.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer in the form in which a provider sends it.
 *
 * @param status the HTTP status
 * @param body the whole JSON object
 */
public record Recorded(int status, Map<String, @Nullable Object> body) {

  public static Recorded of(int status, String json) {
    return new Recorded(status, Json.readObject(json));
  }

  ForwardAnswer answer() {
    return new ForwardAnswer(status, body);
  }

  Recorded with(Map<String, @Nullable Object> other) {
    return new Recorded(status, other);
  }
}
