package dev.portcullis.gateway.routing;

import dev.portcullis.kit.Money;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What provider accounts cost, in exact whole numbers.
 *
 * @param fees by provider account; of each the first that fits counts
 */
record Costs(Map<String, List<Fee>> fees) {

  static final Costs UNKNOWN = new Costs(Map.of());

  /** What a cost is counted in: ten thousand of them are one minor unit. */
  static final long PARTS = 10_000;

  Costs {
    fees = Map.copyOf(fees);
  }

  /**
   * What one account costs for some of its payments.
   *
   * @param brands of cards of these brands, or of all where empty
   * @param regions of cards from these regions, or from all where empty
   * @param basisPoints hundredths of a percent of the amount, 0 to 10,000
   * @param fixed in minor units, 0 or more
   * @param currency of the fixed part, and of the payments that this fits; null where it fits
   *     payments in any currency and there is no fixed part
   */
  record Fee(
      Set<String> brands,
      Set<Region> regions,
      int basisPoints,
      long fixed,
      @Nullable String currency) {
    Fee {
      brands = Set.copyOf(brands);
      regions = Set.copyOf(regions);
    }

    private boolean fits(Facts facts) {
      return (brands.isEmpty() || brands.contains(facts.card().brand()))
          && (regions.isEmpty() || regions.contains(facts.region()))
          && (currency == null || currency.equals(facts.amount().currency().code()));
    }

    /** Whether it fits whatever the other one fits. */
    boolean coversAll(Fee other) {
      return (brands.isEmpty() || (!other.brands.isEmpty() && brands.containsAll(other.brands)))
          && (regions.isEmpty() || (!other.regions.isEmpty() && regions.containsAll(other.regions)))
          && (currency == null || currency.equals(other.currency));
    }

    private BigInteger of(Money amount) {
      return BigInteger.valueOf(amount.minorUnits())
          .multiply(BigInteger.valueOf(basisPoints))
          .add(BigInteger.valueOf(fixed).multiply(BigInteger.valueOf(PARTS)));
    }
  }

  /**
   * What an approved payment costs there, in ten-thousandths of the minor unit of its currency;
   * empty where the document does not say. Nothing is ever converted between currencies.
   */
  Optional<BigInteger> of(String provider, Facts facts) {
    return fees.getOrDefault(provider, List.of()).stream()
        .filter(fee -> fee.fits(facts))
        .findFirst()
        .map(fee -> fee.of(facts.amount()));
  }
}
