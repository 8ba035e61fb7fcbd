package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.gateway.keys.Principal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Keeps a payment link from being paid more often than its merchant wants. A session has a place of
 * its link from the commit with which its shopper begins to pay until it has expired, and its
 * intent is given up before that: so whoever is charged has one, and there are never more of them
 * than the limit. Who takes a place writes the next version of the link's {@link TakenPlaces} in
 * the same commit, having read them first and counted then, unless there are surely some left.
 */
@Component
final class LinkPlaces {

  /**
   * How long a shopper who was declined, or whose bank asks, keeps the last place from others, from
   * the first time that they tried to pay.
   */
  static final Duration KEPT = Duration.ofMinutes(10);

  /** Each of them loses to somebody who has got through. */
  private static final int ATTEMPTS = 50;

  private final PaymentLinks links;
  private final CheckoutSessions sessions;
  private final Journal journal;
  private final InstantSource clock;

  LinkPlaces(PaymentLinks links, CheckoutSessions sessions, Journal journal, InstantSource clock) {
    this.links = links;
    this.sessions = sessions;
    this.journal = journal;
    this.clock = clock;
  }

  /** Whether a session may be paid, as far as its link goes. */
  sealed interface Place {
    /** It may: nothing limits it, or it has its place already. */
    record Sure() implements Place {}

    /** It may, if that is written with it. */
    record Free(TakenPlaces after) implements Place {}

    /** Not now: others who have begun to pay have all that is left. */
    record Awaited() implements Place {}

    /** Not any more. */
    record Gone() implements Place {}
  }

  /** The place of a session whose shopper is about to pay. */
  Place seek(Principal principal, CheckoutSession session) {
    Optional<PaymentLink> limited = limited(principal, session);
    if (limited.isEmpty()) {
      return new Place.Sure();
    }
    PaymentLink link = limited.get();
    if (link.isFull() && session.attempted().isEmpty()) {
      return new Place.Gone();
    }
    int own = session.attempted().isPresent() ? 1 : 0;
    int most = link.limit() + own;
    TakenPlaces known = taken(principal, link);
    int taken = known.most() < most ? known.most() : sessions.placed(principal, link.id(), most);
    if (taken < most) {
      return own == 1 ? new Place.Sure() : new Place.Free(known.with(taken + 1));
    }
    return isPaidUp(principal, link) ? new Place.Gone() : new Place.Awaited();
  }

  private TakenPlaces taken(Principal principal, PaymentLink link) {
    return links
        .taken(principal, link.id())
        .orElseGet(() -> new TakenPlaces(link.id(), 0, clock.instant(), TakenPlaces.UNKNOWN));
  }

  private boolean isPaidUp(Principal principal, PaymentLink link) {
    return sessions.completed(principal, link.id(), link.limit()) >= link.limit();
  }

  /** Whether none can be left: only then is it worth while to count. */
  private boolean mayBeFull(Principal principal, PaymentLink link) {
    return taken(principal, link).most() >= link.limit();
  }

  /** Whether the session has no place, and there is none left that could ever become free. */
  boolean isGone(Principal principal, CheckoutSession session) {
    return session.attempted().isEmpty()
        && limited(principal, session)
            .filter(link -> mayBeFull(principal, link) && isPaidUp(principal, link))
            .isPresent();
  }

  /** Has the places of a link counted anew: as long as it had no limit, nobody took note of any. */
  void forget(Change.Builder change, Principal principal, PaymentLink link) {
    taken(principal, link).with(TakenPlaces.UNKNOWN).in(change);
  }

  private Optional<PaymentLink> limited(Principal principal, CheckoutSession session) {
    return Optional.ofNullable(session.text("payment_link"))
        .flatMap(id -> links.find(principal, id))
        .filter(PaymentLink::isLimited);
  }

  /** Notes with the session's link that it is complete. */
  void completed(Principal principal, CheckoutSession session) {
    limited(principal, session).ifPresent(link -> counted(principal, link));
  }

  /**
   * The link as a visitor finds it. What a gateway that died has not noted of the last ones who
   * paid is noted here.
   */
  PaymentLink visited(Principal principal, PaymentLink link) {
    return link.isLimited() && mayBeFull(principal, link) ? counted(principal, link) : link;
  }

  /**
   * The link with how many of its sessions are complete; ended if that is as many as may be. It is
   * what the merchant sees: what decides is counted by itself.
   */
  private PaymentLink counted(Principal principal, PaymentLink known) {
    PaymentLink link = known;
    for (int i = 0; i < ATTEMPTS && link.isLimited(); i++) {
      int count = sessions.completed(principal, link.id(), link.limit());
      if (count == link.count()) {
        return link;
      }
      PaymentLink after = link.counted(count, clock.instant());
      Change.Builder change = Change.in(principal.account(), principal.livemode());
      change.update(PaymentLink.TABLE, after.row());
      if (journal.commit(change.build()) instanceof Verdict.Committed) {
        return after;
      }
      link = links.find(principal, link.id()).orElse(link);
    }
    return link;
  }
}
