package dev.portcullis.gateway.notifications;

import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A notification's body as its connector reads it: a JSON object, or the fields of a form. */
final class NotificationBody {

  private static final int MOST_FIELDS = 32;

  private NotificationBody() {}

  /**
   * Reads it, or null where it is not what the provider sends.
   *
   * @param form whether the provider sends forms, whatever the request says of itself: the vault
   *     has read the same bytes so, and verified what it read
   */
  static @Nullable Map<String, @Nullable Object> read(boolean form, byte[] body) {
    if (form) {
      return form(new String(body, StandardCharsets.UTF_8));
    }
    try {
      return Json.readObject(body);
    } catch (MalformedJsonException e) {
      return null;
    }
  }

  /** A field that comes twice makes it none: the vault has verified one of the two. */
  private static @Nullable Map<String, @Nullable Object> form(String body) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    String[] pairs = body.split("&", MOST_FIELDS + 1);
    if (pairs.length > MOST_FIELDS) {
      return null;
    }
    try {
      for (String pair : pairs) {
        int equals = pair.indexOf('=');
        String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
        if (fields.put(name, value) != null) {
          return null;
        }
      }
      return fields;
    } catch (IllegalArgumentException e) {
      return null; // a broken escape
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
