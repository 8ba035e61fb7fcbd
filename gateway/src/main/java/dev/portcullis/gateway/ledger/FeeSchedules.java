package dev.portcullis.gateway.ledger;

/** The schedule of each provider account. */
public interface FeeSchedules {

  /**
   * The schedule of that provider account.
   *
   * @param account whose it is
   * @param name the provider account's name
   * @throws IllegalStateException if it has none: money whose price is unknown is not booked
   */
  FeeSchedule of(String account, boolean livemode, String name);
}
