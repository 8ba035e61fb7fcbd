package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.gateway.ledger.Bookkeeper;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be asked of a payment. Ids that a step needs come with it: the machine makes none. */
public sealed interface Command {

  /**
   * Changes what is to be paid or what is said about it.
   *
   * @param terms the new terms
   * @param details the new details
   */
  record Update(PaymentIntent.Terms terms, Map<String, @Nullable Object> details)
      implements Command {}

  /**
   * Pays.
   *
   * @param terms the terms, as the confirmation itself may have changed them
   * @param details the details, likewise
   * @param operation the id of the provider operation
   * @param offSession whether the shopper is away
   * @param shopper who pays, as far as it is known
   * @param challenge what a challenge needs
   * @param networkTransactionId the agreement that the card was stored under, or null
   */
  record Confirm(
      PaymentIntent.Terms terms,
      Map<String, @Nullable Object> details,
      String operation,
      boolean offSession,
      Shopper shopper,
      Challenge challenge,
      @Nullable String networkTransactionId)
      implements Command {}

  /**
   * Pays what the shopper has agreed to since the first confirmation.
   *
   * @param terms the terms, as the confirmation would have them; only those of the first are taken
   * @param details the details, as the confirmation itself may have changed them
   * @param operation the id of the provider operation, if one is needed
   * @param charge the charge that holds the reservation
   */
  record ConfirmAgain(
      PaymentIntent.Terms terms,
      Map<String, @Nullable Object> details,
      String operation,
      Charge charge)
      implements Command {}

  /**
   * Takes what is reserved.
   *
   * @param operation the id of the provider operation
   * @param charge the charge that holds the reservation
   * @param amount minor units, or null for all
   */
  record Capture(String operation, Charge charge, @Nullable Long amount) implements Command {}

  /**
   * Gives the payment up.
   *
   * @param operation the id of the provider operation, if one is needed
   * @param charge the charge that holds a reservation, or null if there is none
   * @param reason in the API's words, or null
   */
  record Cancel(String operation, @Nullable Charge charge, @Nullable String reason)
      implements Command {}

  /**
   * Gives up a payment that nobody has paid; one of which money is reserved or awaited stays.
   *
   * @param reason in the API's words
   */
  record GiveUp(String reason) implements Command {}

  /**
   * The shopper has left the challenge, and may pay in another way.
   *
   * @param paymentMethod what was to be paid with, in the API's form
   */
  record Leave(Map<String, @Nullable Object> paymentMethod) implements Command {}

  /**
   * The provider has answered.
   *
   * @param attempt what was asked
   * @param charge the attempt's charge as it stands, or null while there is none
   * @param result the answer
   * @param nextOperation an id for an operation that may have to follow
   * @param first whether it is the first word on this operation
   * @param books books what the answer moves
   */
  record Answer(
      Attempt attempt,
      @Nullable Charge charge,
      ProviderResult result,
      String nextOperation,
      boolean first,
      Bookkeeper books)
      implements Command {}
}
