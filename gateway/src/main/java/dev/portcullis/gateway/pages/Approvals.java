package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What people have approved of pages, each version for good. */
@Component
class Approvals {

  private final Database database;

  Approvals(Database database) {
    this.database = database;
  }

  /**
   * An approval.
   *
   * @param items what was seen
   * @param release what the release of that time served by itself; nothing for a merchant's page
   * @param reasons why each script is there, by its subject
   */
  record Approval(
      int version,
      Instant at,
      String by,
      Inventory items,
      Inventory release,
      Map<String, String> reasons) {
    Approval {
      reasons = Map.copyOf(reasons);
    }
  }

  /** The one that counts. */
  Optional<Approval> newest(WatchedPage page) {
    return database
        .across(AllAccounts.PAGES)
        .sql(
            "SELECT version, created, approved_by, doc FROM page_approvals"
                + " WHERE account = ? AND page = ? ORDER BY version DESC LIMIT 1")
        .params(page.account(), page.id())
        .query(
            (row, _) ->
                approval(
                    row.getInt(1),
                    row.getObject(2, OffsetDateTime.class).toInstant(),
                    row.getString(3),
                    Json.readObject(row.getString(4))))
        .optional();
  }

  private static Approval approval(
      int version, Instant at, String by, Map<String, @Nullable Object> doc) {
    Map<String, String> reasons = new LinkedHashMap<>();
    if (doc.get("reasons") instanceof Map<?, ?> map) {
      map.forEach((subject, why) -> reasons.put(String.valueOf(subject), String.valueOf(why)));
    }
    return new Approval(
        version,
        at,
        by,
        Inventory.read(Objects.requireNonNull(doc.get("items"))),
        Inventory.read(Objects.requireNonNull(doc.get("release"))),
        reasons);
  }

  /**
   * Stores the next version.
   *
   * @return false if somebody else has stored that version meanwhile
   */
  boolean add(WatchedPage page, Approval approval) {
    Map<String, Object> doc = new LinkedHashMap<>();
    doc.put("items", approval.items().json());
    doc.put("release", approval.release().json());
    doc.put("reasons", approval.reasons());
    return database
            .across(AllAccounts.PAGES)
            .sql(
                "INSERT INTO page_approvals (account, page, version, created, approved_by, doc)"
                    + " VALUES (?, ?, ?, ?, ?, ?::jsonb) ON CONFLICT DO NOTHING")
            .params(
                page.account(),
                page.id(),
                approval.version(),
                approval.at().atOffset(ZoneOffset.UTC),
                approval.by(),
                Json.writeString(doc))
            .update()
        == 1;
  }
}
