package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.checkout.LinkPlaces.Place;
import dev.portcullis.gateway.customers.Customer;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Sender;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.paymentmethods.PaymentMethod;
import dev.portcullis.gateway.paymentmethods.PaymentMethods;
import dev.portcullis.gateway.payments.HostedIntents;
import dev.portcullis.gateway.payments.HostedIntents.Begun;
import dev.portcullis.gateway.payments.HostedIntents.Ref;
import dev.portcullis.gateway.payments.HostedIntents.Seen;
import dev.portcullis.gateway.payments.HostedIntents.Stage;
import dev.portcullis.kit.Ids;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Pays for a session. A session has one intent, which is made in the commit that names it on the
 * session, and an intent is confirmed from one of its versions to the next: whoever pays twice, in
 * two windows, after reloading or because an answer was lost, is charged once.
 */
@Component
final class SessionPayments {

  private static final Logger LOG = Logger.getLogger(SessionPayments.class.getName());
  private static final int ATTEMPTS = 5;

  /** For a place of a link at once; each of them loses to one who has got through. */
  private static final int CONTENDERS = 50;

  private static final String USAGE = "setup_future_usage";

  private final CheckoutSessions sessions;
  private final LinkPlaces places;
  private final HostedIntents intents;
  private final PaymentMethods paymentMethods;
  private final SessionCustomers customers;
  private final Journal journal;
  private final Commits commits;
  private final Ids ids;
  private final InstantSource clock;

  SessionPayments(
      CheckoutSessions sessions,
      LinkPlaces places,
      HostedIntents intents,
      PaymentMethods paymentMethods,
      SessionCustomers customers,
      Journal journal,
      Commits commits,
      Ids ids,
      InstantSource clock) {
    this.sessions = sessions;
    this.places = places;
    this.intents = intents;
    this.paymentMethods = paymentMethods;
    this.customers = customers;
    this.journal = journal;
    this.commits = commits;
    this.ids = ids;
    this.clock = clock;
  }

  /** How the session's intent stands; empty before a shopper has begun to pay. */
  Optional<Seen> seen(Principal principal, CheckoutSession session) {
    return session.intent().flatMap(ref -> intents.see(principal, ref));
  }

  /** The session with what has become of its intent, made durable. */
  CheckoutSession current(Principal principal, CheckoutSession session) {
    return current(principal, session, clock.instant());
  }

  /** The same as of that moment. */
  CheckoutSession current(Principal principal, CheckoutSession session, Instant now) {
    return current(principal, session, SessionOutcome.PATIENCE, now);
  }

  private CheckoutSession current(
      Principal principal, CheckoutSession known, Duration patience, Instant now) {
    CheckoutSession session = known;
    for (int i = 0; i < ATTEMPTS; i++) {
      CheckoutSession before = session;
      Optional<SessionOutcome> outcome =
          session.attempted().isEmpty()
              ? Optional.empty()
              : beyond(principal, session)
                  .flatMap(seen -> SessionOutcome.of(before, seen, patience, now));
      if (outcome.isEmpty()) {
        return session;
      }
      if (journal.commit(change(principal, outcome.get())) instanceof Verdict.Committed) {
        if (SessionOutcome.COMPLETED.equals(outcome.get().event())) {
          places.completed(principal, outcome.get().session());
        }
        return outcome.get().session();
      }
      session = sessions.find(principal, known.id()).orElse(session);
    }
    return session;
  }

  /**
   * How the session's intent stands. The shopper of a session that is complete has gone: what could
   * only go on with them ends there, and cannot be paid behind the merchant's back any more.
   */
  private Optional<Seen> beyond(Principal principal, CheckoutSession session) {
    if (session.isComplete()) {
      session.intent().ifPresent(ref -> cancel(principal, ref));
    }
    return seen(principal, session);
  }

  private Change change(Principal principal, SessionOutcome outcome) {
    CheckoutSession session = outcome.session();
    Change.Builder change = Change.in(principal.account(), principal.livemode());
    change.update(CheckoutSession.TABLE, session.row());
    String event = outcome.event();
    if (event != null) {
      change.event(event(session, event));
    }
    if (session.isKept() && SessionOutcome.COMPLETED.equals(event)) {
      offeredAgain(principal, session)
          .ifPresent(card -> change.update(PaymentMethod.TABLE, card.row()));
    }
    return change.build();
  }

