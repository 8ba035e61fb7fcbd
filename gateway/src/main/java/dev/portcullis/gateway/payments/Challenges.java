package dev.portcullis.gateway.payments;

import com.github.benmanes.caffeine.cache.Cache;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.work.Caches;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Looks whether a bank still waits for its shopper, before anybody is believed to have left. A page
 * may ask as often as it likes; of one operation the provider is asked once in a few seconds, and
 * what it said stands until then. What it approves meanwhile comes too late, and is given back.
 */
@Component
final class Challenges {

  private static final Duration STANDS = Duration.ofSeconds(5);
  private static final int MOST = 10_000;

  private final PaymentStore store;
  private final Resolver resolver;

  /** Of each operation whether its challenge is open, by its account and id. */
  private final Cache<String, CompletableFuture<Boolean>> answers;

  Challenges(PaymentStore store, Resolver resolver, InstantSource clock) {
    this.store = store;
    this.resolver = resolver;
    this.answers =
        Caches.bounded()
            .expireAfterWrite(STANDS)
            .maximumSize(MOST)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
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
        .filter(each -> !resolver.canAsk(each) || isOpen(principal, each))
        .map(Operation::attempt);
  }

  /** Whoever comes while the provider is being asked waits for the same answer. */
  private boolean isOpen(Principal principal, Operation operation) {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    String key = principal.account() + " " + operation.head().id();
    CompletableFuture<Boolean> known = answers.asMap().putIfAbsent(key, mine);
    if (known != null) {
      return known.join();
    }
    boolean open = false;
    try {
      open = isOpen(resolver.ask(operation));
    } finally {
      // Nobody can tell where it failed, and nobody waits for ever.
      mine.complete(open);
    }
    return open;
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
