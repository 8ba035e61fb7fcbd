package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.pages.WatchedPage.Standing;
import dev.portcullis.gateway.pages.WatchedPage.State;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The pages that are watched, what releases serve, and whom to tell. */
@Component
class PageStore {

  /** For a look and all that it leads to. */
  private static final Duration LEASE = Duration.ofMinutes(2);

  /** A release whose gateways have not said so for that long is not served any more. */
  private static final Duration RELEASED = Duration.ofMinutes(30);

  private static final String COLUMNS =
      "account, livemode, id, created, url, note, state, checked, good, failures, since, told, doc";

  private final Database database;

  PageStore(Database database) {
    this.database = database;
  }

  /** Whose account and mode. */
  record Whose(String account, boolean livemode) {}

  private JdbcClient all() {
    return database.across(AllAccounts.PAGES);
  }

  /** Sees to it that a page of ours is watched, where it is now. */
  void watchOwn(OwnPage page, Instant now) {
    int changed =
        all()
            .sql(
                "INSERT INTO watched_pages AS w (account, livemode, id, created, url, note,"
                    + " added_by, due, state, failures, doc)"
                    + " VALUES ('', true, ?, ?, ?, '', 'system', ?, 'waiting', 0, '{}')"
                    + " ON CONFLICT (account, id) DO UPDATE SET url = EXCLUDED.url"
                    + " WHERE w.url <> EXCLUDED.url")
            .params(page.id(), utc(now), page.url().toString(), utc(now))
            .update();
    assert changed <= 1 : "there is one of each";
  }

  /** Notes that this release serves that page so, and forgets those that are gone. */
  void release(String page, Inventory inventory, Instant now) {
    List<Object> params =
        List.of(page, utc(now.minus(RELEASED)), page, inventory.fingerprint(), utc(now));
    List<Object> all = new ArrayList<>(params);
    all.add(Json.writeString(Map.of("items", inventory.json())));
    int changed =
        database
            .shared()
            .sql(
                "WITH gone AS (DELETE FROM page_releases WHERE page = ? AND seen < ?)"
                    + " INSERT INTO page_releases (page, fingerprint, seen, doc)"
                    + " VALUES (?, ?, ?, ?::jsonb) ON CONFLICT (page, fingerprint)"
                    + " DO UPDATE SET seen = EXCLUDED.seen, doc = EXCLUDED.doc")
            .params(all)
            .update();
    assert changed == 1 : "it is there now";
  }

  /** What the releases that run serve, the one that was noted last first. */
  List<Inventory> releases(String page, Instant now) {
    return database
        .shared()
        .sql("SELECT doc FROM page_releases WHERE page = ? AND seen >= ? ORDER BY seen DESC")
        .params(page, utc(now.minus(RELEASED)))
        .query((row, _) -> inventory(Json.readObject(row.getString(1)).get("items")))
        .list()
        .stream()
        .filter(Objects::nonNull)
        .toList();
  }

  static @Nullable Inventory inventory(@Nullable Object json) {
    return json == null ? null : Inventory.read(json);
  }

  /**
   * A page whose turn it is, ours first, which no other gateway looks at for two minutes.
   *
   * @param without accounts whose turn is over
   */
  Optional<WatchedPage> claim(Instant now, Set<String> without) {
    return all()
        .sql(
            "UPDATE watched_pages SET due = ? WHERE (account, id) = (SELECT account, id"
                + " FROM watched_pages WHERE due <= ? AND account <> ALL (?::text[])"
                + " ORDER BY account <> '', due LIMIT 1"
                + " FOR UPDATE SKIP LOCKED) RETURNING "
                + COLUMNS)
        .params(utc(now.plus(LEASE)), utc(now), without.toArray(String[]::new))
        .query((row, _) -> page(row))
        .optional();
  }

  /** All pages, ours first. */
  List<WatchedPage> list() {
    return all()
        .sql("SELECT " + COLUMNS + " FROM watched_pages ORDER BY account, created, id")
        .query((row, _) -> page(row))
        .list();
  }

