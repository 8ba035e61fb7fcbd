package dev.portcullis.gateway.routing;

import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.routing.Plan.Explanation;
import dev.portcullis.gateway.routing.Plan.Standing;
import dev.portcullis.gateway.routing.Rules.Rule;
import dev.portcullis.gateway.routing.Target.Chain;
import dev.portcullis.gateway.routing.Target.LeastCost;
import dev.portcullis.gateway.routing.Target.Split;
import dev.portcullis.gateway.routing.Target.SuccessRate;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Chooses provider accounts: a pure function, which payments and replays go through alike. */
public final class Router {

  private static final String DEFAULT = "";
  private static final String RISKY =
      "; it is out of the route, as one that does not answer or is not connected, but there is no"
          + " other";
  private static final String DOWN = "left out: it does not answer, or is not connected";

  private final Facts facts;
  private final Rates rates;
  private final Set<String> risky;
  private final Map<String, String> left = new HashMap<>();
  private final Map<String, Standing> standings = new LinkedHashMap<>();
  private final List<String> order = new ArrayList<>();

  private Router(Facts facts, Rates rates, Set<String> risky) {
    this.facts = facts;
    this.rates = rates;
    this.risky = risky;
  }

  /**
   * Where a payment may go. A provider account whose circuit is open is left out, unless there is
   * no other: a payment is not refused because the one who could take it may fail.
   *
   * @param rules how the account routes, or null where it has no rules: then all candidates come in
   *     their order
   * @param candidates every provider account, in the order of the account
   * @param health how they stand where the card was issued
   * @param rates what they have made of cards of that brand and region
   */
  public static Plan plan(
      @Nullable Rules rules, List<Candidate> candidates, Facts facts, Health health, Rates rates) {
    Plan plan = new Router(facts, rates, Set.of()).plan(rules, candidates, health);
    if (!plan.providers().isEmpty() || health.down().isEmpty()) {
      return plan;
    }
    Plan last = new Router(facts, rates, health.down()).plan(rules, candidates, Health.WELL);
    return last.providers().isEmpty() ? plan : last;
  }

  private Plan plan(@Nullable Rules rules, List<Candidate> candidates, Health health) {
    for (Candidate candidate : candidates) {
      reason(candidate, health).ifPresent(reason -> left.put(candidate.provider(), reason));
    }
    List<String> names = candidates.stream().map(Candidate::provider).toList();
    List<String> looked = rules == null ? inOrder(names) : byRules(rules, names);
    return told(looked, names);
  }

  private Optional<String> reason(Candidate candidate, Health health) {
    return switch (candidate.state()) {
      case PAUSED -> Optional.of("left out: it is paused");
      case TRIED -> Optional.of("left out: an attempt of this payment with it has failed");
      case OPEN ->
          candidate
              .manifest()
              .refusal(facts.ask())
              .map(ProviderResult.Rejected::reason)
              .map(reason -> "left out: " + reason)
              .or(
                  () ->
                      health.down().contains(candidate.provider())
                          ? Optional.of(DOWN)
                          : Optional.empty());
    };
  }

  private List<String> inOrder(List<String> names) {
    place(new Chain(names), DEFAULT, "there are no rules", names, Costs.UNKNOWN);
    return List.of();
  }

  private List<String> byRules(Rules rules, List<String> names) {
    List<String> looked = new ArrayList<>();
    for (Rule rule : rules.rules()) {
      String failed = failed(rule);
      looked.add(failed);
      if (failed.equals(Explanation.MATCHED)) {
        place(rule.to(), rule.name(), "the rule " + rule.name(), names, rules.costs());
        if (!rule.only()) {
          place(rules.fallback(), DEFAULT, "the default, behind the rule", names, rules.costs());
        }
        return looked;
      }
    }
    place(rules.fallback(), DEFAULT, "the default", names, rules.costs());
    return looked;
  }

  private String failed(Rule rule) {
    return rule.when().stream()
        .filter(condition -> !condition.holds(facts))
        .map(Condition::name)
        .findFirst()
        .orElse(Explanation.MATCHED);
  }

