package dev.portcullis.connectors.spi;

import java.util.Map;

/**
 * One payment provider, as pure functions: no input, no output, no clock, no state.
 *
 * <p>A connector runs in the gateway, outside the card environment. Where a card value belongs it
 * writes a slot such as {@code {{card.number}}}; the vault fills the slot, adds the credential and
 * sends, under a policy of its own.
 */
public interface Connector {

  /** What this provider promises; the same value on every call. */
  Manifest manifest();

  /**
   * What to send through the vault for this operation.
   *
   * <p>The same operation always gives an equal request with its members in the same order, so that
   * a resend is byte-identical and the provider's idempotency key still fits it.
   *
   * @throws IllegalArgumentException if the {@linkplain Manifest#refusal manifest refuses} it, or
   *     if it has a {@linkplain PreparationStep#preparation preparation}
   */
  ForwardRequest request(ProviderOperation operation);

  /**
   * Whether a payment can be {@linkplain ProviderOperation.Complete completed} with what the
   * shopper came back with. Somebody who only opened the address brings nothing, and must not end
   * it.
   *
   * @param returned the parameters of the URL that they came back by: typed by a stranger
   */
  default boolean completes(Map<String, String> returned) {
    return !returned.isEmpty();
  }

  /**
   * Whether a look-up's answer says that the shopper has been through the challenge and that the
   * payment can be {@linkplain ProviderOperation.Complete completed} without what they come back
   * with: a shopper who closes the page there has done all that was asked of them.
   *
   * @param asked a look-up of the authorization
   * @param answer what came back, already filtered by the vault's policy
   */
  default boolean completes(ProviderOperation.Lookup asked, ForwardAnswer answer) {
    return false;
  }

  /**
   * What the provider's answer means. Never throws for anything a provider can send: an answer that
   * this connector does not understand is {@link ProviderResult.Unknown}, never an approval and
   * never a decline.
   *
   * @param operation the operation that {@link #request} was made from
   * @param answer what came back, already filtered by the vault's policy
   */
  ProviderResult interpret(ProviderOperation operation, ForwardAnswer answer);
}
