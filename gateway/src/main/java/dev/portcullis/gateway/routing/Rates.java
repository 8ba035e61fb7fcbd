package dev.portcullis.gateway.routing;

import java.util.Map;

/**
 * What provider accounts have made lately of cards of one brand from one region.
 *
 * @param outcomes by provider account; those without one have none
 */
public record Rates(Map<String, Outcomes> outcomes) {

  /** Nothing is known. */
  public static final Rates NONE = new Rates(Map.of());

  /** Takes a copy. */
  public Rates {
    outcomes = Map.copyOf(outcomes);
  }

  /**
   * Definite answers.
   *
   * @param approved so many, 0 to 10^15
   * @param declined so many, 0 to 10^15
   */
  public record Outcomes(long approved, long declined) {
    private static final long MOST = 1_000_000_000_000_000L;
    static final Outcomes NONE = new Outcomes(0, 0);

    /** Refuses what cannot be counted. */
    public Outcomes {
      if (approved < 0 || declined < 0 || approved > MOST || declined > MOST) {
        throw new IllegalArgumentException("no such count");
      }
    }

    long all() {
      return approved + declined;
    }
  }

  Outcomes of(String provider) {
    return outcomes.getOrDefault(provider, Outcomes.NONE);
  }
}
