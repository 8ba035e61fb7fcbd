package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.events.EventRenderer;
import dev.portcullis.gateway.store.Stored;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What waits to be sent, and what is needed to send it. */
final class DeliveryStore {

  /** One claim at most has so many deliveries: their events are in memory together. */
  static final int MOST_CLAIMED = 64;

  private static final int MOST_LOOKED_AT = 10_000;

  /**
   * From endpoint to endpoint, each found by the end of the one before it in the index: however
   * much waits for one, it costs one step.
   */
  private static final String BACKLOGS =
      "WITH RECURSIVE first (account, livemode, endpoint, due, step) AS ("
          + " (SELECT account, livemode, endpoint, due, 1 FROM webhook_deliveries"
          + "  WHERE state = 'waiting' AND endpoint > ? ORDER BY endpoint, due LIMIT 1)"
          + " UNION ALL SELECT n.account, n.livemode, n.endpoint, n.due, f.step + 1 FROM first f"
          + " CROSS JOIN LATERAL (SELECT account, livemode, endpoint, due FROM webhook_deliveries"
          + "  WHERE state = 'waiting' AND endpoint > f.endpoint"
          + "  ORDER BY endpoint, due LIMIT 1) n WHERE f.step < ?)"
          + " SELECT f.account, f.livemode, f.endpoint, f.due,"
          + " w.slot IS NOT NULL AND w.wanted <> '{}'::jsonb, h.paused_until FROM first f"
          + " LEFT JOIN webhook_endpoints w ON w.account = f.account AND w.id = f.endpoint"
          + " LEFT JOIN webhook_endpoint_health h"
          + " ON h.account = f.account AND h.endpoint = f.endpoint ORDER BY f.endpoint";

  /** What is told again comes after what is not; {@link Resends} keeps it short. */
  private static final String CLAIM =
      "WITH due AS (SELECT d.account, d.event, d.endpoint"
          + " FROM unnest(?::text[], ?::integer[]) AS w (endpoint, places)"
          + " CROSS JOIN LATERAL ("
          + "SELECT * FROM (SELECT account, event, endpoint FROM webhook_deliveries"
          + "  WHERE state = 'waiting' AND endpoint = w.endpoint AND due <= ? AND NOT again"
          + "  ORDER BY due LIMIT w.places FOR UPDATE SKIP LOCKED) f"
          + " UNION ALL SELECT * FROM (SELECT account, event, endpoint FROM webhook_deliveries"
          + "  WHERE state = 'waiting' AND endpoint = w.endpoint AND due <= ? AND again"
          + "  ORDER BY due LIMIT w.places FOR UPDATE SKIP LOCKED) a LIMIT w.places) d)"
          + " UPDATE webhook_deliveries t SET due = ?, claimed_until = ?,"
          + " attempts = t.attempts + 1 FROM due"
          + " WHERE t.account = due.account AND t.event = due.event"
          + " AND t.endpoint = due.endpoint RETURNING t.account, t.livemode, t.event, t.endpoint,"
          + " t.created, t.object_version, t.attempts, t.step + 1";

  /** An event and how many have yet to be told of it. */
  record Told(Stored event, int pending) {}

  private final Database database;

  DeliveryStore(Database database) {
    this.database = database;
  }

  /**
   * Endpoints for which something waits, in the order of their ids.
   *
   * @param after the endpoint to begin behind
   * @param limit that many at most
   */
  List<Backlog> backlogs(String after, int limit) {
    return database
        .across(AllAccounts.WEBHOOKS)
        .sql(BACKLOGS)
        .params(after, limit)
        .query(
            (row, _) ->
                new Backlog(
                    row.getString(1),
                    row.getBoolean(2),
                    row.getString(3),
                    time(row, 4),
                    row.getBoolean(5),
                    row.getObject(6) == null ? null : time(row, 6)))
        .list();
  }

  /**
   * Takes what is due, for this process alone. What a dead one took comes back when its lease is
   * over.
   *
   * @param places how many for each endpoint
   */
  List<Claim> claim(Map<String, Integer> places, Instant now, Instant lease) {
    List<String> endpoints = List.copyOf(places.keySet());
    return database
        .across(AllAccounts.WEBHOOKS)
        .sql(CLAIM)
        .params(
            endpoints.toArray(String[]::new),
            endpoints.stream().map(places::get).toArray(Integer[]::new),
            utc(now),
            utc(now),
            utc(lease),
            utc(lease))
        .query((row, _) -> claimed(row, lease))
        .list();
  }

