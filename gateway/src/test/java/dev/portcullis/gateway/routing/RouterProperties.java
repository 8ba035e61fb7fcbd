package dev.portcullis.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds of every plan, whatever the rules, the payment and the state of the providers. */
class RouterProperties {

  @Provide
  Arbitrary<Facts> facts() {
    return Payments.facts();
  }

  @Provide
  Arbitrary<List<Candidate>> candidates() {
    return Payments.candidates();
  }

  @Provide
  Arbitrary<Rules> rules() {
    return Payments.rules();
  }

  @Provide
  Arbitrary<Health> health() {
    return Payments.health();
  }

  @Provide
  Arbitrary<Rates> rates() {
    return Payments.rates();
  }

  @Provide
  Arbitrary<Costs> costs() {
    return Payments.costs();
  }

  @Property(tries = 600)
  void aPlanNamesOnlyWhomItMayAndExplainsEverybody(
      @ForAll("rules") Rules rules,
      @ForAll("candidates") List<Candidate> candidates,
      @ForAll("facts") Facts facts,
      @ForAll("health") Health health,
      @ForAll("rates") Rates rates) {
    Plan plan = Router.plan(rules, candidates, facts, health, rates);
    Set<String> allowed = new HashSet<>();
    int matched = plan.explanation().rules().indexOf(Plan.Explanation.MATCHED);
    boolean only = matched >= 0 && rules.rules().get(matched).only();
    if (matched >= 0) {
      allowed.addAll(rules.rules().get(matched).to().providers());
    }
    if (!only) {
      allowed.addAll(rules.fallback().providers());
    }
    Set<String> able =
        candidates.stream()
            .filter(each -> each.state() == Candidate.State.OPEN)
            .filter(each -> each.manifest().refusal(facts.ask()).isEmpty())
            .map(Candidate::provider)
            .filter(allowed::contains)
            .collect(Collectors.toSet());
    Set<String> well = new HashSet<>(able);
    well.removeAll(health.down());
    assertThat(plan.providers())
        .as("all that can and may, and nobody else; those that are down only where all are")
        .containsExactlyInAnyOrderElementsOf(well.isEmpty() ? able : well);
    assertThat(plan.explanation().providers())
        .extracting(Plan.Standing::provider)
        .containsAll(candidates.stream().map(Candidate::provider).toList())
        .doesNotHaveDuplicates();
    for (Plan.Standing standing : plan.explanation().providers()) {
      assertThat(standing.place() - 1).isEqualTo(plan.providers().indexOf(standing.provider()));
      assertThat(standing.reason()).isNotBlank();
    }
  }

  @Property(tries = 300)
  void theSameIsChosenAgainFromWhatWasStored(
      @ForAll("rules") Rules rules,
      @ForAll("candidates") List<Candidate> candidates,
      @ForAll("facts") Facts facts,
      @ForAll("health") Health health,
      @ForAll("rates") Rates rates) {
    Plan plan = Router.plan(rules, candidates, facts, health, rates);
    Decision made = new Decision(7, facts, health, rates, plan);
    Decision read = Decision.read(7, Json.readObject(Json.writeString(made.doc())));
    assertThat(read).isEqualTo(made);
    assertThat(Router.plan(rules, candidates, read.facts(), read.health(), read.rates()))
        .isEqualTo(plan);
  }

  @Property(tries = 300)
  void whoeverIsAddedOrGoesMovesNoOther(
      @ForAll("facts") Facts facts, @ForAll @IntRange(min = 0, max = 4) int gone) {
    Target.Split split =
        new Target.Split(
            List.of("a", "b", "c", "d", "e"), Map.of("a", 40, "b", 30, "c", 15, "d", 10, "e", 5));
    Rules rules = new Rules(List.of(), split, Costs.UNKNOWN);
    Facts plain = Payments.of(facts.payment(), Money.of(100, "eur"));
    List<Candidate> all = Payments.at("a", "b", "c", "d", "e");
    List<String> before = Router.plan(rules, all, plain, Health.WELL, Rates.NONE).providers();
    String left = split.providers().get(gone);
    List<String> after =
        Router.plan(rules, all, plain, new Health(Set.of(left)), Rates.NONE).providers();
    assertThat(after).isEqualTo(before.stream().filter(name -> !name.equals(left)).toList());
  }

  @Property(tries = 20)
  void shopsAreSplitInTheRatioOfTheWeights(@ForAll @IntRange(min = 1, max = 99) int weight) {
    Target.Split split =
        new Target.Split(List.of("a", "b"), Map.of("a", weight, "b", 100 - weight));
    Rules rules = new Rules(List.of(), split, Costs.UNKNOWN);
    List<Candidate> both = Payments.at("a", "b");
    int payments = 4_000;
    long first = 0;
    for (int n = 0; n < payments; n++) {
      Facts facts = Payments.of("pi_" + weight + "_" + n, Money.of(100, "eur"));
      Plan plan = Router.plan(rules, both, facts, Health.WELL, Rates.NONE);
      first += plan.providers().getFirst().equals("a") ? 1 : 0;
    }
    // Five standard deviations of the binomial at its widest, so that chance does not fail it; the
    // ids are fixed anyhow.
    assertThat(Math.abs(first - payments * weight / 100)).isLessThan(160);
  }

  @Property(tries = 400)
  void theCheapestComesFirstAndUnknownCostsLast(
      @ForAll("costs") Costs costs, @ForAll("facts") Facts facts) {
    List<String> names = List.of("a", "b", "c", "d", "e");
    Rules rules = new Rules(List.of(), new Target.LeastCost(names), costs);
    List<String> order =
        Router.plan(rules, Payments.at("a", "b", "c", "d", "e"), facts, Health.WELL, Rates.NONE)
            .providers();
    assertThat(order).containsExactlyInAnyOrderElementsOf(names);
    for (int i = 1; i < order.size(); i++) {
      Map<String, BigInteger> of = new HashMap<>();
      for (String name : names) {
        costs.of(name, facts).ifPresent(cost -> of.put(name, cost));
      }
      if (of.containsKey(order.get(i))) {
        assertThat(of.get(order.get(i - 1)))
            .isNotNull()
            .isLessThanOrEqualTo(Objects.requireNonNull(of.get(order.get(i))));
      }
    }
  }
}
