package dev.portcullis.gateway.routing;

import java.util.List;
import java.util.Map;

/** Where a rule sends what it matches. No provider account is in one twice. */
sealed interface Target {

  /** Every provider account that it may choose, in the document's order. */
  List<String> providers();

  /** One after the other, in this order. */
  record Chain(List<String> providers) implements Target {
    public Chain {
      providers = List.copyOf(providers);
    }
  }

  /**
   * Each payment to one of them, in the ratio of their weights; the same payment always to the
   * same.
   *
   * @param weights 1 to 100 each
   */
  record Split(List<String> providers, Map<String, Integer> weights) implements Target {
    public Split {
      providers = List.copyOf(providers);
      weights = Map.copyOf(weights);
    }

    long weight(String provider) {
      return weights.getOrDefault(provider, 1);
    }
  }

  /** The cheapest first; those whose cost is not known last, in this order. */
  record LeastCost(List<String> providers) implements Target {
    public LeastCost {
      providers = List.copyOf(providers);
    }
  }

  /**
   * The one that approves most, found by Thompson sampling over what was approved and declined
   * lately of cards of the same brand and region.
   *
   * @param explorationPercent of so many payments the provider is drawn evenly, 1 to 50
   * @param leastSample while one of them has fewer definite answers, all have even shares
   */
  record SuccessRate(List<String> providers, int explorationPercent, int leastSample)
      implements Target {
    public SuccessRate {
      providers = List.copyOf(providers);
    }
  }
}
