package dev.portcullis.gateway.ledger;

import java.util.Map;

/**
 * The schedule of each provider account.
 *
 * @param byAccount by the provider account's name
 */
public record FeeSchedules(Map<String, FeeSchedule> byAccount) {

  /** Takes a copy. */
  public FeeSchedules {
    byAccount = Map.copyOf(byAccount);
  }

  /**
   * The schedule of that provider account.
   *
   * @throws IllegalStateException if it has none: money whose price is unknown is not booked
   */
  public FeeSchedule of(String providerAccount) {
    FeeSchedule schedule = byAccount.get(providerAccount);
    if (schedule == null) {
      throw new IllegalStateException("no fees are configured for " + providerAccount);
    }
    return schedule;
  }
}