  private Event event(CheckoutSession session, String type) {
    return new Event(
        ids.next("evt"),
        clock.instant(),
        type,
        CheckoutSession.OBJECT,
        session.id(),
        session.version(),
        null,
        null,
        null,
        Json.writeString(session.shown()));
  }

  /** The shopper agreed that the card may be shown to them the next time. */
  private Optional<PaymentMethod> offeredAgain(Principal principal, CheckoutSession session) {
    return seen(principal, session)
        .map(Seen::paymentMethod)
        .flatMap(id -> paymentMethods.find(principal, id))
        .filter(card -> card.customer() != null)
        .map(card -> card.with(Map.of("allow_redisplay", "always")));
  }

  /**
   * The session, which is to end now: an intent that nobody has paid is given up, and one whose
   * answer is awaited completes the session without being paid yet.
   */
  CheckoutSession giveUp(Principal principal, CheckoutSession session) {
    session.intent().ifPresent(ref -> cancel(principal, ref));
    return current(principal, session, Duration.ZERO, clock.instant());
  }

  /** Whether nobody can pay for the session any more. */
  boolean isGivenUp(Principal principal, CheckoutSession session) {
    return session.intent().isEmpty()
        || seen(principal, session).filter(seen -> seen.stage() == Stage.CANCELED).isPresent();
  }

  /** What is paid, reserved or under way stays: money that was promised is not let go. */
  private void cancel(Principal principal, Ref ref) {
    Stage stage = intents.see(principal, ref).map(Seen::stage).orElse(Stage.CANCELED);
    if (stage != Stage.OPEN && stage != Stage.ACTION) {
      return;
    }
    try {
      intents.giveUp(principal, ref, ids.next("req"));
    } catch (ApiException e) {
      // It has gone further than that; what it came to is looked at next.
      LOG.log(Level.FINE, "an intent can no longer be given up", e);
    }
  }

  /**
   * Gives up the intent of a session that its merchant ends.
   *
   * @return false if the shopper has paid, or is paying now
   */
  boolean mayEnd(Principal principal, CheckoutSession session) {
    Optional<Ref> ref = session.intent();
    if (ref.isEmpty()) {
      return true;
    }
    cancel(principal, ref.get());
    return intents.see(principal, ref.get()).stream()
        .anyMatch(seen -> seen.stage() == Stage.CANCELED);
  }

  /**
   * What the shopper sends.
   *
   * @param paymentMethod the card, fresh from the vault or one that their customer has
   * @param kept whether they agree that it is kept
   * @param shipping where to, in the wire's form, or null
   * @param members what the session says of them from now on
   */
  record Attempt(
      String paymentMethod,
      boolean kept,
      @Nullable Map<String, @Nullable Object> shipping,
      Map<String, @Nullable Object> members) {}

  /**
   * Whether the shopper's attempt can be tried now. A challenge that waits for another card is left
   * for it; one that waits for this very card is the attempt's own.
   *
   * @throws ApiException 409 if somebody else changed the intent meanwhile
   */
  boolean isFree(Principal page, CheckoutSession session, Attempt attempt, String requestId) {
    Optional<Seen> seen = seen(page, session);
    if (seen.filter(each -> each.stage() == Stage.ACTION).isEmpty()) {
      return true;
    }
    return !attempt.paymentMethod().equals(seen.get().paymentMethod())
        && intents
            .leave(page, seen.get().ref(), requestId)
            .filter(left -> left.stage() == Stage.OPEN)
            .isPresent();
  }

  /** What became of an attempt to pay. */
  enum Tried {
    BEGUN,
    /** Nothing: others have what is left of the link, and may yet give it up. */
    AWAITED,
    /** Nothing: the link has been paid as often as it may be. */
    GONE
  }

  /**
   * Tries to pay for an open session whose intent, if there is one, is open too. What came of it
   * {@link #seen} and {@link #current} tell.
   *
   * @param returnUrl where a challenge leads back to
   * @throws ApiException if nothing was tried: what was sent cannot be used, somebody else is
   *     paying, or it could not be stored
   */
  Tried pay(
      Principal page,
      CheckoutSession session,
      Attempt attempt,
      String returnUrl,
      String requestId,
      Sender sender) {
    for (int i = 0; i < CONTENDERS; i++) {
      Place place = places.seek(page, session);
      switch (place) {
        case Place.Awaited() -> {
          return Tried.AWAITED;
        }
        case Place.Gone() -> {
          return Tried.GONE;
        }
        case Place.Sure(), Place.Free(_) -> {
          Optional<CheckoutSession> begun = begun(page, session, attempt, place, requestId);
          if (begun.isPresent()) {
            intents.confirm(
                page,
                begun.get().intent().orElseThrow(),
                confirmation(session, attempt, returnUrl),
                requestId,
                sender);
            return Tried.BEGUN;
          }
        }
      }
    }
    throw new ApiException(ApiErrors.lockTimeout());
  }

