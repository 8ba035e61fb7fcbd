package dev.portcullis.gateway.search;

/**
 * A field that can be searched by.
 *
 * @param kind what can be asked of it
 * @param sql where it is: an expression on the row, a constant of the program, never a client's
 *     word
 * @param hashed whether its values are among the row's {@link SearchTerms}
 */
public record SearchField(Kind kind, String sql, boolean hashed) {

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
    return new SearchField(Kind.TOKEN, sql, false);
  }

  /** A word that the index knows. */
  public static SearchField hashedToken(String sql) {
    return new SearchField(Kind.TOKEN, sql, true);
  }

  /** An id in a column with an index of its own. */
  public static SearchField id(String column) {
    return new SearchField(Kind.ID, column, false);
  }

  /** A text that the index knows by its parts. */
  public static SearchField string(String sql) {
    return new SearchField(Kind.STRING, sql, true);
  }

  /** A whole number. */
  public static SearchField number(String sql) {
    return new SearchField(Kind.NUMBER, sql, false);
  }

  /** A truth value. */
  public static SearchField truth(String sql) {
    return new SearchField(Kind.TRUTH, sql, false);
  }
}
