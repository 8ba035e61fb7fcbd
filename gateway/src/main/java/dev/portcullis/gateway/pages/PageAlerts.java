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
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

  /** Told in one go, of one alarm. */
  private static final int STEP = 500;

  /** In a round; many more at once would keep the pages from being looked at. */
  static final int STEPS = 10;

  private static final Duration AGAIN = Duration.ofMinutes(5);

  private final PageStore store;
  private final PageAlarms alarms;
  private final Journal journal;
  private final Ids ids;

  PageAlerts(PageStore store, PageAlarms alarms, Journal journal, Ids ids) {
    this.store = store;
    this.alarms = alarms;
    this.journal = journal;
    this.ids = ids;
  }

  /**
   * Tells the account whose page it is, or, of a page of ours, sees to it that everybody is told:
   * the first of them now, the others by {@link #goOn}.
   *
   * @return whether nothing is left to do but that
   */
  boolean tell(WatchedPage page, Instant now) {
    Standing standing = page.standing();
    LOG.log(
        Level.WARNING,
        "{0} is not as it was approved: {1}",
        new Object[] {page.url(), standing.differences().getFirst().sentence()});
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
                    + standing.news());
    Map<String, @Nullable Object> told = told(id, page, now);
    if (!page.isOwn()) {
      return switch (tell(new Whose(page.account(), page.livemode()), told, now)) {
        case Verdict.Committed _, Verdict.Conflict _ -> true;
        case Verdict.Rejected _, Verdict.Unavailable _, Verdict.Unknown _ -> false;
      };
    }
    alarms.raise(id, told, now);
    goOn(now, 1);
    return true;
  }

  /** Tells some more of those who are to be told of our own pages, so many times 500 of them. */
  void goOn(Instant now, int steps) {
    for (int i = 0; i < steps; i++) {
      Optional<PageAlarms.Alarm> alarm = alarms.claim(now);
      if (alarm.isEmpty()) {
        return;
      }
      step(alarm.get(), now);
    }
  }

  /**
   * Whoever cannot be told now is told later, and with them those who come after. An account whose
   * change the database refuses itself does not keep the others from being told.
   */
  private void step(PageAlarms.Alarm alarm, Instant now) {
    List<Whose> next = store.concerned(alarm.last(), STEP);
    Whose last = alarm.last();
    for (Whose whose : next) {
      switch (tell(whose, alarm.doc(), now)) {
        case Verdict.Committed _, Verdict.Conflict _, Verdict.Rejected _ -> last = whose;
        case Verdict.Unavailable _, Verdict.Unknown _ -> {
          alarms.told(alarm, last, now.plus(AGAIN));
          return;
        }
      }
    }
    alarms.told(alarm, last, next.size() < STEP ? null : now);
  }

  private Verdict tell(Whose whose, Map<String, @Nullable Object> told, Instant now) {
    String id = String.valueOf(told.get("id"));
    String doc = Json.writeString(shown(told, whose));
    Change.Builder change = Change.in(whose.account(), whose.livemode());
    // Ids are an account's own: one that has both modes is told in each.
    String row = id + (whose.livemode() ? "" : "_test");
    change.insert(TABLE, Row.of(row, 1, now, doc));
    change.event(new Event(ids.next("evt"), now, EVENT, OBJECT, id, 1, null, null, null, doc));
    Verdict verdict = journal.commit(change.build());
    switch (verdict) {
      case Verdict.Committed _, Verdict.Conflict _ -> {}
      case Verdict.Rejected _, Verdict.Unavailable _, Verdict.Unknown _ ->
          LOG.log(Level.WARNING, "{0} was not told of a page''s change yet", whose.account());
    }
    return verdict;
  }

  private static Map<String, @Nullable Object> shown(
      Map<String, @Nullable Object> told, Whose whose) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>(told);
    shown.put("livemode", whose.livemode());
    return shown;
  }

  private static Map<String, @Nullable Object> told(String id, WatchedPage page, Instant now) {
    List<Difference> differences = page.standing().differences();
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("id", id);
    doc.put("object", OBJECT);
    doc.put("created", now.getEpochSecond());
    doc.put("livemode", page.livemode());
    doc.put("page", page.id());
    doc.put("url", page.url().toString());
    doc.put("since", Objects.requireNonNull(page.standing().since()).getEpochSecond());
    doc.put("differences", (long) differences.size());
    doc.put("changes", differences.stream().limit(MOST).map(Difference::json).toList());
    return doc;
  }
}
