package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.journal.EventTypes;
import dev.portcullis.gateway.journal.IdempotencyUse;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.error.ErrorType;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What an endpoint was told: the log, telling again, and a test. All of it is of our own. */
@Component
final class DeliveryRoutes implements Routes {

  private static final String ENDPOINT = "/v1/webhook_endpoints/{id}";
  private static final String DELIVERIES = ENDPOINT + "/deliveries";
  private static final String RESEND = "webhook_resend";

  private static final Shape LIST =
      ListQuery.shape(Param.choice("status", DeliveryState.NAMES.toArray(String[]::new)));

  private static final Shape RANGE =
      Shape.of(
          Param.choice("status", "failed"),
          Param.hash(
              "created",
              Shape.of(
                  Param.timestamp("gt"),
                  Param.timestamp("gte"),
                  Param.timestamp("lt"),
                  Param.timestamp("lte"))));

  private final WebhookEndpoints endpoints;
  private final DeliveryLog log;
  private final Resends resends;
  private final Commits commits;
  private final WebhookWorker worker;
  private final Ids ids;
  private final InstantSource clock;

  DeliveryRoutes(
      WebhookEndpoints endpoints,
      DeliveryLog log,
      Resends resends,
      Commits commits,
      WebhookWorker worker,
      Ids ids,
      InstantSource clock) {
    this.endpoints = endpoints;
    this.log = log;
    this.resends = resends;
    this.commits = commits;
    this.worker = worker;
    this.ids = ids;
    this.clock = clock;
  }

  @Override
  public List<Route> routes() {
    Access read = Access.read(ApiResource.WEBHOOK);
    Access write = Access.write(ApiResource.WEBHOOK);
    Result one = Result.one(DeliveryLog.OBJECT);
    String delivery = DELIVERIES + "/{event}";
    return List.of(
        Route.get(DELIVERIES, read, LIST, Result.listOf(DeliveryLog.OBJECT), this::list),
        Route.get(delivery, read, Shape.NONE, one, this::retrieve),
        Route.post(delivery + "/resend", write, Shape.NONE, one, this::resend),
        Route.post(ENDPOINT + "/resend", write, RANGE, Result.one(RESEND), this::resendMany),
        Route.post(ENDPOINT + "/test", write, Shape.NONE, one, this::test));
  }

  private Reply list(ApiRequest request) {
    WebhookEndpoint endpoint = endpoint(request);
    Arguments sent = request.arguments();
    return Reply.ok(
        log.page(
            request.principal(),
            endpoint.id(),
            ListQuery.of(sent),
            sent.string("status").stream().toList(),
            DELIVERIES.replace("{id}", endpoint.id())));
  }

  private WebhookEndpoint endpoint(ApiRequest request) {
    return endpoints.require(request.principal(), request.path("id"));
  }

  /** Nothing waits for one that is disabled. */
  private WebhookEndpoint enabled(ApiRequest request) {
    WebhookEndpoint endpoint = endpoint(request);
    if (!endpoint.isEnabled()) {
      throw new ApiException(
          ApiErrors.badRequest("The webhook endpoint is disabled. Enable it first.")
              .withCode("webhook_endpoint_disabled"));
    }
    return endpoint;
  }

  private Reply retrieve(ApiRequest request) {
    return Reply.ok(delivery(request, endpoint(request), request.path("event")));
  }

  private Map<String, @Nullable Object> delivery(
      ApiRequest request, WebhookEndpoint endpoint, String event) {
    Principal principal = request.principal();
    Map<String, @Nullable Object> delivery =
        log.find(principal, endpoint.id(), event)
            .orElseThrow(
                () -> new ApiException(ApiErrors.noSuch(DeliveryLog.OBJECT, event, "event")));
    delivery.put("attempts", log.attempts(principal, endpoint.id(), event));
    return delivery;
  }

  /** Done twice at once it is done once: it waits already. */
  private Reply resend(ApiRequest request) {
    commits.unlessDone(request);
    WebhookEndpoint endpoint = enabled(request);
    String event = request.path("event");
    if (!log.resend(request.principal(), endpoint.id(), event, clock.instant())) {
      throw new ApiException(ApiErrors.noSuch("event", event, "event"));
    }
    worker.wake();
    Map<String, @Nullable Object> answer = delivery(request, endpoint, event);
    // The key is kept after it: whoever dies between is asked again, and tells it twice at most.
    return request.idempotency().isEmpty()
        ? Reply.ok(answer)
        : commits.reply(
            request,
            Change.in(request.principal().account(), request.principal().livemode()),
            answer);
  }

  private Reply resendMany(ApiRequest request) {
    Principal principal = request.principal();
    WebhookEndpoint endpoint = enabled(request);
    ListQuery range = ListQuery.of(request.arguments());
    boolean failedOnly = request.arguments().has("status");
    if (!failedOnly && !request.arguments().isHash("created")) {
      throw new ApiException(ApiErrors.missing("created"));
    }
    if (resends.isOpen(principal, endpoint.id())) {
      throw new ApiException(
          ApiError.of(
                  409,
                  ErrorType.INVALID_REQUEST_ERROR,
                  "Events are being told to this webhook endpoint once more already. Ask again"
                      + " when that is done.")
              .withCode("webhook_resend_in_progress"));
    }
    Instant now = clock.instant();
    Instant since = Instant.ofEpochSecond(range.from());
    Instant end = Instant.ofEpochSecond(range.until());
    Instant until = end.isAfter(now) ? now : end;
    String id = ids.next("whr");
    Change.Builder change = Change.in(principal.account(), principal.livemode());
    change.insert(Resends.TABLE, Resends.begun(id, now, endpoint.id(), since, until, failedOnly));
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("id", id);
    answer.put("object", RESEND);
    answer.put("created", now.getEpochSecond());
    answer.put("livemode", principal.livemode());
    answer.put("since", since.getEpochSecond());
    answer.put("status", failedOnly ? "failed" : null);
    answer.put("until", until.getEpochSecond());
    answer.put("webhook_endpoint", endpoint.id());
    return commits.reply(request, change, answer);
  }

  private Reply test(ApiRequest request) {
    Principal principal = request.principal();
    WebhookEndpoint endpoint = enabled(request);
    Event event =
        new Event(
            ids.next("evt"),
            clock.instant(),
            EventTypes.TEST,
            WebhookEndpoint.OBJECT,
            endpoint.id(),
            endpoint.version(),
            request.requestId(),
            request.idempotency().map(IdempotencyUse::key).orElse(null),
            null,
            Json.writeString(endpoint.shown()));
    Change.Builder change = Change.in(principal.account(), principal.livemode());
    change.event(event);
    return commits.reply(request, change, DeliveryLog.waiting(event, endpoint));
  }
}
