package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.keys.Principal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Looks whether a bank still waits for its shopper, before anybody is believed to have left. */
@Component
final class Challenges {

  private final PaymentStore store;
  private final Resolver resolver;

  Challenges(PaymentStore store, Resolver resolver) {
    this.store = store;
    this.resolver = resolver;
  }

  /**
   * The attempt whose challenge can be left. A provider that can be asked is, so that an attempt
   * which has been paid this moment, or may have been, is not paid for a second time.
   *
   * @param operation the operation that the intent waits for, or null
   * @return empty if the challenge is over, or if nobody can tell now
   */
  Optional<Attempt> open(Principal principal, @Nullable String operation) {
    return Optional.ofNullable(operation)
        .flatMap(id -> store.operation(principal.account(), id))
        .filter(each -> each.sending().state() == Operation.State.WAITING)
        .filter(each -> !resolver.canAsk(each) || isOpen(resolver.ask(each)))
        .map(Operation::attempt);
  }

  private static boolean isOpen(ProviderResult looked) {
    return switch (looked) {
      case ProviderResult.RequiresAction _, ProviderResult.NotFound _ -> true;
      case ProviderResult.Approved _,
          ProviderResult.Declined _,
          ProviderResult.Rejected _,
          ProviderResult.Pending _,
          ProviderResult.Unknown _ ->
          false;
    };
  }
}
