package dev.portcullis.gateway.routing;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.work.ClaimsByLane;

/** Retries have a lane for each account. */
class DueRetriesTest extends ClaimsByLane {

  DueRetriesTest() {
    super("payment_retries");
  }

  @Override
  protected Source on(Database rows) {
    RetryStore store = new RetryStore(rows);
    return (now, lease, most, underWay) ->
        store.claim(now, lease, most, underWay).stream().map(RetryStore.Claimed::account).toList();
  }

  @Override
  protected String lane(String account) {
    return account;
  }

  @Override
  protected String insert() {
    return "INSERT INTO payment_retries (account, livemode, id, version, created, payment, number,"
        + " first, reason, planned, state, due) SELECT p.account, false, 'op_' || i, 1, now(),"
        + " 'pi_1', 1, now(), 'insufficient_funds', now(), 'planned',"
        + " p.due + i * interval '1 millisecond'"
        + " FROM (SELECT ?::text AS account, ?::timestamptz AS due) p, generate_series(1, ?) i";
  }
}
