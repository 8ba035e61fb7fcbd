package dev.portcullis.simulator;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A place in a request's body, there or not.
 *
 * @param value what stands there: a JSON value or, of a form, texts in maps and lists
 */
public record Tree(@Nullable Object value) {

  /** What stands at those names below this place. */
  public Tree at(String... names) {
    Object here = value;
    for (String name : names) {
      here = here instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return new Tree(here);
  }

  /** Whether there is nothing. */
  public boolean isAbsent() {
    return value == null;
  }

  /** A text that is not empty, or null. */
  public @Nullable String text() {
    return value instanceof String text && !text.isEmpty() ? text : null;
  }

  /** The text, or an empty one. */
  public String orEmpty() {
    return value instanceof String text ? text : "";
  }

  /** The text or number as text, or an empty one. */
  public String scalar() {
    return value instanceof String || value instanceof Long || value instanceof BigDecimal
        ? value.toString()
        : "";
  }

  /** A whole number, as a number or as the text of a form, or null. */
  public @Nullable Long number() {
    if (value instanceof Long number) {
      return number;
    }
    return value instanceof String text && text.matches("-?[0-9]{1,18}")
        ? Long.valueOf(text)
        : null;
  }

  /** Whether it is true, as a boolean or as the text of a form. */
  public boolean isTrue() {
    return Boolean.TRUE.equals(value) || "true".equals(value);
  }

  /** The elements of a list; none of anything else. */
  public List<Tree> each() {
    return value instanceof List<?> list ? list.stream().map(Tree::new).toList() : List.of();
  }

  /** The members' names; none of anything else. */
  public List<String> names() {
    return value instanceof Map<?, ?> map
        ? map.keySet().stream().map(String::valueOf).toList()
        : List.of();
  }
}
