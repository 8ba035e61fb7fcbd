package dev.portcullis.gateway.webhooks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.http.Unsupported;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.EventTypes;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.gateway.versions.Version;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code /v1/webhook_endpoints}: create, retrieve, update, delete, list. */
@Component
final class WebhookEndpointRoutes implements Routes {

  private static final String PATH = "/v1/webhook_endpoints";
  private static final Result ONE = Result.one(WebhookEndpoint.OBJECT);

  private static final Param EVENTS =
      Param.list(
          "enabled_events",
          Param.choice(
              "event",
              Stream.concat(Stream.of("*"), EventTypes.ALL.stream()).toArray(String[]::new)));

  private static final Param PAYLOAD =
      Param.choice(WebhookEndpoint.PAYLOAD, Payload.NAMES.toArray(String[]::new));

  private static final Shape CREATE =
      Shape.of(
          Param.url("url").required(),
          EVENTS.required(),
          Param.string("api_version").max(50),
          Param.lines("description").unsettable(),
          PAYLOAD,
          Param.alwaysFalse("connect", Unsupported.CONNECT),
          Param.metadata());
  private static final Shape UPDATE =
      Shape.of(
          Param.url("url"),
          EVENTS,
          Param.lines("description").unsettable(),
          Param.bool("disabled"),
          PAYLOAD,
          Param.metadata());

  /** A change of one of these says where events go, and how much of them. */
  private static final List<String> AUDITED =
      List.of("url", "status", "enabled_events", WebhookEndpoint.PAYLOAD);

  private static final int FINGERPRINT_BYTES = 8;

  /** So many characters of the types stand in the audit trail. */
  private static final int TOLD_TYPES = 500;

  private final WebhookEndpoints endpoints;
  private final Commits commits;
  private final EndpointKeys keys;
  private final AuditTrail audit;
  private final Ids ids;
  private final InstantSource clock;
  private final boolean sandbox;

  WebhookEndpointRoutes(
      WebhookEndpoints endpoints,
      Commits commits,
      EndpointKeys keys,
      AuditTrail audit,
      Ids ids,
      InstantSource clock,
      ZoneConfig config) {
    this.endpoints = endpoints;
    this.commits = commits;
    this.keys = keys;
    this.audit = audit;
    this.ids = ids;
    this.clock = clock;
    this.sandbox = config.bool("sandbox");
  }

  @Override
  public List<Route> routes() {
    String one = PATH + "/{id}";
    Result many = Result.listOf(WebhookEndpoint.OBJECT);
    return List.of(
        Route.post(PATH, Access.write(ApiResource.WEBHOOK), CREATE, ONE, this::create),
        Route.get(PATH, Access.read(ApiResource.WEBHOOK), ListQuery.shape(), many, this::list),
        Route.get(one, Access.read(ApiResource.WEBHOOK), Shape.NONE, ONE, this::retrieve),
        Route.post(one, Access.write(ApiResource.WEBHOOK), UPDATE, ONE, this::update),
        Route.delete(one, Access.write(ApiResource.WEBHOOK), Shape.NONE, ONE, this::delete));
  }

  private Reply create(ApiRequest request) {
    Principal principal = request.principal();
    Map<String, @Nullable Object> shown = blank(principal, request.arguments());
    change(principal, shown, request.arguments());
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    String id = String.valueOf(shown.get("id"));
    EndpointKeys.Fresh secret = keys.secret(principal.account(), principal.livemode(), id);
    EndpointKeys.Fresh key = keys.key(principal.account(), principal.livemode(), id);
    shown.put(WebhookEndpoint.PUBLIC_KEY, key.told());
    WebhookEndpoint endpoint =
        new WebhookEndpoint(
            id,
            1,
            now,
            shown,
            WebhookEndpoint.wanted(shown, Map.of(), now),
            freeSlot(principal),
            new SealedKeys(Rolling.fresh(secret.sealed()), Rolling.fresh(key.sealed())));
    Change.Builder change = Change.in(principal.account(), principal.livemode());
    change.insert(WebhookEndpoint.TABLE, endpoint.row());
    Map<String, @Nullable Object> answer = new LinkedHashMap<>(shown);
    answer.put("secret", secret.told());
    Reply reply = commits.reply(request, change, answer);
    note(request, "created", id, told(shown));
    return reply;
  }

