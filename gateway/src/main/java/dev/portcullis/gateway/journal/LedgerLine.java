package dev.portcullis.gateway.journal;

import dev.portcullis.kit.Money;
import java.time.Instant;

/**
 * One line of a double-entry transaction.
 *
 * @param account what it is booked on
 * @param amount debits are positive, credits negative; the lines of one change sum to zero
 * @param source the charge, refund or dispute behind it
 * @param availableOn from when on it counts as available
 */
public record LedgerLine(Account account, Money amount, String source, Instant availableOn) {

  /** The books. */
  public enum Account {
    /** What providers hold for the merchant: grows by debits. */
    PROVIDER_RECEIVABLE("provider_receivable"),
    /** What the merchant has earned: grows by credits. */
    MERCHANT_BALANCE("merchant_balance"),
    /** What providers keep for their work: grows by credits. */
    PROCESSING_FEES("processing_fees");

    private final String wire;

    Account(String wire) {
      this.wire = wire;
    }

    /** Its name in the database. */
    public String wire() {
      return wire;
    }
  }

  static final Table TABLE =
      Table.withKeyAlone(
          "ledger_lines",
          "fixed ledger_account text",
          "fixed currency text",
          "fixed amount bigint",
          "fixed source text",
          "fixed available_on timestamptz");
}
