package dev.portcullis.gateway.paymentmethods;

import dev.portcullis.gateway.keys.Principal;
import org.jspecify.annotations.Nullable;

/** Asks a provider whether a card is good before it becomes a customer's. */
public interface CardCheck {

  /**
   * Returns if nothing speaks against the card.
   *
   * @param customer whose it is to become
   * @param address the shopper's, or null where a server speaks for the shopper
   * @throws dev.portcullis.wire.error.ApiException 402 if it is declined or blocked, 503 if nobody
   *     can tell now, 500 if the provider would not take the question
   */
  void check(Principal principal, PaymentMethod method, String customer, @Nullable String address);
}
