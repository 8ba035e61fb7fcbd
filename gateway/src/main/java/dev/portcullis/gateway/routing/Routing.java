package dev.portcullis.gateway.routing;

import dev.portcullis.connectors.spi.ProviderResult;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Decides where provider operations go. */
public final class Routing {

  private final ActiveRules active;
  private final ObservedRates observed;
  private final Circuits circuits;
  private final CallLog log;

  Routing(ActiveRules active, ObservedRates observed, Circuits circuits, CallLog log) {
    this.active = active;
    this.observed = observed;
    this.circuits = circuits;
    this.log = log;
  }

  /** Where an operation goes, and the call that is on its way from now on. */
  public static final class Routed {
    private final Decision decision;
    private final Circuit.@Nullable Call call;
    private final Consumer<ProviderResult> told;
    private final AtomicBoolean over = new AtomicBoolean();

    private Routed(Decision decision, Circuit.@Nullable Call call, Consumer<ProviderResult> told) {
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
     */
    public void ended(ProviderResult result) {
      if (call != null && over.compareAndSet(false, true)) {
        call.end(result);
        told.accept(result);
      }
    }
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
        return new Routed(decision, null, _ -> {});
      }
      Circuit.Call call = circuits.begin(tenant, first, facts.region());
      if (call.isAdmitted() || health.down().contains(first)) {
        return new Routed(decision, call, result -> log.ended(tenant, decision, result));
      }
      // Others probe it already. Each turn takes one more out, so that there is an end.
      health = health.with(first);
    }
  }
}
