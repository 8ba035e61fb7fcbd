package dev.portcullis.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Money;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Plans by example. */
class RouterTest {

  private static final Facts FACTS = Payments.of("pi_example", Money.of(10_000, "eur"));

  private static Plan plan(Target target, Rates rates) {
    return Router.plan(
        new Rules(List.of(), target, Costs.UNKNOWN),
        Payments.at("a", "b"),
        FACTS,
        Health.WELL,
        rates);
  }

  private static long share(Target target, Rates rates) {
    long first = 0;
    for (int n = 0; n < 2_000; n++) {
      Facts facts = Payments.of("pi_" + n, Money.of(100, "eur"));
      Rules rules = new Rules(List.of(), target, Costs.UNKNOWN);
      Plan plan = Router.plan(rules, Payments.at("a", "b"), facts, Health.WELL, rates);
      first += "a".equals(plan.first()) ? 1 : 0;
    }
    return first;
  }

  @Test
  void withoutRulesTheAccountsOrderCounts() {
    Plan plan = Router.plan(null, Payments.at("b", "a"), FACTS, Health.WELL, Rates.NONE);
    assertThat(plan.providers()).containsExactly("b", "a");
  }

  @Test
  void theDefaultComesBehindTheRuleUnlessItIsOnly() {
    Target to = new Target.Chain(List.of("b"));
    for (boolean only : List.of(false, true)) {
      Rules rules =
          new Rules(
              List.of(
                  new Rules.Rule(
                      "german", List.of(new Condition.IssuedIn(Set.of("DE"))), to, only)),
              new Target.Chain(List.of("a")),
              Costs.UNKNOWN);
      Plan plan = Router.plan(rules, Payments.at("a", "b"), FACTS, Health.WELL, Rates.NONE);
      assertThat(plan.providers()).isEqualTo(only ? List.of("b") : List.of("b", "a"));
      assertThat(plan.explanation().rules()).containsExactly("matched");
    }
  }

  @Test
  void whoCannotTakeItIsLeftOutWithTheReason() {
    List<Candidate> candidates =
        List.of(
            new Candidate("us", Payments.manifest("authorizenet"), Candidate.State.OPEN),
            new Candidate("all", Payments.manifest("sandbox"), Candidate.State.OPEN),
            new Candidate("off", Payments.manifest("sandbox"), Candidate.State.PAUSED));
    Facts yen = Payments.of("pi_yen", Money.of(500, "jpy"));
    Plan plan = Router.plan(null, candidates, yen, Health.WELL, Rates.NONE);
    assertThat(plan.providers()).containsExactly("all");
    assertThat(plan.explanation().providers())
        .filteredOn(standing -> standing.place() == 0)
        .extracting(Plan.Standing::reason)
        .anyMatch(reason -> reason.contains("does not take JPY"))
        .contains("left out: it is paused");
  }

  @Test
  void whoIsDownIsLeftOutUnlessAllAre() {
    List<Candidate> both = Payments.at("a", "b");
    assertThat(Router.plan(null, both, FACTS, new Health(Set.of("a")), Rates.NONE).providers())
        .containsExactly("b");
    Plan last = Router.plan(null, both, FACTS, new Health(Set.of("a", "b")), Rates.NONE);
    assertThat(last.providers()).containsExactly("a", "b");
    assertThat(last.explanation().providers().getFirst().reason()).contains("there is no other");
  }

  @Test
  void whoApprovesMoreGetsNearlyAllButTheFloor() {
    Target target = new Target.SuccessRate(List.of("a", "b"), 10, 50);
    Rates clear =
        new Rates(Map.of("a", new Rates.Outcomes(900, 100), "b", new Rates.Outcomes(600, 400)));
    // Half of the explored tenth goes to the worse one.
    assertThat(share(target, clear)).isBetween(1_850L, 1_950L);
    Rates young =
        new Rates(Map.of("a", new Rates.Outcomes(900, 100), "b", new Rates.Outcomes(0, 49)));
    assertThat(share(target, young)).as("below the least sample").isBetween(900L, 1_100L);
  }

  @Test
  void aCloseRaceIsSharedByHowLikelyEachIsTheBetterOne() {
    Target target = new Target.SuccessRate(List.of("a", "b"), 1, 50);
    Rates close =
        new Rates(Map.of("a", new Rates.Outcomes(85, 15), "b", new Rates.Outcomes(80, 20)));
    // The better one with a probability of 0.82, by the normal approximation of the two rates.
    assertThat(share(target, close)).isBetween(1_500L, 1_780L);
  }

  @Test
  void thePlanSaysWhatItCosts() {
    Costs costs =
        new Costs(
            Map.of(
                "a",
                List.of(new Costs.Fee(Set.of(), Set.of(), 290, 30, "eur")),
                "b",
                List.of(
                    new Costs.Fee(Set.of("visa"), Set.of(Region.EEA), 140, 25, "eur"),
                    new Costs.Fee(Set.of(), Set.of(), 350, 25, "eur"))));
    Rules rules = new Rules(List.of(), new Target.LeastCost(List.of("a", "b")), costs);
    Facts odd = Payments.of("pi_odd", Money.of(9_999, "eur"));
    Plan plan = Router.plan(rules, Payments.at("a", "b"), odd, Health.WELL, Rates.NONE);
    assertThat(plan.providers()).containsExactly("b", "a");
    assertThat(plan.explanation().providers())
        .extracting(Plan.Standing::reason)
        .contains("the default: it costs 164.986 minor units of eur");
  }

  @Test
  void theLookedAtRulesSayWhyTheyDidNotMatch() {
    Target to = new Target.Chain(List.of("a"));
    Rules rules =
        new Rules(
            List.of(
                new Rules.Rule("usd", List.of(new Condition.InCurrency(Set.of("usd"))), to, false),
                new Rules.Rule("amex", List.of(new Condition.OfBrand(Set.of("amex"))), to, false)),
            to,
            Costs.UNKNOWN);
    Plan plan = Router.plan(rules, Payments.at("a"), FACTS, Health.WELL, Rates.NONE);
    assertThat(plan.explanation().rules()).containsExactly("currency", "brand");
    assertThat(plan(to, Rates.NONE).providers()).containsExactly("a");
  }
}