  private static Claim claimed(ResultSet row, Instant lease) throws SQLException {
    return new Claim(
        row.getString(1),
        row.getBoolean(2),
        row.getString(3),
        row.getString(4),
        time(row, 5),
        row.getInt(6),
        row.getInt(7),
        row.getInt(8),
        lease);
  }

  /** The events of what was claimed, by {@link #key}. */
  Map<String, Told> events(Collection<Claim> claims) {
    Map<String, Told> events = new HashMap<>();
    database
        .ofEach(accounts(claims))
        .sql(
            "SELECT e.id, e.livemode, e.version, e.created, e.doc, e.account, (SELECT count(*)"
                + " FROM webhook_deliveries d WHERE d.account = e.account AND d.event = e.id"
                + " AND d.state = 'waiting') FROM (SELECT * FROM "
                + EventRenderer.EVENTS.name()
                + ") AS e JOIN (SELECT DISTINCT c.account, c.id FROM unnest(?::text[], ?::text[])"
                + " AS c (account, id)) c ON c.account = e.account AND c.id = e.id")
        .params(
            claims.stream().map(Claim::account).toArray(String[]::new),
            claims.stream().map(Claim::event).toArray(String[]::new))
        .query(
            row -> {
              events.put(
                  key(row.getString(6), row.getString(1)), new Told(stored(row), row.getInt(7)));
            });
    return events;
  }

  /** The endpoints of what was claimed, by {@link #key}; none that was deleted. */
  Map<String, WebhookEndpoint> endpoints(Collection<Claim> claims) {
    Map<String, WebhookEndpoint> endpoints = new HashMap<>();
    database
        .ofEach(accounts(claims))
        .sql(
            "SELECT w.id, w.livemode, w.version, w.created, w.doc, w.account FROM webhook_endpoints"
                + " w JOIN (SELECT DISTINCT c.account, c.id FROM unnest(?::text[], ?::text[]) AS c"
                + " (account, id)) c ON c.account = w.account AND c.id = w.id WHERE NOT w.deleted")
        .params(
            claims.stream().map(Claim::account).toArray(String[]::new),
            claims.stream().map(Claim::endpoint).toArray(String[]::new))
        .query(
            row -> {
              endpoints.put(
                  key(row.getString(6), row.getString(1)), WebhookEndpoint.of(stored(row)));
            });
    return endpoints;
  }

  /** What an object of an account is found by. */
  static String key(String account, String id) {
    return account + '/' + id;
  }

  private static List<String> accounts(Collection<Claim> claims) {
    return claims.stream().map(Claim::account).distinct().toList();
  }

  /**
   * Ends what waits for an endpoint that is not there any more or is disabled, in a step of at most
   * that many; what is under way is left to its outcome.
   */
  int cancel(Backlog closed, Instant now, int limit) {
    return database
        .of(closed.account())
        .sql(
            "UPDATE webhook_deliveries SET state = 'canceled', ended = ?, claimed_until = NULL"
                + " WHERE (account, event, endpoint) IN (SELECT d.account, d.event, d.endpoint"
                + " FROM webhook_deliveries d WHERE d.state = 'waiting' AND d.account = ?"
                + " AND d.endpoint = ? AND coalesce(d.claimed_until, '-infinity') <= ?"
                + " LIMIT ? FOR UPDATE SKIP LOCKED)")
        .params(utc(now), closed.account(), closed.endpoint(), utc(now), limit)
        .update();
  }

  /** How many wait, of all accounts; counted no further than the limit. */
  long waiting(int limit) {
    return database
        .across(AllAccounts.METRICS)
        .sql(
            "SELECT count(*) FROM (SELECT 1 FROM webhook_deliveries WHERE state = 'waiting'"
                + " LIMIT ?) AS few")
        .param(limit)
        .query(Long.class)
        .single();
  }

  /** For how long the first of those that are overdue has been due; zero if none is. */
  Duration lateness(Instant now) {
    return backlogs("", MOST_LOOKED_AT).stream()
        .filter(each -> each.isDue(now))
        .map(each -> Duration.between(each.due(), now))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private static Stored stored(ResultSet row) throws SQLException {
    return new Stored(
        row.getString(1), row.getBoolean(2), row.getInt(3), time(row, 4), row.getString(5));
  }

  static Instant time(ResultSet row, int column) throws SQLException {
    return Objects.requireNonNull(row.getObject(column, OffsetDateTime.class)).toInstant();
  }

  static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
