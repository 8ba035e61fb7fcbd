package dev.portcullis.gateway.work;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Takes rows that are due, for one process alone until a lease is over, from a table with the key
 * {@code (account, id)}, a column {@code due} that is null where nothing is, and a lane. The lease
 * is the row's new {@code due}: what a dead process took comes back by itself.
 *
 * <p>The oldest come first. Where more is due than is looked at, it may all be of lanes that have
 * their share, so that the lanes are looked at one by one, each found by the end of the one before
 * it in the index: what waits in one costs the others nothing. Where there are more than are looked
 * at in a claim, the next one goes on behind them, and after the last lane with the first: each has
 * its turn.
 */
public final class DueRows {

  /** So many of the oldest are looked at. */
  static final int LOOKED_AT = 4 * DueWork.PLACES;

  /** And so many lanes, where there are more that are due. */
  static final int MOST_LANES = 1_000;

  /** Every lane is behind it. */
  private static final String BEFORE_ALL = "";

  private final String sql;

  /** The last lane that the last claim looked at, where it left some out. */
  private final AtomicReference<String> lookedTo = new AtomicReference<>(BEFORE_ALL);

  private DueRows(String sql) {
    this.sql = sql;
  }

  /**
   * Rows of that table. All become SQL text: they are constants of the program.
   *
   * @param lane the column that names the lane; an index leads with it and goes on with {@code due}
   * @param set what is changed beside {@code due}: empty, or beginning with a comma
   * @param returning the columns that are wanted
   */
  public static DueRows of(String table, String lane, String set, String returning) {
    String claim =
        ("WITH RECURSIVE shares (lane, many) AS (SELECT * FROM unnest(?::text[], ?::integer[])),"
                + " looked_to (lane) AS (SELECT ?::text),"
                + " oldest AS MATERIALIZED (SELECT account, id, %2$s AS lane, due FROM %1$s"
                + " WHERE due <= ? ORDER BY due LIMIT %5$d),"
                + walk("behind", "%2$s > (SELECT lane FROM looked_to)", "0")
                + walk(
                    "before",
                    "%2$s <= (SELECT lane FROM looked_to)",
                    "(SELECT count(*) FROM behind)")
                + " lanes AS (SELECT * FROM behind UNION ALL SELECT * FROM before),"
                + " heads AS (SELECT account, id, lane, due FROM oldest UNION"
                + " SELECT h.account, h.id, h.lane, h.due FROM lanes l CROSS JOIN LATERAL"
                // A stretch of the lanes' index: said as one lane, it could be read in the order of
                // due.
                + " (SELECT account, id, %2$s AS lane, due FROM %1$s WHERE due IS NOT NULL AND %2$s"
                + " >= l.lane AND (%2$s, due) <= (l.lane, ?::timestamptz) ORDER BY %2$s, due LIMIT"
                + " %7$d) h), placed AS (SELECT h.account, h.id, h.due, coalesce(s.many, 0) +"
                + " row_number() OVER (PARTITION BY h.lane ORDER BY h.due, h.id) AS place FROM"
                + " heads h LEFT JOIN shares s ON s.lane = h.lane), wanted AS (SELECT account, id"
                + " FROM placed WHERE place <= %7$d ORDER BY due LIMIT ?), taken AS (UPDATE %1$s"
                + " SET due = ?%3$s WHERE (account, id) IN (SELECT t.account, t.id FROM wanted w"
                + " JOIN %1$s t ON t.account = w.account"
                // Somebody else may have taken it since it was looked at.
                + " AND t.id = w.id WHERE t.due <= ? FOR UPDATE OF t SKIP LOCKED) RETURNING %4$s,"
                // A claim that takes nothing has looked at lanes, too.
                + " true AS is_taken) SELECT t.*, (SELECT lane FROM lanes WHERE step = %6$d) AS"
                + " looked_to FROM (VALUES (1)) one LEFT JOIN taken t ON true")
            .formatted(table, lane, set, returning, LOOKED_AT, MOST_LANES, DueWork.LANE);
    return new DueRows(claim);
  }

  /**
   * From lane to lane, where all of the oldest that are looked at may be of few lanes.
   *
   * @param part of all lanes
   * @param steps how many lanes were looked at before
   */
  private static String walk(String name, String part, String steps) {
    return (" <name> (lane, step) AS ((SELECT %2$s, <steps> + 1 FROM %1$s WHERE due IS NOT NULL"
            + " AND <part> AND <steps> < %6$d AND (SELECT count(*) FROM oldest) = %5$d"
            + " ORDER BY %2$s LIMIT 1) UNION ALL SELECT n.lane, l.step + 1 FROM <name> l"
            + " CROSS JOIN LATERAL (SELECT %2$s AS lane FROM %1$s WHERE due IS NOT NULL"
            + " AND %2$s > l.lane AND <part> ORDER BY %2$s LIMIT 1) n WHERE l.step < %6$d),")
        .replace("<name>", name)
        .replace("<part>", part)
        .replace("<steps>", steps);
  }

  /**
   * Takes some.
   *
   * @param most so many at most
   * @param underWay how many of a lane are worked on already; with those, no lane gets more than
   *     {@link DueWork#LANE}
   */
  public <T> List<T> claim(
      JdbcClient all,
      Instant now,
      Instant lease,
      int most,
      Map<String, Integer> underWay,
      RowMapper<T> rows) {
    List<String> lanes = List.copyOf(underWay.keySet());
    ResultSetExtractor<List<T>> taken = result -> taken(result, rows);
    return all.sql(sql)
        .params(
            lanes.toArray(String[]::new),
            lanes.stream().map(underWay::get).toArray(Integer[]::new),
            lookedTo.get(),
            utc(now),
            utc(now),
            most,
            utc(lease),
            utc(now))
        .query(taken);
  }

  /** There is one row at least, which is empty where nothing was taken. */
  private <T> List<T> taken(ResultSet result, RowMapper<T> rows) throws SQLException {
    List<T> taken = new ArrayList<>();
    while (result.next()) {
      lookedTo.set(Objects.requireNonNullElse(result.getString("looked_to"), BEFORE_ALL));
      if (result.getBoolean("is_taken")) {
        taken.add(rows.mapRow(result, taken.size()));
      }
    }
    return taken;
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
