package dev.portcullis.connectors.spi;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds an object of a request's body. Members stay in the order in which they are put, since a
 * resend must be byte-identical; what is null, and objects without members, are left out.
 */
public final class BodyBuilder {

  private final Map<String, Object> members = new LinkedHashMap<>();

  /** A value of the connector's own: a slot, a number, a boolean, a word of the protocol. */
  public BodyBuilder put(String name, @Nullable Object value) {
    if (value != null) {
      members.put(name, value);
    }
    return this;
  }

  /** An object. */
  public BodyBuilder put(String name, BodyBuilder object) {
    return object.members.isEmpty() ? this : put(name, object.build());
  }

  /** What somebody typed, or came by a URL: never a slot, whatever it looks like. */
  public BodyBuilder text(String name, @Nullable String typed) {
    return put(name, typed == null || typed.isBlank() ? null : ForwardRequest.literal(typed));
  }

  /** The object. */
  public Map<String, Object> build() {
    return new LinkedHashMap<>(members);
  }
}
