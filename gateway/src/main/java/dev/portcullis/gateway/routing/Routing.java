package dev.portcullis.gateway.routing;

import dev.portcullis.connectors.spi.ProviderResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Decides where provider operations go. */
public final class Routing {

  private final ActiveRules active;
  private final ObservedRates observed;
  private final Circuits circuits;
  private final CallLog log;
  private final DecisionStore decisions;

  Routing(
      ActiveRules active,
      ObservedRates observed,
      Circuits circuits,
      CallLog log,
      DecisionStore decisions) {
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
   * When that card was declined within the networks' window. Empty where the card cannot be told
   * from others, and for test payments: no network hears of them, and all test with the same cards.
   */
  public List<Instant> declines(Tenant tenant, Facts.Card card, Instant now) {
    String fingerprint = card.fingerprint();
    return fingerprint == null || !tenant.livemode()
        ? List.of()
        : decisions.declines(tenant, fingerprint, now.minus(Retry.WINDOW));
  }

  /**
   * Decides. Nothing is read from the database but, every few seconds, the account's rules.
   *
   * @param candidates every provider account, in their order; those that have refused this payment
   *     are {@link Candidate.State#TRIED}
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
