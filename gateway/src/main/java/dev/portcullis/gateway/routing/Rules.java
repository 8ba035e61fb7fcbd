package dev.portcullis.gateway.routing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an account routes its payments: the first rule that matches says where to, or else the
 * default does.
 *
 * @param rules in order, at most {@value #MOST_RULES}
 * @param fallback the default
 * @param costs what the providers cost
 * @param retryLater what is asked of charges that were declined softly, or null where nothing is
 */
public record Rules(
    List<Rule> rules, Target fallback, Costs costs, @Nullable RetryLater retryLater) {

  /** How many rules a document may have. */
  public static final int MOST_RULES = 200;

  /** How large a document may be, in bytes. */
  public static final int MOST_BYTES = 64 << 10;

  /** Takes a copy. */
  public Rules {
    rules = List.copyOf(rules);
  }

  /** Under which nothing is tried again later. */
  public Rules(List<Rule> rules, Target fallback, Costs costs) {
    this(rules, fallback, costs, null);
  }

  /** Whether anything is routed by what provider accounts have approved. */
  boolean usesRates() {
    return fallback instanceof Target.SuccessRate
        || rules.stream().anyMatch(rule -> rule.to() instanceof Target.SuccessRate);
  }

  /**
   * One rule.
   *
   * @param name what people call it; no two have the same
   * @param when all of these have to hold
   * @param to where it sends what it matches
   * @param only whether nothing it matches may go anywhere else; if not, the default's provider
   *     accounts come after its own
   */
  record Rule(String name, List<Condition> when, Target to, boolean only) {
    Rule {
      when = List.copyOf(when);
    }
  }
}
