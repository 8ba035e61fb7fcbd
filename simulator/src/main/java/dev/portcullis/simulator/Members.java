package dev.portcullis.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds a JSON object in the order in which it is written. */
public final class Members {
  private final Map<String, @Nullable Object> members = new LinkedHashMap<>();

  /** A member: any value that JSON has, or members of its own. */
  public Members put(String name, @Nullable Object value) {
    members.put(name, value instanceof Members object ? object.build() : value);
    return this;
  }

  /** A member, unless there is nothing to say. */
  public Members some(String name, @Nullable Object value) {
    return value == null || "".equals(value) ? this : put(name, value);
  }

  /** The object. */
  public Map<String, @Nullable Object> build() {
    return new LinkedHashMap<>(members);
  }
}
