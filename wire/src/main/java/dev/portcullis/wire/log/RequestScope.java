package dev.portcullis.wire.log;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * The request that the current thread works for. Its id stands in every line that is logged
 * meanwhile, and goes with every call to the vault, so that both zones' lines can be found by it.
 */
public final class RequestScope {

  /** The header field in which the gateway tells the vault. */
  public static final String HEADER = "Portcullis-Request-Id";

  private static final ScopedValue<String> CURRENT = ScopedValue.newInstance();

  private RequestScope() {}

  /** Does something for a request. */
  public static <T> T call(String requestId, Supplier<T> work) {
    return ScopedValue.where(CURRENT, requestId).call(work::get);
  }

  /** The request's id, where there is a request. */
  public static Optional<String> current() {
    return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
  }
}
