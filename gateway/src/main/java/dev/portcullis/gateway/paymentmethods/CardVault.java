package dev.portcullis.gateway.paymentmethods;

import dev.portcullis.gateway.keys.Principal;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The vault, as far as payment methods go. No method gives a card number.
 *
 * <p>Each throws {@link dev.portcullis.wire.error.ApiException} 503 if the vault cannot be reached.
 */
public interface CardVault {

  /** The card of that payment method, if the vault has it for this account and mode. */
  Optional<VaultCard> lookup(Principal principal, String id);

  /** Tells the vault that its billing details are stored here; the vault deletes them. */
  void release(Principal principal, String id);

  /**
   * Makes a payment method of a token, which is used up by that; test tokens go by their names
   * ({@code tok_visa}).
   *
   * @return empty if there is no such token
   * @throws dev.portcullis.wire.error.ApiException 400 if it was used before
   */
  Optional<VaultCard> fromToken(Principal principal, String token);

  /** The token as the wire shows it, used or not, if the vault has it for this account and mode. */
  Optional<Map<String, @Nullable Object>> token(Principal principal, String id);

  /**
   * Makes a payment method with a test card.
   *
   * @param name for instance {@code pm_card_visa}
   * @return empty if there is no such name, or in live mode
   */
  Optional<VaultCard> testPaymentMethod(Principal principal, String name);

  /**
   * The alias of a payment method, made if it has none.
   *
   * @return as many digits as the card number has and the same last four; empty if there is no such
   *     payment method
   */
  Optional<String> alias(Principal principal, String id);

  /** The payment method that has that alias in this account and mode. */
  Optional<String> ofAlias(Principal principal, String alias);
}
