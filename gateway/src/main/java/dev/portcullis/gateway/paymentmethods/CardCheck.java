package dev.portcullis.gateway.paymentmethods;

import dev.portcullis.gateway.keys.Principal;

/** Asks a provider whether a card is good before it becomes a customer's. */
public interface CardCheck {

  /**
   * Returns if nothing speaks against the card.
   *
   * @throws dev.portcullis.wire.error.ApiException 402 if it is declined, 503 if nobody can tell
   *     now, 500 if the provider would not take the question
   */
  void check(Principal principal, PaymentMethod method);
}
