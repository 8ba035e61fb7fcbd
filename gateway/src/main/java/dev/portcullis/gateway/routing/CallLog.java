package dev.portcullis.gateway.routing;

import dev.portcullis.connectors.spi.ProviderResult;
import java.time.Duration;

/**
 * Is told how each routed call to a provider ended, once; a payment waits for it, so it is quick.
 */
public interface CallLog {

  /**
   * What came back, or {@link ProviderResult.Unknown} where nothing did.
   *
   * @param took how long the call was
   */
  void ended(Tenant tenant, Decision decision, ProviderResult result, Duration took);
}
