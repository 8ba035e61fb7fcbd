package dev.portcullis.gateway.search;

import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.sealing.BlindIndex;
import dev.portcullis.gateway.search.SearchCondition.Part;
import dev.portcullis.gateway.search.SearchCondition.Recheck;
import dev.portcullis.gateway.search.SearchCondition.Sql;
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

/** Makes a condition of a query, clause by clause. */
final class SearchConditions {

  private static final int MIN_PART = 3;
  private static final String HAS_TERMS = "terms @> ?::bigint[]";

  private final Searchable type;
  private final Principal principal;
  private final BlindIndex blind;
  private final boolean any;
  private final List<String> parts = new ArrayList<>();
  private final List<Object> parameters = new ArrayList<>();
  private final List<Part> rechecked = new ArrayList<>();
  private final List<String> certain = new ArrayList<>();
  private final List<Object> certainParameters = new ArrayList<>();
  private final StringBuilder narrowing = new StringBuilder();
  private final List<Object> narrowingParameters = new ArrayList<>();
  private final List<SearchTerms> termsOfClauses = new ArrayList<>();
  private boolean everyClauseHasTerms = true;

  private SearchConditions(Searchable type, Principal principal, BlindIndex blind, boolean any) {
    this.type = type;
    this.principal = principal;
    this.blind = blind;
    this.any = any;
  }

  /**
   * The query's condition on that type, for that principal's rows.
   *
   * @throws ApiException 400 that names {@code query}, if a field is not there or cannot be asked
   *     that
   */
  static SearchCondition of(
      SearchQuery query, Searchable type, Principal principal, BlindIndex blind) {
    SearchConditions made = new SearchConditions(type, principal, blind, query.any());
    query.clauses().forEach(made::add);
    return made.build();
  }

  private void add(Clause clause) {
    int before = parameters.size();
    SearchField sealed = sealedPart(clause);
    String part = sealed == null ? exactly(clause) : possibly(clause, sealed);
    parts.add(part);
    if (sealed == null) {
      certain.add(part);
      certainParameters.addAll(parameters.subList(before, parameters.size()));
    }
    SearchTerms terms = terms(clause);
    everyClauseHasTerms = everyClauseHasTerms && !terms.isEmpty();
    termsOfClauses.add(terms);
  }

  /** The sealed field of which the clause asks for a part; null for any other clause. */
  private @Nullable SearchField sealedPart(Clause clause) {
    if (clause.operator() != Operator.CONTAINS
        || !(clause.target() instanceof Target.Named(String name))) {
      return null;
    }
    SearchField field = type.fields().get(name);
    return field != null && field.isPersonal() && field.kind() == SearchField.Kind.STRING
        ? field
        : null;
  }

  private String exactly(Clause clause) {
    String part =
        switch (clause.target()) {
          case Target.Metadata(String key) -> metadata(key, clause);
          case Target.Named(String name) -> named(name, clause);
        };
    // What is not known is not the value: a negation holds there.
    return clause.negated() ? "NOT coalesce(" + part + ", false)" : "coalesce(" + part + ", false)";
  }

  /** What a row has to meet to come into question: all pieces of the part are in its text. */
  private String possibly(Clause clause, SearchField field) {
    String part = part(clause);
    rechecked.add(new Part(field.path(), part, clause.negated()));
    if (clause.negated()) {
      return "true";
    }
    String name = ((Target.Named) clause.target()).name();
    parameters.add(hashed(fresh().parts(name, part)));
    return "coalesce(" + HAS_TERMS + ", false)";
  }

  private SearchCondition build() {
    String link = any ? " OR " : " AND ";
    List<Object> termParameters = termParameters();
    String terms = String.join(" OR ", Collections.nCopies(termParameters.size(), HAS_TERMS));
    Sql others =
        any && !certain.isEmpty() ? new Sql(joined(certain, link), certainParameters) : Sql.NOTHING;
    return new SearchCondition(
        new Sql(joined(parts, link), parameters),
        new Sql(narrowing.toString(), narrowingParameters),
        terms.isEmpty() ? Sql.NOTHING : new Sql("(" + terms + ")", termParameters),
        new Recheck(rechecked, others, any));
  }

  private static String joined(List<String> parts, String link) {
    return "(" + String.join(link, parts) + ")";
  }

  /** All terms at once, of which the index follows the rarest; or each alternative's own. */
  private List<Object> termParameters() {
    if (any) {
      return everyClauseHasTerms
          ? termsOfClauses.stream().<Object>map(this::hashed).toList()
          : List.of();
    }
    SearchTerms all = fresh();
    termsOfClauses.forEach(all::addAll);
    return all.isEmpty() ? List.of() : List.of(hashed(all));
  }

  private SearchTerms fresh() {
    return SearchTerms.in(principal.account(), principal.livemode());
  }

  private String hashed(SearchTerms terms) {
    return blind.terms(Objects.requireNonNull(terms.column()));
  }

  private String metadata(String key, Clause clause) {
    parameters.add(key);
    String entry = "(" + type.metadata() + " ->> ?)";
    if (clause.operator() != Operator.IS) {
      throw refused(clause, "metadata is compared by : alone");
    }
    return isOrNull(entry, clause);
  }

  private String named(String name, Clause clause) {
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
      case TOKEN, STRING -> {
        only(clause, Operator.IS);
        yield field.isPersonal() ? sealed(name, clause) : isOrNull(field.sql(), clause);
      }
      case ID -> id(field, clause);
      case NUMBER -> number(field, clause);
      case TRUTH -> truth(field, clause);
    };
  }

  private String id(SearchField field, Clause clause) {
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

  /** A sealed value is what its hash says; that there is none, its absence among the terms. */
  private String sealed(String name, Clause clause) {
    if (clause.value() instanceof Value.Null) {
      parameters.add(hashed(fresh().present(name)));
      return "NOT coalesce(" + HAS_TERMS + ", false)";
    }
    parameters.add(hashed(fresh().value(name, text(clause))));
    return HAS_TERMS;
  }

  private static String part(Clause clause) {
    String part = text(clause);
    if (part.codePointCount(0, part.length()) < MIN_PART) {
      throw refused(clause, "~ takes at least " + MIN_PART + " characters");
    }
    return part;
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
    SearchTerms terms = fresh();
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
