package dev.portcullis.gateway.disputes;

import dev.portcullis.connectors.spi.DisputeFeed;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.gateway.disputes.FeedStore.Claimed;
import dev.portcullis.gateway.disputes.FeedStore.Feed;
import dev.portcullis.gateway.disputes.FeedStore.Source;
import dev.portcullis.gateway.payments.DisputeIntake;
import dev.portcullis.gateway.payments.ProviderGate;
import dev.portcullis.gateway.payments.ProviderGate.Books;
import dev.portcullis.gateway.work.DueWork;
import dev.portcullis.gateway.work.DueWorker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Asks a provider which disputes are new or have changed. A page counts as read only when all of it
 * is durable; what is read twice changes nothing. What comes before the charge that it is about is
 * known, while its answer is still unknown, is kept and tried again, and what is not understood is
 * put aside: neither holds the others up.
 */
public final class DisputePuller implements DueWorker {

  private static final Logger LOG = Logger.getLogger(DisputePuller.class.getName());
  private static final Duration TICK = Duration.ofMillis(500);

  /** So many pages are read while others wait; it is the feed's turn again as soon as may be. */
  private static final int PAGES = 20;

  /** With more waiting, nothing further is read. */
  private static final int MOST_WAITING = 500;

  /** A charge that is not known by then never will be; a person has to look. */
  private static final Duration LONGEST_WAIT = Duration.ofDays(30);

  private final Source source;
  private final Duration pause;
  private final FeedStore store;
  private final NoticesAside aside;
  private final ProviderGate gate;
  private final DisputeIntake intake;
  private final InstantSource clock;

  /** Feeds whose notices aside this program has looked at: it understands no more of them later. */
  private final Set<Feed> lookedThrough = ConcurrentHashMap.newKeySet();

  /** Disputes of nobody that were told of. */
  private final Set<String> strangers = ConcurrentHashMap.newKeySet();

  private final DueWork<Claimed> work;

  /** When feeds of accounts that are new are made: as seldom as one is read. */
  private volatile Instant nextEnsured = Instant.MIN;

  /**
   * @param source whose disputes
   * @param pause how long to wait after the last page
   */
  public DisputePuller(
      Source source,
      Duration pause,
      FeedStore store,
      NoticesAside aside,
      ProviderGate gate,
      DisputeIntake intake,
      InstantSource clock) {
    this.source = source;
    this.pause = pause;
    this.store = store;
    this.aside = aside;
    this.gate = gate;
    this.intake = intake;
    this.clock = clock;
    this.work =
        new DueWork<>("disputes", TICK, this::claim, each -> each.feed().lane(), this::pull, clock);
  }

  /** Begins to work, until {@link #close()}. */
  public void start() {
    work.start();
  }

  /**
   * Reads what there is, where it is time and nobody else does, and waits for the end of it.
   *
   * @return how many feeds were read
   */
  public int pullDue() {
    return work.runDue();
  }

  /** Nobody has a feed twice, so no lane has more than its share. */
  private List<Claimed> claim(int most, Map<String, Integer> underWay) {
    Instant now = clock.instant();
    if (!now.isBefore(nextEnsured)) {
      store.ensure(source, now);
      nextEnsured = now.plus(pause);
    }
    return store.claim(source, now, lease(now), most);
  }

  /** Long enough for one page; stored to the microsecond, and compared when it is written. */
  private Instant lease(Instant now) {
    Duration page = gate.call().multipliedBy(2).plusSeconds(30);
    Duration lease = page.compareTo(FeedStore.LONGEST_LEASE) > 0 ? FeedStore.LONGEST_LEASE : page;
    return now.plus(lease).truncatedTo(ChronoUnit.MILLIS);
  }

