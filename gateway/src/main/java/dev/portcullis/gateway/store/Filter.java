package dev.portcullis.gateway.store;

import java.util.List;

/**
 * A condition on a column, by equality with one of some values.
 *
 * <p>The column becomes SQL text: it is a constant of the program, never a client's word.
 *
 * @param column the column
 * @param values one or more values, any of which matches
 * @param prefix whether a value stands for all that begin with it
 */
public record Filter(String column, List<Object> values, boolean prefix) {

  /** The column has that value. */
  public static Filter is(String column, Object value) {
    return new Filter(column, List.of(value), false);
  }

  /** The column has one of those values. */
  public static Filter in(String column, List<?> values) {
    return new Filter(column, List.copyOf(values), false);
  }

  /** The column begins with that text. */
  public static Filter startsWith(String column, String text) {
    return new Filter(column, List.of(text), true);
  }
}
