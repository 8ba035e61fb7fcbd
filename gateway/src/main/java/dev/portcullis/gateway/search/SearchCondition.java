package dev.portcullis.gateway.search;

import dev.portcullis.gateway.search.SearchQuery.Clause;
import dev.portcullis.gateway.search.SearchQuery.Operator;
import dev.portcullis.gateway.search.SearchQuery.Target;
import dev.portcullis.gateway.search.SearchQuery.Value;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A query as SQL with parameters. No part of the client's text becomes SQL.
 *
 * @param sql what a row has to meet, complete
 * @param parameters its parameters
 * @param narrowing a part of it that an index answers in the order of ids, or empty
 * @param narrowingParameters its parameters
 * @param terms a condition on the column {@code terms} that every hit meets, or empty if the query
 *     cannot be answered by that index
 * @param termParameters its parameters
 */
record SearchCondition(
    String sql,
    List<Object> parameters,
    String narrowing,
    List<Object> narrowingParameters,
    String terms,
    List<Object> termParameters) {

  private static final int MIN_PART = 3;

  /**
   * The query's condition on that type.
   *
   * @throws ApiException 400 that names {@code query}, if a field is not there or cannot be asked
   *     that
   */
  static SearchCondition of(SearchQuery query, Searchable type, String account, boolean livemode) {
    Builder builder = new Builder(type, account, livemode);
    query.clauses().forEach(clause -> builder.add(clause, query.any()));
    return builder.build(query.any());
  }

  boolean hasTerms() {
    return !terms.isEmpty();
  }

  private static final class Builder {
    private final Searchable type;
    private final String account;
    private final boolean livemode;
    private final List<String> parts = new ArrayList<>();
    private final List<Object> parameters = new ArrayList<>();
    private final StringBuilder narrowing = new StringBuilder();
    private final List<Object> narrowingParameters = new ArrayList<>();
    private final List<SearchTerms> termsOfClauses = new ArrayList<>();
    private boolean everyClauseHasTerms = true;

    Builder(Searchable type, String account, boolean livemode) {
      this.type = type;
      this.account = account;
      this.livemode = livemode;
    }

    void add(Clause clause, boolean any) {
      String part =
          switch (clause.target()) {
            case Target.Metadata(String key) -> metadata(key, clause);
            case Target.Named(String name) -> named(name, clause, any);
          };
      // What is not known is not the value: a negation holds there.
      parts.add(
          clause.negated() ? "NOT coalesce(" + part + ", false)" : "coalesce(" + part + ", false)");
      SearchTerms terms = terms(clause);
      everyClauseHasTerms = everyClauseHasTerms && !terms.isEmpty();
      termsOfClauses.add(terms);
    }

    SearchCondition build(boolean any) {
      List<Object> termParameters = termParameters(any);
      String link = any ? " OR " : " AND ";
      String terms =
          String.join(" OR ", Collections.nCopies(termParameters.size(), "terms @> ?::bigint[]"));
      return new SearchCondition(
          "(" + String.join(link, parts) + ")",
          List.copyOf(parameters),
          narrowing.toString(),
          List.copyOf(narrowingParameters),
          terms.isEmpty() ? "" : "(" + terms + ")",
          termParameters);
    }

    /** All terms at once, of which the index follows the rarest; or each alternative's own. */
    private List<Object> termParameters(boolean any) {
      if (any) {
        return everyClauseHasTerms
            ? termsOfClauses.stream()
                .<Object>map(terms -> Objects.requireNonNull(terms.column()))
                .toList()
            : List.of();
      }
      SearchTerms all = SearchTerms.in(account, livemode);
      termsOfClauses.forEach(all::addAll);
      String column = all.column();
      return column == null ? List.of() : List.of(column);
    }

    private String metadata(String key, Clause clause) {
      parameters.add(key);
      String entry = "(" + type.metadata() + " ->> ?)";
      if (clause.operator() != Operator.IS) {
        throw refused(clause, "metadata is compared by : alone");
      }
      return isOrNull(entry, clause);
    }

    private String named(String name, Clause clause, boolean any) {
      SearchField field = type.fields().get(name);
      if (field == null) {
        throw SearchParser.refused(
            "the field "
                + ApiErrors.shown(name)
                + " cannot be searched; known are "
                + String.join(", ", new TreeSet<>(type.fields().keySet()))
                + ", metadata[\"...\"]");
      }
      return switch (field.kind()) {
        case TOKEN -> {
          only(clause, Operator.IS);
          yield isOrNull(field.sql(), clause);
        }
        case ID -> id(field, clause, any);
        case STRING -> string(field, clause);
        case NUMBER -> number(field, clause);
        case TRUTH -> truth(field, clause);
      };
    }

    private String id(SearchField field, Clause clause, boolean any) {
      only(clause, Operator.IS);
      if (clause.value() instanceof Value.Null) {
        return field.sql() + " IS NULL";
      }
      String id = text(clause);
      parameters.add(id);
      if (!any && !clause.negated()) {
        narrowing.append(" AND ").append(field.sql()).append(" = ?");
        narrowingParameters.add(id);
      }
      return field.sql() + " = ?";
    }

    private String string(SearchField field, Clause clause) {
      if (clause.operator() != Operator.CONTAINS) {
        only(clause, Operator.IS);
        return isOrNull(field.sql(), clause);
      }
      String part = text(clause);
      if (part.codePointCount(0, part.length()) < MIN_PART) {
        throw refused(clause, "~ takes at least " + MIN_PART + " characters");
      }
      parameters.add(part);
      return "position(lower(?) IN lower(" + field.sql() + ")) > 0";
    }

    private String number(SearchField field, Clause clause) {
      if (clause.operator() == Operator.CONTAINS) {
        throw refused(clause, "a number is compared by : > < >= <=");
      }
      parameters.add(whole(clause));
      String sign = clause.operator() == Operator.IS ? "=" : clause.operator().sign();
      return field.sql() + " " + sign + " ?";
    }

    private static String truth(SearchField field, Clause clause) {
      only(clause, Operator.IS);
      return switch (text(clause)) {
        case "true" -> field.sql();
        case "false" -> "NOT " + field.sql();
        default -> throw refused(clause, "it is \"true\" or \"false\"");
      };
    }

    private String isOrNull(String expression, Clause clause) {
      if (clause.value() instanceof Value.Null) {
        return expression + " IS NULL";
      }
      parameters.add(text(clause));
      return "lower(" + expression + ") = lower(?)";
    }

    private static void only(Clause clause, Operator operator) {
      if (clause.operator() != operator) {
        throw refused(clause, "it is compared by " + operator.sign() + " alone");
      }
    }

    private static String text(Clause clause) {
      return switch (clause.value()) {
        case Value.Text(String text) -> text;
        case Value.Whole(long number) -> Long.toString(number);
        case Value.Null() -> throw refused(clause, "null does not fit here");
      };
    }

    private static long whole(Clause clause) {
      try {
        return Long.parseLong(text(clause));
      } catch (NumberFormatException _) {
        throw refused(clause, "a whole number is expected");
      }
    }

    private static ApiException refused(Clause clause, String why) {
      String name =
          switch (clause.target()) {
            case Target.Named(String field) -> field;
            case Target.Metadata(String key) -> "metadata[\"" + key + "\"]";
          };
      return SearchParser.refused("in the clause on " + ApiErrors.shown(name) + ", " + why);
    }

    /** What every hit of the clause has among its terms; none if that cannot be said. */
    private SearchTerms terms(Clause clause) {
      SearchTerms terms = SearchTerms.in(account, livemode);
      switch (clause.target()) {
        case Target.Metadata(String key) -> metadataTerms(terms, key, clause);
        case Target.Named(String name) -> namedTerms(terms, name, clause);
      }
      return terms;
    }

    private static void metadataTerms(SearchTerms terms, String key, Clause clause) {
      @Nullable String value = clause.value() instanceof Value.Null ? null : text(clause);
      if (value == null && clause.negated()) {
        terms.metadataKey(key);
      } else if (value != null && !clause.negated()) {
        terms.metadataEntry(key, value);
      }
    }

    private void namedTerms(SearchTerms terms, String name, Clause clause) {
      SearchField field = type.fields().get(name);
      if (field == null
          || !field.hashed()
          || clause.negated()
          || clause.value() instanceof Value.Null) {
        return;
      }
      if (clause.operator() == Operator.CONTAINS) {
        terms.parts(name, text(clause));
      } else {
        terms.value(name, text(clause));
      }
    }
  }
}
