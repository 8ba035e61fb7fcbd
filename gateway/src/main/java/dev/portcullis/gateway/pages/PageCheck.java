package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.pages.Approvals.Approval;
import dev.portcullis.gateway.pages.PageUnread.Fault;
import dev.portcullis.gateway.pages.WatchedPage.Standing;
import dev.portcullis.gateway.pages.WatchedPage.State;
import dev.portcullis.wire.config.ZoneConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.stereotype.Component;

/**
 * Looks at a page as a shopper's browser gets it, compares it with what is expected, notes what
 * came of it, and tells of a change once.
 *
 * <p>Expected is what was approved; of our own pages, where nobody has approved anything, what the
 * releases that run serve by themselves; where both are there, see {@link Inventory#with}.
 */
@Component
class PageCheck {

  private static final Logger LOG = Logger.getLogger(PageCheck.class.getName());

  /** What could not be got is tried again sooner. */
  private static final Duration AGAIN = Duration.ofMinutes(5);

  private static final int MOST_DOUBLINGS = 10;

  /** A page of ours that cannot be got is everybody's, and looked at so often at least. */
  private static final Duration OWN = Duration.ofHours(1);

  private static final Set<String> UNFRAMED = Set.of("payment");

  private final PageFetcher fetcher;
  private final PageStore store;
  private final Approvals approvals;
  private final PageAlerts alerts;
  private final InstantSource clock;
  private final Duration pause;

  PageCheck(
      PageFetcher fetcher,
      PageStore store,
      Approvals approvals,
      PageAlerts alerts,
      InstantSource clock,
      ZoneConfig config) {
    this.fetcher = fetcher;
    this.store = store;
    this.approvals = approvals;
    this.alerts = alerts;
    this.clock = clock;
    this.pause = config.duration("pages.watch-pause");
  }

  /** Does all of it. */
  WatchedPage check(WatchedPage page) {
    WatchedPage after = page.with(looked(page));
    after = after.with(told(after));
    store.note(after, clock.instant().plus(until(after)));
    return after;
  }

  /**
   * Until the next look. What cannot be got is tried again soon, and then less and less often: a
   * page that makes trouble costs the others no time.
   */
  private Duration until(WatchedPage page) {
    Standing standing = page.standing();
    if (standing.fault() == null) {
      return standing.isTold() ? pause : AGAIN;
    }
    int doublings = Math.clamp(standing.failures() - Standing.FAILING, 0, MOST_DOUBLINGS);
    Duration longer = AGAIN.multipliedBy(1L << doublings);
    Duration most = page.isOwn() && OWN.compareTo(pause) < 0 ? OWN : pause;
    return longer.compareTo(most) < 0 ? longer : most;
  }

  private Standing looked(WatchedPage page) {
    Standing before = page.standing();
    Instant now = clock.instant();
    try {
      boolean framed = page.isOwn() && !UNFRAMED.contains(page.id());
      Inventory seen = fetcher.look(page.url(), page.isOwn(), framed);
      List<Inventory> expected = expected(page, now);
      if (expected.isEmpty()) {
        if (page.isOwn()) {
          throw new PageUnread(Fault.UNSAID, "what serves it does not say what it is");
        }
        return before.waiting(now, seen);
      }
      List<Difference> differences =
          expected.stream()
              .map(seen::against)
              .min(Comparator.comparingInt(List::size))
              .orElseThrow();
      if (differences.isEmpty()) {
        sayIfBack(page);
        return before.same(now, seen);
      }
      if (differences.stream().allMatch(Difference::isUnanswered)) {
        throw new PageUnread(Fault.UNANSWERED, differences.getFirst().sentence());
      }
      return before.changed(now, seen, differences);
    } catch (PageUnread e) {
      return unread(page, now, e);
    }
  }

  /**
   * Whoever has changed a page can keep it from being looked at, too. So what only they can do is a
   * difference at once, and what the network does by itself when it goes on. Of a page that nobody
   * has approved yet nothing is expected.
   */
  private Standing unread(WatchedPage page, Instant now, PageUnread why) {
    Standing failed = page.standing().failed(now, why.why());
    Level level = failed.isFailing() ? Level.WARNING : Level.INFO;
    LOG.log(level, "{0} could not be looked at: {1}", new Object[] {page.url(), why.why()});
    boolean counts = !why.fault().passes() || failed.isFailing();
    boolean expected = page.isOwn() || approvals.newest(page).isPresent();
    return counts && expected ? page.standing().blind(now, why) : failed;
  }

  private static void sayIfBack(WatchedPage page) {
    if (page.standing().state() == State.CHANGED) {
      LOG.log(Level.INFO, "{0} is as it was approved again", page.url());
    }
  }

  /** What it may be; one of them for each release that runs. */
  List<Inventory> expected(WatchedPage page, Instant now) {
    List<Inventory> releases =
        page.isOwn() ? store.releases(page.id(), now) : List.of(Inventory.NOTHING);
    Optional<Approval> approved = approvals.newest(page);
    if (approved.isEmpty()) {
      return page.isOwn() ? releases : List.of();
    }
    Approval approval = approved.get();
    return releases.stream()
        .map(release -> release.with(approval.items(), approval.release()))
        .toList();
  }

  private Standing told(WatchedPage page) {
    Standing standing = page.standing();
    if (standing.isTold()) {
      return standing;
    }
    return alerts.tell(page, clock.instant()) ? standing.asTold() : standing;
  }
}