  /**
   * The page of that id.
   *
   * @throws ApiException 400 if there is none
   */
  WatchedPage named(String id) {
    return all()
        .sql("SELECT " + COLUMNS + " FROM watched_pages WHERE id = ? LIMIT 1")
        .param(id)
        .query((row, _) -> page(row))
        .optional()
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch("watched page", id, "id")));
  }

  /** Adds a merchant's page. */
  void add(WatchedPage page, String by) {
    int added =
        database
            .of(page.account())
            .sql(
                "INSERT INTO watched_pages (account, livemode, id, created, url, note, added_by,"
                    + " due, state, failures, doc)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 0, '{}')")
            .params(
                page.account(),
                page.livemode(),
                page.id(),
                utc(page.created()),
                page.url().toString(),
                page.note(),
                by,
                utc(page.created()))
            .update();
    assert added == 1 : "it is new";
  }

  /** Watches a page no longer. */
  void remove(WatchedPage page) {
    int removed =
        database
            .of(page.account())
            .sql("DELETE FROM watched_pages WHERE account = ? AND id = ?")
            .params(page.account(), page.id())
            .update();
    assert removed <= 1 : "it is one";
  }

  /** Notes how a page stands, and when it is to be looked at again. */
  void note(WatchedPage page, Instant due) {
    Standing standing = page.standing();
    int noted =
        all()
            .sql(
                "UPDATE watched_pages SET state = ?, checked = ?, good = ?, failures = ?, since ="
                    + " ?, told = ?, doc = ?::jsonb, due = ? WHERE account = ? AND id = ?")
            .params(
                Arrays.<@Nullable Object>asList(
                    standing.state().name().toLowerCase(Locale.ROOT),
                    known(standing.checked()),
                    known(standing.good()),
                    standing.failures(),
                    known(standing.since()),
                    standing.told(),
                    Json.writeString(standing.doc()),
                    utc(due),
                    page.account(),
                    page.id()))
            .update();
    assert noted <= 1 : "it is one";
  }

  /**
   * Who is told of a change in our own pages: whoever has an endpoint for events, or a hosted
   * page's key, in that mode.
   *
   * @param after whom they come after, in their order; of an empty account, all of them do
   * @param most how many
   */
  List<Whose> concerned(Whose after, int most) {
    return all()
        .sql(
            "(SELECT DISTINCT account, livemode FROM webhook_endpoints"
                + " WHERE NOT deleted AND (account, livemode) > (:account, :livemode)"
                + " ORDER BY account, livemode LIMIT :most)"
                + " UNION (SELECT DISTINCT account, livemode FROM page_keys"
                + " WHERE (account, livemode) > (:account, :livemode)"
                + " ORDER BY account, livemode LIMIT :most)"
                + " ORDER BY account, livemode LIMIT :most")
        .param("account", after.account())
        .param("livemode", after.livemode())
        .param("most", most)
        .query((row, _) -> new Whose(row.getString(1), row.getBoolean(2)))
        .list();
  }

  private static WatchedPage page(ResultSet row) throws SQLException {
    Map<String, @Nullable Object> doc = Json.readObject(row.getString("doc"));
    return new WatchedPage(
        row.getString("account"),
        row.getBoolean("livemode"),
        row.getString("id"),
        Objects.requireNonNull(time(row, "created")),
        URI.create(row.getString("url")),
        row.getString("note"),
        new Standing(
            State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
            time(row, "checked"),
            time(row, "good"),
            row.getInt("failures"),
            time(row, "since"),
            row.getString("told"),
            inventory(doc.get("seen")),
            Standing.differences(doc.get("differences")),
            (String) doc.get("fault")));
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }

  private static OffsetDateTime utc(Instant at) {
    return at.atOffset(ZoneOffset.UTC);
  }

  private static @Nullable OffsetDateTime known(@Nullable Instant at) {
    return at == null ? null : utc(at);
  }
}
