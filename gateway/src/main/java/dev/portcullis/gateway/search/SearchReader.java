package dev.portcullis.gateway.search;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.search.SearchCondition.Recheck;
import dev.portcullis.gateway.search.SearchCondition.Sql;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
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

  /** The same where each row has to be opened. */
  private static final int OPENED_STRETCH = 2_000;

  /** How many rows of the index are looked at; what has more is found by stretches. */
  private static final int MAX_HITS = 10_000;

  /** Stripe's counts are exact up to this number, too. */
  private static final int MAX_COUNT = 10_000;

  /** So many rows are looked at for a count, and so many where each has to be opened. */
  private static final int ROWS_FOR_COUNT = 100_000;

  private static final int OPENED_FOR_COUNT = 10_000;

  /** How many documents are opened before there is a look at whether they are enough. */
  private static final int AT_ONCE = 200;

  private static final String COLUMNS = "SELECT id, livemode, version, created, doc";

  /** The column after those. */
  private static final int CERTAIN = 6;

  private final Database database;
  private final ObjectReader reader;

  SearchReader(Database database, ObjectReader reader) {
    this.database = database;
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
      return scope("");
    }

    /** The same rows, where row-level security does not keep the index of terms from use. */
    String indexedScope() {
      return scope("search.");
    }

    private String scope(String schema) {
      return " FROM "
          + schema
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
    int length = condition.recheck().isNeeded() ? OPENED_STRETCH : STRETCH;
    List<Stored> rows = stretch(search, length, limit + 1);
    return rows.size() > limit ? page(rows, limit) : new Hits(rows, endOfStretch(search, length));
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
    SearchCondition condition = search.condition;
    List<Object> parameters = search.scopeParameters();
    parameters.addAll(condition.narrowing().parameters());
    parameters.add(length);
    parameters.addAll(condition.candidates().parameters());
    parameters.add(condition.recheck().isNeeded() ? length : limit);
    return hits(
            search,
            " FROM (SELECT *"
                + search.scope()
                + condition.narrowing().text()
                + " ORDER BY id DESC LIMIT ?) AS stretch WHERE "
                + condition.candidates().text()
                + " ORDER BY id DESC LIMIT ?",
            parameters)
        .limit(limit)
        .toList();
  }

  /** The candidates that are hits, in the order of the rows. */
  private Stream<Stored> hits(Search search, String from, List<Object> parameters) {
    Recheck recheck = search.condition.recheck();
    RowMapper<Stored> stored = reader.rows(search.type.table(), search.principal);
    if (!recheck.isNeeded()) {
      return database
          .of(search.principal.account())
          .sql(COLUMNS + from)
          .params(parameters)
          .query(stored)
          .list()
          .stream();
    }
    Sql certain = recheck.certain();
    List<Object> all = new ArrayList<>(certain.parameters());
    all.addAll(parameters);
    return database
        .of(search.principal.account())
        .sql(COLUMNS + ", " + (certain.text().isEmpty() ? "false" : certain.text()) + from)
        .params(all)
        .query(
            (row, number) -> {
              Stored candidate = Objects.requireNonNull(stored.mapRow(row, number));
              boolean hit =
                  row.getBoolean(CERTAIN) || recheck.isMetBy(Json.readObject(candidate.doc()));
              return hit ? Optional.of(candidate) : Optional.<Stored>empty();
            })
        .list()
        .stream()
        .flatMap(Optional::stream);
  }

  /** Where the stretch ends; null if it is the last one. */
  private @Nullable String endOfStretch(Search search, int length) {
    List<Object> parameters = search.scopeParameters();
    parameters.addAll(search.condition.narrowing().parameters());
    parameters.add(length - 1);
    return database
        .of(search.principal.account())
        .sql(
            "SELECT id"
                + search.scope()
                + search.condition.narrowing().text()
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
    SearchCondition condition = search.condition;
    List<Object> parameters = search.scopeParameters();
    parameters.addAll(condition.terms().parameters());
    parameters.add(MAX_HITS + 1);
    parameters.add(MAX_HITS);
    parameters.addAll(condition.candidates().parameters());
    parameters.add(condition.recheck().isNeeded() ? MAX_HITS : limit);
    // Materialized, or the planner might walk the whole table in the order of ids after all.
    Newest newest =
        database
            .of(search.principal.account())
            .sql(
                "WITH given AS MATERIALIZED (SELECT *"
                    + search.indexedScope()
                    + " AND "
                    + condition.terms().text()
                    + " LIMIT ?), total AS (SELECT count(*) AS rows FROM given)"
                    + " SELECT (SELECT rows FROM total), array(SELECT id FROM given"
                    + " WHERE (SELECT rows FROM total) <= ? AND "
                    + condition.candidates().text()
                    + " ORDER BY id DESC LIMIT ?)")
            .params(parameters)
            .query(
                (row, _) ->
                    new Newest(row.getLong(1), List.of((String[]) row.getArray(2).getArray())))
            .single();
    return newest.given() > MAX_HITS
        ? Optional.empty()
        : Optional.of(read(search, newest.ids(), limit));
  }

  /** How many rows the index gave, and the first of those that come into question. */
  private record Newest(long given, List<String> ids) {}

  /** The first so many hits of those ids, newest first; no more are opened than it takes. */
  private List<Stored> read(Search search, List<String> ids, int limit) {
    List<Stored> found = new ArrayList<>();
    for (int from = 0; from < ids.size() && found.size() < limit; from += AT_ONCE) {
      String[] some =
          ids.subList(from, Math.min(ids.size(), from + AT_ONCE)).toArray(String[]::new);
      List<Object> parameters = search.scopeParameters();
      parameters.add(some);
      hits(search, search.scope() + " AND id = ANY (?) ORDER BY id DESC", parameters)
          .limit(limit - found.size())
          .forEach(found::add);
    }
    return found;
  }

  /**
   * How many hits there are, up to {@link #MAX_COUNT}, among so many rows that it costs no more in
   * a large table: those that the index of terms gives, or else the newest.
   */
  long count(Searchable type, Principal principal, SearchCondition condition) {
    Search search = new Search(type, principal, condition, null);
    List<Object> parameters = search.scopeParameters();
    parameters.addAll(condition.terms().parameters());
    parameters.add(condition.recheck().isNeeded() ? OPENED_FOR_COUNT : ROWS_FOR_COUNT);
    parameters.addAll(condition.candidates().parameters());
    parameters.add(MAX_COUNT);
    String rows =
        condition.hasTerms()
            ? search.indexedScope() + " AND " + condition.terms().text()
            : search.scope() + " ORDER BY id DESC";
    String from =
        " FROM (SELECT *"
            + rows
            + " LIMIT ?) AS looked WHERE "
            + condition.candidates().text()
            + " LIMIT ?";
    return condition.recheck().isNeeded()
        ? hits(search, from, parameters).count()
        : database
            .of(search.principal.account())
            .sql("SELECT count(*) FROM (SELECT 1" + from + ") AS found")
            .params(parameters)
            .query(Long.class)
            .single();
  }
}
