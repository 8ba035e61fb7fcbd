package dev.portcullis.vault.forward;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reading and picking by JSON pointer (RFC 6901). Both go through every element of a list where a
 * pointer says {@code -}.
 */
final class JsonPointers {

  private JsonPointers() {}

  /** The values there: one at most where the pointer goes through no list. */
  static List<Object> find(Map<String, ?> tree, String pointer) {
    List<Object> found = new ArrayList<>();
    collect(tree, names(pointer), found);
    return found;
  }

  private static void collect(@Nullable Object at, List<String> names, List<Object> found) {
    if (at == null) {
      return;
    }
    if (names.isEmpty()) {
      found.add(at);
      return;
    }
    List<String> rest = names.subList(1, names.size());
    if (at instanceof Map<?, ?> object) {
      collect(object.get(names.getFirst()), rest, found);
    } else if (at instanceof List<?> list && names.getFirst().equals("-")) {
      list.forEach(element -> collect(element, rest, found));
    }
  }

  /**
   * A new tree with nothing but the values at those pointers. A list that a pointer ends at passes
   * as it is; of one that it goes through, {@code /disputes/-/id}, only the named members of each
   * element do, and elements that are no objects become empty ones.
   */
  static Map<String, @Nullable Object> pick(Map<String, ?> tree, List<String> pointers) {
    Map<String, @Nullable Object> picked = new LinkedHashMap<>();
    for (String pointer : pointers) {
      copy(tree, picked, names(pointer), 0);
    }
    return picked;
  }

  private static void copy(
      Map<?, ?> from, Map<String, @Nullable Object> to, List<String> names, int depth) {
    String name = names.get(depth);
    if (!from.containsKey(name)) {
      return;
    }
    Object value = from.get(name);
    if (depth == names.size() - 1) {
      to.put(name, value);
    } else if (value instanceof Map<?, ?> inner) {
      Map<String, @Nullable Object> target = existing(to.get(name));
      to.put(name, target);
      copy(inner, target, names, depth + 1);
    } else if (value instanceof List<?> list && isEach(names, depth + 1)) {
      List<Map<String, @Nullable Object>> targets = existing(to.get(name), list.size());
      to.put(name, targets);
      for (int i = 0; i < targets.size(); i++) {
        if (list.get(i) instanceof Map<?, ?> element) {
          copy(element, targets.get(i), names, depth + 2);
        }
      }
    }
  }

  /** Whether the segment stands for each element, and something follows it. */
  private static boolean isEach(List<String> names, int depth) {
    return "-".equals(names.get(depth)) && depth + 1 < names.size();
  }

  @SuppressWarnings("unchecked") // made by this class, of the same list
  private static List<Map<String, @Nullable Object>> existing(@Nullable Object value, int size) {
    if (value instanceof List<?> list) {
      return (List<Map<String, @Nullable Object>>) list;
    }
    List<Map<String, @Nullable Object>> elements = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      elements.add(new LinkedHashMap<>());
    }
    return elements;
  }

  @SuppressWarnings("unchecked") // made by this class
  private static Map<String, @Nullable Object> existing(@Nullable Object value) {
    return value instanceof Map<?, ?> map
        ? (Map<String, @Nullable Object>) map
        : new LinkedHashMap<>();
  }

  /** The names that a pointer goes through; one or more. */
  static List<String> names(String pointer) {
    return List.of(pointer.substring(1).split("/", -1));
  }
}
