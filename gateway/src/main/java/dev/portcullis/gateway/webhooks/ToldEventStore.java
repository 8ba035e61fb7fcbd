package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.events.ToldEvents;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.kit.Ids;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;

/**
 * Finds events by whether everybody was told of them. Both ways go type by type, each through an
 * index that has the mode, the type and the order of the list: what is read for a page is what may
 * stand on it, however many others there are of other types, of the other mode or of other times.
 */
@Component
final class ToldEventStore implements ToldEvents {

  /** What is asked of an event's time and its id's are taken one after the other. */
  private static final int SECONDS_APART = 1;

  /** Where everybody is told of nearly everything, the first few are enough for a page. */
  private static final int FIRST_LOOK = 4;

  private final Database database;
  private final InstantSource clock;

  ToldEventStore(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  @Override
  public Found find(Principal principal, boolean everybody, ListQuery query, List<String> types) {
    Part part = part(query);
    if (!everybody) {
      return new Found(untold(principal, part, types), null);
    }
    Found found = told(principal, part, types, part.rows * FIRST_LOOK);
    return found.lookedAt() == null ? found : told(principal, part, types, MOST_LOOKED_AT);
  }

  private List<String> untold(Principal principal, Part part, List<String> types) {
    List<Object> values = new ArrayList<>();
    values.add(types.toArray(String[]::new));
    values.addAll(List.of(principal.account(), principal.livemode()));
    values.addAll(part.values);
    values.addAll(List.of(part.rows, part.rows));
    return database
        .of(principal.account())
        .sql(
            // A delivery is in the index until it has succeeded.
            "SELECT DISTINCT f.id FROM unnest(?::text[]) AS t (type) CROSS JOIN LATERAL"
                + " (SELECT DISTINCT event AS id FROM webhook_deliveries WHERE account = ?"
                + " AND livemode = ? AND type = t.type AND state <> 'delivered' AND "
                + part.condition("event")
                + part.order("event")
                + " LIMIT ?) f"
                + part.order("f.id")
                + " LIMIT ?")
        .params(values)
        .query(String.class)
        .list();
  }

  private Found told(Principal principal, Part part, List<String> types, int most) {
    if (types.isEmpty()) {
      return new Found(List.of(), null);
    }
    List<Object> values = new ArrayList<>();
    for (String type : types) {
      values.addAll(List.of(principal.account(), principal.livemode(), type));
      values.addAll(part.values);
      values.add(most);
    }
    values.addAll(List.of(most, principal.account(), part.rows, most - 1));
    String ofType =
        "(SELECT id FROM events WHERE account = ? AND livemode = ? AND type = ? AND "
            + part.condition("id")
            + part.order("id")
            + " LIMIT ?)";
    return database
        .of(principal.account())
        .sql(
            // Each type's part comes in the order of its index, and they are merged row by row: no
            // more is read than is looked at.
            "WITH looked_at AS MATERIALIZED (SELECT f.id FROM ("
                + String.join(" UNION ALL ", Collections.nCopies(types.size(), ofType))
                + ") f"
                + part.order("f.id")
                // What is read of each event is its deliveries, by their key.
                + " LIMIT ?) SELECT ARRAY(SELECT l.id FROM looked_at l WHERE (SELECT count(*)"
                + " FROM (SELECT 1 FROM webhook_deliveries WHERE account = ? AND event = l.id"
                + " AND state <> 'delivered' LIMIT 1) one) = 0"
                + part.order("l.id")
                + " LIMIT ?), (SELECT id FROM looked_at"
                + part.order("id")
                + " OFFSET ? LIMIT 1)")
        .params(values)
        .query((row, _) -> found(row, part.rows))
        .single();
  }

  private static Found found(ResultSet row, int enough) throws SQLException {
    Array array = Objects.requireNonNull(row.getArray(1));
    List<String> ids = List.of((String[]) array.getArray());
    return new Found(ids, ids.size() < enough ? row.getString(2) : null);
  }

  /**
   * The part of the list, as a condition on the ids, which sort by age, and on the time.
   *
   * @param cursor a further condition on the id, behind it; or empty
   * @param backwards whether the oldest come first
   * @param rows so many are wanted
   */
  private record Part(String cursor, List<Object> values, boolean backwards, int rows) {
    String condition(String id) {
      String after = cursor.isEmpty() ? "" : id + cursor + " AND ";
      return after
          + id
          + " >= ? AND "
          + id
          + " < ? AND created >= to_timestamp(?) AND created < to_timestamp(?)";
    }

    String order(String id) {
      return " ORDER BY " + id + (backwards ? " ASC" : " DESC");
    }
  }

  private Part part(ListQuery query) {
    long from = Math.max(query.from(), clock.instant().minus(KNOWN_FOR).getEpochSecond());
    List<Object> values = new ArrayList<>();
    query.startingAfter().ifPresent(values::add);
    query.endingBefore().ifPresent(values::add);
    values.add(Ids.first("evt", Instant.ofEpochSecond(from - SECONDS_APART)));
    values.add(Ids.first("evt", Instant.ofEpochSecond(query.until() + SECONDS_APART)));
    values.addAll(List.of(from, query.until()));
    boolean backwards = query.endingBefore().isPresent();
    String cursor = query.startingAfter().isPresent() ? " < ?" : backwards ? " > ?" : "";
    return new Part(cursor, values, backwards, query.limit() + 1);
  }
}
