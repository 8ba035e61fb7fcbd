package dev.portcullis.gateway.routing;

import dev.portcullis.connectors.spi.ProviderResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Decides where provider operations go. */
public final class Routing {

  /** What was planned within the time may begin so much later: somebody has to look. */
  private static final Duration LATE = Duration.ofHours(1);

  private final RetryStore plans;
  private final ActiveRules active;
  private final ObservedRates observed;
  private final Circuits circuits;
  private final CallLog log;
  private final DecisionStore decisions;
  private final CardHistory history;

  Routing(
      ActiveRules active,
      ObservedRates observed,
      Circuits circuits,
      CallLog log,
      DecisionStore decisions,
      CardHistory history,
      RetryStore plans) {
    this.plans = plans;
    this.history = history;
    this.decisions = decisions;
    this.active = active;
    this.observed = observed;
    this.circuits = circuits;
    this.log = log;
  }

  /** Where an operation goes, and the call that is on its way from now on. */
  public static final class Routed {
    private final Decision decision;
    private final Circuit.@Nullable Call call;
    private final BiConsumer<ProviderResult, Duration> told;
    private final AtomicBoolean over = new AtomicBoolean();

    private Routed(
        Decision decision, Circuit.@Nullable Call call, BiConsumer<ProviderResult, Duration> told) {
      this.decision = decision;
      this.call = call;
      this.told = told;
    }

    /** Where to. */
    public Decision decision() {
      return decision;
    }

    /** Says that the call was not made after all: it says nothing of the provider. */
    public void unused() {
      if (call != null && over.compareAndSet(false, true)) {
        call.drop();
      }
    }

    /**
     * Says how the call to the provider ended. Whoever does not say counts as unanswered soon, and
     * saying it again changes nothing.
     *
     * @param took how long the call was
     */
    public void ended(ProviderResult result, Duration took) {
      if (call != null && over.compareAndSet(false, true)) {
        call.end(result);
        told.accept(result, took);
      }
    }
  }

  /**
   * When that card was declined within the networks' window. Where the card cannot be told from
   * others, and for test payments, only what that payment was declined counts: no network hears of
   * tests, and all test with the same cards.
   */
  public List<Instant> declines(Tenant tenant, Facts.Card card, String payment, Instant now) {
    String fingerprint = card.fingerprint();
    Instant since = now.minus(Retry.WINDOW);
    return fingerprint == null || !tenant.livemode()
        ? decisions.declinesOf(tenant, payment, since)
        : decisions.declines(tenant, fingerprint, since);
  }

  /**
   * A merchant's own charge.
   *
   * @param operation the operation that was declined
   */
  public record Charge(Tenant tenant, String payment, String operation, Facts.Card card) {}

  /**
   * The plan to try a declined charge again at another time; empty where the account does not ask
   * for that, or the networks do not allow it.
   */
  public Optional<RetryPlan> later(Charge charge, ProviderResult.Declined declined, Instant now) {
    RetryLater asked = asked(charge.tenant);
    if (asked == null || isRefusedForGood(charge.tenant, charge.card, now, now)) {
      return Optional.empty();
    }
    Optional<RetryPlan> before =
        plans.behind(charge.tenant.account(), charge.payment, charge.operation);
    List<Instant> attempts =
        new ArrayList<>(declines(charge.tenant, charge.card, charge.payment, now));
    // This one is not stored as declined yet.
    attempts.add(now);
    // Whom else to ask at once was looked for before.
    Retry.Past past =
        new Retry.Past(now, charge.card.brand(), true, Retry.MOST_PROVIDERS, attempts);
    int number = before.map(plan -> plan.number() + 1).orElse(1);
    Instant first = before.map(RetryPlan::first).orElse(now);
    return Retry.after(declined, past) instanceof Retry.Later(Instant when, String reason)
            && asked.allows(number, first, when)
        ? Optional.of(
            new RetryPlan(charge.operation, now, charge.payment, number, first, when, reason))
        : Optional.empty();
  }

  /** Why a plan is not carried out after all; empty if nothing speaks against it. */
  public Optional<String> obstacle(Tenant tenant, RetryPlan plan, Facts.Card card, Instant now) {
    RetryLater asked = asked(tenant);
    if (asked == null) {
      return Optional.of("the rules do not ask for it any more");
    }
    if (!asked.allows(plan.number(), plan.first(), now.minus(LATE))) {
      return Optional.of("the rules ask for no more attempts, or for none so late");
    }
    if (isRefusedForGood(tenant, card, plan.created(), now)) {
      return Optional.of("the card was refused for good with another payment");
    }
    List<Instant> attempts = declines(tenant, card, plan.payment(), now);
    return Retry.isAllowed(new Retry.Past(now, card.brand(), true, 1, attempts))
        ? Optional.empty()
        : Optional.of("the networks allow no more attempts with this card now");
  }

  /** With another payment: what an issuer or a network says of a card holds for all. */
  private boolean isRefusedForGood(Tenant tenant, Facts.Card card, Instant since, Instant now) {
    String fingerprint = card.fingerprint();
    return fingerprint != null
        && tenant.livemode()
        && history.isRefusedForGood(tenant, fingerprint, card.brand(), since, now);
  }

  private @Nullable RetryLater asked(Tenant tenant) {
    Rules rules = active.of(tenant).rules();
    return rules == null ? null : rules.retryLater();
  }

  /**
   * Decides. Nothing is read from the database but, every few seconds, the account's rules.
   *
   * @param candidates every provider account, in their order; those with which an attempt of this
   *     payment has failed are {@link Candidate.State#TRIED}
   */
  public Routed decide(Tenant tenant, List<Candidate> candidates, Facts facts) {
    ActiveRules.Active rules = active.of(tenant);
    List<String> names = candidates.stream().map(Candidate::provider).toList();
    Rates rates = observed.of(tenant, rules.rules(), names, facts);
    Health health = circuits.health(tenant, names, facts.region());
    while (true) {
      Plan plan = Router.plan(rules.rules(), candidates, facts, health, rates);
      Decision decision = new Decision(rules.version(), facts, health, rates, plan);
      String first = plan.first();
      if (first == null) {
        return new Routed(decision, null, (_, _) -> {});
      }
      Circuit.Call call = circuits.begin(tenant, first, facts.region());
      if (call.isAdmitted() || health.down().contains(first)) {
        return new Routed(
            decision, call, (result, took) -> log.ended(tenant, decision, result, took));
      }
      // Others probe it already. Each turn takes one more out, so that there is an end.
      health = health.with(first);
    }
  }
}
