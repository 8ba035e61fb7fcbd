package dev.portcullis.wire.params;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a request does to an object's metadata: keys with a text are set, keys with an empty text
 * are removed, and an empty {@code metadata} removes all (Stripe API reference, Metadata).
 *
 * @param clear whether to begin with none
 * @param changes the texts by key; an empty text removes the key
 */
public record MetadataUpdate(boolean clear, Map<String, String> changes) {

  /** Removes all. */
  public static final MetadataUpdate CLEAR = new MetadataUpdate(true, Map.of());

  private static final int MAX_KEYS = 50;
  private static final int MAX_KEY = 40;
  private static final int MAX_VALUE = 500;

  public MetadataUpdate {
    changes = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(changes));
  }

  static MetadataUpdate read(ParamTree tree, String path) {
    Map<String, String> changes = new LinkedHashMap<>();
    tree.members()
        .forEach(
            (sent, value) -> {
              String param = path + "[" + ApiErrors.shown(sent) + "]";
              if (!(value instanceof ParamValue.Text(String typed))) {
                throw refuse(param, "Metadata values must be strings.");
              }
              String key = TextRule.clean(sent, false, param);
              String text = TextRule.clean(typed, true, param);
              // Two keys that read alike are one and the same to whoever looks for it.
              if (key.isEmpty() || changes.containsKey(key)) {
                throw refuse(param, "Metadata keys must differ, and be seen.");
              }
              if (key.length() > MAX_KEY) {
                throw refuse(param, "Metadata keys must be at most " + MAX_KEY + " characters.");
              }
              if (text.codePointCount(0, text.length()) > MAX_VALUE) {
                throw refuse(
                    param, "Metadata values must be at most " + MAX_VALUE + " characters.");
              }
              changes.put(key, text);
            });
    return new MetadataUpdate(false, changes);
  }

  /**
   * The metadata after the update.
   *
   * @throws ApiException 400 if it has more than 50 keys then
   */
  public Map<String, String> applyTo(Map<String, String> before) {
    Map<String, String> after = clear ? new LinkedHashMap<>() : new LinkedHashMap<>(before);
    changes.forEach(
        (key, text) -> {
          if (text.isEmpty()) {
            after.remove(key);
          } else {
            after.put(key, text);
          }
        });
    if (after.size() > MAX_KEYS) {
      throw refuse("metadata", "Metadata can have at most " + MAX_KEYS + " keys.");
    }
    return after;
  }

  private static ApiException refuse(String param, String message) {
    return new ApiException(ApiErrors.invalid(param, "metadata_invalid", message));
  }
}
