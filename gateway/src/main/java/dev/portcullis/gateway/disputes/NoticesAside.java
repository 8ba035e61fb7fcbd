package dev.portcullis.gateway.disputes;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.disputes.FeedStore.Feed;
import dev.portcullis.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What providers said of disputes and this program did not understand. It is kept as it came, so
 * that it holds nobody up and is not lost.
 */
@Component
public final class NoticesAside {

  /** Of one feed. With more, something is wrong with the feed and nothing further is read. */
  static final int MOST = 1_000;

  /** Of one notice, as JSON; the vault lets named fields out and no page is larger than a MiB. */
  private static final int LONGEST = 1 << 20;

  private final Database database;

  NoticesAside(Database database) {
    this.database = database;
  }

  /**
   * One of them.
   *
   * @param id a digest of it
   * @param notice as it came
   */
  record Aside(String id, @Nullable Object notice) {}

  /**
   * Keeps it; the same twice is kept once.
   *
   * @return whether there was room for it
   */
  boolean put(Feed feed, @Nullable Object notice, Instant now) {
    String json = Json.writeString(Collections.singletonList(notice));
    return json.length() <= LONGEST && (insert(feed, json, now) || isThere(feed, digest(json)));
  }

  private boolean insert(Feed feed, String json, Instant now) {
    return database
            .of(feed.account())
            .sql(
                "INSERT INTO dispute_notices_aside (account, livemode, feed, id, created, notice)"
                    + " SELECT ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM dispute_notices_aside"
                    + " WHERE account = ? AND livemode = ? AND feed = ?) < ?"
                    + " ON CONFLICT DO NOTHING")
            .params(
                feed.account(),
                feed.livemode(),
                feed.name(),
                digest(json),
                now.atOffset(ZoneOffset.UTC),
                json,
                feed.account(),
                feed.livemode(),
                feed.name(),
                MOST)
            .update()
        == 1;
  }

  private boolean isThere(Feed feed, String id) {
    return database
        .of(feed.account())
        .sql(
            "SELECT count(*) > 0 FROM dispute_notices_aside WHERE account = ? AND livemode = ?"
                + " AND feed = ? AND id = ?")
        .params(feed.account(), feed.livemode(), feed.name(), id)
        .query(Boolean.class)
        .single();
  }

  /** All of a feed, oldest first. */
  List<Aside> of(Feed feed) {
    return database
        .of(feed.account())
        .sql(
            "SELECT id, notice FROM dispute_notices_aside WHERE account = ? AND livemode = ?"
                + " AND feed = ? ORDER BY created, id LIMIT ?")
        .params(feed.account(), feed.livemode(), feed.name(), MOST)
        .query((row, number) -> new Aside(row.getString(1), first(row.getString(2))))
        .list();
  }

  /** It has been taken in. */
  void remove(Feed feed, String id) {
    database
        .of(feed.account())
        .sql(
            "DELETE FROM dispute_notices_aside WHERE account = ? AND livemode = ? AND feed = ?"
                + " AND id = ?")
        .params(feed.account(), feed.livemode(), feed.name(), id)
        .update();
  }

  /** How many there are, of all feeds. */
  public long count() {
    return database
        .across(AllAccounts.METRICS)
        .sql("SELECT count(*) FROM dispute_notices_aside")
        .query(Long.class)
        .single();
  }

  private static @Nullable Object first(String json) {
    return Json.read(json) instanceof List<?> list ? list.getFirst() : null;
  }

  private static String digest(String json) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(json.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }
}