  /**
   * The session with its intent and the attempt, made durable.
   *
   * @return empty if somebody else has taken a place of the link meanwhile
   */
  private Optional<CheckoutSession> begun(
      Principal page, CheckoutSession session, Attempt attempt, Place place, String requestId) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>(attempt.members());
    members.putAll(session.attempting(clock.instant()));
    members.put(CheckoutSession.KEPT, attempt.kept());
    Change.Builder change = Change.in(page.account(), page.livemode());
    if (session.intent().isEmpty()) {
      Optional<Customer> customer =
          session.makesCustomer() ? Optional.of(customers.fresh(page, attempt)) : Optional.empty();
      customer.ifPresent(made -> members.put("customer", made.id()));
      Begun begun = intents.begin(page, wanted(session.with(members), attempt), requestId);
      members.put(begun.ref().object(), begun.ref().id());
      change = begun.change();
      customer.ifPresent(made -> customers.insert(begun.change(), page, made, requestId));
    } else {
      update(page, session, attempt, requestId);
      customers.correct(change, page, session, attempt, requestId);
    }
    CheckoutSession after = session.with(members);
    change.update(CheckoutSession.TABLE, after.row());
    if (place instanceof Place.Free(var taken)) {
      taken.in(change);
    }
    Verdict verdict = journal.commit(change.build());
    if (verdict instanceof Verdict.Conflict conflict
        && conflict.table().equals(TakenPlaces.TABLE)) {
      return Optional.empty();
    }
    commits.require(verdict);
    return Optional.of(after);
  }

  /** What was said at an earlier attempt may not hold any more. */
  private void update(Principal page, CheckoutSession session, Attempt attempt, String requestId) {
    if (session.isSetup()) {
      return;
    }
    Map<String, Object> sent = new LinkedHashMap<>();
    Money total = session.total();
    if (!seen(page, session).map(Seen::amount).equals(Optional.of(total))) {
      // Nothing is taken but what the page says, whatever became of the intent meanwhile.
      sent.put("amount", total.minorUnits());
      sent.put("currency", total.currency().code());
    }
    if (attempt.shipping() != null) {
      sent.put("shipping", known(attempt.shipping()));
    }
    if (session.isKept() && !attempt.kept() && !isKeptAnyway(session)) {
      sent.put(USAGE, "");
    }
    if (!sent.isEmpty()) {
      intents.update(page, session.intent().orElseThrow(), sent, requestId);
    }
  }

  /** What a client would send: what is not known it leaves out. */
  private static Map<String, Object> known(Map<?, ?> map) {
    Map<String, Object> known = new LinkedHashMap<>();
    map.forEach(
        (name, value) -> {
          if (value != null) {
            known.put((String) name, value instanceof Map<?, ?> inner ? known(inner) : value);
          }
        });
    return known;
  }

  private static Map<String, Object> confirmation(
      CheckoutSession session, Attempt attempt, String returnUrl) {
    Map<String, Object> sent = new LinkedHashMap<>();
    sent.put("payment_method", attempt.paymentMethod());
    sent.put("return_url", returnUrl);
    if (attempt.kept() && !session.isSetup() && !isKeptAnyway(session)) {
      sent.put(USAGE, "on_session");
    }
    return sent;
  }

  private static HostedIntents.Wanted wanted(CheckoutSession session, Attempt attempt) {
    Map<String, @Nullable Object> details = new LinkedHashMap<>(session.intentData());
    String usage = (String) details.remove(USAGE);
    if (attempt.shipping() != null) {
      details.put("shipping", attempt.shipping());
    }
    return new HostedIntents.Wanted(
        session.isSetup() ? null : session.total(), session.text("customer"), usage, details);
  }

  /** Whether the merchant has said that the card is kept, as the page tells the shopper. */
  private static boolean isKeptAnyway(CheckoutSession session) {
    return session.intentData().get(USAGE) != null;
  }

  /** What lets the page's script look at the session's intent. */
  String clientSecret(Ref ref) {
    return intents.clientSecret(ref);
  }
}
