package dev.portcullis.gateway.journal;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Who is to be told of an event: rows made by the very statement that writes it, so that there are
 * such rows exactly if the event was committed. An account without endpoints pays for a look into
 * an index.
 */
final class Outbox {

  /** Says how many rows there are to tell of all the events together. */
  static final String DELIVERIES = "(SELECT count(*) FROM told)";

  /**
   * How much earlier than an endpoint's beginning an event may have happened that it is told of:
   * one gateway's clock said the one, another one's the other. Who is told of a little more is not
   * harmed, who misses an event is.
   */
  private static final Duration CLOCKS_APART = Duration.ofSeconds(5);

  private Outbox() {}

  /**
   * The statement that writes events and their deliveries.
   *
   * @param insert into the table of events, without what it returns
   * @param returned what it returns all the same, of {@code written} and {@link #DELIVERIES}
   */
  static String with(String insert, String returned) {
    return "WITH written AS ("
        + insert
        + " RETURNING account, livemode, id, created, type, object, object_version),"
        + " told AS (INSERT INTO webhook_deliveries (account, livemode, event, endpoint, created,"
        + " type, object, object_version, state, attempts, step, due)"
        + " SELECT e.account, e.livemode, e.id, w.id, e.created, e.type, e.object,"
        + " e.object_version, 'waiting', 0, 0, e.created FROM written e JOIN webhook_endpoints w"
        // A deleted endpoint has no slot.
        + " ON w.account = e.account AND w.livemode = e.livemode AND w.slot IS NOT NULL"
        + " WHERE CASE WHEN e.type = '"
        + EventTypes.TEST
        + "' THEN w.id = e.object"
        + " ELSE least((w.wanted->>'*')::bigint, (w.wanted->>e.type)::bigint)"
        + " <= extract(epoch FROM e.created) * 1000000 + "
        + TimeUnit.SECONDS.toMicros(CLOCKS_APART.toSeconds())
        + " END RETURNING 1) SELECT "
        + returned;
  }
}
