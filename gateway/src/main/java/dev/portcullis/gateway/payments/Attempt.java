package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.kit.Money;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the state machine knows of a provider operation: what was asked, and for what.
 *
 * @param ask what the provider is asked to do
 * @param way where it goes; null only until that is chosen, before it is stored
 * @param objectType the type of the object behind it: {@code payment_intent}, {@code setup_intent},
 *     {@code refund} or {@code dispute}
 * @param object that object
 * @param charge the charge that it makes or changes, or null for a set-up
 * @param paymentMethod the card as the API shows it, without anything secret; empty where no card
 *     is used
 * @param errorOnAction whether a challenge counts as a decline
 */
public record Attempt(
    ProviderOperation ask,
    @Nullable Way way,
    String objectType,
    String object,
    @Nullable String charge,
    Map<String, @Nullable Object> paymentMethod,
    boolean errorOnAction) {

  /** The same, with its way chosen. */
  Attempt via(Way chosen) {
    return new Attempt(ask, chosen, objectType, object, charge, paymentMethod, errorOnAction);
  }

  /**
   * What follows it at the same provider. Going on with a payment is about the same card; whatever
   * else follows is not.
   */
  Attempt followedBy(ProviderOperation next) {
    boolean goesOn = next instanceof ProviderOperation.Complete;
    Map<String, @Nullable Object> card = new LinkedHashMap<>();
    if (goesOn) {
      card.putAll(paymentMethod);
    }
    return new Attempt(
        next, Way.to(provider()), objectType, object, charge, card, goesOn && errorOnAction);
  }

  /** The same thing asked anew, of whom is still to be chosen. */
  Attempt asking(ProviderOperation next) {
    return new Attempt(next, null, objectType, object, charge, paymentMethod, errorOnAction);
  }

  /** Where it goes, and where else it could. */
  public Way chosen() {
    if (way == null) {
      throw new IllegalStateException("no provider was chosen for " + ask.id());
    }
    return way;
  }

  /** Where it goes. */
  public Provider provider() {
    return chosen().provider();
  }

  /** The money that is asked for, or null if it is not about an amount. */
  public @Nullable Money amount() {
    return ask.amount();
  }

  /** The provider's name for the authorization or dispute that is followed up, or null if none. */
  public @Nullable String authorization() {
    return switch (ask) {
      case ProviderOperation.Authorize authorize -> null;
      case ProviderOperation.Complete complete -> complete.authorization();
      case ProviderOperation.Capture capture -> capture.providerReference();
      case ProviderOperation.Cancel cancel -> cancel.providerReference();
      case ProviderOperation.Refund refund -> refund.providerReference();
      case ProviderOperation.SubmitEvidence evidence -> evidence.providerReference();
      case ProviderOperation.AcceptDispute accept -> accept.providerReference();
      case ProviderOperation.Lookup lookup -> lookup.authorization();
    };
  }

  /** Whether an approval of it means that money is reserved or taken, and no later step is. */
  boolean authorizes() {
    return ask instanceof ProviderOperation.Authorize || ask instanceof ProviderOperation.Complete;
  }

  /** Whether what it authorizes is taken at once. */
  boolean captures() {
    return switch (ask) {
      case ProviderOperation.Authorize authorize -> authorize.capture();
      case ProviderOperation.Complete complete -> complete.capture();
      case ProviderOperation.Capture _,
          ProviderOperation.Cancel _,
          ProviderOperation.Refund _,
          ProviderOperation.SubmitEvidence _,
          ProviderOperation.AcceptDispute _,
          ProviderOperation.Lookup _ ->
          false;
    };
  }

  /** The money that it authorizes. */
  Money authorized() {
    Money amount = amount();
    if (!authorizes() || amount == null) {
      throw new IllegalStateException("no authorization: " + ask.id());
    }
    return amount;
  }

  /** The card's id in the vault, or null where no card is used. */
  public @Nullable String token() {
    return ask instanceof ProviderOperation.Authorize ? (String) paymentMethod.get("id") : null;
  }
}
