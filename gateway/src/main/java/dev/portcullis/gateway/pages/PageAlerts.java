package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.gateway.pages.PageStore.Whose;
import dev.portcullis.gateway.pages.WatchedPage.Standing;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Tells accounts that a page is not as it was approved (PCI DSS 4.0.1, 11.6.1). A row that is made
 * of the change and the event are one write: whoever comes second, another gateway or this one
 * after a crash, writes neither.
 */
@Component
class PageAlerts {

  static final String EVENT = "portcullis.payment_page.changed";
  static final String OBJECT = "portcullis.payment_page_change";

  private static final Logger LOG = Logger.getLogger(PageAlerts.class.getName());
  private static final Table TABLE = Table.of("page_changes", "fixed doc jsonb");

  /** An event tells of so many differences, and how many there are. */
  private static final int MOST = 20;

  private final PageStore store;
  private final Journal journal;
  private final Ids ids;

  PageAlerts(PageStore store, Journal journal, Ids ids) {
    this.store = store;
    this.journal = journal;
    this.ids = ids;
  }

  /**
   * Tells everybody whom it is about.
   *
   * @return whether all of them were told, now or before
   */
  boolean tell(WatchedPage page, String fingerprint, Instant now) {
    Standing standing = page.standing();
    LOG.log(
        Level.WARNING,
        "{0} is not as it was approved: {1}",
        new Object[] {page.url(), standing.differences().getFirst().sentence()});
    List<Whose> concerned =
        page.isOwn() ? store.everybody() : List.of(new Whose(page.account(), page.livemode()));
    // What was seen, left and came again is told again.
    String id =
        "pgc_"
            + Hashes.name(
                page.account()
                    + " "
                    + page.id()
                    + " "
                    + Objects.requireNonNull(standing.since()).toEpochMilli()
                    + " "
                    + fingerprint);
    boolean all = true;
    for (Whose whose : concerned) {
      all &= isTold(whose, page, id, now);
    }
    return all;
  }

  private boolean isTold(Whose whose, WatchedPage page, String id, Instant now) {
    String doc = Json.writeString(shown(id, whose, page, now));
    Change.Builder change = Change.in(whose.account(), whose.livemode());
    // Ids are an account's own: one that has both modes is told in each.
    String row = id + (whose.livemode() ? "" : "_test");
    change.insert(TABLE, Row.of(row, 1, now, doc));
    change.event(new Event(ids.next("evt"), now, EVENT, OBJECT, id, 1, null, null, null, doc));
    return switch (journal.commit(change.build())) {
      case Verdict.Committed _, Verdict.Conflict _ -> true;
      case Verdict.Rejected _, Verdict.Unavailable _, Verdict.Unknown _ -> {
        LOG.log(Level.WARNING, "{0} was not told of a page''s change yet", whose.account());
        yield false;
      }
    };
  }

  private static Map<String, @Nullable Object> shown(
      String id, Whose whose, WatchedPage page, Instant now) {
    List<Difference> differences = page.standing().differences();
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("id", id);
    doc.put("object", OBJECT);
    doc.put("created", now.getEpochSecond());
    doc.put("livemode", whose.livemode());
    doc.put("page", page.id());
    doc.put("url", page.url().toString());
    doc.put("since", Objects.requireNonNull(page.standing().since()).getEpochSecond());
    doc.put("differences", (long) differences.size());
    doc.put("changes", differences.stream().limit(MOST).map(Difference::json).toList());
    return doc;
  }
}
