package dev.portcullis.gateway.search;

import java.util.List;

/**
 * A field that can be searched by.
 *
 * @param kind what can be asked of it
 * @param sql where it is: an expression on the row, a constant of the program, never a client's
 *     word
 * @param hashed whether its values are among the row's {@link SearchTerms}
 * @param path where a personal value is in the opened document; SQL cannot see it, so it is found
 *     by its terms alone; empty for what is not personal
 */
public record SearchField(Kind kind, String sql, boolean hashed, List<String> path) {

  /** Takes a copy. */
  public SearchField {
    path = List.copyOf(path);
  }

  private static SearchField of(Kind kind, String sql, boolean hashed) {
    return new SearchField(kind, sql, hashed, List.of());
  }

  /** Whether its values are sealed. */
  boolean isPersonal() {
    return !path.isEmpty();
  }

  /** What can be asked of a field. */
  public enum Kind {
    /** Words of the program or codes: whether it is one, whatever the case of its letters. */
    TOKEN,
    /** An id in a column with an index: whether it is exactly that one. */
    ID,
    /** A person's text: whether it is one, or contains one. */
    STRING,
    /** A whole number. */
    NUMBER,
    /** {@code true} or {@code false}. */
    TRUTH
  }

  /** A word that the index does not know. */
  public static SearchField token(String sql) {
    return of(Kind.TOKEN, sql, false);
  }

  /** A word that the index knows. */
  public static SearchField hashedToken(String sql) {
    return of(Kind.TOKEN, sql, true);
  }

  /** An id in a column with an index of its own. */
  public static SearchField id(String column) {
    return of(Kind.ID, column, false);
  }

  /** A sealed word: the names of the document's members that lead to it. */
  public static SearchField personalToken(String... path) {
    return new SearchField(Kind.TOKEN, "", true, List.of(path));
  }

  /** A sealed text that the index knows by its parts, too. */
  public static SearchField personalText(String... path) {
    return new SearchField(Kind.STRING, "", true, List.of(path));
  }

  /** A whole number. */
  public static SearchField number(String sql) {
    return of(Kind.NUMBER, sql, false);
  }

  /** A truth value. */
  public static SearchField truth(String sql) {
    return of(Kind.TRUTH, sql, false);
  }
}
