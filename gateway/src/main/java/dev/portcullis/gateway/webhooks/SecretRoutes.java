package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.error.ErrorType;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * {@code POST /v1/webhook_endpoints/{id}/roll_secret} and {@code .../roll_key}: a new secret, shown
 * this once, or a new key pair, whose public half the endpoint shows. Until the one before it ends,
 * both sign, so that the receiver can change over without losing an event.
 */
@Component
final class SecretRoutes implements Routes {

  private static final Duration LONGEST_OVERLAP = Duration.ofDays(7);
  private static final Duration OVERLAP = Duration.ofDays(1);

  private static final Shape ROLL =
      Shape.of(Param.integer("expire_in").range(0, LONGEST_OVERLAP.toSeconds()));

  private static final ApiError SECRET_ROLLS = stillRolling("secret");
  private static final ApiError KEY_ROLLS = stillRolling("key");

  private final WebhookEndpoints endpoints;
  private final EndpointKeys keys;
  private final Commits commits;
  private final AuditTrail audit;
  private final InstantSource clock;

  SecretRoutes(
      WebhookEndpoints endpoints,
      EndpointKeys keys,
      Commits commits,
      AuditTrail audit,
      InstantSource clock) {
    this.endpoints = endpoints;
    this.keys = keys;
    this.commits = commits;
    this.audit = audit;
    this.clock = clock;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.post(
            "/v1/webhook_endpoints/{id}/roll_secret",
            Access.write(ApiResource.WEBHOOK),
            ROLL,
            Result.one(WebhookEndpoint.OBJECT),
            this::rollSecret),
        Route.post(
            "/v1/webhook_endpoints/{id}/roll_key",
            Access.write(ApiResource.WEBHOOK),
            ROLL,
            Result.one(WebhookEndpoint.OBJECT),
            this::rollKey));
  }

  /** Two sign at most: a third would cut off who has not changed over to the second. */
  private static ApiError stillRolling(String what) {
    return ApiError.of(
            409,
            ErrorType.INVALID_REQUEST_ERROR,
            "The "
                + what
                + " before this one still signs. Wait until it ends, or end both at once with"
                + " `expire_in=0` (`--overlap 0` of the command line).")
        .withCode(what + "_still_rolling")
        .withParam("expire_in");
  }

  private Reply rollSecret(ApiRequest request) {
    Principal principal = request.principal();
    WebhookEndpoint before = endpoints.require(principal, request.path("id"));
    Span span = span(request, before.keys().secret(), SECRET_ROLLS);
    EndpointKeys.Fresh secret = keys.secret(principal.account(), principal.livemode(), before.id());
    Rolling rolled = before.keys().secret().rolled(secret.sealed(), span.now, span.until);
    WebhookEndpoint after = before.with(before.keys().withSecret(rolled));
    return commit(request, after, span, "secret", Map.of("secret", secret.told()));
  }

  private Reply rollKey(ApiRequest request) {
    Principal principal = request.principal();
    WebhookEndpoint before = endpoints.require(principal, request.path("id"));
    Rolling key = before.keys().key();
    Span span = span(request, key, KEY_ROLLS);
    EndpointKeys.Fresh pair = keys.key(principal.account(), principal.livemode(), before.id());
    Rolling rolled =
        key == null
            ? Rolling.fresh(pair.sealed())
            : key.rolled(pair.sealed(), span.now, span.until);
    return commit(request, before.withKey(rolled, pair.told()), span, "key", Map.of());
  }

  /** From now on there is a new one, and until then the one before signs too. */
  private record Span(Instant now, Instant until) {}

  private Span span(ApiRequest request, @Nullable Rolling before, ApiError stillRolling) {
    Instant now = clock.instant();
    long overlap = request.arguments().integer("expire_in").orElse(OVERLAP.toSeconds());
    if (overlap > 0 && before != null && before.overlaps(now)) {
      throw new ApiException(stillRolling);
    }
    return new Span(now, now.plusSeconds(overlap));
  }

  private Reply commit(
      ApiRequest request, WebhookEndpoint after, Span span, String what, Map<String, String> more) {
    Principal principal = request.principal();
    Change.Builder change = Change.in(principal.account(), principal.livemode());
    change.update(WebhookEndpoint.TABLE, after.row());
    Map<String, @Nullable Object> answer = new LinkedHashMap<>(after.shown());
    answer.putAll(more);
    Reply reply = commits.reply(request, change, answer);
    audit.append(
        new Actor(principal.keyId(), request.sender().address()),
        "webhook_endpoint." + what + "_rolled",
        principal.account(),
        after.id(),
        "the one before it signs until " + span.until);
    return reply;
  }
}
