package dev.portcullis.gateway.payments;

import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.portcullis.gateway.payments.Operation.State;
import dev.portcullis.gateway.payments.PaymentStore.Open;
import dev.portcullis.gateway.work.Caches;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Figures of the provider operations whose end is not known, for whoever watches. */
final class OpenOperations {

  /** However often somebody reads the metrics, the database is asked so seldom. */
  private static final Duration COUNTED_FOR = Duration.ofSeconds(15);

  private static final List<State> OPEN = List.of(State.SENT, State.WAITING, State.PARKED);

  private final LoadingCache<Boolean, List<Open>> counted;
  private final InstantSource clock;

  OpenOperations(PaymentStore store, InstantSource clock) {
    this.clock = clock;
    this.counted = Caches.bounded().expireAfterWrite(COUNTED_FOR).build(_ -> store.open());
  }

  void register(MeterRegistry meters) {
    for (State state : OPEN) {
      Gauge.builder("portcullis.operations.open", this, each -> each.count(state))
          .description("Provider operations whose end is not known, by what they wait for")
          .tag("state", state.wire())
          .register(meters);
      Gauge.builder("portcullis.operations.oldest", this, each -> each.age(state))
          .description("Age of the oldest of them")
          .baseUnit("seconds")
          .tag("state", state.wire())
          .register(meters);
    }
    Gauge.builder("portcullis.operations.parked", this, each -> each.count(State.PARKED))
        .description("Provider operations that wait for a person")
        .register(meters);
  }

  private Optional<Open> of(State state) {
    return counted.get(true).stream().filter(each -> each.state() == state).findFirst();
  }

  private double count(State state) {
    return of(state).map(Open::count).orElse(0L);
  }

  private double age(State state) {
    return of(state)
        .map(each -> Duration.between(each.oldest(), clock.instant()).toMillis() / 1_000.0)
        .orElse(0.0);
  }
}
