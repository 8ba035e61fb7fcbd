package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.checkout.CheckoutUrls.Visit;
import dev.portcullis.gateway.checkout.SessionPayments.Attempt;
import dev.portcullis.gateway.checkout.SessionPayments.Tried;
import dev.portcullis.gateway.http.CardDataGuard;
import dev.portcullis.gateway.http.Sender;
import dev.portcullis.gateway.http.Strangers;
import dev.portcullis.gateway.keys.PageKeys;
import dev.portcullis.gateway.keys.PageKeys.PageKey;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.paymentmethods.PaymentMethod;
import dev.portcullis.gateway.paymentmethods.PaymentMethods;
import dev.portcullis.gateway.payments.HostedIntents.Seen;
import dev.portcullis.gateway.payments.HostedIntents.Stage;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.ParamTree;
import dev.portcullis.wire.params.RequestBody;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Serves the shopper at a session's page: shows it, takes the payment, says how it stands. */
@Component
final class CheckoutDesk {

  private static final Logger LOG = Logger.getLogger(CheckoutDesk.class.getName());
  private static final int MOST_CARDS = 10;

  /** The intent has been paid, or given up, since it was looked at. */
  private static final Set<String> MOVED_ON =
      Set.of("payment_intent_unexpected_state", "setup_intent_unexpected_state");

  /** An attempt may be that far from its first commit to its second. */
  private static final Duration BETWEEN = Duration.ofSeconds(20);

  private final CheckoutSessions sessions;
  private final LinkPlaces places;
  private final SessionPayments payments;
  private final SessionExpiry expiry;
  private final PaymentMethods paymentMethods;
  private final PageKeys keys;
  private final Brandings brandings;
  private final CheckoutUrls urls;
  private final HostedPages pages;
  private final CardDataGuard cardData;
  private final Strangers strangers;
  private final InstantSource clock;

  CheckoutDesk(
      CheckoutSessions sessions,
      LinkPlaces places,
      SessionPayments payments,
      SessionExpiry expiry,
      PaymentMethods paymentMethods,
      PageKeys keys,
      Brandings brandings,
      CheckoutUrls urls,
      HostedPages pages,
      CardDataGuard cardData,
      Strangers strangers,
      InstantSource clock) {
    this.sessions = sessions;
    this.places = places;
    this.payments = payments;
    this.expiry = expiry;
    this.paymentMethods = paymentMethods;
    this.keys = keys;
    this.brandings = brandings;
    this.urls = urls;
    this.pages = pages;
    this.cardData = cardData;
    this.strangers = strangers;
    this.clock = clock;
  }

  /** A merchant's picture. */
  Optional<Logo> logo(String account, boolean livemode, String name) {
    return brandings.logo(new Principal(account, livemode, "gateway", KeyKind.SECRET), name);
  }

  /** A page to be rendered. */
  record Page(
      String template, Words words, Branding branding, Map<String, @Nullable Object> model) {}

  /** How a payment stands, for the page's script. */
  sealed interface Standing {
    /**
     * It can be tried, for the first time or again.
     *
     * @param message why not yet, in the shopper's language, or null
     * @param field the field that is about, or null
     */
    record Open(@Nullable String message, @Nullable String field) implements Standing {}

    /** The bank wants to see the shopper. */
    record Action(String clientSecret) implements Standing {}

    /** Nobody knows yet; it must not be tried again. */
    record Processing() implements Standing {}

    /** It is done, and the shopper goes there. */
    record Complete(String url) implements Standing {}

    /** It is too late, or there was nothing. */
    record Over() implements Standing {}

    /** As the script reads it. */
    default Map<String, @Nullable Object> told() {
      Map<String, @Nullable Object> told = new LinkedHashMap<>();
      switch (this) {
        case Open(var message, var field) -> {
          told.put("state", "open");
          told.put("message", message);
          told.put("field", field);
        }
        case Action(var secret) -> {
          told.put("state", "action");
          told.put("client_secret", secret);
        }
        case Processing() -> told.put("state", "processing");
        case Complete(var url) -> {
          told.put("state", "complete");
          told.put("url", url);
        }
        case Over() -> told.put("state", "expired");
      }
      return told;
    }
  }

  private static Principal reader(Visit visit) {
    return new Principal(visit.account(), visit.livemode(), "gateway", KeyKind.SECRET);
  }

