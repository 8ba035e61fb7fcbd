package dev.portcullis.gateway.sealing;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Counts the rows that hold a value of another key than the one that seals. It trusts no list of
 * what is sealed: it looks through whole rows of every table that the gateway may write, in the
 * order of their keys, which never change.
 */
@Component
public final class SealingCensus {

  private static final String TABLES =
      """
      SELECT quote_ident(c.relname), array_agg(quote_ident(a.attname) ORDER BY k.place),
        array_agg(format_type(a.atttypid, NULL) ORDER BY k.place)
      FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
        CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k (attribute, place)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attribute
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
        AND NOT c.relispartition AND has_table_privilege(c.oid, 'INSERT, UPDATE')
      GROUP BY c.relname ORDER BY c.relname
      """;

  private static final String WITHOUT_KEY =
      """
      SELECT c.relname FROM pg_class c
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
        AND NOT c.relispartition AND has_table_privilege(c.oid, 'INSERT, UPDATE')
        AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
      """;

  private final Database database;
  private final Sealer sealer;

  SealingCensus(Database database, Sealer sealer) {
    this.database = database;
    this.sealer = sealer;
  }

  /**
   * A part of it.
   *
   * @param looked how many rows were looked at
   * @param rows how many of them hold a value of a key, by its id; each of {@link Sealer#others()}
   * @param nextTable the table that goes on, or null at the end
   * @param nextAfter where in it, empty for its beginning
   */
  public record Part(
      String table,
      int looked,
      Map<Integer, Long> rows,
      @Nullable String nextTable,
      String nextAfter) {}

  private record Keyed(String name, List<String> columns, List<String> types) {
    String list(BiFunction<String, String, String> part) {
      return IntStream.range(0, columns.size())
          .mapToObj(at -> part.apply(columns.get(at), types.get(at)))
          .collect(Collectors.joining(", "));
    }
  }

  private record Row(List<String> key, List<Integer> sealedBy) {}

  /** A place that {@link Part} did not name. */
  public static final class NoSuchPlace extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoSuchPlace() {
      super("no place of the census", null, false, false);
    }
  }

  /**
   * Looks at the next rows.
   *
   * @param table as the last part said; empty for the beginning
   * @param after as the last part said
   * @param limit at most so many rows
   * @throws NoSuchPlace if no part said so
   */
  public Part next(String table, String after, int limit) {
    requireKeys();
    List<Keyed> tables = tables();
    int at = table.isEmpty() ? 0 : find(tables, table);
    Keyed here = tables.get(at);
    List<Row> rows = rows(here, after.isEmpty() ? List.of() : place(here, after), limit);
    Map<Integer, Long> counts = new TreeMap<>();
    sealer.others().forEach(id -> counts.put(id, 0L));
    rows.forEach(row -> row.sealedBy.forEach(id -> counts.merge(id, 1L, Long::sum)));
    if (rows.size() == limit) {
      String last = Json.writeString(Map.of("key", rows.getLast().key));
      return new Part(here.name, rows.size(), counts, here.name, last);
    }
    String following = at + 1 < tables.size() ? tables.get(at + 1).name : null;
    return new Part(here.name, rows.size(), counts, following, "");
  }

  /** A table that cannot be gone through would be taken for one that holds nothing. */
  private void requireKeys() {
    List<String> without =
        database.across(AllAccounts.SEALING).sql(WITHOUT_KEY).query(String.class).list();
    if (!without.isEmpty()) {
      throw new IllegalStateException("tables without a primary key: " + without);
    }
  }

  private List<Keyed> tables() {
    return database
        .across(AllAccounts.SEALING)
        .sql(TABLES)
        .query(
            (row, _) -> new Keyed(row.getString(1), texts(row.getArray(2)), texts(row.getArray(3))))
        .list();
  }

  private static int find(List<Keyed> tables, String name) {
    return IntStream.range(0, tables.size())
        .filter(at -> tables.get(at).name.equals(name))
        .findFirst()
        .orElseThrow(NoSuchPlace::new);
  }

  private static List<String> place(Keyed table, String after) {
    try {
      List<String> key = new ArrayList<>();
      if (Json.readObject(after).get("key") instanceof List<?> list) {
        list.forEach(part -> key.add(String.valueOf(part)));
      }
      if (key.size() == table.columns.size()) {
        return key;
      }
    } catch (MalformedJsonException _) {
      // As one of another length.
    }
    throw new NoSuchPlace();
  }

  // Names come from PostgreSQL's own catalogue, which quotes them.
  private List<Row> rows(Keyed table, List<String> after, int limit) {
    String columns = table.list((column, _) -> "t." + column);
    String condition =
        after.isEmpty()
            ? ""
            : "WHERE (%s) > (%s)".formatted(columns, table.list((_, type) -> "?::text::" + type));
    List<Integer> ids = List.copyOf(sealer.others());
    List<Object> params = new ArrayList<>();
    params.add(ids.stream().map(sealer::beginning).toArray(String[]::new));
    params.addAll(after);
    params.add(limit);
    return database
        .across(AllAccounts.SEALING)
        .sql(
            "SELECT ARRAY[%s], ARRAY(SELECT place FROM unnest(?::text[]) WITH ORDINALITY b (beginning, place) WHERE position(beginning IN t::text) > 0) FROM %s t %s ORDER BY %s LIMIT ?"
                .formatted(
                    table.list((column, _) -> "t." + column + "::text"),
                    table.name,
                    condition,
                    columns))
        .params(params)
        .query((row, _) -> row(row, ids))
        .list();
  }

  private static Row row(ResultSet row, List<Integer> ids) throws SQLException {
    List<Integer> found = new ArrayList<>();
    for (Long place : (Long[]) row.getArray(2).getArray()) {
      found.add(ids.get(Math.toIntExact(place) - 1));
    }
    return new Row(texts(row.getArray(1)), found);
  }

  private static List<String> texts(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }
}
