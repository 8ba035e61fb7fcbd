package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.ProviderResult;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What came of a send.
 *
 * @param operation as it is stored now
 * @param result the answer
 * @param took how long the provider took to answer, or null where it was not asked
 * @param unsent whether it is certain that the provider never got this request
 */
record Sent(Operation operation, ProviderResult result, @Nullable Duration took, boolean unsent) {
  static Sent not(Operation operation, String reason) {
    return new Sent(operation, new ProviderResult.Unknown("not sent: " + reason), null, false);
  }

  /** What is told of an operation without sending it. */
  static Sent told(Operation operation, ProviderResult result) {
    return new Sent(operation, result, null, false);
  }
}