  /** The session as it stands now: its payment looked at, its time too. */
  private Optional<CheckoutSession> session(Visit visit) {
    Principal reader = reader(visit);
    return sessions
        .find(reader, visit.session())
        .map(session -> payments.current(reader, session))
        .map(
            session ->
                session.isOpen()
                        && (session.isOver(clock.instant()) || places.isGone(reader, session))
                    ? expiry.end(reader, session)
                    : session);
  }

  /**
   * The session's page.
   *
   * @param languages the header {@code Accept-Language}, or null
   * @return empty if there is no such session
   */
  Optional<Page> page(Visit visit, @Nullable String languages) {
    return session(visit).map(session -> page(visit, session, languages));
  }

  private Page page(Visit visit, CheckoutSession session, @Nullable String languages) {
    Words words = Words.of(session.text("locale"), languages);
    Branding branding = brandings.of(reader(visit));
    PageModel model = new PageModel(session, words, branding);
    if (!session.isOpen()) {
      return new Page(
          "ended",
          words,
          branding,
          model.ended(end(visit, session), urls.ofSession(visit.account(), visit.session())));
    }
    Map<String, @Nullable Object> script = new LinkedHashMap<>();
    script.put("state", standing(visit, session, words).told().get("state"));
    script.put("path", visit.page());
    script.put("key", keys.of(visit.account(), visit.livemode()).text());
    script.put("apiUrl", urls.base());
    script.put("cardsUrl", pages.cardsUrl());
    return new Page("checkout", words, branding, model.form(cards(visit, session), script));
  }

  /** The words for how it has ended. */
  private String end(Visit visit, CheckoutSession session) {
    if (session.isComplete()) {
      return "ended.complete";
    }
    return places.isGone(reader(visit), session) ? "ended.full" : "ended.expired";
  }

  /** What their customer agreed to be shown again and can still be used. */
  private List<PaymentMethod> cards(Visit visit, CheckoutSession session) {
    String customer = session.text("customer");
    if (customer == null || session.isSetup()) {
      return List.of();
    }
    YearMonth now = YearMonth.from(clock.instant().atOffset(ZoneOffset.UTC));
    return paymentMethods.ofCustomer(reader(visit), customer).stream()
        .filter(
            method -> PageAsks.redisplayed(session).contains(method.doc().get("allow_redisplay")))
        .filter(method -> !isExpired(method, now))
        .sorted((one, other) -> other.id().compareTo(one.id()))
        .limit(MOST_CARDS)
        .toList();
  }

  private static boolean isExpired(PaymentMethod method, YearMonth now) {
    return method.card().get("exp_year") instanceof Long year
        && method.card().get("exp_month") instanceof Long month
        && YearMonth.of(year.intValue(), month.intValue()).isBefore(now);
  }

  /** How the session's payment stands. */
  Standing standing(Visit visit, @Nullable String languages) {
    return session(visit)
        .map(session -> standing(visit, session, Words.of(session.text("locale"), languages)))
        .orElseGet(Standing.Over::new);
  }

  private Standing standing(Visit visit, CheckoutSession session, Words words) {
    if (session.isComplete()) {
      String url = new PageModel(session, words, Branding.PLAIN).address("success_url");
      return new Standing.Complete(Objects.requireNonNull(url));
    }
    if (!session.isOpen()) {
      return new Standing.Over();
    }
    return payments
        .seen(reader(visit), session)
        .map(seen -> standing(session, seen, words))
        .orElseGet(() -> new Standing.Open(null, null));
  }

  private Standing standing(CheckoutSession session, Seen seen, Words words) {
    return switch (seen.stage()) {
      case OPEN -> open(session, seen, words);
      case ACTION -> new Standing.Action(payments.clientSecret(seen.ref()));
      // The latter three end the session, and are on their way to.
      case PROCESSING, RESERVED, SUCCEEDED, CANCELED -> new Standing.Processing();
    };
  }

  private Standing open(CheckoutSession session, Seen seen, Words words) {
    String declined = seen.declined();
    Instant asked = seen.since();
    Optional<Instant> begun =
        session.attempted().filter(at -> clock.instant().isBefore(at.plus(BETWEEN)));
    if (declined != null && begun.filter(at -> isBefore(asked, at)).isEmpty()) {
      return new Standing.Open(words.declined(declined), null);
    }
    // Somebody has begun to pay this very moment, and will be through with it.
    return begun.isPresent() ? new Standing.Processing() : new Standing.Open(null, null);
  }