  private void pull(Claimed first) {
    List<DisputeNotice> left = new ArrayList<>();
    // One that is not counted says how it stood: the list that follows says how it stands.
    List<DisputeNotice> waiting =
        first.waiting().stream().filter(DisputeNotice::isCounted).toList();
    takeIn(first.feed(), waiting, left, clock.instant());
    lookThrough(first.feed(), left);
    Claimed claimed = first;
    boolean more = true;
    for (int page = 0; page < PAGES && left.size() < MOST_WAITING; page++) {
      // Before it answers; no other gateway asks until the lease is over.
      Instant asked = clock.instant();
      Optional<DisputeFeed.Page> read =
          gate.disputes(
              new Books(first.feed().account(), first.feed().provider(), first.feed().livemode()),
              claimed.cursor());
      if (read.isEmpty()) {
        more = false;
        break;
      }
      if (!clock.instant().isBefore(claimed.lease())) {
        // Somebody else may have asked since: what was read here may be older.
        LOG.warning("the disputes of " + first.feed() + " came after the lease");
        return;
      }
      putAside(first.feed(), read.get().unread());
      takeIn(first.feed(), read.get().notices(), left, asked);
      String cursor = read.get().cursor();
      more = read.get().more() && !cursor.equals(claimed.cursor());
      if (!more) {
        claimed = new Claimed(claimed.feed(), cursor, left, claimed.lease());
        break;
      }
      Instant lease = lease(clock.instant());
      if (!store.save(claimed, cursor, left, lease)) {
        return;
      }
      claimed = new Claimed(claimed.feed(), cursor, left, lease);
    }
    boolean goesOn = more && left.size() < MOST_WAITING;
    Instant next =
        clock.instant().plus(goesOn ? Duration.ZERO : pause).truncatedTo(ChronoUnit.MILLIS);
    if (!store.save(claimed, claimed.cursor(), left, next)) {
      LOG.warning("the disputes of " + first.feed() + " were read for longer than the lease");
    }
  }

  /** Durable before the feed goes on behind it. */
  private void putAside(Feed feed, List<@Nullable Object> unread) {
    for (Object notice : unread) {
      LOG.severe("a dispute at " + feed + " is put aside: it is not understood");
      if (!aside.put(feed, notice, clock.instant())) {
        throw new IllegalStateException("no room to put aside what is not understood at " + feed);
      }
    }
  }

  /** This program may be a later one than the one that did not understand. */
  private void lookThrough(Feed feed, List<DisputeNotice> left) {
    if (lookedThrough.contains(feed)) {
      return;
    }
    for (NoticesAside.Aside each : aside.of(feed)) {
      Optional<DisputeNotice> notice = gate.readAgain(feed.provider(), each.notice());
      if (notice.isPresent() && !notice.get().isCounted()) {
        aside.remove(feed, each.id());
      } else if (notice.isPresent() && left.size() < MOST_WAITING) {
        takeIn(feed, List.of(notice.get()), left, clock.instant());
        if (left.contains(notice.get())) {
          continue; // it stays until its charge is known, or until the next program's start
        }
        aside.remove(feed, each.id());
      }
    }
    lookedThrough.add(feed);
  }

  /** Takes in the notices; what has to wait goes to {@code left}. */
  private void takeIn(
      Feed feed, List<DisputeNotice> notices, List<DisputeNotice> left, Instant asked) {
    for (DisputeNotice notice : notices) {
      switch (intake.take(feed.account(), feed.provider(), feed.livemode(), notice, asked)) {
        case IN -> LOG.log(Level.FINE, "took in dispute {0}", notice.reference());
        case NOT_YET -> keep(feed, notice, left);
        case NOT_STORED -> throw new NotStored(feed, notice);
        case NOT_OURS ->
            LOG.log(
                isNew(feed, notice) ? Level.SEVERE : Level.FINE,
                "dispute {0} at {1} is about no payment of that account: {2}",
                new Object[] {notice.reference(), feed, notice.operation()});
      }
    }
  }

  /** A list that is read from its beginning again and again has it each time. */
  private boolean isNew(Feed feed, DisputeNotice notice) {
    return strangers.size() < MOST_WAITING && strangers.add(feed + " " + notice.reference());
  }

  /**
   * Ends the pull with its cursor where it was; after the lease the same notices are read again.
   */
  private static final class NotStored extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotStored(Feed feed, DisputeNotice notice) {
      super("dispute " + notice.reference() + " at " + feed + " could not be stored");
    }
  }

  private void keep(Feed feed, DisputeNotice notice, List<DisputeNotice> left) {
    if (clock.instant().isAfter(notice.opened().plus(LONGEST_WAIT))) {
      LOG.severe(
          "dispute "
              + notice.reference()
              + " at "
              + feed
              + " is left to a person: its charge is still not known");
      return;
    }
    left.removeIf(older -> older.reference().equals(notice.reference()));
    left.add(notice);
  }

  @Override
  public void stop() {
    work.stop();
  }

  @Override
  public void close() {
    work.close();
  }
}
