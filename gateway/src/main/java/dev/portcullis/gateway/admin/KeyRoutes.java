package dev.portcullis.gateway.admin;

import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.http.CardDataGuard;
import dev.portcullis.gateway.keys.ApiKeys;
import dev.portcullis.gateway.keys.KeyChange;
import dev.portcullis.gateway.keys.KeyTerms;
import dev.portcullis.gateway.keys.StoredKey;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.key.Permission;
import dev.portcullis.wire.key.Permissions;
import dev.portcullis.wire.net.Cidr;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Which API keys there are, and all that can be done with one. */
@Component
final class KeyRoutes implements AdminRoutes {

  private static final String KEYS = "/admin/v1/keys";
  private static final int MOST_LEAKED = 100;

  private static final Param ACCOUNT = Param.id("account");
  private static final Param[] TERMS = {
    Param.list("permissions", Param.string("permission").max(60)),
    Param.list("cidrs", Param.string("cidr").max(60)),
    Param.timestamp("expires_at").unsettable(),
    Param.string("description").max(500).unsettable()
  };
  private static final Shape OF_ACCOUNT = Shape.of(ACCOUNT);
  private static final Shape CREATE =
      Shape.of(TERMS)
          .and(
              ACCOUNT,
              Param.choice("kind", "secret", "publishable", "restricted").required(),
              Param.bool("livemode"));
  private static final Shape UPDATE = Shape.of(TERMS).and(ACCOUNT);
  private static final Shape ROLL =
      Shape.of(
          ACCOUNT,
          Param.integer("overlap_seconds").range(0, ApiKeys.MAX_OVERLAP.toSeconds()),
          Param.timestamp("expires_at"));
  private static final Shape LEAKED =
      Shape.of(Param.list("keys", Param.string("key").max(100)).max(MOST_LEAKED).required());

  private final ApiKeys keys;
  private final OnlyAccount accounts;
  private final CardDataGuard cardData;
  private final InstantSource clock;
  private final boolean sandbox;

  KeyRoutes(
      ApiKeys keys,
      OnlyAccount accounts,
      CardDataGuard cardData,
      InstantSource clock,
      ZoneConfig config) {
    this.sandbox = config.bool("sandbox");
    this.keys = keys;
    this.accounts = accounts;
    this.cardData = cardData;
    this.clock = clock;
  }

  @Override
  public List<AdminRoute> routes() {
    return List.of(
        AdminRoute.get(KEYS, Right.READ_KEYS, OF_ACCOUNT, this::list),
        AdminRoute.post(KEYS, Right.MANAGE_KEYS, CREATE, this::create),
        AdminRoute.post(KEYS + "/leaked", Right.MANAGE_KEYS, LEAKED, this::leaked),
        AdminRoute.get(KEYS + "/{id}", Right.READ_KEYS, OF_ACCOUNT, this::retrieve),
        AdminRoute.post(KEYS + "/{id}", Right.MANAGE_KEYS, UPDATE, this::update),
        AdminRoute.post(KEYS + "/{id}/roll", Right.MANAGE_KEYS, ROLL, this::roll),
        AdminRoute.post(KEYS + "/{id}/revoke", Right.MANAGE_KEYS, OF_ACCOUNT, this::revoke));
  }

  private static Actor actor(AdminRequest request) {
    return new Actor(request.session().person(), request.address());
  }

  private Map<String, ? extends @Nullable Object> list(AdminRequest request) {
    String account = accounts.of(request.arguments());
    return Map.of("object", "list", "data", keys.list(account).stream().map(this::body).toList());
  }

