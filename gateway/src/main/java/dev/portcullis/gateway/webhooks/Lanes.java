package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.webhooks.Outcome.Attempted;
import dev.portcullis.wire.limits.TokenBuckets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How much may be under way to each endpoint, so that none takes the places of others: so many
 * attempts at once, so many in a second. One that does not answer loses places, down to one, and
 * gets them back answer by answer. One that takes its time keeps its places, until it has been
 * quick as often as it has places. All such together have half of the places that there are, and
 * test mode never has the last quarter. One that answers at once earns places, since an attempt has
 * its place until its outcome is durable, which then takes far longer than the answer; all that is
 * earned together is a quarter of the places. One that says that it has too much to do is left
 * alone for a while, and then tried with one attempt.
 *
 * <p>It lies in the process, like all limits. Bounded: an endpoint is forgotten when nothing is
 * under way and it has all its places.
 */
final class Lanes {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final int MOST_DOUBLINGS = 8;
  private static final int MOST_RATES = 10_000;
  private static final int MOST_LANES = 10_000;

  /** An attempt that is under way for longer, or was, is slow. */
  static final Duration QUICK = Duration.ofSeconds(2);

  /** Whoever answers within that can do with more. */
  static final Duration AT_ONCE = Duration.ofMillis(250);

  /** So many times its places an endpoint can earn. */
  static final int MOST_TIMES = 16;

  private static final class Lane {
    private int underWay;
    private int places;
    private int busy;

    /** How many quick answers it takes until it is slow no more. */
    private int slow;
  }

  private final int places;
  private final int all;
  private final TokenBuckets rates;
  private final InstantSource clock;
  private final Map<String, Lane> lanes = new HashMap<>();

  /** Since when attempts are under way that may still be quick, the first one first. */
  private final Map<Claim, Instant> quick = new LinkedHashMap<>();

  private int underWay;
  private int inTest;
  private int doubtful;
  private int earned;

  /**
   * @param places for one endpoint that has earned none
   * @param all for all endpoints together
   * @param rate attempts to one endpoint in a second
   */
  Lanes(int places, int all, int rate, InstantSource clock) {
    this.places = places;
    this.all = all;
    this.clock = clock;
    this.rates = new TokenBuckets(rate, Duration.ofSeconds(1), MOST_RATES, clock);
  }

  /** How many attempts to that endpoint may begin now, that many at most. */
  synchronized int free(String endpoint, boolean livemode, int most) {
    noteSlowOnes();
    Lane lane = lanes.get(endpoint);
    int own = lane == null ? places : lane.places - lane.underWay;
    own = Math.min(own, unearned(lane) + all / 4 - earned);
    int others = all - underWay;
    if (!livemode) {
      others = Math.min(others, all - all / 4 - inTest);
    }
    if (lane != null && isDoubtful(lane)) {
      others = Math.min(others, all / 2 - doubtful);
    }
    return Math.clamp(Math.min(Math.min(own, others), rates.left(endpoint)), 0, most);
  }

  private int unearned(@Nullable Lane lane) {
    return lane == null ? places : Math.max(0, places - lane.underWay);
  }

  private int earned(Lane lane) {
    return Math.max(0, lane.underWay - places);
  }

  /** How many attempts may begin now, whatever to. */
  synchronized int free() {
    return all - underWay;
  }

  /** Those that are found slow while nobody answers, too, leave places to others. */
  private void noteSlowOnes() {
    Instant begun = clock.instant().minus(QUICK);
    Iterator<Map.Entry<Claim, Instant>> first = quick.entrySet().iterator();
    while (first.hasNext()) {
      Map.Entry<Claim, Instant> each = first.next();
      if (each.getValue().isAfter(begun)) {
        return;
      }
      first.remove();
      change(each.getKey().endpoint(), this::slowDown);
    }
  }

  private void slowDown(Lane lane) {
    lane.slow = places;
    lane.places = Math.min(lane.places, places);
  }

  private boolean isDoubtful(Lane lane) {
    return lane.places < places || lane.slow > 0;
  }

  private void change(String endpoint, Consumer<Lane> by) {
    Lane lane = lanes.computeIfAbsent(endpoint, _ -> fresh());
    doubtful -= isDoubtful(lane) ? lane.underWay : 0;
    earned -= earned(lane);
    by.accept(lane);
    doubtful += isDoubtful(lane) ? lane.underWay : 0;
    earned += earned(lane);
  }

  /** An attempt begins. */
  synchronized void begin(Claim claim) {
    if (lanes.size() >= MOST_LANES) {
      lanes.values().removeIf(idle -> idle.underWay == 0);
    }
    change(claim.endpoint(), lane -> lane.underWay++);
    underWay++;
    inTest += claim.livemode() ? 0 : 1;
    quick.put(claim, clock.instant());
    rates.take(claim.endpoint());
  }

  private Lane fresh() {
    Lane lane = new Lane();
    lane.places = places;
    return lane;
  }

  /**
   * An attempt has come to something: whether the endpoint may have more or fewer places.
   *
   * @return until when the endpoint is to be left alone, if it has too much to do
   */
  synchronized Optional<Instant> judge(Attempted attempted, Instant now) {
    Claim claim = attempted.claim();
    boolean slow = attempted.took().compareTo(QUICK) > 0;
    // What comes after this is the database's time.
    quick.remove(claim);
    AtomicReference<Optional<Instant>> pause = new AtomicReference<>(Optional.empty());
    change(
        claim.endpoint(),
        lane -> {
          if (slow) {
            slowDown(lane);
          } else {
            lane.slow = Math.max(0, lane.slow - 1);
          }
          int most = attempted.took().compareTo(AT_ONCE) > 0 ? places : places * MOST_TIMES;
          pause.set(judge(lane, attempted.outcome(), most, now));
        });
    return pause.get();
  }

  /** An attempt is over, and what came of it is durable. */
  synchronized void end(Claim claim) {
    quick.remove(claim);
    change(claim.endpoint(), lane -> lane.underWay--);
    underWay--;
    inTest -= claim.livemode() ? 0 : 1;
    Lane lane = lanes.get(claim.endpoint());
    if (lane != null && lane.underWay == 0 && !isDoubtful(lane) && lane.busy == 0) {
      lanes.remove(claim.endpoint());
    }
  }

  private Optional<Instant> judge(Lane lane, Outcome outcome, int most, Instant now) {
    return switch (outcome) {
      case Outcome.Delivered _ -> {
        lane.places = lane.slow > 0 ? Math.min(places, lane.places + 1) : grown(lane, most);
        lane.busy = 0;
        yield Optional.empty();
      }
      case Outcome.Refused refused when refused.isBusy() -> {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(lane.busy++, MOST_DOUBLINGS));
        lane.places = 1;
        yield Optional.of(refused.retryAfter().orElseGet(() -> now.plus(pause)));
      }
      // It answers: the fault may be the one event's.
      case Outcome.Refused _ -> {
        lane.places = Math.min(places, lane.places + 1);
        yield Optional.empty();
      }
      case Outcome.Failed _ -> {
        lane.places = Math.max(1, Math.min(lane.places, places) / 2);
        yield Optional.empty();
      }
      case Outcome.Unmade _ -> Optional.empty();
    };
  }

  /** One place more, or one less where there are more than it has still earned. */
  private static int grown(Lane lane, int most) {
    return lane.places < most ? lane.places + 1 : Math.max(most, lane.places - 1);
  }

  /** Attempts to all endpoints that are under way. */
  synchronized int underWay() {
    return underWay;
  }
}
