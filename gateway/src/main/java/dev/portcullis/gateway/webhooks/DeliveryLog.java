package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What an endpoint was told, and how it answered. A delivery is named by its event. */
@Component
final class DeliveryLog {

  static final String OBJECT = "webhook_delivery";

  private static final String SELECT =
      "SELECT event, livemode, endpoint, created, type, object, object_version, state, attempts,"
          + " due, claimed_until, ended FROM webhook_deliveries"
          + " WHERE account = ? AND livemode = ? AND endpoint = ?";

  private final Database database;
  private final AnswerSeal answers;

  DeliveryLog(Database database, AnswerSeal answers) {
    this.database = database;
    this.answers = answers;
  }

  /**
   * A part of the endpoint's list, newest first.
   *
   * @throws ApiException 400 if the cursor is none of the list
   */
  Map<String, @Nullable Object> page(
      Principal principal, String endpoint, ListQuery query, List<String> states, String url) {
    StringBuilder sql = new StringBuilder(SELECT);
    List<Object> parameters =
        new ArrayList<>(List.of(principal.account(), principal.livemode(), endpoint));
    if (!states.isEmpty()) {
      sql.append(" AND state = ANY (?)");
      parameters.add(states.toArray(String[]::new));
    }
    sql.append(" AND created >= to_timestamp(?) AND created < to_timestamp(?)");
    parameters.add(query.from());
    parameters.add(query.until());
    query.startingAfter().ifPresent(id -> cursor(principal, endpoint, id, "starting_after"));
    query.startingAfter().ifPresent(parameters::add);
    query.endingBefore().ifPresent(id -> cursor(principal, endpoint, id, "ending_before"));
    query.endingBefore().ifPresent(parameters::add);
    boolean backwards = query.endingBefore().isPresent();
    sql.append(query.startingAfter().isPresent() ? " AND event < ?" : "")
        .append(backwards ? " AND event > ? ORDER BY event" : " ORDER BY event DESC")
        .append(" LIMIT ?");
    parameters.add(query.limit() + 1);
    List<Map<String, @Nullable Object>> rows =
        database
            .of(principal.account())
            .sql(sql.toString())
            .params(parameters)
            .query((row, _) -> delivery(row))
            .list();
    List<Map<String, @Nullable Object>> page =
        new ArrayList<>(rows.subList(0, Math.min(query.limit(), rows.size())));
    if (backwards) {
      Collections.reverse(page);
    }
    Map<String, @Nullable Object> list = new LinkedHashMap<>();
    list.put("object", "list");
    list.put("data", page);
    list.put("has_more", rows.size() > query.limit());
    list.put("url", url);
    return list;
  }

  private void cursor(Principal principal, String endpoint, String event, String parameter) {
    if (find(principal, endpoint, event).isEmpty()) {
      throw new ApiException(ApiErrors.noSuch(OBJECT, event, parameter));
    }
  }

  /** The delivery of that event to that endpoint. */
  Optional<Map<String, @Nullable Object>> find(Principal principal, String endpoint, String event) {
    return database
        .of(principal.account())
        .sql(SELECT + " AND event = ?")
        .params(principal.account(), principal.livemode(), endpoint, event)
        .query((row, _) -> delivery(row))
        .optional();
  }

  private static Map<String, @Nullable Object> delivery(ResultSet row) throws SQLException {
    String state = row.getString(8);
    boolean waiting = state.equals(DeliveryState.WAITING.wire());
    Map<String, @Nullable Object> delivery = new LinkedHashMap<>();
    delivery.put("id", row.getString(1));
    delivery.put("object", OBJECT);
    delivery.put("attempt_count", row.getLong(9));
    delivery.put("created", seconds(row, 4));
    delivery.put("ended", seconds(row, 12));
    delivery.put("event_type", row.getString(5));
    delivery.put("livemode", row.getBoolean(2));
    delivery.put("next_attempt", waiting ? seconds(row, 10) : null);
    delivery.put("related_object", row.getString(6));
    delivery.put("sequence", row.getLong(7));
    delivery.put("status", state);
    delivery.put("webhook_endpoint", row.getString(3));
    return delivery;
  }

