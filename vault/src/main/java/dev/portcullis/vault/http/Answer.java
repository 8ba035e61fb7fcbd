package dev.portcullis.vault.http;

import dev.portcullis.wire.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a call is answered with.
 *
 * @param status the HTTP status
 * @param body JSON in UTF-8
 * @param replayed whether it is the stored answer of an earlier call
 */
public record Answer(int status, byte[] body, boolean replayed) {

  /** A new answer of a JSON tree. */
  public static Answer json(int status, Map<String, ? extends @Nullable Object> tree) {
    return new Answer(status, Json.write(tree), false);
  }
}
