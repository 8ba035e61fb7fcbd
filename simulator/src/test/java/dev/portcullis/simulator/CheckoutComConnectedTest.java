package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Our connector against the pretended Checkout.com. */
class CheckoutComConnectedTest extends ConnectedContract {
  CheckoutComConnectedTest() {
    super("checkoutcom", "webhook-key-of-the-tests");
  }

  @Override
  boolean waitsToBeTold() {
    return true;
  }

  /** Of several refunds a payment does not show which was which. */
  @Override
  ProviderResult lookedUp(
      ProviderOperation operation, @Nullable String reference, @Nullable String authorization)
      throws IOException {
    ProviderResult found = super.lookedUp(operation, reference, authorization);
    if (!(operation instanceof ProviderOperation.Refund)) {
      return found;
    }
    assertThat(found).isEqualTo(new ProviderResult.Pending(reference));
    return told(operation, found);
  }

  @Override
  DeclineCode expected(Refusal refusal) {
    return refusal == Refusal.GENERIC ? DeclineCode.DO_NOT_HONOR : refusal.code;
  }

  /** A payment as it stands shows no response code. */
  @Override
  DeclineCode later(Refusal refusal) {
    return DeclineCode.GENERIC_DECLINE;
  }
}
