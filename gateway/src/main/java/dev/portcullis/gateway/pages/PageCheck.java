package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.pages.Approvals.Approval;
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
    Standing standing = after.standing();
    boolean settled = standing.fault() == null && isTold(standing);
    store.note(after, clock.instant().plus(settled ? pause : AGAIN));
    return after;
  }

  private static boolean isTold(Standing standing) {
    return standing.state() != State.CHANGED
        || fingerprint(standing).equals(Optional.ofNullable(standing.told()).orElse(""));
  }

  private Standing looked(WatchedPage page) {
    Standing before = page.standing();
    Instant now = clock.instant();
    try {
      boolean framed = page.isOwn() && !UNFRAMED.contains(page.id());
      Inventory seen = fetcher.look(page.url(), page.isOwn(), framed);
      List<Inventory> expected = expected(page, now);
      if (expected.isEmpty()) {
        return page.isOwn()
            ? failed(page, now, "what serves it does not say what it is")
            : before.waiting(now, seen);
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
      if (differences.stream().allMatch(Difference::isMissed)) {
        return failed(page, now, differences.getFirst().sentence());
      }
      return before.changed(now, seen, differences);
    } catch (PageUnread e) {
      return failed(page, now, e.why());
    }
  }

  private static Standing failed(WatchedPage page, Instant now, String why) {
    Standing after = page.standing().failed(now, why);
    Level level = after.isFailing() ? Level.WARNING : Level.INFO;
    LOG.log(level, "{0} could not be looked at: {1}", new Object[] {page.url(), why});
    return after;
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
    if (isTold(standing) || standing.fault() != null) {
      return standing;
    }
    String fingerprint = fingerprint(standing);
    return alerts.tell(page, fingerprint, clock.instant()) ? standing.told(fingerprint) : standing;
  }

  private static String fingerprint(Standing standing) {
    Inventory seen = standing.seen();
    return seen == null ? "" : seen.fingerprint();
  }
}