  /** The delivery of an event that is about to happen. */
  static Map<String, @Nullable Object> waiting(Event event, WebhookEndpoint endpoint) {
    Map<String, @Nullable Object> delivery = new LinkedHashMap<>();
    delivery.put("id", event.id());
    delivery.put("object", OBJECT);
    delivery.put("attempt_count", 0L);
    delivery.put("created", event.created().getEpochSecond());
    delivery.put("ended", null);
    delivery.put("event_type", event.type());
    delivery.put("livemode", endpoint.livemode());
    delivery.put("next_attempt", event.created().getEpochSecond());
    delivery.put("related_object", event.objectId());
    delivery.put("sequence", event.objectVersion());
    delivery.put("status", DeliveryState.WAITING.wire());
    delivery.put("webhook_endpoint", endpoint.id());
    return delivery;
  }

  private static @Nullable Long seconds(ResultSet row, int column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toEpochSecond();
  }

  /** The attempts of a delivery, the first one first; those of 30 days. */
  List<Map<String, @Nullable Object>> attempts(Principal principal, String endpoint, String event) {
    return database
        .of(principal.account())
        .sql(
            "SELECT number, begun, millis, outcome, status, reason, answer, secrets"
                + " FROM webhook_attempts WHERE account = ? AND livemode = ? AND endpoint = ?"
                + " AND event = ? ORDER BY number LIMIT 1000")
        .params(principal.account(), principal.livemode(), endpoint, event)
        .query((row, _) -> attempt(principal, endpoint, event, row))
        .list();
  }

  private Map<String, @Nullable Object> attempt(
      Principal principal, String endpoint, String event, ResultSet row) throws SQLException {
    String answer = row.getString(7);
    Map<String, @Nullable Object> attempt = new LinkedHashMap<>();
    attempt.put("number", row.getLong(1));
    attempt.put("created", seconds(row, 2));
    attempt.put("duration_ms", row.getLong(3));
    attempt.put("outcome", row.getString(4));
    attempt.put("http_status", row.getObject(5) == null ? null : row.getLong(5));
    attempt.put("reason", row.getString(6));
    attempt.put(
        "response",
        answer == null
            ? null
            : answers.open(
                new AnswerSeal.Attempt(
                    principal.account(), principal.livemode(), event, endpoint, row.getInt(1)),
                answer));
    attempt.put("secret_count", row.getLong(8));
    return attempt;
  }

  /**
   * Has an event told once more, or for the first time, to an endpoint; one that is being told at
   * this moment stays as it is.
   *
   * @return whether there is such an event
   */
  boolean resend(Principal principal, String endpoint, String event, Instant now) {
    return database
            .of(principal.account())
            .sql(
                "WITH again AS (INSERT INTO webhook_deliveries AS d (account, livemode, event,"
                    + " endpoint, created, type, object, object_version, state, attempts, step,"
                    + " due) SELECT e.account, e.livemode, e.id, ?, e.created, e.type, e.object,"
                    + " e.object_version, 'waiting', 0, 0, ? FROM events e WHERE e.account = ? AND"
                    + " e.livemode = ? AND e.id = ? ON CONFLICT (account, event, endpoint) DO"
                    + " UPDATE SET state = 'waiting', step = 0, due = excluded.due, ended = NULL,"
                    + " again = false WHERE coalesce(d.claimed_until, '-infinity') <= excluded.due)"
                    + " SELECT count(*) FROM events e WHERE e.account = ? AND e.livemode = ? AND"
                    + " e.id = ?")
            .params(
                endpoint,
                DeliveryStore.utc(now),
                principal.account(),
                principal.livemode(),
                event,
                principal.account(),
                principal.livemode(),
                event)
            .query(Long.class)
            .single()
        > 0;
  }
}
