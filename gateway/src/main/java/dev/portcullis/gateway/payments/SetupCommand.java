package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.Shopper;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be asked of a set-up. */
public sealed interface SetupCommand {

  /**
   * Changes what is to be set up or what is said about it.
   *
   * @param terms the new terms
   * @param details the new details
   */
  record Update(SetupIntent.Terms terms, Map<String, @Nullable Object> details)
      implements SetupCommand {}

  /**
   * Verifies the card and stores the agreement.
   *
   * @param terms the terms, as the confirmation itself may have changed them
   * @param operation the id of the provider operation
   * @param shopper whose card it is, as far as it is known
   * @param challenge what a challenge needs
   */
  record Confirm(SetupIntent.Terms terms, String operation, Shopper shopper, Challenge challenge)
      implements SetupCommand {}

  /**
   * Gives the set-up up.
   *
   * @param reason in the API's words, or null
   */
  record Cancel(@Nullable String reason) implements SetupCommand {}

  /**
   * The shopper has left the challenge, and may set up another card.
   *
   * @param paymentMethod what was to be set up, in the API's form
   */
  record Leave(Map<String, @Nullable Object> paymentMethod) implements SetupCommand {}

  /**
   * The provider has answered.
   *
   * @param attempt what was asked
   * @param result the answer
   * @param nextOperation an id for an operation that may have to follow
   */
  record Answer(Attempt attempt, ProviderResult result, String nextOperation)
      implements SetupCommand {}
}