  private Map<String, @Nullable Object> blank(Principal principal, Arguments sent) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    shown.put("id", ids.next("we"));
    shown.put("object", WebhookEndpoint.OBJECT);
    shown.put(
        "api_version", sent.string("api_version").map(WebhookEndpointRoutes::version).orElse(null));
    shown.put("application", null);
    shown.put("created", clock.instant().getEpochSecond());
    shown.put("description", null);
    shown.put("enabled_events", List.of());
    shown.put("livemode", principal.livemode());
    shown.put("metadata", new LinkedHashMap<String, @Nullable Object>());
    shown.put(WebhookEndpoint.PAYLOAD, Payload.NAMES.getFirst());
    shown.put(WebhookEndpoint.PUBLIC_KEY, null);
    shown.put("status", WebhookEndpoint.ENABLED);
    shown.put("url", "");
    return shown;
  }

  private void change(Principal principal, Map<String, @Nullable Object> shown, Arguments sent) {
    sent.url("url").ifPresent(url -> shown.put("url", checked(principal, url)));
    if (sent.has("enabled_events")) {
      shown.put("enabled_events", events(sent));
    }
    if (sent.has("description")) {
      shown.put("description", sent.string("description").orElse(null));
    }
    sent.bool("disabled")
        .ifPresent(
            disabled ->
                shown.put("status", disabled ? WebhookEndpoint.DISABLED : WebhookEndpoint.ENABLED));
    sent.string(WebhookEndpoint.PAYLOAD)
        .ifPresent(payload -> shown.put(WebhookEndpoint.PAYLOAD, payload));
    sent.metadata().ifPresent(update -> shown.put("metadata", update.applyTo(metadata(shown))));
  }

  private String checked(Principal principal, URI url) {
    return EndpointUrl.check(url, sandbox && !principal.livemode());
  }

  private static String version(String wanted) {
    return Version.find(wanted)
        .orElseThrow(
            () ->
                new ApiException(
                    ApiErrors.invalid(
                        "api_version",
                        "parameter_invalid",
                        "Invalid Stripe API version: "
                            + ApiErrors.shown(wanted)
                            + ". Supported are "
                            + Version.SUPPORTED
                            + ".")))
        .text();
  }

  private static List<String> events(Arguments sent) {
    List<String> events = sent.strings("enabled_events").stream().distinct().toList();
    if (events.isEmpty()) {
      throw new ApiException(
          ApiErrors.invalid(
              "enabled_events",
              "parameter_invalid_empty",
              "You must enable at least one event, or all of them by ['*']."));
    }
    return events;
  }

  @SuppressWarnings("unchecked") // the document is our own
  private static Map<String, String> metadata(Map<String, @Nullable Object> shown) {
    return shown.get("metadata") instanceof Map<?, ?> map ? (Map<String, String>) map : Map.of();
  }

  /** Two requests that see the same free one do not both get it: the slot is unique. */
  private int freeSlot(Principal principal) {
    Set<Integer> taken =
        endpoints.all(principal).stream().map(WebhookEndpoint::slot).collect(Collectors.toSet());
    return IntStream.rangeClosed(1, WebhookEndpoint.MAX)
        .filter(slot -> !taken.contains(slot))
        .findFirst()
        .orElseThrow(
            () ->
                new ApiException(
                    ApiErrors.badRequest(
                            "You have reached the maximum of "
                                + WebhookEndpoint.MAX
                                + " webhook endpoints. Delete one that is no longer needed.")
                        .withCode("webhook_endpoint_limit_reached")));
  }

  private WebhookEndpoint require(ApiRequest request) {
    return endpoints.require(request.principal(), request.path("id"));
  }

  private Reply retrieve(ApiRequest request) {
    return Reply.ok(require(request).shown());
  }

  private Reply update(ApiRequest request) {
    WebhookEndpoint before = require(request);
    Map<String, @Nullable Object> shown = new LinkedHashMap<>(before.shown());
    change(request.principal(), shown, request.arguments());
    WebhookEndpoint after = before.with(shown, clock.instant());
    if (after.isEnabled() && (!before.isEnabled() || !after.url().equals(before.url()))) {
      endpoints.forgetFailures(request.principal(), before.id());
    }
    Change.Builder change = in(request);
    change.update(WebhookEndpoint.TABLE, after.row());
    Reply reply = commits.reply(request, change, after.shown());
    if (AUDITED.stream()
        .anyMatch(it -> !Objects.equals(after.shown().get(it), before.shown().get(it)))) {
      note(request, "updated", after.id(), told(after.shown()));
    }
    return reply;
  }

  private Reply delete(ApiRequest request) {
    WebhookEndpoint before = require(request);
    Change.Builder change = in(request);
    change.update(WebhookEndpoint.TABLE, before.deletedRow());
    commits.commit(change.build());
    note(request, "deleted", before.id(), told(before.shown()));
    return Reply.ok(before.tombstone());
  }

  /**
   * Where events go is security configuration (PCI DSS 10.2.1.5): whoever changes it can be asked.
   * Path and query of the address may be the receiver's secret.
   */
  private void note(ApiRequest request, String what, String id, String told) {
    audit.append(
        new Actor(request.principal().keyId(), request.sender().address()),
        "webhook_endpoint." + what,
        request.principal().account(),
        id,
        told);
  }

  private static String told(Map<String, @Nullable Object> shown) {
    URI url = URI.create(String.valueOf(shown.get("url")));
    String types = String.valueOf(shown.get("enabled_events"));
    return shown.get("status")
        + ", "
        + types.substring(0, Math.min(types.length(), TOLD_TYPES))
        + " to "
        + url.getScheme()
        + "://"
        + url.getAuthority()
        + " (address "
        + fingerprint(String.valueOf(url))
        + ")";
  }

  /** Tells one address from another, and not what it is. */
  private static String fingerprint(String url) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(url.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }

  private static Change.Builder in(ApiRequest request) {
    return Change.in(request.principal().account(), request.principal().livemode());
  }

  private Reply list(ApiRequest request) {
    return Reply.ok(
        endpoints
            .page(request.principal(), ListQuery.of(request.arguments()))
            .render(PATH, row -> WebhookEndpoint.of(row).shown()));
  }
}
