package dev.portcullis.gateway.routing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a payment may go, and why.
 *
 * @param providers the provider accounts, the first one first; empty if there is none
 * @param explanation why
 */
public record Plan(List<String> providers, Explanation explanation) {

  /** Takes a copy. */
  public Plan {
    providers = List.copyOf(providers);
  }

  /** The one to ask first, or null if there is none. */
  public @Nullable String first() {
    return providers.isEmpty() ? null : providers.getFirst();
  }

  /**
   * Why.
   *
   * @param rules of each rule that was looked at, in order, the condition that did not hold;
   *     {@value #MATCHED} of the one that was taken, which is the last one. Empty where there are
   *     no rules
   * @param providers every provider account and why it stands where it does
   */
  public record Explanation(List<String> rules, List<Standing> providers) {

    /** Said of the rule that was taken. */
    public static final String MATCHED = "matched";

    /** Takes a copy. */
    public Explanation {
      rules = List.copyOf(rules);
      providers = List.copyOf(providers);
    }
  }

  /**
   * Where a provider account stands.
   *
   * @param provider which
   * @param place 1 for the first, 0 where it was left out
   * @param reason why, in a sentence for an operator
   */
  public record Standing(String provider, int place, String reason) {}
}
