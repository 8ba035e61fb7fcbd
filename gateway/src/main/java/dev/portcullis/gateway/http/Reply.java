package dev.portcullis.gateway.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer before expansion and before it is written.
 *
 * @param status the HTTP status
 * @param body a tree as {@link dev.portcullis.wire.json.Json} writes it
 */
public record Reply(int status, Map<String, @Nullable Object> body) {

  /** 200 with an object. */
  public static Reply ok(Map<String, @Nullable Object> body) {
    return new Reply(200, body);
  }
}
