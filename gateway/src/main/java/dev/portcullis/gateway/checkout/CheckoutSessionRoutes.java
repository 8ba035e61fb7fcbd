package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.keys.PageKeys;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Shape;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code /v1/checkout/sessions}: create, retrieve, list, expire, line items. */
@Component
final class CheckoutSessionRoutes implements Routes {

  static final String PATH = "/v1/checkout/sessions";
  private static final Result ONE = Result.one(CheckoutSession.OBJECT);
  private static final int DEFAULT_LIMIT = 10;

  private final CheckoutSessions sessions;
  private final SessionPayments payments;
  private final NewSessions fresh;
  private final PageKeys keys;
  private final ObjectReader reader;
  private final Commits commits;
  private final InstantSource clock;

  CheckoutSessionRoutes(
      CheckoutSessions sessions,
      SessionPayments payments,
      NewSessions fresh,
      PageKeys keys,
      ObjectReader reader,
      Commits commits,
      InstantSource clock) {
    this.sessions = sessions;
    this.payments = payments;
    this.fresh = fresh;
    this.keys = keys;
    this.reader = reader;
    this.commits = commits;
    this.clock = clock;
  }

  @Override
  public List<Route> routes() {
    String one = PATH + "/{id}";
    Result many = Result.listOf(CheckoutSession.OBJECT);
    Result items = Result.listOf("item");
    return List.of(
        Route.post(
            PATH,
            Access.write(ApiResource.CHECKOUT_SESSION),
            CheckoutParams.CREATE,
            ONE,
            this::create),
        Route.get(
            PATH, Access.read(ApiResource.CHECKOUT_SESSION), CheckoutParams.LIST, many, this::list),
        Route.get(one, Access.read(ApiResource.CHECKOUT_SESSION), Shape.NONE, ONE, this::retrieve),
        Route.post(
            one + "/expire",
            Access.write(ApiResource.CHECKOUT_SESSION),
            Shape.NONE,
            ONE,
            this::expire),
        Route.get(
            one + "/line_items",
            Access.read(ApiResource.CHECKOUT_SESSION),
            CheckoutParams.LINE_ITEMS,
            items,
            this::items));
  }

  private Reply create(ApiRequest request) {
    Principal principal = request.principal();
    Arguments sent = request.arguments();
    CheckoutParams.check(sent);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    CheckoutSession session = fresh.session(principal, sent, now);
    // The vault knows the key of the page by the time that somebody opens it.
    keys.prepare(principal.account(), principal.livemode());
    Change.Builder change = in(principal);
    change.insert(CheckoutSession.TABLE, session.row());
    return commits.reply(request, change, session.shown());
  }

  private CheckoutSession require(ApiRequest request) {
    String id = request.path("id");
    return sessions
        .find(request.principal(), id)
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch(CheckoutSession.OBJECT, id, "id")));
  }

  private Reply retrieve(ApiRequest request) {
    return Reply.ok(require(request).shown());
  }

  private Reply expire(ApiRequest request) {
    CheckoutSession before = payments.current(request.principal(), require(request));
    if (!before.isOpen()) {
      throw unexpectedState(
          "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout"
              + " Session has a status of "
              + before.doc().get("status")
              + ".");
    }
    if (!payments.mayEnd(request.principal(), before)) {
      throw unexpectedState(
          "This Checkout Session cannot be expired: its payment is under way, and its outcome is"
              + " not known yet.");
    }
    CheckoutSession after = before.expired();
    Change.Builder change = in(request.principal());
    change.update(CheckoutSession.TABLE, after.row());
    change.event(commits.event(request, SessionExpiry.EVENT, after.version(), null, after.shown()));
    return commits.reply(request, change, after.shown());
  }

  private static ApiException unexpectedState(String message) {
    return new ApiException(
        ApiErrors.badRequest(message).withCode("checkout_session_unexpected_state"));
  }

  private static Change.Builder in(Principal principal) {
    return Change.in(principal.account(), principal.livemode());
  }

  private Reply list(ApiRequest request) {
    List<Filter> filters = new ArrayList<>();
    for (String name : List.of("customer", "payment_intent", "status")) {
      request.arguments().string(name).ifPresent(value -> filters.add(Filter.is(name, value)));
    }
    request
        .arguments()
        .hash("customer_details")
        .ifPresent(details -> filters.add(Filter.is("email", details.requiredString("email"))));
    return Reply.ok(
        reader
            .page(
                CheckoutSession.TABLE,
                CheckoutSession.OBJECT,
                request.principal(),
                ListQuery.of(request.arguments()),
                filters)
            .render(PATH, sessions::render));
  }

  /** Items come in the order in which they were sent: there is no newest among them. */
  private Reply items(ApiRequest request) {
    CheckoutSession session = require(request);
    String path = PATH + "/" + session.id() + "/" + CheckoutSessions.LINE_ITEMS;
    return Reply.ok(items(session, path, request.arguments()));
  }

  /**
   * A part of the items, as a list of the wire.
   *
   * @param path where the whole list is
   * @throws ApiException 400 if a cursor is none of them
   */
  static Map<String, @Nullable Object> items(CheckoutSession session, String path, Arguments sent) {
    List<Object> known = session.items().stream().<Object>map(i -> i.get("id")).toList();
    int limit = Math.toIntExact(sent.integer("limit").orElse(DEFAULT_LIMIT));
    int from = 0;
    if (sent.has("starting_after")) {
      from = at(known, sent, "starting_after") + 1;
    } else if (sent.has("ending_before")) {
      int end = at(known, sent, "ending_before");
      from = Math.max(0, end - limit);
      limit = end - from;
    }
    Map<String, @Nullable Object> list = CheckoutSessions.list(session, path, from, limit);
    if (sent.has("ending_before")) {
      list.put("has_more", from > 0);
    }
    return list;
  }

  private static int at(List<Object> known, Arguments sent, String cursor) {
    String id = sent.requiredString(cursor);
    int at = known.indexOf(id);
    if (at < 0) {
      throw new ApiException(ApiErrors.noSuch("item", Objects.requireNonNull(id), cursor));
    }
    return at;
  }
}
