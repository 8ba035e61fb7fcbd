package dev.portcullis.gateway.routing;

import dev.portcullis.connectors.spi.ProviderResult;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * One provider account's circuit in one region: open while the provider cannot be reached, or is
 * not connected.
 *
 * <p>{@value #LEAST_CALLS} calls in a row have to fail technically, or half of at least as many of
 * the last ten seconds. A call that has been out for {@link #STALLED} counts as failed then, and
 * not when its time limit is over; and as many that are out, while nothing was answered since the
 * first of them began {@link #SILENT} ago, open it at once: where a provider does not answer at
 * all, each second is too late for the payments behind it. One whose answers usually take long is
 * given more time, up to {@link #MOST_PATIENCE}. Twenty seconds later one payment is let through as
 * a probe, and what it finds decides, the next time forty seconds later: more probes would keep
 * more shoppers waiting.
 */
final class Circuit {

  /** So long may an answer take before it counts as a failure. */
  static final Duration STALLED = Duration.ofSeconds(3);

  /** So long may nothing be answered while several calls wait for it. */
  static final Duration SILENT = Duration.ofSeconds(2);

  /** An answer is waited for so many times as long as answers usually take. */
  private static final int PATIENCE = 2;

  /** But no longer than that, however long they take. */
  static final Duration MOST_PATIENCE = Duration.ofSeconds(5);

  /** What one more answer adds to what is usual. */
  private static final double WEIGHT = 0.1;

  /** How long an open circuit waits before it is probed for the first time. */
  static final Duration WAIT = Duration.ofSeconds(20);

  /** And how long after a probe that failed. */
  static final Duration NEXT_WAIT = Duration.ofSeconds(40);

  static final int LEAST_CALLS = 5;
  static final int PROBES = 1;

  private static final int WINDOW_SECONDS = 10;
  private static final float MOST_FAILURES = 50;
  private static final Logger LOG = Logger.getLogger(Circuit.class.getName());

  /** The breaker wants to be told of an exception; nothing reads it. */
  private static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    private Failure() {
      super("technical failure", null, false, false);
    }
  }

  private final CircuitBreaker breaker;
  private final InstantSource clock;
  private final Deque<Call> out = new ArrayDeque<>();
  private Instant probeAt = Instant.EPOCH;
  private Instant answeredAt = Instant.EPOCH;
  private int failedInARow;
  private double usualMillis;

  Circuit(String name, InstantSource clock) {
    this.clock = clock;
    this.breaker =
        CircuitBreaker.of(
            name,
            CircuitBreakerConfig.custom()
                .clock(clock.withZone(ZoneOffset.UTC))
                .slidingWindow(WINDOW_SECONDS, LEAST_CALLS, SlidingWindowType.TIME_BASED)
                .failureRateThreshold(MOST_FAILURES)
                .waitIntervalFunctionInOpenState(attempt -> wait(attempt > 1).toMillis())
                .permittedNumberOfCallsInHalfOpenState(PROBES)
                .build());
    breaker.getEventPublisher().onStateTransition(event -> changed(event.getStateTransition()));
  }

  private synchronized void changed(CircuitBreaker.StateTransition transition) {
    failedInARow = 0;
    if (transition.getToState() == State.OPEN) {
      probeAt = clock.instant().plus(wait(transition.getFromState() == State.HALF_OPEN));
      LOG.warning("out of the route: " + breaker.getName());
    } else if (transition.getToState() == State.CLOSED) {
      LOG.info("back in the route: " + breaker.getName());
    }
  }

  private static Duration wait(boolean again) {
    return again ? NEXT_WAIT : WAIT;
  }

  /** Whether payments are to go elsewhere. When it is time for a probe, they are not. */
  synchronized boolean isDown() {
    failStalled();
    return breaker.getState() == State.OPEN && clock.instant().isBefore(probeAt);
  }

  /** Whether it is anything but well, for whoever looks at it. */
  synchronized boolean isOpen() {
    failStalled();
    return breaker.getState() != State.CLOSED;
  }

  /** A call that begins now; {@link Call#isAdmitted()} says whether it should. */
  synchronized Call begin() {
    failStalled();
    boolean admitted = breaker.tryAcquirePermission();
    Call call = new Call(admitted, clock.instant());
    if (admitted) {
      out.addLast(call);
    }
    return call;
  }

  private void failStalled() {
    Instant before = clock.instant().minus(patience(STALLED));
    while (!out.isEmpty() && (out.getFirst().over || out.getFirst().since.isBefore(before))) {
      note(out.removeFirst(), false);
    }
    Call first = out.peekFirst();
    if (first != null && isSilentSince(first.since) && waiting() >= LEAST_CALLS) {
      open();
    }
  }

  private boolean isSilentSince(Instant begun) {
    return answeredAt.isBefore(begun) && !begun.isAfter(clock.instant().minus(patience(SILENT)));
  }

  private Duration patience(Duration least) {
    long usual = Math.min((long) (PATIENCE * usualMillis), MOST_PATIENCE.toMillis());
    return usual <= least.toMillis() ? least : Duration.ofMillis(usual);
  }

  private long waiting() {
    return out.stream().filter(call -> !call.over).count();
  }

  /** What a probe finds is left to the breaker. */
  private void open() {
    if (breaker.getState() == State.CLOSED) {
      breaker.transitionToOpenState();
    }
  }

  /**
   * A call that began before the circuit opened is over long before the first probe, since {@link
   * #MOST_PATIENCE} is shorter than {@link #WAIT}: it says nothing of how things stand then.
   */
  private void note(Call call, boolean answered) {
    if (call.over || !call.admitted) {
      return;
    }
    call.over = true;
    long millis = Duration.between(call.since, clock.instant()).toMillis();
    if (answered) {
      answeredAt = clock.instant();
      failedInARow = 0;
      breaker.onSuccess(millis, TimeUnit.MILLISECONDS);
    } else {
      breaker.onError(millis, TimeUnit.MILLISECONDS, new Failure());
      if (++failedInARow >= LEAST_CALLS) {
        open();
      }
    }
  }

  /** Also from an answer that was too late to count: the next one is waited for. */
  private void learn(double millis) {
    usualMillis = usualMillis == 0 ? millis : usualMillis + WEIGHT * (millis - usualMillis);
  }

  /** It was never made, and says nothing. */
  private synchronized void drop(Call call) {
    if (call.admitted && !call.over) {
      call.over = true;
      breaker.releasePermission();
    }
    failStalled();
  }

  private synchronized void end(Call call, boolean answered) {
    if (answered) {
      learn((double) Duration.between(call.since, clock.instant()).toMillis());
    }
    note(call, answered);
    failStalled();
  }

  /** A provider call on its way. */
  final class Call {
    private final boolean admitted;
    private final Instant since;
    private boolean over;

    private Call(boolean admitted, Instant since) {
      this.admitted = admitted;
      this.since = since;
    }

    boolean isAdmitted() {
      return admitted;
    }

    /** It was not made after all. */
    void drop() {
      Circuit.this.drop(this);
    }

    /**
     * How it ended. An answer is an answer, also a decline: that is no failure of the provider. But
     * one that the vault has no policy for takes no payment at all. A refused key is none either:
     * what providers call forbidden may be this payment alone.
     */
    void end(ProviderResult result) {
      Circuit.this.end(
          this,
          switch (result) {
            case ProviderResult.Rejected rejected ->
                rejected.kind() != ProviderResult.Rejected.Kind.NOT_CONNECTED;
            case ProviderResult.Approved _,
                ProviderResult.Declined _,
                ProviderResult.RequiresAction _,
                ProviderResult.Pending _,
                ProviderResult.NotFound _ ->
                true;
            case ProviderResult.Unknown _ -> false;
          });
    }
  }
}
