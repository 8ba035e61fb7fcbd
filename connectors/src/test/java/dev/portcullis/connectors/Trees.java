package dev.portcullis.connectors;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** JSON trees, and each of them with one thing in it changed. */
final class Trees {

  /** What may stand where something else was expected. */
  static final List<@Nullable Object> STRANGE =
      Arrays.asList(
          null,
          "",
          "1999",
          "op_9",
          "ref_other",
          "USD",
          "usd",
          "eur",
          "EUR",
          1_998L,
          1_999L,
          199_900L,
          -1L,
          0L,
          Long.MAX_VALUE,
          new BigDecimal("1999"),
          new BigDecimal("19.99"),
          true,
          false,
          List.of(),
          List.of("x"),
          Map.of(),
          Map.of("id", "x"),
          "x".repeat(100_000),
          "javascript:alert(1)");

  private Trees() {}

  /** The places of all values that are no objects and no lists. */
  static List<List<Object>> leaves(@Nullable Object tree) {
    List<List<Object>> leaves = new ArrayList<>();
    collect(tree, List.of(), leaves);
    return leaves;
  }

  private static void collect(@Nullable Object tree, List<Object> path, List<List<Object>> leaves) {
    switch (tree) {
      case Map<?, ?> map -> map.forEach((name, value) -> collect(value, then(path, name), leaves));
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          collect(list.get(i), then(path, i), leaves);
        }
      }
      case null, default -> leaves.add(path);
    }
  }

  private static List<Object> then(List<Object> path, @Nullable Object next) {
    return Stream.concat(path.stream(), Stream.of(Objects.requireNonNull(next))).toList();
  }

  /** The tree with that value there; {@code null} takes the member away. */
  @SuppressWarnings("unchecked") // an object's copy is one
  static Map<String, @Nullable Object> with(
      Map<String, @Nullable Object> tree, List<Object> path, @Nullable Object value) {
    return (Map<String, @Nullable Object>) Objects.requireNonNull(changed(tree, path, value));
  }

  private static @Nullable Object changed(
      @Nullable Object tree, List<Object> path, @Nullable Object value) {
    if (path.isEmpty()) {
      return value;
    }
    List<Object> rest = path.subList(1, path.size());
    if (tree instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>(list);
      int index = (Integer) path.getFirst();
      copy.set(index, changed(list.get(index), rest, value));
      return copy;
    }
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    ((Map<?, ?>) Objects.requireNonNull(tree))
        .forEach((name, each) -> copy.put((String) name, each));
    Object changed = changed(copy.get(path.getFirst()), rest, value);
    if (changed == null) {
      copy.remove((String) path.getFirst());
    } else {
      copy.put((String) path.getFirst(), changed);
    }
    return copy;
  }

  /** The value there, or null. */
  static @Nullable Object at(@Nullable Object tree, String... names) {
    Object at = tree;
    for (String name : names) {
      at = at instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return at;
  }
}
