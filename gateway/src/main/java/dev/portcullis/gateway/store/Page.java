package dev.portcullis.gateway.store;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param rows newest first
 * @param hasMore whether there are more beyond it, in the direction of the query
 */
public record Page(List<Stored> rows, boolean hasMore) {

  /** Nothing. */
  public static final Page EMPTY = new Page(List.of(), false);

  /**
   * The list as the wire shows it.
   *
   * @param url the list's path
   * @param rendering the wire's form of one row
   */
  public Map<String, @Nullable Object> render(
      String url, Function<Stored, Map<String, @Nullable Object>> rendering) {
    Map<String, @Nullable Object> list = new LinkedHashMap<>();
    list.put("object", "list");
    list.put("data", rows.stream().map(rendering).toList());
    list.put("has_more", hasMore);
    list.put("url", url);
    return list;
  }
}
