package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.pages.PageStore.Whose;
import dev.portcullis.wire.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What everybody is to be told of our own pages, and how far that has come. It goes on where it
 * was, whichever gateway dies meanwhile, and whatever the page looks like by then.
 */
@Component
class PageAlarms {

  /** For telling some hundreds. */
  private static final Duration LEASE = Duration.ofMinutes(2);

  private final Database database;

  PageAlarms(Database database) {
    this.database = database;
  }

  /**
   * An alarm that a gateway has claimed.
   *
   * @param last who was told last
   * @param doc what they are told
   */
  record Alarm(String id, Whose last, Map<String, @Nullable Object> doc) {}

  /** Notes that everybody is to be told, unless that was noted before. */
  void raise(String id, Map<String, @Nullable Object> doc, Instant now) {
    int raised =
        database
            .shared()
            .sql(
                "INSERT INTO page_alarms (id, created, told_account, told_livemode, due, doc)"
                    + " VALUES (?, ?, '', false, ?, ?::json) ON CONFLICT (id) DO NOTHING")
            .params(id, utc(now), utc(now), Json.writeString(doc))
            .update();
    assert raised <= 1 : "it is one";
  }

  /** The oldest one of which somebody is still to be told, for this gateway to go on with. */
  Optional<Alarm> claim(Instant now) {
    return database
        .shared()
        .sql(
            "UPDATE page_alarms SET due = ? WHERE id = (SELECT id FROM page_alarms"
                + " WHERE due <= ? ORDER BY created, id LIMIT 1 FOR UPDATE SKIP LOCKED)"
                + " RETURNING id, told_account, told_livemode, doc")
        .params(utc(now.plus(LEASE)), utc(now))
        .query(
            (row, _) ->
                new Alarm(
                    row.getString(1),
                    new Whose(row.getString(2), row.getBoolean(3)),
                    Json.readObject(row.getString(4))))
        .optional();
  }

  /**
   * Notes how far it has come.
   *
   * @param due when to go on, or null if everybody was told
   */
  void told(Alarm alarm, Whose last, @Nullable Instant due) {
    int noted =
        database
            .shared()
            .sql(
                "UPDATE page_alarms SET told_account = ?, told_livemode = ?,"
                    + " due = ?::timestamptz WHERE id = ?")
            .param(last.account())
            .param(last.livemode())
            .param(due == null ? null : utc(due))
            .param(alarm.id())
            .update();
    assert noted <= 1 : "it is one";
  }

  private static OffsetDateTime utc(Instant at) {
    return at.atOffset(ZoneOffset.UTC);
  }
}
