package dev.portcullis.connectors;

import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderOperation.Authorize;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one provider's answers look like: its part of the contract that all connectors keep. */
public interface Specimen {

  /** The connector's name. */
  String name();

  /** The answer by which the provider does what it was asked, or takes note of it. */
  Recorded done(ProviderOperation operation);

  /** The answer of a refused card. */
  Recorded declined(Authorize authorize);

  /** The answer that sends the shopper to that URL. */
  Recorded challenge(Authorize authorize, String url);

  /** An approval but for its status, which is one that is not documented. */
  Recorded unheardOf(Authorize authorize);

  /** An error with that status and the provider's own sentence. */
  Recorded error(int status, String message);

  /** Whether the answer carries the provider's approval of that operation and its own money. */
  boolean isApproval(ProviderOperation operation, int status, Map<String, @Nullable Object> body);

  /** The answer to an operation's preparation that makes it ready. */
  default Recorded prepared(ProviderOperation operation) {
    throw new AssertionError("there is nothing to prepare: " + operation);
  }

  /** What the code of {@link #declined} stands for. */
  default DeclineCode why() {
    return DeclineCode.INSUFFICIENT_FUNDS;
  }

  /** What the network passes on with {@link #declined}. */
  default NetworkAdvice advised() {
    return new NetworkAdvice(NetworkAdvice.Action.TRY_AGAIN_LATER, "02", "51");
  }

  /** Components of an approval's details that this provider does not tell. */
  default Set<String> untold() {
    return Set.of();
  }

  default Connector connector() {
    return Connectors.find(name()).orElseThrow();
  }
}
