package dev.portcullis.gateway.store;

import java.util.List;

/**
 * A condition on rows: by equality of a column with one of some values, or one that its maker knows
 * to be bounded.
 *
 * <p>The column, and the condition, become SQL text: they are constants of the program, never a
 * client's word.
 *
 * @param column the column; of {@link Kind#CONDITION} the condition, with a mark for each value
 * @param values one or more values, any of which matches; of a condition the marks' values
 * @param kind how they are compared
 */
public record Filter(String column, List<Object> values, Kind kind) {

  /** How a filter compares. */
  public enum Kind {
    /** The column is one of the values. */
    ONE_OF,
    /** The column begins with the value. */
    PREFIX,
    CONDITION
  }

  /** The column has that value. */
  public static Filter is(String column, Object value) {
    return new Filter(column, List.of(value), Kind.ONE_OF);
  }

  /** The column has one of those values. */
  public static Filter in(String column, List<?> values) {
    return new Filter(column, List.copyOf(values), Kind.ONE_OF);
  }

  /** The column begins with that text. */
  public static Filter startsWith(String column, String text) {
    return new Filter(column, List.of(text), Kind.PREFIX);
  }

  /** That condition holds. */
  public static Filter where(String condition, List<?> values) {
    return new Filter(condition, List.copyOf(values), Kind.CONDITION);
  }

  /** Adds it to the conditions of a statement, and its values to the statement's. */
  public void addTo(StringBuilder sql, List<Object> parameters) {
    sql.append(
        switch (kind) {
          case ONE_OF -> " AND " + column + " IN (" + "?, ".repeat(values.size() - 1) + "?)";
          case PREFIX -> " AND starts_with(" + column + ", ?)";
          case CONDITION -> " AND " + column;
        });
    parameters.addAll(values);
  }
}
