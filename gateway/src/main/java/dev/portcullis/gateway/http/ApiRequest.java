package dev.portcullis.gateway.http;

import dev.portcullis.gateway.journal.IdempotencyUse;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.wire.params.Arguments;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request whose key, path and parameters have been checked.
 *
 * @param principal who asks
 * @param requestId {@code req_...}, unique; the answer carries it and so does each event
 * @param pathVariables the path's variables by name
 * @param arguments the parameters as the route declares them
 * @param expand the paths of {@code expand}, checked; what they name of other objects is put in
 *     place of their ids after the use case
 * @param idempotency the idempotency key, if the client sent one with a POST
 * @param sender who sent it: the shopper's browser for a publishable key, else a server
 */
public record ApiRequest(
    Principal principal,
    String requestId,
    Map<String, String> pathVariables,
    Arguments arguments,
    List<String> expand,
    Optional<IdempotencyUse> idempotency,
    Sender sender) {

  /** The shopper's address, or null where a server speaks for the shopper. */
  public @Nullable String shopperAddress() {
    return principal.isPublishable() ? sender.address() : null;
  }

  /**
   * A variable of the path.
   *
   * @throws IllegalArgumentException if the route's path has no such variable
   */
  public String path(String name) {
    String value = pathVariables.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route has no path variable " + name);
    }
    return value;
  }
}
