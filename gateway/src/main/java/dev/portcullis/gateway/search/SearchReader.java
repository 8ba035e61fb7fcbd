package dev.portcullis.gateway.search;

import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Stored;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Finds what a query asks for, newest first, at a cost that does not grow with the table: a look at
 * the newest rows, then the index of terms as long as it gives few enough, then a bounded stretch
 * of rows, after which the next page goes on.
 */
@Component
final class SearchReader {

  /** What is asked for most is often among the newest, or in so many rows that some are. */
  private static final int FIRST_LOOK = 1_000;

  /** How many rows one request looks at, without the index's help. */
  private static final int STRETCH = 20_000;

  /** How many rows of the index are looked at; what has more is found by stretches. */
  private static final int MAX_HITS = 10_000;

  /** Stripe's counts are exact up to this number, too. */
  private static final int MAX_COUNT = 10_000;

  private final JdbcClient jdbc;
  private final ObjectReader reader;

  SearchReader(JdbcClient jdbc, ObjectReader reader) {
    this.jdbc = jdbc;
    this.reader = reader;
  }

  /**
   * A page of hits.
   *
   * @param rows newest first
   * @param next the id after which the next page begins, or null if there is none
   */
  record Hits(List<Stored> rows, @Nullable String next) {}

  /** One search, with all that its statements have in common. */
  private record Search(
      Searchable type, Principal principal, SearchCondition condition, @Nullable String after) {

    /** The rows that may be looked at: of this account and mode, beyond the cursor. */
    String scope() {
      return " FROM "
          + type.table().name()
          + " WHERE account = ? AND livemode = ?"
          + (type.condition().isEmpty() ? "" : " AND " + type.condition())
          + (after == null ? "" : " AND id < ?");
    }

    List<Object> scopeParameters() {
      List<Object> parameters = new ArrayList<>();
      parameters.add(principal.account());
      parameters.add(principal.livemode());
      if (after != null) {
        parameters.add(after);
      }
      return parameters;
    }
  }

  Hits find(
      Searchable type,
      Principal principal,
      SearchCondition condition,
      int limit,
      @Nullable String after) {
    Search search = new Search(type, principal, condition, after);
    if (condition.hasTerms()) {
      List<Stored> newest = stretch(search, FIRST_LOOK, limit + 1);
      if (newest.size() > limit) {
        return page(newest, limit);
      }
      Optional<List<Stored>> indexed = indexed(search, limit + 1);
      if (indexed.isPresent()) {
        return page(indexed.get(), limit);
      }
    }
    List<Stored> rows = stretch(search, STRETCH, limit + 1);
    return rows.size() > limit ? page(rows, limit) : new Hits(rows, endOfStretch(search));
  }

  private static Hits page(List<Stored> rows, int limit) {
    if (rows.size() <= limit) {
      return new Hits(rows, null);
    }
    List<Stored> shown = rows.subList(0, limit);
    return new Hits(List.copyOf(shown), shown.getLast().id());
  }

  /** The hits among the next so many rows. */
  private List<Stored> stretch(Search search, int length, int limit) {
    List<Object> parameters = search.scopeParameters();
    parameters.addAll(search.condition.narrowingParameters());
    parameters.add(length);
    parameters.addAll(search.condition.parameters());
    parameters.add(limit);
    return jdbc.sql(
            "SELECT id, livemode, version, created, doc FROM (SELECT *"
                + search.scope()
                + search.condition.narrowing()
                + " ORDER BY id DESC LIMIT ?) AS stretch WHERE "
                + search.condition.sql()
                + " ORDER BY id DESC LIMIT ?")
        .params(parameters)
        .query(ObjectReader::row)
        .list();
  }

  /** Where the stretch ends; null if it is the last one. */
  private @Nullable String endOfStretch(Search search) {
    List<Object> parameters = search.scopeParameters();
    parameters.addAll(search.condition.narrowingParameters());
    parameters.add(STRETCH - 1);
    return jdbc.sql(
            "SELECT id"
                + search.scope()
                + search.condition.narrowing()
                + " ORDER BY id DESC OFFSET ? LIMIT 1")
        .params(parameters)
        .query(String.class)
        .optional()
        .orElse(null);
  }

  /**
   * The hits that the index of terms finds; empty if it gives too many rows to look at. What the
   * index gives is bounded before it is looked at, so that a common term costs what a rare one may.
   */
  private Optional<List<Stored>> indexed(Search search, int limit) {
    List<Object> parameters = search.scopeParameters();
    parameters.addAll(search.condition.termParameters());
    parameters.add(MAX_HITS + 1);
    parameters.add(MAX_HITS);
    parameters.addAll(search.condition.parameters());
    parameters.add(limit);
    // Materialized, or the planner might walk the whole table in the order of ids after all.
    Newest newest =
        jdbc.sql(
                "WITH given AS MATERIALIZED (SELECT *"
                    + search.scope()
                    + " AND "
                    + search.condition.terms()
                    + " LIMIT ?), total AS (SELECT count(*) AS rows FROM given)"
                    + " SELECT (SELECT rows FROM total), array(SELECT id FROM given"
                    + " WHERE (SELECT rows FROM total) <= ? AND "
                    + search.condition.sql()
                    + " ORDER BY id DESC LIMIT ?)")
            .params(parameters)
            .query(
                (row, _) ->
                    new Newest(row.getLong(1), List.of((String[]) row.getArray(2).getArray())))
            .single();
    if (newest.given() > MAX_HITS) {
      return Optional.empty();
    }
    List<Stored> rows =
        reader.findAll(search.type.table(), search.principal, newest.ids()).stream()
            .sorted(Comparator.comparing(Stored::id).reversed())
            .toList();
    return Optional.of(rows);
  }

  /** How many rows the index gave, and the first of those that are hits. */
  private record Newest(long given, List<String> ids) {}

  private static String hits(Search search) {
    return search.scope() + " AND " + search.condition.terms() + " AND " + search.condition.sql();
  }

  private static List<Object> hitParameters(Search search) {
    List<Object> parameters = search.scopeParameters();
    parameters.addAll(search.condition.termParameters());
    parameters.addAll(search.condition.parameters());
    return parameters;
  }

  /** How many hits there are, up to {@link #MAX_COUNT}. */
  long count(Searchable type, Principal principal, SearchCondition condition) {
    Search search = new Search(type, principal, condition, null);
    String found = condition.hasTerms() ? hits(search) : search.scope() + " AND " + condition.sql();
    List<Object> parameters =
        condition.hasTerms() ? hitParameters(search) : search.scopeParameters();
    if (!condition.hasTerms()) {
      parameters.addAll(condition.parameters());
    }
    parameters.add(MAX_COUNT);
    return jdbc.sql("SELECT count(*) FROM (SELECT 1" + found + " LIMIT ?) AS found")
        .params(parameters)
        .query(Long.class)
        .single();
  }
}
