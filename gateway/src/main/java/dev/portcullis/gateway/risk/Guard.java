package dev.portcullis.gateway.risk;

import com.github.benmanes.caffeine.cache.Cache;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.heartbeat.Heartbeat;
import dev.portcullis.gateway.heartbeat.Heartbeats;
import dev.portcullis.gateway.payments.Operation;
import dev.portcullis.gateway.payments.Screening;
import dev.portcullis.gateway.risk.CardTesting.Judgement;
import dev.portcullis.gateway.risk.Observer.Seen;
import dev.portcullis.gateway.risk.WatchStore.Card;
import dev.portcullis.gateway.work.Caches;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a confirmation and the provider. What it asks on a payment's way is in memory, but
 * for the lists of an account that has some, and for whether the card is known while something is
 * alarmed. What it learns it writes apart from the payment: up to a tenth of a second later, by
 * each gateway, and the others know of an alarm a second later at most. So N gateways let through,
 * beyond what the watch allows, what is decided in that time.
 */
final class Guard implements Screening, AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Guard.class.getName());
  private static final int WAITING = 10_000;
  private static final int BATCH = 500;
  private static final long PAUSE_MILLIS = 100;
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** By then this gateway neither counts what it lets through nor hears of others' alarms. */
  private static final Duration LATE = Duration.ofMinutes(1);

  private static final String TESTED = "highest_risk_level";

  /** Declines that speak of the bank, the amount or the shopper's presence and not of the card. */
  private static final Set<DeclineCode> INNOCENT =
      Set.of(
          DeclineCode.AUTHENTICATION_REQUIRED,
          DeclineCode.ISSUER_NOT_AVAILABLE,
          DeclineCode.PROCESSING_ERROR,
          DeclineCode.REENTER_TRANSACTION,
          DeclineCode.TRY_AGAIN_LATER,
          DeclineCode.CURRENCY_NOT_SUPPORTED,
          DeclineCode.DUPLICATE_TRANSACTION,
          DeclineCode.INVALID_AMOUNT);

  private final Observer observer;
  private final WatchStore store;
  private final ValueLists lists;
  private final Alerts alerts;
  private final MeterRegistry meters;
  private final Heartbeat heartbeat;
  private final InstantSource clock;

  private final BlockingQueue<Seen> queue = new ArrayBlockingQueue<>(WAITING);
  private final Map<Scope, Watch> alarmed = new ConcurrentHashMap<>();
  private final Cache<Scope, Instant> probes =
      Caches.bounded().maximumSize(10_000).expireAfterWrite(Duration.ofMinutes(10)).build();

  /**
   * Who asked for an operation, until it ends; what is forgotten is not counted for key and so on.
   */
  private final Cache<String, Attempt> asked =
      Caches.bounded().maximumSize(100_000).expireAfterWrite(Duration.ofDays(1)).build();

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("card-testing").factory());
  private Instant looked = Instant.EPOCH;

  Guard(
      Observer observer,
      WatchStore store,
      ValueLists lists,
      Alerts alerts,
      MeterRegistry meters,
      Heartbeats heartbeats,
      InstantSource clock) {
    this.heartbeat = heartbeats.of("card-testing", LATE);
    this.observer = observer;
    this.store = store;
    this.lists = lists;
    this.alerts = alerts;
    this.meters = meters;
    this.clock = clock;
    Gauge.builder("portcullis.card.testing.alarmed", alarmed, Map::size)
        .description("Scopes in which cards that are not known are refused")
        .register(meters);
    Gauge.builder("portcullis.card.testing.waiting", queue, BlockingQueue::size)
        .description("Outcomes of attempts that are not counted yet")
        .register(meters);
  }

  /** Begins to work, until {@link #close()}. */
  @SuppressWarnings("FutureReturnValueIgnored") // a tick never fails; the schedule ends with close
  void start() {
    timer.scheduleWithFixedDelay(this::tick, PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public Verdict screen(Candidate candidate) {
    Attempt attempt = attempt(candidate);
    if (attempt == null) {
      return new Verdict.Pass();
    }
    return switch (lists.judge(candidate, attempt)) {
      case ALLOWED -> passed(candidate, attempt);
      case BLOCKED -> blocked("rule", "list", "A list of yours blocks this payment.");
      case UNLISTED ->
          isRefused(attempt)
              ? blocked(
                  TESTED,
                  "card_testing",
                  "Blocked because many new cards were declined under like circumstances.")
              : passed(candidate, attempt);
    };
  }

  /** What is refused never ends, and would push out what has to be counted when it does. */
  private Verdict passed(Candidate candidate, Attempt attempt) {
    asked.put(candidate.operation(), attempt);
    return new Verdict.Pass();
  }

  private Verdict blocked(String reason, String cause, String sentence) {
    Counter.builder("portcullis.payments.blocked")
        .description("Attempts that were not sent to a provider")
        .tag("cause", cause)
        .register(meters)
        .increment();
    return new Verdict.Block(reason, sentence);
  }

  private @Nullable Attempt attempt(Candidate candidate) {
    if (!(candidate.method().card().get("fingerprint") instanceof String fingerprint)) {
      return null;
    }
    return new Attempt(
        candidate.principal().account(),
        candidate.principal().livemode(),
        fingerprint,
        bin(candidate),
        candidate.amount(),
        candidate.principal().keyId(),
        candidate.customer(),
        address(candidate));
  }

  private Attempt.@Nullable Address address(Candidate candidate) {
    String address = candidate.address();
    return address == null ? null : store.address(candidate.principal().account(), address);
  }

  private @Nullable String bin(Candidate candidate) {
    String read = candidate.method().bin();
    // A query only where something depends on it: an alarm, or a list.
    return read != null || (alarmed.isEmpty() && !lists.matter(candidate.principal()))
        ? read
        : store.bin(candidate.principal().account(), candidate.method().id());
  }

  private boolean isRefused(Attempt attempt) {
    if (alarmed.isEmpty()) {
      return false;
    }
    Instant now = clock.instant();
    return switch (CardTesting.judge(attempt, alarmed, now)) {
      case Judgement.Pass _ -> false;
      case Judgement.Refuse refuse -> refuse.evenIfKnown() || !isKnown(attempt);
      case Judgement.Probe _ -> !isKnown(attempt) && !mayProbe(attempt, now);
    };
  }

  private boolean isKnown(Attempt attempt) {
    Card card = new Card(attempt.account(), attempt.livemode(), attempt.fingerprint());
    return !store.known(List.of(card)).isEmpty();
  }

  /** Whether it is the one that shows how things are, with all that is stored of its shopper. */
  private boolean mayProbe(Attempt attempt, Instant now) {
    Map<Scope, Watch> watches = new HashMap<>(alarmed);
    TreeSet<Scope> own = new TreeSet<>();
    attempt.scopes().values().stream().filter(CardTesting::isOnesOwn).forEach(own::add);
    store.read(own).forEach(watches::putIfAbsent);
    return CardTesting.judge(attempt, watches, now) instanceof Judgement.Probe probe
        && isDue(probe.scopes(), now);
  }

  /** For all of them or for none: what is refused for one must not use up another's turn. */
  private synchronized boolean isDue(List<Scope> scopes, Instant now) {
    for (Scope scope : scopes) {
      Instant due = probes.getIfPresent(scope);
      if (due != null && now.isBefore(due)) {
        return false;
      }
    }
    scopes.forEach(scope -> probes.put(scope, now.plus(Thresholds.PROBE_PAUSE)));
    return true;
  }

  @Override
  public void settled(Operation operation, ProviderResult result) {
    if (!(operation.attempt().ask() instanceof ProviderOperation.Authorize authorize)) {
      return;
    }
    Boolean approved =
        switch (result) {
          case ProviderResult.Approved _ -> true;
          case ProviderResult.Declined declined ->
              INNOCENT.contains(declined.code()) ? null : Boolean.FALSE;
          case ProviderResult.Rejected _,
              ProviderResult.RequiresAction _,
              ProviderResult.Pending _,
              ProviderResult.Unknown _,
              ProviderResult.NotFound _ ->
              null;
        };
    Attempt attempt = asked.asMap().remove(operation.head().id());
    if (approved == null) {
      return;
    }
    Attempt known = attempt == null ? forgotten(operation, authorize) : attempt;
    Object method = operation.attempt().paymentMethod().get("id");
    if (known != null
        && !queue.offer(new Seen(known, method instanceof String id ? id : null, approved))) {
      meters.counter("portcullis.card.testing.lost").increment();
    }
  }

  /**
   * What is stored of an operation whose asking another process, or this one long ago, has seen.
   */
  private static @Nullable Attempt forgotten(
      Operation operation, ProviderOperation.Authorize authorize) {
    return operation.attempt().paymentMethod().get("card") instanceof Map<?, ?> card
            && card.get("fingerprint") instanceof String fingerprint
        ? new Attempt(
            operation.head().account(),
            operation.head().livemode(),
            fingerprint,
            null,
            authorize.amount(),
            null,
            null,
            null)
        : null;
  }

  /** The database may be away: what could not be counted is lost, and the next tick goes on. */
  private void tick() {
    try {
      work();
      heartbeat.beat();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "outcomes of attempts could not be counted", e);
    }
  }

  /** Counts what has come in, and looks at what other gateways have found. */
  synchronized void work() {
    List<Seen> batch = new ArrayList<>(BATCH);
    while (queue.drainTo(batch, BATCH) > 0) {
      List<Observer.Change> changes = observer.observe(batch);
      changes.forEach(change -> note(change.scope(), change.after()));
      alerts.tell(changes);
      batch.clear();
    }
    Instant now = clock.instant();
    if (!now.isBefore(looked.plus(LOOK))) {
      looked = now;
      Map<Scope, Watch> all = store.alarmed();
      alarmed.keySet().retainAll(all.keySet());
      alarmed.putAll(all);
      calmWhereNobodyComes(now);
    }
  }

  /** A pause that nobody has tried to end for long is over. */
  private void calmWhereNobodyComes(Instant now) {
    List<Observer.Change> over =
        store.over(Watch.overBefore(now)).entrySet().stream()
            .map(
                entry ->
                    new Observer.Change(entry.getKey(), entry.getValue(), Watch.calm(now), null))
            .toList();
    if (!over.isEmpty()) {
      Map<Scope, Watch> calm = new HashMap<>();
      over.forEach(change -> calm.put(change.scope(), change.after()));
      store.save(calm);
      over.forEach(change -> note(change.scope(), change.after()));
      alerts.tell(over);
    }
  }

  private void note(Scope scope, Watch watch) {
    if (watch.isCalm()) {
      alarmed.remove(scope);
    } else {
      alarmed.put(scope, watch);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
