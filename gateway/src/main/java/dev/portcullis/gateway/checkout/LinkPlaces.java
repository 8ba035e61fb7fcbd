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
 * than the limit. Who takes a place writes the link's next version in the same commit, having read
 * the link first and counted then: of two who see the last place one is refused by the journal.
 */
@Component
final class LinkPlaces {

  /** How long a shopper who was declined, or whose bank asks, keeps the last place from others. */
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

    /** It may, if the link is written with it. */
    record Free(PaymentLink after) implements Place {}

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
    int limit = link.limit();
    if (sessions.completed(principal, link.id(), limit) >= limit) {
      return new Place.Gone();
    }
    if (sessions.placedOthers(principal, link.id(), session.id(), limit) >= limit) {
      return new Place.Awaited();
    }
    return session.attempted().isPresent() ? new Place.Sure() : new Place.Free(link.next());
  }

  /** Whether the session has no place, and there is none left that could ever become free. */
  boolean isGone(Principal principal, CheckoutSession session) {
    return session.attempted().isEmpty()
        && limited(principal, session)
            .filter(link -> sessions.completed(principal, link.id(), link.limit()) >= link.limit())
            .isPresent();
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
   * The link with how many of its sessions are complete; ended if that is as many as may be. What
   * decides is counted each time: this one is what the merchant sees, and what a gateway that died
   * has not noted is noted at the next visit.
   */
  PaymentLink counted(Principal principal, PaymentLink known) {
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