  /** Puts those of the target that may be used behind those that stand already. */
  private void place(
      Target target, String purpose, String source, List<String> names, Costs costs) {
    List<String> usable = new ArrayList<>();
    for (String name : target.providers()) {
      if (!names.contains(name)) {
        standings.putIfAbsent(
            name, new Standing(name, 0, "left out: there is no such provider account"));
      } else if (!left.containsKey(name) && !order.contains(name)) {
        usable.add(name);
      }
    }
    Map<String, String> why = new HashMap<>();
    for (String name : sorted(target, purpose, usable, costs, why)) {
      order.add(name);
      String reason = source + why.getOrDefault(name, "") + (risky.contains(name) ? RISKY : "");
      standings.put(name, new Standing(name, order.size(), reason));
    }
  }

  private List<String> sorted(
      Target target, String purpose, List<String> usable, Costs costs, Map<String, String> why) {
    return switch (target) {
      case Chain _ -> usable;
      case Split split -> {
        usable.forEach(name -> why.put(name, ": a share of " + split.weight(name)));
        yield byKey(usable, name -> Draw.rank(facts.payment(), purpose, name, split.weight(name)));
      }
      case LeastCost _ -> cheapest(usable, costs, why);
      case SuccessRate rate -> mostApproved(rate, purpose, usable, why);
    };
  }

  private interface Key {
    double of(String name);
  }

  private static List<String> byKey(List<String> names, Key key) {
    Map<String, Double> keys = new HashMap<>();
    names.forEach(name -> keys.put(name, key.of(name)));
    return names.stream()
        .sorted(
            Comparator.<String>comparingDouble(name -> keys.getOrDefault(name, 0.0))
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  private List<String> cheapest(List<String> usable, Costs costs, Map<String, String> why) {
    Map<String, BigInteger> known = new HashMap<>();
    for (String name : usable) {
      Optional<BigInteger> cost = costs.of(name, facts);
      cost.ifPresent(parts -> known.put(name, parts));
      why.put(name, cost.map(this::shown).orElse(": what it costs is not known"));
    }
    // The sort is stable: of those that cost the same, the document's order decides.
    return usable.stream()
        .sorted(
            Comparator.comparing(
                known::get, Comparator.nullsLast(Comparator.<BigInteger>naturalOrder())))
        .toList();
  }

  private String shown(BigInteger parts) {
    BigDecimal minor =
        new BigDecimal(parts)
            .divide(BigDecimal.valueOf(Costs.PARTS), 4, RoundingMode.UNNECESSARY)
            .stripTrailingZeros();
    return ": it costs "
        + minor.toPlainString()
        + " minor units of "
        + facts.amount().currency().code();
  }

  private List<String> mostApproved(
      SuccessRate rate, String purpose, List<String> usable, Map<String, String> why) {
    boolean learning = usable.stream().anyMatch(name -> rates.of(name).all() < rate.leastSample());
    boolean exploring =
        Draw.uniform(facts.payment(), purpose, "\0explore") * 100 < rate.explorationPercent();
    String mode =
        learning
            ? ", even shares below the least sample of " + rate.leastSample()
            : exploring ? ", drawn evenly to explore" : "";
    for (String name : usable) {
      Rates.Outcomes seen = rates.of(name);
      why.put(name, ": " + seen.approved() + " of " + seen.all() + " approved" + mode);
    }
    return learning || exploring
        ? byKey(usable, name -> Draw.rank(facts.payment(), purpose, name, 1))
        : byKey(
            usable,
            name ->
                -Draw.beta(
                    facts.payment(),
                    purpose,
                    name,
                    1.0 + rates.of(name).approved(),
                    1.0 + rates.of(name).declined()));
  }

  private Plan told(List<String> looked, List<String> names) {
    for (String name : names) {
      String reason = left.getOrDefault(name, "left out: no rule that applies names it");
      standings.putIfAbsent(name, new Standing(name, 0, reason));
    }
    return new Plan(order, new Explanation(looked, List.copyOf(standings.values())));
  }
}
