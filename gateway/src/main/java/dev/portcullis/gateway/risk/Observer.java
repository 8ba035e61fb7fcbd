package dev.portcullis.gateway.risk;

import com.github.benmanes.caffeine.cache.Cache;
import dev.portcullis.gateway.risk.CardTesting.Outcome;
import dev.portcullis.gateway.risk.WatchStore.Card;
import dev.portcullis.gateway.work.Caches;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Turns outcomes into watches, a batch in one short transaction. What a card has done before is
 * remembered here for a day, so that returning cards cost nothing.
 */
final class Observer {

  private static final int REMEMBERED = 200_000;

  private final WatchStore store;
  private final TransactionTemplate transactions;
  private final InstantSource clock;

  /** Cards that were counted, or need not be. */
  private final Cache<Card, Boolean> counted = cache();

  /** Cards whose approval is on record. */
  private final Cache<Card, Boolean> recorded = cache();

  Observer(WatchStore store, TransactionTemplate transactions, InstantSource clock) {
    this.store = store;
    this.transactions = transactions;
    this.clock = clock;
  }

  private static Cache<Card, Boolean> cache() {
    return Caches.bounded().maximumSize(REMEMBERED).expireAfterWrite(Duration.ofDays(1)).build();
  }

  /**
   * An outcome as it came in.
   *
   * @param paymentMethod where the card's first digits can be read, if the attempt has none
   */
  record Seen(Attempt attempt, @Nullable String paymentMethod, boolean approved) {
    Card card() {
      return new Card(attempt.account(), attempt.livemode(), attempt.fingerprint());
    }
  }

  /**
   * How a watch has changed.
   *
   * @param network the network that the scope is about, or null where it is none or not known
   */
  record Change(Scope scope, Watch before, Watch after, @Nullable String network) {}

  /** Takes outcomes in, in their order. */
  List<Change> observe(List<Seen> batch) {
    List<Outcome> outcomes = outcomes(batch);
    List<Card> approved =
        batch.stream()
            .filter(Seen::approved)
            .map(Seen::card)
            .filter(card -> recorded.getIfPresent(card) == null)
            .distinct()
            .toList();
    List<Change> changes =
        outcomes.isEmpty() && approved.isEmpty()
            ? List.of()
            : Objects.requireNonNullElse(
                transactions.execute(_ -> store(outcomes, approved)), List.of());
    approved.forEach(card -> recorded.put(card, true));
    return changes;
  }

  /** Those that can move a watch: cards that come for the first time, and every decline. */
  private List<Outcome> outcomes(List<Seen> batch) {
    Collection<Card> unsure =
        batch.stream()
            .map(Seen::card)
            .filter(card -> counted.getIfPresent(card) == null)
            .distinct()
            .toList();
    if (!unsure.isEmpty()) {
      store.known(unsure).forEach(card -> counted.put(card, true));
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (Seen seen : batch) {
      boolean first = counted.asMap().putIfAbsent(seen.card(), true) == null;
      if (first || !seen.approved()) {
        outcomes.add(new Outcome(withBin(seen), seen.approved(), first));
      }
    }
    return outcomes;
  }

  private Attempt withBin(Seen seen) {
    Attempt attempt = seen.attempt();
    return attempt.bin() != null || seen.paymentMethod() == null
        ? attempt
        : attempt.withBin(store.bin(attempt.account(), seen.paymentMethod()));
  }

  private static @Nullable String network(Attempt attempt, Scope scope) {
    Attempt.Address address = attempt.address();
    return scope.kind() == Scope.Kind.ADDRESS && address != null ? address.network() : null;
  }

  private List<Change> store(List<Outcome> outcomes, List<Card> approved) {
    Instant now = clock.instant();
    List<Change> changes = new ArrayList<>();
    if (!outcomes.isEmpty()) {
      TreeSet<Scope> scopes = new TreeSet<>();
      outcomes.forEach(outcome -> scopes.addAll(outcome.attempt().scopes().values()));
      Map<Scope, Watch> watches = store.lock(scopes);
      Map<Scope, Watch> changed = new HashMap<>();
      for (Outcome outcome : outcomes) {
        CardTesting.after(outcome, watches, now)
            .forEach(
                (scope, after) -> {
                  Watch before = watches.put(scope, after);
                  changed.put(scope, after);
                  changes.add(
                      new Change(
                          scope,
                          before == null ? Watch.calm(now) : before,
                          after,
                          network(outcome.attempt(), scope)));
                });
      }
      if (!changed.isEmpty()) {
        store.save(changed);
      }
    }
    if (!approved.isEmpty()) {
      store.remember(approved, now);
    }
    return changes;
  }
}
