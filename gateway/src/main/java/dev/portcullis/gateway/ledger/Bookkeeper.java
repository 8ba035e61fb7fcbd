package dev.portcullis.gateway.ledger;

import dev.portcullis.gateway.ledger.BalanceTransaction.Kind;
import dev.portcullis.kit.Money;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Makes the one balance transaction that a step may need. What leaves the balance leaves it at
 * once; what comes in is available when the provider account's schedule says.
 *
 * @param transaction the id of the transaction, should there be one
 * @param now when the step is taken
 * @param fees the schedule of the provider account that moved the money
 */
public record Bookkeeper(String transaction, Instant now, FeeSchedule fees) {

  /** Money was taken for a charge, and is available when the schedule says. */
  public BalanceTransaction charge(String charge, Money amount, @Nullable String description) {
    return charge(charge, amount, description, fees.availableOn(now));
  }

  /** Money was taken for a charge, and the provider makes it available at once. */
  public BalanceTransaction chargeAtOnce(
      String charge, Money amount, @Nullable String description) {
    return charge(charge, amount, description, second(now));
  }

  private BalanceTransaction charge(
      String charge, Money amount, @Nullable String description, Instant availableOn) {
    return new BalanceTransaction(
        transaction,
        now,
        Kind.CHARGE,
        amount,
        fees.ofCharge(amount),
        availableOn,
        charge,
        description);
  }

  /** Money of a charge was given back. */
  public BalanceTransaction refund(String refund, Money amount, @Nullable String ofCharge) {
    return new BalanceTransaction(
        transaction,
        now,
        Kind.REFUND,
        amount.negated(),
        Money.zero(amount.currency()),
        second(now),
        refund,
        ofCharge == null ? "REFUND FOR CHARGE" : "REFUND FOR CHARGE (" + ofCharge + ")");
  }

  /** The customer's bank took a charge's money back. */
  public BalanceTransaction disputed(String dispute, String charge, Money amount) {
    return disputed(dispute, charge, amount, fees.ofDispute(amount.currency()));
  }

  /**
   * The bank took it once more, or more or less of it. That is no other dispute, and costs none.
   */
  public BalanceTransaction disputedAgain(String dispute, String charge, Money amount) {
    return disputed(dispute, charge, amount, Money.zero(amount.currency()));
  }

  private BalanceTransaction disputed(String dispute, String charge, Money amount, Money fee) {
    return new BalanceTransaction(
        transaction,
        now,
        Kind.DISPUTE,
        amount.negated(),
        fee,
        second(now),
        dispute,
        "Chargeback withdrawal for " + charge);
  }

  /** The customer's bank returned a charge's money. The fee stays where it is. */
  public BalanceTransaction reinstated(String dispute, String charge, Money amount) {
    return new BalanceTransaction(
        transaction,
        now,
        Kind.DISPUTE_REVERSAL,
        amount,
        Money.zero(amount.currency()),
        second(now),
        dispute,
        "Chargeback reversal for " + charge);
  }

  /** The wire shows whole seconds, and what it shows as past is past. */
  private static Instant second(Instant instant) {
    return Instant.ofEpochSecond(instant.getEpochSecond());
  }
}
