package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.kit.Money;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the state machine knows of a provider operation: what was asked, and for what.
 *
 * @param ask what the provider is asked to do
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
    String objectType,
    String object,
    @Nullable String charge,
    Map<String, @Nullable Object> paymentMethod,
    boolean errorOnAction) {

  /** The money that is asked for, or null if it is not about an amount. */
  public @Nullable Money amount() {
    return switch (ask) {
      case ProviderOperation.Authorize authorize -> authorize.amount();
      case ProviderOperation.Capture capture -> capture.amount();
      case ProviderOperation.Refund refund -> refund.amount();
      case ProviderOperation.Cancel cancel -> null;
      case ProviderOperation.SubmitEvidence evidence -> null;
      case ProviderOperation.AcceptDispute accept -> null;
      case ProviderOperation.Lookup lookup -> lookup.amount();
    };
  }

  /** The card's id in the vault, or null where no card is used. */
  public @Nullable String token() {
    return ask instanceof ProviderOperation.Authorize ? (String) paymentMethod.get("id") : null;
  }
}
