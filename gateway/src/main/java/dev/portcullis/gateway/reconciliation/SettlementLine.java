package dev.portcullis.gateway.reconciliation;

import dev.portcullis.kit.Money;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A movement of money as a provider reports it.
 *
 * @param line what it is known again by among all that the provider reports
 * @param kind what it was
 * @param reference what the provider was given as the operation's id, or null
 * @param providerId the provider's name for the movement, or null
 * @param parent the provider's name for the payment that it belongs to, or null
 * @param amount gross; less than zero where a movement of that kind is taken back
 */
record SettlementLine(
    String line,
    Kind kind,
    @Nullable String reference,
    @Nullable String providerId,
    @Nullable String parent,
    Money amount) {

  static final int LONGEST_ID = 128;

  /** What a report speaks of. Fees, payouts and disputes are others' business. */
  enum Kind {
    AUTHORIZATION,
    CAPTURE,
    REFUND,
    VOID;

    String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
