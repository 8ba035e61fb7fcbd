package dev.portcullis.connectors.spi;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a connector may offer beside its verbs: some operations need an answer of the provider
 * before their own request can be written down. Braintree takes a payment by a token of the card
 * that is made first, PayPal by an order; PayPal and Authorize.Net want to be told what only a look
 * tells (which capture, which last digits, whether it has settled). Pure, like a connector.
 *
 * <p>The step moves no money and leaves nothing behind that could: it may be made any number of
 * times. What its answer leads to may not. So whoever runs it keeps to this:
 *
 * <ol>
 *   <li>The operation is stored before anything of it is sent, like every other; what is stored as
 *       its request is the step's, and that it is one.
 *   <li>The step goes through the vault with the operation's token, so that its slots are filled,
 *       under a name of its own in the vault and without the operation's idempotency key. It counts
 *       as no sending of the operation. Its answer is not the end of the operation: the vault keeps
 *       the security code.
 *   <li>{@link Prepared.Ready}: its request takes the place of the step's in a commit of its own,
 *       and only then is it sent. From here on all is as without a step: that request is what is
 *       sent again, byte for byte. The step is never made again: another token would be another
 *       payment.
 *   <li>{@link Prepared.Decided}: taken as the operation's own answer.
 *   <li>{@link Prepared.NotReady}, no answer at all, or a process that dies before the commit:
 *       nothing has been sent, and the step is made again. Before {@code Ready} is stored there is
 *       nothing to look up. When the time for it is over, the operation may be given up: it did
 *       nothing.
 * </ol>
 */
public interface PreparationStep {

  /**
   * What has to be asked first, or empty when {@link Connector#request} gives the operation's own
   * request at once. The same operation always gives an equal answer.
   */
  Optional<ForwardRequest> preparation(ProviderOperation operation);

  /**
   * What the answer to it leads to. Never throws for anything a provider can send.
   *
   * @param operation one that has a preparation
   * @param answer what came back, already filtered by the vault's policy
   */
  Prepared prepared(ProviderOperation operation, ForwardAnswer answer);

  /** What a preparation led to. */
  sealed interface Prepared {
    /**
     * The operation's own request is known.
     *
     * @param request what {@link Connector#request} would give for other operations; {@link
     *     Connector#interpret} reads its answer
     * @param reference the provider's name for the operation, by which it can be asked about even
     *     where no answer came; null where only the answer gives it one
     */
    record Ready(ForwardRequest request, @Nullable String reference) implements Prepared {
      /** Where only the answer gives the operation its name. */
      public Ready(ForwardRequest request) {
        this(request, null);
      }
    }

    /**
     * The operation needs no request of its own: the provider refuses it, or it is done already.
     *
     * @param result as {@link Connector#interpret} would say it
     */
    record Decided(ProviderResult result) implements Prepared {}

    /**
     * Nothing is known, and nothing has been sent. Ask again.
     *
     * @param reason a sentence for an operator; holds no secret and no card value
     */
    record NotReady(String reason) implements Prepared {}
  }
}
