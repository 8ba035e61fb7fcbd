package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.pages.Approvals.Approval;
import dev.portcullis.gateway.pages.WatchedPage.Standing;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Watched pages as people's commands are answered. */
final class PageBodies {

  private PageBodies() {}

  static Map<String, @Nullable Object> of(WatchedPage page) {
    Standing standing = page.standing();
    Inventory seen = standing.seen();
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "watched_page");
    body.put("id", page.id());
    body.put("account", page.isOwn() ? null : page.account());
    body.put("livemode", page.livemode());
    body.put("created", page.created().getEpochSecond());
    body.put("url", page.url().toString());
    body.put("note", page.note());
    body.put("status", standing.state().name().toLowerCase(Locale.ROOT));
    body.put("checked", seconds(standing.checked()));
    body.put("last_good", seconds(standing.good()));
    body.put("since", seconds(standing.since()));
    body.put("failures", (long) standing.failures());
    body.put("fault", standing.fault());
    body.put("fingerprint", seen == null ? null : seen.fingerprint());
    body.put("changes", standing.differences().stream().map(Difference::json).toList());
    return body;
  }

  static Map<String, @Nullable Object> of(Approval approval) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "page_approval");
    body.put("version", (long) approval.version());
    body.put("created", approval.at().getEpochSecond());
    body.put("approved_by", approval.by());
    body.put("items", approval.items().json());
    body.put("reasons", approval.reasons());
    return body;
  }

  private static @Nullable Long seconds(@Nullable Instant at) {
    return at == null ? null : at.getEpochSecond();
  }
}
