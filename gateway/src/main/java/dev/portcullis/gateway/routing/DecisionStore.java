package dev.portcullis.gateway.routing;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.sealing.PersonalData;
import dev.portcullis.gateway.sealing.Place;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the decisions that were stored, and what came of them. */
@Component
final class DecisionStore {

  /** Operations' ids begin with it. */
  static final String PREFIX = "op";

  private static final int MOST_OF_PAYMENT = 100;

  /**
   * The decisions first, and then for each the one row of its outcome: a planner that may choose
   * joins all outcomes of the account for every page.
   */
  private static final String SELECT =
      "SELECT d.account, d.livemode, d.id, d.created, d.provider, d.rules, d.doc, o.outcome,"
          + " o.decline_code, o.latency_ms FROM (SELECT * FROM route_decisions WHERE account = ?"
          + " AND ";

  private static final String WITH_OUTCOMES =
      ") d LEFT JOIN LATERAL (SELECT outcome, decline_code, latency_ms FROM route_outcomes o"
          + " WHERE o.account = d.account AND o.id = d.id OFFSET 0) o ON true ORDER BY d.id";

  /**
   * A decision that was made.
   *
   * @param operation the operation's id
   * @param provider where it went
   * @param end how it ended, or null while it is open
   */
  record Made(
      boolean livemode,
      String operation,
      Instant at,
      String provider,
      Decision decision,
      @Nullable End end) {}

  /**
   * How an operation ended.
   *
   * @param outcome {@code approved}, {@code declined} or {@code rejected}
   */
  record End(String outcome, @Nullable String declineCode, @Nullable Integer latencyMs) {
    boolean isApproved() {
      return outcome.equals("approved");
    }
  }

  /** A provider account's cards of one brand from one region. */
  record Segment(String provider, String brand, Region region) {}

  /**
   * What was seen of a segment.
   *
   * @param approved so many
   * @param all so many that ended
   * @param latencyMs how long an answer took on average, or null where none was timed
   */
  record Seen(long approved, long all, @Nullable Long latencyMs) {}

  private record Count(Segment segment, Seen seen) {}

  /**
   * A stretch of an account's first attempts, the newest first.
   *
   * @param from the time from which on
   * @param most so many of them
   */
  record Stretch(Tenant tenant, Instant from, int most) {}

  private final Database database;
  private final PersonalData personal;

  DecisionStore(Database database, PersonalData personal) {
    this.database = database;
    this.personal = personal;
  }

  /** The decisions about a payment, the oldest first. */
  List<Made> ofPayment(String account, String payment) {
    return database
        .of(account)
        .sql(SELECT + "payment = ? ORDER BY id LIMIT ?" + WITH_OUTCOMES)
        .params(account, payment, MOST_OF_PAYMENT)
        .query(this::made)
        .list();
  }

  /**
   * When a card was declined, at whichever provider: the newest first, as many as any network
   * counts.
   *
   * @param card its fingerprint
   */
  List<Instant> declines(Tenant tenant, String card, Instant since) {
    return database
        .of(tenant.account())
        .sql(
            "SELECT d.created FROM route_decisions d JOIN route_outcomes o"
                + " ON o.account = d.account AND o.id = d.id WHERE d.account = ?"
                + " AND d.livemode = ? AND d.card = ? AND d.created > ?"
                + " AND o.outcome = 'declined' ORDER BY d.created DESC LIMIT ?")
        .params(
            tenant.account(),
            tenant.livemode(),
            card,
            since.atOffset(ZoneOffset.UTC),
            Retry.MOST_ATTEMPTS)
        .query((row, _) -> row.getObject(1, OffsetDateTime.class).toInstant())
        .list();
  }

  /** When a payment's attempts were declined, at whichever provider: the newest first. */
  List<Instant> declinesOf(Tenant tenant, String payment, Instant since) {
    return database
        .of(tenant.account())
        .sql(
            "SELECT d.created FROM route_decisions d JOIN route_outcomes o"
                + " ON o.account = d.account AND o.id = d.id WHERE d.account = ?"
                + " AND d.payment = ? AND d.created > ? AND o.outcome = 'declined'"
                + " ORDER BY d.created DESC LIMIT ?")
        .params(tenant.account(), payment, since.atOffset(ZoneOffset.UTC), Retry.MOST_ATTEMPTS)
        .query((row, _) -> row.getObject(1, OffsetDateTime.class).toInstant())
        .list();
  }

  /**
   * A page of first attempts before an operation, the newest first.
   *
   * @param before an operation, or null for the newest
   */
  List<Made> page(Stretch stretch, @Nullable String before, int limit) {
    return database
        .of(stretch.tenant.account())
        .sql(
            SELECT
                + "livemode = ? AND attempt = 1 AND id >= ? AND id < ?"
                + " ORDER BY id DESC LIMIT ?"
                + WITH_OUTCOMES
                + " DESC")
        .params(
            stretch.tenant.account(),
            stretch.tenant.livemode(),
            Ids.first(PREFIX, stretch.from),
            before == null ? PREFIX + "_~" : before,
            limit)
        .query(this::made)
        .list();
  }

  /** What provider accounts made of that stretch, later attempts included. */
  Map<Segment, Seen> seen(Stretch stretch) {
    Map<Segment, Seen> seen = new HashMap<>();
    database
        .of(stretch.tenant.account())
        .sql(
            "SELECT d.provider, d.brand, d.region,"
                + " count(*) FILTER (WHERE o.outcome = 'approved'), count(*),"
                + " round(avg(o.latency_ms)) FROM (SELECT account, id, provider, brand, region"
                + " FROM route_decisions WHERE account = ? AND livemode = ? AND id >= ?"
                + " ORDER BY id DESC LIMIT ?) d"
                + " JOIN route_outcomes o ON o.account = d.account AND o.id = d.id"
                + " GROUP BY d.provider, d.brand, d.region")
        .params(
            stretch.tenant.account(),
            stretch.tenant.livemode(),
            Ids.first(PREFIX, stretch.from),
            stretch.most)
        .query(
            (row, _) -> {
              Segment segment =
                  new Segment(
                      row.getString(1),
                      row.getString(2),
                      Region.find(row.getString(3)).orElse(Region.UNKNOWN));
              long latency = row.getLong(6);
              return new Count(
                  segment,
                  new Seen(row.getLong(4), row.getLong(5), row.wasNull() ? null : latency));
            })
        .list()
        .forEach(count -> seen.put(count.segment, count.seen));
    return seen;
  }

  private Made made(ResultSet row, int number) throws SQLException {
    String id = row.getString(3);
    Place place =
        Place.of(
            row.getString(1), row.getBoolean(2), Decision.TABLE, Decision.TABLE.column("doc"), id);
    String outcome = row.getString(8);
    int latency = row.getInt(10);
    Integer latencyMs = row.wasNull() ? null : latency;
    return new Made(
        row.getBoolean(2),
        id,
        row.getObject(4, OffsetDateTime.class).toInstant(),
        row.getString(5),
        Decision.read(row.getInt(6), Json.readObject(personal.open(place, row.getString(7)))),
        outcome == null ? null : new End(outcome, row.getString(9), latencyMs));
  }
}
