package dev.portcullis.kit;

import java.util.Map;
import java.util.Optional;

/**
 * Which amounts can be charged (Stripe documentation, Supported currencies): at most eight digits,
 * at least what is documented for the currency, and nothing that card networks cannot carry.
 *
 * <p>HUF and TWD are special for payouts alone: they are charged with their two decimals.
 */
public final class ChargeLimits {

  /** The largest amount in minor units: eight digits. */
  public static final long LARGEST = 99_999_999;

  /** In minor units as the wire counts them; every other currency begins with 1. */
  private static final Map<String, Long> SMALLEST =
      Map.ofEntries(
          Map.entry("aed", 200L),
          Map.entry("aud", 50L),
          Map.entry("bgn", 100L),
          Map.entry("brl", 50L),
          Map.entry("cad", 50L),
          Map.entry("chf", 50L),
          Map.entry("czk", 1_500L),
          Map.entry("dkk", 250L),
          Map.entry("eur", 50L),
          Map.entry("gbp", 30L),
          Map.entry("hkd", 400L),
          Map.entry("huf", 17_500L),
          Map.entry("inr", 50L),
          Map.entry("jpy", 50L),
          Map.entry("mxn", 1_000L),
          Map.entry("myr", 200L),
          Map.entry("nok", 300L),
          Map.entry("nzd", 50L),
          Map.entry("pln", 200L),
          Map.entry("ron", 200L),
          Map.entry("sek", 300L),
          Map.entry("sgd", 50L),
          Map.entry("thb", 1_000L),
          Map.entry("usd", 50L));

  /** They have lost their minor unit; their amounts still carry its two zeros. */
  private static final Map<String, Long> STEPS = Map.of("isk", 100L, "ugx", 100L);

  private static final int THREE_DECIMALS = 3;

  private ChargeLimits() {}

  /** What is wrong with an amount. */
  public enum Fault {
    TOO_SMALL,
    TOO_LARGE,
    /** It has digits that the currency's amounts cannot have. */
    NOT_A_STEP
  }

  /** The smallest amount that can be charged, in minor units, 1 or more. */
  public static long smallest(Currency currency) {
    return Math.max(SMALLEST.getOrDefault(currency.code(), 1L), step(currency));
  }

  /**
   * What each amount is a multiple of: 10 for three decimals, of which networks carry two; 100
   * where the two decimals are no more than zeros; else 1.
   */
  public static long step(Currency currency) {
    return currency.exponent() == THREE_DECIMALS ? 10 : STEPS.getOrDefault(currency.code(), 1L);
  }

  /** Whether a part of a charge can be captured or refunded: any step of the currency. */
  public static boolean isStep(Money amount) {
    return amount.minorUnits() % step(amount.currency()) == 0;
  }

  /** What is wrong with an amount that is to be charged; empty if nothing is. */
  public static Optional<Fault> check(Money amount) {
    if (amount.minorUnits() > LARGEST) {
      return Optional.of(Fault.TOO_LARGE);
    }
    if (amount.minorUnits() < smallest(amount.currency())) {
      return Optional.of(Fault.TOO_SMALL);
    }
    return isStep(amount) ? Optional.empty() : Optional.of(Fault.NOT_A_STEP);
  }
}