  private Map<String, ? extends @Nullable Object> retrieve(AdminRequest request) {
    String id = request.variable("id");
    return keys.find(accounts.of(request.arguments()), id)
        .map(this::body)
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch("api_key", id, "id")));
  }

  private Map<String, ? extends @Nullable Object> create(AdminRequest request) {
    Arguments sent = request.arguments();
    if (sandbox && sent.isTrue("livemode")) {
      // With one, real cards would come in by plain HTTP.
      throw new ApiException(
          ApiErrors.invalid(
              "livemode",
              "live_key_in_sandbox",
              "This is a sandbox, which serves test payments alone. Live keys are made in a home"
                  + " that portcullis init --live has set up."));
    }
    return told(
        keys.create(
            actor(request),
            accounts.of(sent),
            sent.isTrue("livemode"),
            KeyKind.ofWireName(sent.requiredString("kind")),
            terms(sent, KeyTerms.none(""))));
  }

  private Map<String, ? extends @Nullable Object> update(AdminRequest request) {
    Arguments sent = request.arguments();
    return told(
        keys.update(
            actor(request),
            accounts.of(sent),
            request.variable("id"),
            terms -> terms(sent, terms)));
  }

  private Map<String, ? extends @Nullable Object> roll(AdminRequest request) {
    Arguments sent = request.arguments();
    return told(
        keys.roll(
            actor(request),
            accounts.of(sent),
            request.variable("id"),
            Duration.ofSeconds(sent.integer("overlap_seconds").orElse(0)),
            end(sent, Optional.empty())));
  }

  private Map<String, ? extends @Nullable Object> revoke(AdminRequest request) {
    return told(
        keys.revoke(actor(request), accounts.of(request.arguments()), request.variable("id")));
  }

  /**
   * Revokes each of these keys that is ours. Only hashes are stored, so the keys themselves are
   * sent; they are in no answer, no log and no trail.
   */
  private Map<String, ? extends @Nullable Object> leaked(AdminRequest request) {
    List<Map<String, @Nullable Object>> outcomes = new ArrayList<>();
    for (String text : request.arguments().strings("keys")) {
      Optional<ApiKey> key = ApiKey.parse(text);
      Map<String, @Nullable Object> outcome = new LinkedHashMap<>();
      outcome.put("key", key.map(ApiKey::redacted).orElse("(not a key)"));
      Optional<StoredKey> stored = key.flatMap(keys::lookUp);
      if (stored.isEmpty()) {
        outcome.put("outcome", "unknown");
      } else {
        StoredKey found = stored.get();
        boolean was = found.status(clock.instant()) == StoredKey.Status.REVOKED;
        keys.revoke(actor(request), found.account(), found.id());
        outcome.put("id", found.id());
        outcome.put("account", found.account());
        outcome.put("outcome", was ? "already_revoked" : "revoked");
      }
      outcomes.add(outcome);
    }
    return Map.of("object", "list", "data", outcomes);
  }

  private Map<String, ? extends @Nullable Object> told(KeyChange change) {
    return switch (change) {
      case KeyChange.Issued(StoredKey stored, ApiKey text) -> {
        Map<String, @Nullable Object> body = body(stored);
        body.put("key", text.text());
        yield body;
      }
      case KeyChange.Changed(StoredKey stored) -> body(stored);
      case KeyChange.Refused(String code, String message) ->
          throw new ApiException(
              code.startsWith("no_such")
                  ? ApiErrors.invalid("id", "resource_missing", message)
                  : ApiErrors.badRequest(message).withCode(code));
    };
  }

  /** The terms as they were, with what was sent in its place. */
  private KeyTerms terms(Arguments sent, KeyTerms before) {
    String description = sent.string("description").orElse("");
    cardData.checkText("description", description);
    return new KeyTerms(
        sent.has("permissions") ? permissions(sent) : before.permissions(),
        sent.has("cidrs") ? cidrs(sent) : before.cidrs(),
        end(sent, before.expiresAt()),
        sent.has("description") ? description : before.description());
  }

  private static Optional<Instant> end(Arguments sent, Optional<Instant> before) {
    if (!sent.has("expires_at")) {
      return before;
    }
    return sent.integer("expires_at").stream().mapToObj(Instant::ofEpochSecond).findFirst();
  }

  private static Permissions permissions(Arguments sent) {
    List<Permission> permissions = new ArrayList<>();
    for (String name : sent.strings("permissions")) {
      permissions.add(
          Permission.parse(name)
              .orElseThrow(
                  () ->
                      new ApiException(
                          ApiErrors.invalid(
                              "permissions", "parameter_invalid", Permission.unknown(name)))));
    }
    return Permissions.of(permissions);
  }

  private static List<Cidr> cidrs(Arguments sent) {
    List<Cidr> cidrs = new ArrayList<>();
    for (String text : sent.strings("cidrs")) {
      cidrs.add(
          Cidr.parse(text)
              .orElseThrow(
                  () ->
                      new ApiException(
                          ApiErrors.invalid(
                              "cidrs",
                              "parameter_invalid",
                              ApiErrors.shown(text) + " is no block of addresses."))));
    }
    return cidrs;
  }

  private Map<String, @Nullable Object> body(StoredKey key) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    StoredKey.Life life = key.life();
    body.put("object", "api_key");
    body.put("id", key.id());
    body.put("account", key.account());
    body.put("livemode", key.livemode());
    body.put("kind", key.kind().wireName());
    body.put("hint", key.hint());
    body.put("status", key.status(clock.instant()).name().toLowerCase(java.util.Locale.ROOT));
    body.put("vault", key.isPendingAtVault() ? "pending" : "done");
    body.put("permissions", key.terms().permissions().names());
    body.put("cidrs", key.terms().cidrs().stream().map(Cidr::toString).toList());
    body.put("expires_at", seconds(key.terms().expiresAt()));
    body.put("description", key.terms().description());
    body.put("created", life.created().getEpochSecond());
    body.put("created_by", life.createdBy());
    body.put("rolled_to", life.rolledTo().orElse(null));
    body.put("revoked_at", seconds(life.revokedAt()));
    body.put("last_used_at", seconds(life.lastUse().map(StoredKey.Use::at)));
    body.put("last_used_address", life.lastUse().map(StoredKey.Use::address).orElse(null));
    return body;
  }

  private static @Nullable Long seconds(Optional<Instant> time) {
    return time.map(Instant::getEpochSecond).orElse(null);
  }
}
