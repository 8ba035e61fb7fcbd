package dev.portcullis.vault.forward;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reading and picking by JSON pointer (RFC 6901), through objects alone. */
final class JsonPointers {

  private JsonPointers() {}

  /** The value there, or null. */
  static @Nullable Object find(Map<String, ?> tree, String pointer) {
    Object at = tree;
    for (String name : names(pointer)) {
      if (!(at instanceof Map<?, ?> object)) {
        return null;
      }
      at = object.get(name);
    }
    return at;
  }

  /** A new tree with nothing but the values at those pointers; lists pass as they are. */
  static Map<String, @Nullable Object> pick(Map<String, ?> tree, List<String> pointers) {
    Map<String, @Nullable Object> picked = new LinkedHashMap<>();
    for (String pointer : pointers) {
      copy(tree, picked, names(pointer), 0);
    }
    return picked;
  }

  private static void copy(
      Map<?, ?> from, Map<String, @Nullable Object> to, String[] names, int depth) {
    String name = names[depth];
    if (!from.containsKey(name)) {
      return;
    }
    Object value = from.get(name);
    if (depth == names.length - 1) {
      to.put(name, value);
    } else if (value instanceof Map<?, ?> inner) {
      Map<String, @Nullable Object> target = existing(to.get(name));
      to.put(name, target);
      copy(inner, target, names, depth + 1);
    }
  }

  @SuppressWarnings("unchecked") // made by this class
  private static Map<String, @Nullable Object> existing(@Nullable Object value) {
    return value instanceof Map<?, ?> map
        ? (Map<String, @Nullable Object>) map
        : new LinkedHashMap<>();
  }

  private static String[] names(String pointer) {
    return pointer.substring(1).split("/", -1);
  }
}
