package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.kit.Ids;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Has many events told once more, in the background: some at a time, from a cursor that is durable
 * with them, so that several gateways share the work and a killed one leaves nothing half done.
 * Each has its turn, and adds nothing while much of what it added waits: an endpoint has one at
 * most, so that what is told for the first time has little to be told before.
 */
final class Resends {

  /** How many are added at once, and how many are due at most when that is done. */
  static final int STEP = 500;

  static final Table TABLE =
      Table.of(
          "webhook_resends",
          "fixed endpoint text",
          "fixed since timestamptz",
          "fixed until timestamptz",
          "fixed failed_only boolean",
          "seen text",
          "ended timestamptz");

  private record Open(
      String account,
      boolean livemode,
      String id,
      String endpoint,
      Instant since,
      Instant until,
      boolean failedOnly,
      String seen) {}

  private final Database database;
  private final TransactionTemplate transactions;

  Resends(Database database, TransactionTemplate transactions) {
    this.database = database;
    this.transactions = transactions;
  }

  /** One that begins. Ids sort by age: it begins where events of that time do. */
  static Row begun(
      String id, Instant now, String endpoint, Instant since, Instant until, boolean failedOnly) {
    return Row.of(
        id,
        1,
        now,
        endpoint,
        since,
        until,
        failedOnly,
        Ids.first("evt", since.minusSeconds(1)),
        null);
  }

  /**
   * Goes on with the one whose turn it is.
   *
   * @return whether there is more to do
   */
  boolean step(Instant now) {
    return Boolean.TRUE.equals(
        transactions.execute(_ -> next().map(open -> turn(open, now)).orElse(false)));
  }

  private boolean turn(Open open, Instant now) {
    if (waiting(open, now) >= STEP) {
      passed(open, open.seen, null, now);
      return false;
    }
    return step(open, now);
  }

  private long waiting(Open open, Instant now) {
    return database
        .of(open.account)
        .sql(
            "SELECT count(*) FROM (SELECT 1 FROM webhook_deliveries WHERE account = ?"
                + " AND endpoint = ? AND state = 'waiting' AND again AND due <= ? LIMIT ?) AS few")
        .params(open.account, open.endpoint, DeliveryStore.utc(now), STEP)
        .query(Long.class)
        .single();
  }

  private void passed(Open open, String seen, @Nullable Instant ended, Instant now) {
    database
        .of(open.account)
        .sql(
            "UPDATE webhook_resends SET seen = ?, ended = ?, stepped = ?"
                + " WHERE account = ? AND id = ?")
        .params(
            Arrays.<@Nullable Object>asList(
                seen,
                ended == null ? null : DeliveryStore.utc(ended),
                DeliveryStore.utc(now),
                open.account,
                open.id))
        .update();
  }

  /** Whether one goes on for that endpoint. */
  boolean isOpen(Principal principal, String endpoint) {
    return database
            .of(principal.account())
            .sql(
                "SELECT count(*) FROM webhook_resends WHERE account = ? AND livemode = ?"
                    + " AND endpoint = ? AND ended IS NULL")
            .params(principal.account(), principal.livemode(), endpoint)
            .query(Long.class)
            .single()
        > 0;
  }

  private Optional<Open> next() {
    return database
        .across(AllAccounts.WEBHOOKS)
        .sql(
            "SELECT account, livemode, id, endpoint, since, until, failed_only, seen"
                + " FROM webhook_resends WHERE ended IS NULL ORDER BY stepped LIMIT 1"
                + " FOR UPDATE SKIP LOCKED")
        .query(
            (row, _) ->
                new Open(
                    row.getString(1),
                    row.getBoolean(2),
                    row.getString(3),
                    row.getString(4),
                    DeliveryStore.time(row, 5),
                    DeliveryStore.time(row, 6),
                    row.getBoolean(7),
                    row.getString(8)))
        .optional();
  }

  private boolean step(Open open, Instant now) {
    List<String> events =
        database
            .of(open.account)
            .sql(
                "SELECT event FROM webhook_deliveries WHERE account = ? AND livemode = ?"
                    + " AND endpoint = ? AND event > ? AND event < ? ORDER BY event LIMIT ?")
            .params(
                open.account,
                open.livemode,
                open.endpoint,
                open.seen,
                // What is told of an event's time and its id's are taken one after the other.
                Ids.first("evt", open.until.plusSeconds(1)),
                STEP)
            .query(String.class)
            .list();
    if (!events.isEmpty()) {
      again(open, events, now);
    }
    boolean over = events.size() < STEP;
    passed(open, events.isEmpty() ? open.seen : events.getLast(), over ? now : null, now);
    return true;
  }

  private void again(Open open, List<String> events, Instant now) {
    database
        .of(open.account)
        .sql(
            "UPDATE webhook_deliveries SET state = 'waiting', step = 0, due = ?, ended = NULL,"
                + " again = true"
                + " WHERE account = ? AND livemode = ? AND endpoint = ? AND event = ANY (?)"
                + " AND created >= ? AND created < ? AND (state = 'failed'"
                + " OR (NOT ? AND state <> 'waiting'))")
        .params(
            DeliveryStore.utc(now),
            open.account,
            open.livemode,
            open.endpoint,
            events.toArray(String[]::new),
            DeliveryStore.utc(open.since),
            DeliveryStore.utc(open.until),
            open.failedOnly)
        .update();
  }
}