  private static boolean isBefore(@Nullable Instant asked, Instant begun) {
    return asked != null && asked.isBefore(begun);
  }

  /**
   * What came in.
   *
   * @param contentType the header of that name, or null
   */
  record Sent(
      @Nullable String contentType,
      byte[] body,
      InetAddress address,
      String requestId,
      Sender sender) {}

  /** Takes the payment, unless it was taken before. */
  Standing pay(Visit visit, Sent sent, @Nullable String languages) {
    Optional<CheckoutSession> found = session(visit);
    if (found.isEmpty()) {
      return new Standing.Over();
    }
    CheckoutSession session = found.get();
    Words words = Words.of(session.text("locale"), languages);
    Stage stage = payments.seen(reader(visit), session).map(Seen::stage).orElse(Stage.OPEN);
    if (!session.isOpen() || (stage != Stage.OPEN && stage != Stage.ACTION)) {
      return standing(visit, session, words);
    }
    try {
      PageEntry entry = entry(session, sent);
      Optional<PageEntry.Fault> fault = entry.fault();
      return fault.isPresent()
          ? new Standing.Open(words.text(fault.get().word()), fault.get().field())
          : pay(visit, session, entry, sent, words);
    } catch (ApiException e) {
      return refused(e, words);
    }
  }

  private PageEntry entry(CheckoutSession session, Sent sent) {
    ParamTree tree = RequestBody.decode(sent.contentType(), sent.body());
    cardData.check(tree);
    Arguments arguments = PageEntry.SHAPE.read(tree);
    return new PageEntry(session, arguments);
  }

  private Standing pay(
      Visit visit, CheckoutSession session, PageEntry entry, Sent sent, Words words) {
    PageKey key = keys.of(visit.account(), visit.livemode());
    return strangers.paying(
        key.principal(),
        sent.address(),
        () -> {
          try {
            Attempt attempt = entry.attempt();
            if (payments.isFree(key.principal(), session, attempt, sent.requestId())) {
              return paid(visit, session, attempt, sent, words);
            }
          } catch (ApiException e) {
            // Whoever else is paying pays for this one too.
            return isOpenQuestion(e) ? standing(visit, words) : refused(e, words);
          }
          return standing(visit, words);
        });
  }

  private Standing paid(
      Visit visit, CheckoutSession session, Attempt attempt, Sent sent, Words words) {
    return switch (tried(visit, session, attempt, sent)) {
      case BEGUN -> standing(visit, words);
      case AWAITED ->
          expiry.giveWay(reader(visit), session, clock.instant().minus(LinkPlaces.KEPT))
                  && tried(visit, session, attempt, sent) == Tried.BEGUN
              ? standing(visit, words)
              : new Standing.Open(words.text("error.place"), null);
      case GONE -> {
        String ended = expiry.end(reader(visit), session).id();
        LOG.log(Level.FINE, "{0} has no place any more", ended);
        yield standing(visit, words);
      }
    };
  }

  private Tried tried(Visit visit, CheckoutSession session, Attempt attempt, Sent sent) {
    return payments.pay(
        keys.of(visit.account(), visit.livemode()).principal(),
        session,
        attempt,
        urls.ofSession(visit.account(), visit.session()) + "/return",
        sent.requestId(),
        sent.sender());
  }

  private Standing standing(Visit visit, Words words) {
    return session(visit)
        .map(session -> standing(visit, session, words))
        .orElseGet(Standing.Over::new);
  }

  /** Somebody else changed the session or its intent meanwhile, or nobody can tell. */
  private static boolean isOpenQuestion(ApiException e) {
    return e.error().status() == 409
        || e.error().status() >= 500
        || MOVED_ON.contains(String.valueOf(e.error().code()));
  }

  private static Standing refused(ApiException e, Words words) {
    LOG.log(Level.FINE, "a shopper's payment was not tried", e);
    String param = e.error().param();
    if ("card_data_not_allowed".equals(e.error().code()) && param != null) {
      return new Standing.Open(words.text("error.carddata"), field(param));
    }
    if (param == null || param.startsWith("payment_method") || e.error().status() != 400) {
      return new Standing.Open(words.text("error.again"), null);
    }
    String word = param.equals("email") ? "error.email" : "error.value";
    return new Standing.Open(words.text(word), field(param));
  }

  /** The field on the page whose text that parameter was. */
  private static String field(String param) {
    return param.replace('[', '-').replace("]", "");
  }
}
