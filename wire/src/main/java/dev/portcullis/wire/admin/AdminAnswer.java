package dev.portcullis.wire.admin;

import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What goes back.
 *
 * @param status the HTTP status
 * @param fields the header fields beyond those that every answer has
 * @param body UTF-8 of a JSON object
 * @param route the route's pattern, for the log
 * @param person who asked, or an empty text
 */
public record AdminAnswer(
    int status, Map<String, String> fields, byte[] body, String route, String person) {

  /** An answer to whoever it was. */
  static AdminAnswer of(
      int status, Map<String, ? extends @Nullable Object> tree, String route, String person) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("Content-Type", "application/json");
    if (status == 401) {
      fields.put("WWW-Authenticate", "Bearer realm=\"Portcullis administration\"");
    }
    return new AdminAnswer(status, fields, Json.write(tree), route, person);
  }

  /** What a zone answers when something inside failed. */
  public static AdminAnswer failed(ApiError error) {
    return of(error.status(), error.body(), "none", "");
  }

  /** The same with one more header field. */
  public AdminAnswer with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(fields);
    more.put(name, value);
    return new AdminAnswer(status, more, body, route, person);
  }
}
