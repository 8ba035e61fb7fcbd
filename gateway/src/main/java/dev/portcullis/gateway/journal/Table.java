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
 * @param keyAlone whether nothing but its key is unique in it
 */
public record Table(String name, List<Column> columns, boolean keyAlone) {

  /** Takes a copy. */
  public Table {
    columns = List.copyOf(columns);
  }

  /**
   * A table with columns that may change, each given as its name and its type ({@code "customer
   * text"}), with words before them that say more of it:
   *
   * <ul>
   *   <li>{@code fixed}: it is written on insert only;
   *   <li>{@code personal}: a document in which personal data is sealed;
   *   <li>{@code sealed}: a text that is sealed as a whole;
   *   <li>{@code blind}: a text, or an array of search terms, of which a keyed hash is kept.
   * </ul>
   */
  public static Table of(String name, String... columns) {
    List<Column> parsed = new ArrayList<>(columns.length);
    for (String column : columns) {
      parsed.add(Column.parse(List.of(column.split(" ", -1))));
    }
    return new Table(name, parsed, false);
  }

  /**
   * The same for a table in which nothing but its key is unique. An insert may then fail with a row
   * that is there already, which is cheaper than to look first: even to a role that row-level
   * security does not bind, the database tells no more of it than an id.
   */
  public static Table withKeyAlone(String name, String... columns) {
    return new Table(name, of(name, columns).columns, true);
  }

  /** Whether anything of it is sealed or hashed before it is written. */
  public boolean isProtected() {
    return columns.stream().anyMatch(column -> column.protection != Protection.NONE);
  }

  /** Whether a column of that name holds keyed hashes in the place of texts. */
  public boolean isBlind(String column) {
    return columns.stream()
        .anyMatch(each -> each.name.equals(column) && each.protection == Protection.BLIND_VALUE);
  }

  /** The column of that name. */
  public Column column(String column) {
    return columns.stream()
        .filter(each -> each.name.equals(column))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name + " has no column " + column));
  }

  /** What is done to a value before it is written. */
  public enum Protection {
    /** Nothing. */
    NONE,
    /** It is a JSON document; what is personal in it is sealed. */
    PERSONAL,
    /** It is sealed as a whole. */
    WHOLE,
    /** It is a text, and a keyed hash is written in its place. */
    BLIND_VALUE,
    /** It is an array of search terms, each of which is hashed with a key. */
    BLIND_TERMS
  }

  /**
   * A column after the leading ones.
   *
   * @param name its name
   * @param type its PostgreSQL type
   * @param fixed whether an update leaves it as it is
   * @param protection what is done to its values before they are written
   */
  public record Column(String name, String type, boolean fixed, Protection protection) {

    private static Column parse(List<String> words) {
      int last = words.size() - 1;
      String type = words.get(last);
      List<String> before = words.subList(0, last - 1);
      Protection protection = Protection.NONE;
      for (String word : before) {
        protection =
            switch (word) {
              case "fixed" -> protection;
              case "personal" -> Protection.PERSONAL;
              case "sealed" -> Protection.WHOLE;
              case "blind" -> type.equals("text") ? Protection.BLIND_VALUE : Protection.BLIND_TERMS;
              default -> throw new IllegalArgumentException("no such kind of column: " + word);
            };
      }
      return new Column(words.get(last - 1), type, before.contains("fixed"), protection);
    }
  }
}
