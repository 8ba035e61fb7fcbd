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
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Shape;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code /v1/payment_links}: create, retrieve, update, list, line items. */
@Component
final class PaymentLinkRoutes implements Routes {

  private static final String PATH = "/v1/payment_links";

  /** Each of them loses to somebody who has got through. */
  private static final int ATTEMPTS = 20;

  private static final Result ONE = Result.one(PaymentLink.OBJECT);

  private final PaymentLinks links;
  private final CheckoutSessions sessions;
  private final LinkPlaces places;
  private final NewSessions fresh;
  private final CheckoutUrls urls;
  private final PageKeys keys;
  private final ObjectReader reader;
  private final Commits commits;
  private final Ids ids;
  private final InstantSource clock;

  PaymentLinkRoutes(
      PaymentLinks links,
      CheckoutSessions sessions,
      LinkPlaces places,
      NewSessions fresh,
      CheckoutUrls urls,
      PageKeys keys,
      ObjectReader reader,
      Commits commits,
      Ids ids,
      InstantSource clock) {
    this.links = links;
    this.sessions = sessions;
    this.places = places;
    this.fresh = fresh;
    this.urls = urls;
    this.keys = keys;
    this.reader = reader;
    this.commits = commits;
    this.ids = ids;
    this.clock = clock;
  }

  @Override
  public List<Route> routes() {
    String one = PATH + "/{id}";
    return List.of(
        Route.post(
            PATH, Access.write(ApiResource.PAYMENT_LINK), CheckoutParams.LINK, ONE, this::create),
        Route.get(
            PATH,
            Access.read(ApiResource.PAYMENT_LINK),
            CheckoutParams.LINK_LIST,
            Result.listOf(PaymentLink.OBJECT),
            this::list),
        Route.get(one, Access.read(ApiResource.PAYMENT_LINK), Shape.NONE, ONE, this::retrieve),
        Route.post(
            one,
            Access.write(ApiResource.PAYMENT_LINK),
            CheckoutParams.LINK_UPDATE,
            ONE,
            this::update),
        Route.get(
            one + "/line_items",
            Access.read(ApiResource.PAYMENT_LINK),
            CheckoutParams.LINE_ITEMS,
            Result.listOf("item"),
            this::items));
  }

  private Reply create(ApiRequest request) {
    Principal principal = request.principal();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    PaymentLink link = link(principal, request.arguments(), now);
    keys.prepare(principal.account(), principal.livemode());
    Change.Builder change = in(principal);
    change.insert(PaymentLink.TABLE, link.row());
    return commits.reply(request, change, link.shown());
  }

  private PaymentLink link(Principal principal, Arguments sent, Instant now) {
    CheckoutSession shape = fresh.session(principal, sent, now);
    Map<String, @Nullable Object> after = after(sent);
    String id = ids.next("plink");
    Map<String, @Nullable Object> template = shape.doc();
    if (after.get("hosted_confirmation") instanceof Map<?, ?> own
        && own.get("custom_message") instanceof String message) {
      Map<String, @Nullable Object> texts = new LinkedHashMap<>();
      shape.hash("custom_text").forEach((name, text) -> texts.put((String) name, text));
      texts.put("after_submit", Map.of("message", message));
      template.put("custom_text", texts);
    }
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("id", id);
    doc.put("object", PaymentLink.OBJECT);
    doc.put("active", true);
    doc.put("after_completion", after);
    doc.put("allow_promotion_codes", false);
    doc.put("billing_address_collection", otherwise(shape, "billing_address_collection", "auto"));
    doc.put("consent_collection", template.get("consent_collection"));
    doc.put("currency", template.get("currency"));
    doc.put("custom_fields", template.get("custom_fields"));
    doc.put("custom_text", template.get("custom_text"));
    doc.put("customer_creation", otherwise(shape, "customer_creation", "if_required"));
    doc.put("inactive_message", sent.string("inactive_message").orElse(null));
    doc.put("livemode", principal.livemode());
    doc.put("metadata", template.get("metadata"));
    doc.put("payment_method_collection", "always");
    doc.put("payment_method_types", template.get("payment_method_types"));
    doc.put("phone_number_collection", template.get("phone_number_collection"));
    CheckoutParams.limit(sent)
        .ifPresent(limit -> doc.put("restrictions", PaymentLink.restrictions(0, limit)));
    doc.put("shipping_address_collection", template.get("shipping_address_collection"));
    doc.put("submit_type", otherwise(shape, "submit_type", "auto"));
    doc.put("url", urls.ofLink(principal.account(), id, principal.livemode()));
    doc.put(PaymentLink.TEMPLATE, template);
    return new PaymentLink(id, 1, now, doc);
  }

  private static String otherwise(CheckoutSession shape, String member, String otherwise) {
    String said = shape.text(member);
    return said == null ? otherwise : said;
  }

