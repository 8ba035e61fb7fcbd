package dev.portcullis.gateway.notifications;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.gateway.notifications.NotificationStore.Claimed;
import dev.portcullis.gateway.sealing.Seals;
import dev.portcullis.gateway.work.ClaimsByLane;

/** Notifications have a lane for each provider account. */
class DueNotificationsTest extends ClaimsByLane {

  DueNotificationsTest() {
    super("provider_notifications");
  }

  @Override
  protected Source on(Database rows) {
    NotificationStore store =
        new NotificationStore(
            _ -> new Verdict.Unavailable("nothing is written here"),
            rows,
            Seals.PERSONAL,
            () -> NOW);
    return (now, lease, most, underWay) ->
        store.claim(now, lease, most, underWay).stream().map(Claimed::lane).toList();
  }

  @Override
  protected String lane(String account) {
    return new Claimed(account, false, "ntf_1", "shop", NOW, 1, NOW, "{}").lane();
  }

  @Override
  protected String insert() {
    return "INSERT INTO provider_notifications (account, livemode, id, version, created, provider,"
        + " state, due, tries, doc) SELECT p.account, false, 'ntf_' || i, 1, now(), 'shop', 'open',"
        + " p.due + i * interval '1 millisecond', 0, '{}'"
        + " FROM (SELECT ?::text AS account, ?::timestamptz AS due) p, generate_series(1, ?) i";
  }
}
