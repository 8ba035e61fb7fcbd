package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.ProviderResult;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway and the provider have said to each other about an operation.
 *
 * @param request exactly what is sent through the vault, slots and all: a resend sends these bytes;
 *     empty once the operation is over
 * @param preparing whether that request only prepares the operation's own, which nobody has written
 *     down yet; as long as it does, nothing of the operation was sent
 * @param reference the provider's name for the operation, or null while it gave none
 */
public record Exchange(String request, boolean preparing, @Nullable String reference) {

  /** The operation's own request. */
  static Exchange request(String request) {
    return new Exchange(request, false, null);
  }

  /** What has to be asked before the operation's own request can be written down. */
  static Exchange preparation(String request) {
    return new Exchange(request, true, null);
  }

  /** With the name by which the provider can be asked about it, if this answer tells one. */
  Exchange heard(ProviderResult result) {
    String told =
        switch (result) {
          case ProviderResult.Approved approved -> approved.providerReference();
          case ProviderResult.Declined declined -> declined.providerReference();
          case ProviderResult.RequiresAction action -> action.providerReference();
          case ProviderResult.Pending pending -> pending.providerReference();
          case ProviderResult.Rejected _, ProviderResult.Unknown _, ProviderResult.NotFound _ ->
              null;
        };
    return told == null ? this : new Exchange(request, preparing, told);
  }
}
