package dev.portcullis.gateway.store;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.sealing.BlindIndex;
import dev.portcullis.gateway.sealing.PersonalData;
import dev.portcullis.gateway.sealing.Place;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.stereotype.Component;

/**
 * Reads objects. Every query leads with the principal's account and mode, so that another's object
 * cannot be found, whatever id is asked for.
 */
@Component
public final class ObjectReader {

  /** A page ends with the row that reaches this, as stored: no list takes all of the memory. */
  private static final long PAGE_BYTES = 4L << 20;

  private final Database database;
  private final PersonalData personal;
  private final BlindIndex blind;

  public ObjectReader(Database database, PersonalData personal, BlindIndex blind) {
    this.database = database;
    this.personal = personal;
    this.blind = blind;
  }

  /** One object. */
  public Optional<Stored> find(Table table, Principal principal, String id) {
    return database
        .of(principal.account())
        .sql(select(table) + " AND id = ?")
        .params(principal.account(), principal.livemode(), id)
        .query(rows(table, principal))
        .optional();
  }

  /** One object, if it meets the conditions. */
  public Optional<Stored> find(
      Table table, Principal principal, String id, List<Filter> conditions) {
    List<Object> parameters = new ArrayList<>();
    StringBuilder sql = new StringBuilder(select(table));
    parameters.add(principal.account());
    parameters.add(principal.livemode());
    add(blinded(table, principal, conditions), sql, parameters);
    cursor(sql, parameters, " AND id = ?", id);
    return database
        .of(principal.account())
        .sql(sql.toString())
        .params(parameters)
        .query(rows(table, principal))
        .optional();
  }

  /** The objects of those ids that there are, in no order. */
  public List<Stored> findAll(Table table, Principal principal, Collection<String> ids) {
    return database
        .of(principal.account())
        .sql(select(table) + " AND id = ANY (?)")
        .params(principal.account(), principal.livemode(), ids.toArray(String[]::new))
        .query(rows(table, principal))
        .list();
  }

  /**
   * The objects with that value in a column, at most 1,000, in no order.
   *
   * @param column a constant of the program: it becomes SQL text
   */
  public List<Stored> findBy(Table table, Principal principal, String column, String value) {
    return database
        .of(principal.account())
        .sql(select(table) + " AND " + column + " = ? LIMIT 1000")
        .params(principal.account(), principal.livemode(), value)
        .query(rows(table, principal))
        .list();
  }

  /**
   * The newest objects of each value in a column, with one query.
   *
   * @param column a constant of the program: it becomes SQL text
   * @param values an object has one of them at most
   * @param limit how many of each at most
   */
  public Map<String, Page> newest(
      Table table, Principal principal, String column, Collection<String> values, int limit) {
    Map<String, List<Stored>> rows = new HashMap<>();
    database
        .of(principal.account())
        .sql(
            "SELECT own.id, own.livemode, own.version, own.created, own.doc, wanted.value"
                + " FROM unnest(?::text[]) AS wanted (value) CROSS JOIN LATERAL ("
                + select(table)
                + " AND "
                + column
                + " = wanted.value ORDER BY id DESC LIMIT ?) AS own ORDER BY own.id DESC")
        .params(values.toArray(String[]::new), principal.account(), principal.livemode(), limit + 1)
        .query(
            row -> {
              rows.computeIfAbsent(row.getString(6), _ -> new ArrayList<>())
                  .add(read(table, principal.account(), row));
            });
    Map<String, Page> pages = new HashMap<>();
    rows.forEach(
        (value, found) ->
            pages.put(
                value,
                new Page(found.subList(0, Math.min(limit, found.size())), found.size() > limit)));
    return pages;
  }

