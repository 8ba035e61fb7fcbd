package dev.portcullis.gateway.scorecard;

import dev.portcullis.gateway.admin.AdminRoutes;
import dev.portcullis.gateway.admin.OnlyAccount;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.provider.ProviderAccount;
import dev.portcullis.gateway.provider.ProviderAccounts;
import dev.portcullis.gateway.provider.VaultAccounts;
import dev.portcullis.gateway.routing.Tenant;
import dev.portcullis.gateway.scorecard.Score.Latency;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** How the provider accounts do, and until when they are attested to be compliant. */
@Component
final class ScorecardRoutes implements AdminRoutes {

  private static final int DAY = 24;
  private static final int MOST_HOURS = 31 * DAY;
  private static final Param ACCOUNT = Param.id("account");
  private static final Param LIVEMODE = Param.bool("livemode");
  private static final Shape WANTED =
      Shape.of(ACCOUNT, LIVEMODE, Param.integer("hours").range(1, MOST_HOURS));
  private static final Shape ATTEST =
      Shape.of(
          ACCOUNT,
          LIVEMODE,
          Param.string("expires", Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}"), "a day")
              .required());

  private final ScorecardStore store;
  private final CallCounts counts;
  private final ProviderAccounts providers;
  private final VaultAccounts vault;
  private final OnlyAccount accounts;
  private final AuditTrail audit;
  private final InstantSource clock;

  ScorecardRoutes(
      ScorecardStore store,
      CallCounts counts,
      ProviderAccounts providers,
      VaultAccounts vault,
      OnlyAccount accounts,
      AuditTrail audit,
      InstantSource clock) {
    this.store = store;
    this.counts = counts;
    this.providers = providers;
    this.vault = vault;
    this.accounts = accounts;
    this.audit = audit;
    this.clock = clock;
  }

  @Override
  public List<AdminRoute> routes() {
    return List.of(
        AdminRoute.get(
            "/admin/v1/providers/scorecard", Right.READ_PROVIDERS, WANTED, this::scorecard),
        AdminRoute.post(
            "/admin/v1/providers/{name}/attestation",
            Right.MANAGE_PROVIDERS,
            ATTEST,
            this::attest));
  }

  private Map<String, ? extends @Nullable Object> scorecard(AdminRequest request) {
    Arguments sent = request.arguments();
    Tenant tenant = new Tenant(accounts.of(sent), sent.isTrue("livemode"));
    long hours = sent.integer("hours").orElse(DAY);
    Instant since = clock.instant().minus(Duration.ofHours(hours)).truncatedTo(ChronoUnit.HOURS);
    counts.flush();
    List<Score> scores = store.scores(tenant, since);
    Map<String, Long> disputes = store.disputes(tenant);
    Map<String, LocalDate> attestations = store.attestations(tenant);
    Map<String, Object> tls = tls(tenant);
    List<Map<String, @Nullable Object>> data =
        providers.list(tenant.account(), tenant.livemode()).stream()
            .map(
                each -> {
                  Map<String, @Nullable Object> card = card(each, scores);
                  card.put("disputes_open", disputes.getOrDefault(each.name(), 0L));
                  card.put("tls", tls.get(each.name()));
                  LocalDate expires = attestations.get(each.name());
                  card.put("attestation_expires", expires == null ? null : expires.toString());
                  return card;
                })
            .toList();
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "list");
    body.put("since", since.getEpochSecond());
    body.put("least_sample", (long) Score.LEAST);
    body.put("data", data);
    return body;
  }

  private static Map<String, @Nullable Object> card(ProviderAccount provider, List<Score> scores) {
    Map<String, @Nullable Object> card = new LinkedHashMap<>();
    card.put("object", "provider_score");
    card.put("provider", provider.name());
    card.put("connector", provider.connector());
    card.put("paused", provider.paused());
    scores.stream()
        .filter(each -> each.provider().equals(provider.name()) && each.brand() == null)
        .findFirst()
        .ifPresent(all -> card.putAll(figures(all)));
    card.put(
        "segments",
        scores.stream()
            .filter(each -> each.provider().equals(provider.name()) && each.brand() != null)
            .map(
                each -> {
                  Map<String, @Nullable Object> segment = new LinkedHashMap<>();
                  segment.put("region", each.region());
                  segment.put("brand", each.brand());
                  segment.putAll(figures(each));
                  return segment;
                })
            .toList());
    return card;
  }

  private static Map<String, @Nullable Object> figures(Score score) {
    Map<String, @Nullable Object> figures = new LinkedHashMap<>();
    figures.put("attempts", score.ends().attempts());
    figures.put("approved", score.ends().approved());
    figures.put("declined", score.ends().declined());
    figures.put("rejected", score.ends().rejected());
    figures.put("approval_rate_bp", score.ends().approvalRate());
    figures.put("calls", score.calls().all());
    figures.put("unanswered", score.calls().unanswered());
    figures.put("error_rate_bp", score.errorRate());
    figures.put("minutes", score.calls().minutes());
    figures.put("minutes_answered", score.calls().answeredMinutes());
    figures.put("uptime_bp", score.calls().uptime());
    Latency latency = score.latency();
    figures.put("answers", latency == null ? 0L : latency.answers());
    List<String> names = List.of("latency_p50_ms", "latency_p95_ms", "latency_p99_ms");
    for (int i = 0; i < names.size(); i++) {
      figures.put(
          names.get(i),
          latency == null || latency.answers() < Score.LEAST
              ? null
              : Long.valueOf(latency.percentiles().get(i)));
    }
    return figures;
  }

  /** As the vault has seen its last connection to each; nothing where it cannot be asked now. */
  private Map<String, Object> tls(Tenant tenant) {
    Map<String, Object> seen = new HashMap<>();
    vault
        .of(tenant.account(), tenant.livemode())
        .orElse(Map.of())
        .forEach(
            (name, account) -> {
              if (account.get("tls") instanceof Map<?, ?> tls) {
                seen.put(name, tls);
              }
            });
    return seen;
  }

  private Map<String, ? extends @Nullable Object> attest(AdminRequest request) {
    Arguments sent = request.arguments();
    Tenant tenant = new Tenant(accounts.of(sent), sent.isTrue("livemode"));
    String name = request.variable("name");
    if (providers.find(tenant.account(), tenant.livemode(), name).isEmpty()) {
      throw new ApiException(ApiErrors.noSuch("provider account", name, "name"));
    }
    LocalDate expires = day(sent.requiredString("expires"));
    Actor actor = new Actor(request.session().person(), request.address());
    store.attest(tenant, name, expires, clock.instant(), actor.name());
    audit.append(actor, "provider.attested", tenant.account(), name, "compliant until " + expires);
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "provider_attestation");
    body.put("provider", name);
    body.put("livemode", tenant.livemode());
    body.put("expires", expires.toString());
    body.put("expired", expires.isBefore(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)));
    return body;
  }

  private static LocalDate day(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new ApiException(
          ApiErrors.invalid("expires", "parameter_invalid", "There is no such day."));
    }
  }
}
