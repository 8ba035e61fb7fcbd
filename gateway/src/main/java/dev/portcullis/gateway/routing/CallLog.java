package dev.portcullis.gateway.routing;

import dev.portcullis.connectors.spi.ProviderResult;

/**
 * Is told how each routed call to a provider ended, once; a payment waits for it, so it is quick.
 */
public interface CallLog {

  /** What came back, or {@link ProviderResult.Unknown} where nothing did. */
  void ended(Tenant tenant, Decision decision, ProviderResult result);
}