  private static Map<String, @Nullable Object> after(Arguments sent) {
    Arguments wanted = sent.hash("after_completion").orElse(null);
    String type = wanted == null ? "hosted_confirmation" : wanted.requiredString("type");
    Map<String, @Nullable Object> after = new LinkedHashMap<>();
    after.put("type", type);
    if (type.equals("redirect")) {
      Arguments redirect = wanted == null ? null : wanted.hash("redirect").orElse(null);
      if (redirect == null) {
        throw new ApiException(ApiErrors.missing("after_completion[redirect]"));
      }
      Map<String, @Nullable Object> to = new LinkedHashMap<>();
      to.put("url", CheckoutParams.address(redirect, "url"));
      after.put("redirect", to);
    } else {
      Map<String, @Nullable Object> own = new LinkedHashMap<>();
      own.put(
          "custom_message",
          wanted == null
              ? null
              : wanted
                  .hash("hosted_confirmation")
                  .flatMap(page -> page.string("custom_message"))
                  .orElse(null));
      after.put("hosted_confirmation", own);
    }
    return after;
  }

  private PaymentLink require(ApiRequest request) {
    String id = request.path("id");
    return links
        .find(request.principal(), id)
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch(PaymentLink.OBJECT, id, "id")));
  }

  private Reply retrieve(ApiRequest request) {
    return Reply.ok(require(request).shown());
  }

  /**
   * Each of its shoppers who has paid is noted on the link; its merchant gets through all the same.
   */
  private Reply update(ApiRequest request) {
    for (int left = ATTEMPTS; ; left--) {
      try {
        return updated(request);
      } catch (ApiException e) {
        if (left == 1 || !"lock_timeout".equals(e.error().code())) {
          throw e;
        }
      }
    }
  }

  private Reply updated(ApiRequest request) {
    Arguments sent = request.arguments();
    PaymentLink before = require(request);
    Map<String, @Nullable Object> doc = new LinkedHashMap<>(before.doc());
    sent.bool("active").ifPresent(active -> doc.put("active", active));
    if (sent.has("inactive_message")) {
      doc.put("inactive_message", sent.string("inactive_message").orElse(null));
    }
    sent.metadata().ifPresent(update -> doc.put("metadata", update.applyTo(metadata(before))));
    if (sent.has("restrictions")) {
      doc.put("restrictions", restrictions(request.principal(), before, sent));
    }
    PaymentLink after = ended(before, doc, sent);
    Change.Builder change = in(request.principal());
    change.update(PaymentLink.TABLE, after.row());
    if (after.isLimited() && !before.isLimited()) {
      places.forget(change, request.principal(), after);
    }
    return commits.reply(request, change, after.shown());
  }

  private @Nullable Map<String, @Nullable Object> restrictions(
      Principal principal, PaymentLink link, Arguments sent) {
    return CheckoutParams.limit(sent)
        .map(
            limit ->
                PaymentLink.restrictions(
                    sessions.completed(principal, link.id(), Math.toIntExact(limit)), limit))
        .orElse(null);
  }

  /**
   * The link as it is to be. One that was paid as often as it may be is not active.
   *
   * @throws ApiException 400 if it is to be active all the same
   */
  private PaymentLink ended(PaymentLink before, Map<String, @Nullable Object> doc, Arguments sent) {
    PaymentLink after = new PaymentLink(before.id(), before.version(), before.created(), doc);
    if (!after.isFull()) {
      return after.closed();
    }
    if (sent.isTrue("active")) {
      throw new ApiException(
          ApiErrors.invalid(
              "active",
              "parameter_invalid",
              "This payment link has been completed "
                  + after.count()
                  + (after.count() == 1 ? " time" : " times")
                  + ", as often as its `restrictions` let it: raise"
                  + " restrictions[completed_sessions][limit], or make another link."));
    }
    return after.counted(after.count(), clock.instant());
  }

  private static Map<String, String> metadata(PaymentLink link) {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (link.doc().get("metadata") instanceof Map<?, ?> map) {
      map.forEach((name, text) -> metadata.put((String) name, (String) text));
    }
    return metadata;
  }

  private Reply list(ApiRequest request) {
    List<Filter> filters = new ArrayList<>();
    request.arguments().bool("active").ifPresent(a -> filters.add(Filter.is("active", a)));
    return Reply.ok(
        reader
            .page(
                PaymentLink.TABLE,
                PaymentLink.OBJECT,
                request.principal(),
                ListQuery.of(request.arguments()),
                filters)
            .render(PATH, links::render));
  }

  private Reply items(ApiRequest request) {
    PaymentLink link = require(request);
    return Reply.ok(
        CheckoutSessionRoutes.items(
            link.shape(), PATH + "/" + link.id() + "/line_items", request.arguments()));
  }

  private static Change.Builder in(Principal principal) {
    return Change.in(principal.account(), principal.livemode());
  }
}
