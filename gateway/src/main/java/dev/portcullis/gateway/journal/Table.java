package dev.portcullis.gateway.journal;

import java.util.ArrayList;
import java.util.List;

/**
 * A table that the journal writes. Each has the leading columns {@code account, livemode, id,
 * version, created} and the key {@code (account, id)}; this names what comes after them.
 *
 * <p>Names and types become SQL text: they are constants of the program, never a client's words.
 *
 * @param name the table
 * @param columns its further columns, in the order in which a {@link Row} gives their values
 */
public record Table(String name, List<Column> columns) {

  /** Takes a copy. */
  public Table {
    columns = List.copyOf(columns);
  }

  /**
   * A table with columns that may change, each given as its name and its type ({@code "customer
   * text"}). A column whose text begins with {@code fixed} is written on insert only.
   */
  public static Table of(String name, String... columns) {
    List<Column> parsed = new ArrayList<>(columns.length);
    for (String column : columns) {
      boolean fixed = column.startsWith("fixed ");
      String rest = fixed ? column.substring("fixed ".length()) : column;
      int space = rest.indexOf(' ');
      parsed.add(new Column(rest.substring(0, space), rest.substring(space + 1), fixed));
    }
    return new Table(name, parsed);
  }

  /**
   * A column after the leading ones.
   *
   * @param name its name
   * @param type its PostgreSQL type
   * @param fixed whether an update leaves it as it is
   */
  public record Column(String name, String type, boolean fixed) {}
}
