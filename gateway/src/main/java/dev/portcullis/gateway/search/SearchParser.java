package dev.portcullis.gateway.search;

import dev.portcullis.gateway.search.SearchQuery.Clause;
import dev.portcullis.gateway.search.SearchQuery.Operator;
import dev.portcullis.gateway.search.SearchQuery.Target;
import dev.portcullis.gateway.search.SearchQuery.Value;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads a query: clauses with AND, with OR, or with nothing between them, which means AND. It looks
 * at each character once, keeps no state between queries, and knows no field.
 */
final class SearchParser {

  /** How many clauses a query has at most. */
  static final int MAX_CLAUSES = 10;

  /** How many characters it has at most. */
  static final int MAX_LENGTH = 2_000;

  private static final int MAX_DIGITS = 18;

  private final String query;
  private int at;

  private SearchParser(String query) {
    this.query = query;
  }

  /**
   * The query that the text says.
   *
   * @throws ApiException 400 that names {@code query} and says where it cannot be read
   */
  static SearchQuery parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw refused("it is longer than " + MAX_LENGTH + " characters");
    }
    return new SearchParser(text).query();
  }

  static ApiException refused(String why) {
    return new ApiException(
        ApiErrors.invalid(
            "query", "search_query_invalid", "The search query cannot be used: " + why + "."));
  }

  private SearchQuery query() {
    List<Clause> clauses = new ArrayList<>();
    boolean and = false;
    boolean or = false;
    skipSpaces();
    clauses.add(clause());
    while (at < query.length()) {
      if (!isSpace()) {
        throw at("a space is expected");
      }
      skipSpaces();
      if (at == query.length()) {
        break;
      }
      int start = at;
      String word = word().toUpperCase(Locale.ROOT);
      if (word.equals("AND") && isSpace()) {
        and = true;
      } else if (word.equals("OR") && isSpace()) {
        or = true;
      } else {
        at = start;
        and = true;
      }
      if (and && or) {
        throw at("AND and OR cannot be mixed");
      }
      skipSpaces();
      if (clauses.size() == MAX_CLAUSES) {
        throw refused("it has more than " + MAX_CLAUSES + " clauses");
      }
      clauses.add(clause());
    }
    return new SearchQuery(or, clauses);
  }

  private Clause clause() {
    boolean negated = take('-');
    Target target = target();
    Operator operator = operator();
    return new Clause(negated, target, operator, value());
  }

  private Target target() {
    String name = word();
    if (name.isEmpty()) {
      throw at("a field's name is expected");
    }
    if (!name.equals("metadata")) {
      return new Target.Named(name);
    }
    if (!take('[')) {
      throw at("metadata[\"a key\"] is expected");
    }
    String key = quoted();
    if (!take(']')) {
      throw at("] is expected");
    }
    return new Target.Metadata(key);
  }

  private Operator operator() {
    // The longer ones come first: >= is not >.
    for (Operator operator : Operator.values()) {
      if (query.startsWith(operator.sign(), at)) {
        at += operator.sign().length();
        return operator;
      }
    }
    throw at("one of : ~ > < >= <= is expected");
  }

  private Value value() {
    if (at < query.length() && (query.charAt(at) == '"' || query.charAt(at) == '\'')) {
      return new Value.Text(quoted());
    }
    int start = at;
    String word = word();
    if (!word.isEmpty() && (at == query.length() || isSpace())) {
      if (word.equalsIgnoreCase("null")) {
        return new Value.Null();
      }
      if (word.length() <= MAX_DIGITS && word.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return new Value.Whole(Long.parseLong(word));
      }
    }
    at = start;
    throw at("a text in quotes, a whole number or null is expected");
  }

  /** A text in quotes of either kind; a backslash takes the next character as it is. */
  private String quoted() {
    if (at >= query.length() || (query.charAt(at) != '"' && query.charAt(at) != '\'')) {
      throw at("a quote is expected");
    }
    char quote = query.charAt(at++);
    StringBuilder text = new StringBuilder();
    while (at < query.length() && query.charAt(at) != quote) {
      if (query.charAt(at) == '\\' && ++at == query.length()) {
        break;
      }
      text.append(query.charAt(at++));
    }
    if (at >= query.length()) {
      throw at("a quote is not closed");
    }
    at++;
    if (text.isEmpty()) {
      throw at("a text in quotes is empty");
    }
    return text.toString();
  }

  private String word() {
    int start = at;
    while (at < query.length() && isWord(query.charAt(at))) {
      at++;
    }
    return query.substring(start, at);
  }

  private static boolean isWord(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '.';
  }

  private boolean take(char c) {
    boolean there = at < query.length() && query.charAt(at) == c;
    at += there ? 1 : 0;
    return there;
  }

  private boolean isSpace() {
    return at < query.length() && query.charAt(at) == ' ';
  }

  private void skipSpaces() {
    while (isSpace()) {
      at++;
    }
  }

  private ApiException at(String expected) {
    return refused("at character " + (at + 1) + ", " + expected);
  }
}