  /**
   * A part of a list, by keyset: ids sort by age, so a page costs the same wherever it is. It ends
   * early, and says that there is more, when its documents become too large together.
   *
   * @param object the type's name, for the error about a cursor
   * @throws ApiException 400 if the cursor is no object of the list's type
   */
  public Page page(
      Table table, String object, Principal principal, ListQuery query, List<Filter> filters) {
    checkCursor(table, object, principal, query);
    List<Object> parameters = new ArrayList<>();
    StringBuilder sql = new StringBuilder(select(table));
    parameters.add(principal.account());
    parameters.add(principal.livemode());
    add(blinded(table, principal, filters), sql, parameters);
    if (query.from() > 0) {
      sql.append(" AND created >= to_timestamp(?)");
      parameters.add(query.from());
    }
    sql.append(" AND created < to_timestamp(?)");
    parameters.add(query.until());
    query.startingAfter().ifPresent(id -> cursor(sql, parameters, " AND id < ?", id));
    query.endingBefore().ifPresent(id -> cursor(sql, parameters, " AND id > ?", id));
    boolean backwards = query.endingBefore().isPresent();
    String order = " ORDER BY id " + (backwards ? "ASC" : "DESC");
    sql.append(order).append(" LIMIT ?");
    parameters.add(query.limit() + 1);
    parameters.add(PAGE_BYTES);
    AtomicLong there = new AtomicLong();
    List<Stored> rows =
        database
            .of(principal.account())
            .sql(sized(sql, order))
            .params(parameters)
            .query(
                (row, _) -> {
                  there.set(row.getLong(6));
                  return read(table, principal.account(), row);
                })
            .list();
    List<Stored> page =
        new ArrayList<>(rows.size() > query.limit() ? rows.subList(0, query.limit()) : rows);
    boolean more = there.get() > page.size();
    if (backwards) {
      Collections.reverse(page);
    }
    return new Page(page, more);
  }

  /**
   * A page of rows that says how many there were, and leaves out those behind its bytes. Sizes are
   * taken of the rows' pointers to large values, so none is read that is not shown.
   */
  private static String sized(CharSequence page, String order) {
    return "SELECT id, livemode, version, created, doc, there FROM (SELECT *, count(*) OVER () AS"
        + " there, sum(pg_column_size(doc)) OVER ("
        + order
        + ") - pg_column_size(doc) AS before FROM ("
        + page
        + ") AS page) AS sized WHERE before < ?"
        + order;
  }

  /** The filters as the stored values can meet them: some columns hold keyed hashes. */
  private List<Filter> blinded(Table table, Principal principal, List<Filter> filters) {
    return filters.stream()
        .map(filter -> table.isBlind(filter.column()) ? blinded(table, principal, filter) : filter)
        .toList();
  }

  private Filter blinded(Table table, Principal principal, Filter filter) {
    String column = table.name() + '.' + filter.column();
    return Filter.in(
        filter.column(),
        filter.values().stream()
            .map(value -> blind.value(principal.account(), column, value.toString()))
            .toList());
  }

  private static void add(List<Filter> filters, StringBuilder sql, List<Object> parameters) {
    for (Filter filter : filters) {
      String marks = "?, ".repeat(filter.values().size() - 1) + "?)";
      sql.append(
          filter.prefix()
              ? " AND starts_with(" + filter.column() + ", " + marks
              : " AND " + filter.column() + " IN (" + marks);
      parameters.addAll(filter.values());
    }
  }

  private static void cursor(StringBuilder sql, List<Object> parameters, String part, String id) {
    sql.append(part);
    parameters.add(id);
  }

  private void checkCursor(Table table, String object, Principal principal, ListQuery query) {
    query.startingAfter().ifPresent(id -> require(table, object, principal, id, "starting_after"));
    query.endingBefore().ifPresent(id -> require(table, object, principal, id, "ending_before"));
  }

  private void require(
      Table table, String object, Principal principal, String id, String parameter) {
    if (find(table, principal, id).isEmpty()) {
      throw new ApiException(ApiErrors.noSuch(object, id, parameter));
    }
  }

  private static String select(Table table) {
    return "SELECT id, livemode, version, created, doc FROM "
        + table.name()
        + " WHERE account = ? AND livemode = ?";
  }

  /** Reads rows of id, livemode, version, created, doc. */
  public RowMapper<Stored> rows(Table table, Principal principal) {
    return (row, _) -> read(table, principal.account(), row);
  }

  /** Reads a row of id, livemode, version, created, doc, and opens what is sealed in it. */
  public Stored read(Table table, String account, ResultSet row) throws SQLException {
    Stored stored = row(row);
    if (!table.isProtected()) {
      return stored;
    }
    Place place = Place.of(account, stored.livemode(), table, table.column("doc"), stored.id());
    return stored.with(personal.open(place, stored.doc()));
  }

  private static Stored row(ResultSet row) throws SQLException {
    return new Stored(
        row.getString(1),
        row.getBoolean(2),
        row.getInt(3),
        row.getObject(4, OffsetDateTime.class).toInstant(),
        row.getString(5));
  }
}
