package dev.portcullis.connectors.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a card is used, as the card networks' stored-credential rules ask.
 *
 * @param initiator who starts the payment
 * @param store whether the card is being stored for later use
 * @param networkTransactionId what the network called the agreement that a merchant's own charge
 *     relies on (from {@link ProviderResult.Details} of the set-up), or null without one
 */
public record CardUse(Initiator initiator, boolean store, @Nullable String networkTransactionId) {

  /** The shopper pays once. */
  public static final CardUse ONCE = new CardUse(Initiator.CUSTOMER, false, null);

  /** The shopper is there, and the card is stored for later. */
  public static final CardUse STORE = new CardUse(Initiator.CUSTOMER, true, null);

  /** Refuses a missing initiator. */
  public CardUse {
    Objects.requireNonNull(initiator);
  }
}
