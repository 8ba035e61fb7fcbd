package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.checkout.CheckoutDesk.Page;
import dev.portcullis.gateway.checkout.CheckoutUrls.LinkVisit;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Strangers;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.keys.PageKeys;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.KeyKind;
import java.net.InetAddress;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Serves the visitors of a payment link: shows what is sold, and makes a session who wants one. */
@Component
final class LinkDesk {

  private static final Logger LOG = Logger.getLogger(LinkDesk.class.getName());

  /** Who have come by one link in a day, and have not begun to pay. */
  private static final int MOST_VISITORS = 20_000;

  /** At once, so that not each further visitor has to look for one. */
  private static final int GIVING_WAY = 20;

  private final PaymentLinks links;
  private final LinkPlaces places;
  private final CheckoutSessions sessions;
  private final NewSessions fresh;
  private final Commits commits;
  private final SessionExpiry expiry;
  private final PageKeys keys;
  private final Brandings brandings;
  private final CheckoutUrls urls;
  private final Strangers strangers;
  private final InstantSource clock;

  LinkDesk(
      PaymentLinks links,
      LinkPlaces places,
      CheckoutSessions sessions,
      NewSessions fresh,
      Commits commits,
      SessionExpiry expiry,
      PageKeys keys,
      Brandings brandings,
      CheckoutUrls urls,
      Strangers strangers,
      InstantSource clock) {
    this.links = links;
    this.places = places;
    this.sessions = sessions;
    this.fresh = fresh;
    this.commits = commits;
    this.expiry = expiry;
    this.keys = keys;
    this.brandings = brandings;
    this.urls = urls;
    this.strangers = strangers;
    this.clock = clock;
  }

  /** The link as it stands now. */
  private Optional<PaymentLink> link(LinkVisit visit) {
    Principal reader = reader(visit);
    return links.find(reader, visit.link()).map(link -> places.visited(reader, link));
  }

  /**
   * A payment link's page. It shows what is sold and makes nothing, whoever looks at it: people,
   * their mail's scanner, a chat's preview.
   *
   * @param languages the header {@code Accept-Language}, or null
   * @return empty if there is no such link
   */
  Optional<Page> page(LinkVisit visit, @Nullable String languages) {
    return link(visit).map(link -> page(visit, link, languages));
  }

  private Page page(LinkVisit visit, PaymentLink link, @Nullable String languages) {
    Words words = Words.of(null, languages);
    Branding branding = brandings.of(reader(visit));
    PageModel model = new PageModel(link.shape(), words, branding);
    if (link.isActive()) {
      return new Page("link", words, branding, model.link());
    }
    Map<String, @Nullable Object> ended = model.common();
    ended.put("heading", words.text(link.isFull() ? "ended.full" : "ended.link"));
    Object own = link.doc().get("inactive_message");
    ended.put("text", own == null && link.isFull() ? words.text("ended.full.text") : own);
    return new Page("ended", words, branding, ended);
  }

  /**
   * A session for whoever wants to pay by a link.
   *
   * @return the address of its page; empty if there is no such link, or it is not active
   */
  Optional<String> begin(LinkVisit visit, InetAddress address) {
    Principal reader = reader(visit);
    return link(visit)
        .filter(PaymentLink::isActive)
        .map(
            link ->
                strangers.paying(
                    keys.of(visit.account(), visit.livemode()).principal(),
                    address,
                    () -> begun(reader, link)));
  }

  /**
   * Sessions by a link are made by strangers, and each costs a row and an event at its end. Whoever
   * makes many of them that nobody pays must not shut out those who would: the oldest give way.
   */
  private void makeRoom(Principal principal, PaymentLink link) {
    if (sessions.visitors(principal, link.id(), MOST_VISITORS) < MOST_VISITORS) {
      return;
    }
    LOG.log(Level.WARNING, "{0} has too many visitors who do not pay", link.id());
    List<CheckoutSession> oldest = sessions.oldestVisitors(principal, link.id(), GIVING_WAY);
    if (oldest.stream().filter(each -> expiry.isEnded(principal, each)).count() == 0) {
      throw new ApiException(ApiErrors.unavailable());
    }
  }

  private String begun(Principal principal, PaymentLink link) {
    makeRoom(principal, link);
    CheckoutSession session =
        fresh.visit(principal, link, clock.instant().truncatedTo(ChronoUnit.MILLIS));
    Change.Builder change = Change.in(principal.account(), principal.livemode());
    commits.commit(change.insert(CheckoutSession.TABLE, session.row()).build());
    return urls.ofSession(principal.account(), session.id());
  }

  private static Principal reader(LinkVisit visit) {
    return new Principal(visit.account(), visit.livemode(), "gateway", KeyKind.SECRET);
  }
}
