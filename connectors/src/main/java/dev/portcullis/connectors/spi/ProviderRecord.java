package dev.portcullis.connectors.spi;

import dev.portcullis.kit.Money;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An operation as the provider has it in its books.
 *
 * @param reference the id that the provider was given with it: the gateway's own
 * @param providerId the provider's id
 * @param kind what it was
 * @param status where it stands
 * @param amount how much it was about; zero where it is about none
 * @param at when the provider took it
 * @param last4 the end of the card number, or null
 * @param belongsTo the provider's id of the authorization that it follows, or null
 */
public record ProviderRecord(
    String reference,
    String providerId,
    OperationKind kind,
    Status status,
    Money amount,
    Instant at,
    @Nullable String last4,
    @Nullable String belongsTo) {

  /** Where an operation stands at a provider. */
  public enum Status {
    APPROVED,
    DECLINED,
    REQUIRES_ACTION,
    PENDING
  }
}
