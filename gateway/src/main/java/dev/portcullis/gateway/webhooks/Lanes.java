package dev.portcullis.gateway.webhooks;

import dev.portcullis.wire.limits.TokenBuckets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How much may be under way to each endpoint, so that none takes the places of others: so many
 * attempts at once, so many in a second. One that does not answer loses places, down to one, and
 * gets them back answer by answer; all those together have half of the places that there are. One
 * that says that it has too much to do is left alone for a while, and then tried with one attempt.
 *
 * <p>It lies in the process, like all limits. Bounded: an endpoint is forgotten when nothing is
 * under way and it has all its places.
 */
final class Lanes {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final int MOST_DOUBLINGS = 8;
  private static final int MOST_RATES = 10_000;
  private static final int MOST_LANES = 10_000;

  private static final class Lane {
    private int underWay;
    private int places;
    private int busy;
  }

  private final int places;
  private final int all;
  private final TokenBuckets rates;
  private final Map<String, Lane> lanes = new HashMap<>();
  private int underWay;
  private int doubtful;

  /**
   * @param places for one endpoint
   * @param all for all endpoints together
   * @param rate attempts to one endpoint in a second
   */
  Lanes(int places, int all, int rate, InstantSource clock) {
    this.places = places;
    this.all = all;
    this.rates = new TokenBuckets(rate, Duration.ofSeconds(1), MOST_RATES, clock);
  }

  /** How many attempts to that endpoint may begin now, that many at most. */
  synchronized int free(String endpoint, int most) {
    Lane lane = lanes.get(endpoint);
    int own = lane == null ? places : lane.places - lane.underWay;
    int others = all - underWay;
    if (lane != null && lane.places < places) {
      others = Math.min(others, all / 2 - doubtful);
    }
    return Math.clamp(Math.min(Math.min(own, others), rates.left(endpoint)), 0, most);
  }

  /** How many attempts may begin now, whatever to. */
  synchronized int free() {
    return all - underWay;
  }

  /** An attempt begins. */
  synchronized void begin(String endpoint) {
    if (lanes.size() >= MOST_LANES) {
      lanes.values().removeIf(idle -> idle.underWay == 0);
    }
    Lane lane = lanes.computeIfAbsent(endpoint, _ -> fresh());
    lane.underWay++;
    underWay++;
    doubtful += lane.places < places ? 1 : 0;
    rates.take(endpoint);
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
  synchronized Optional<Instant> judge(String endpoint, Outcome outcome, Instant now) {
    Lane lane = lanes.computeIfAbsent(endpoint, _ -> fresh());
    doubtful -= lane.places < places ? lane.underWay : 0;
    Optional<Instant> pause = judge(lane, outcome, now);
    doubtful += lane.places < places ? lane.underWay : 0;
    return pause;
  }

  /** An attempt is over, and what came of it is durable. */
  synchronized void end(String endpoint) {
    Lane lane = lanes.computeIfAbsent(endpoint, _ -> fresh());
    lane.underWay--;
    underWay--;
    doubtful -= lane.places < places ? 1 : 0;
    if (lane.underWay == 0 && lane.places == places && lane.busy == 0) {
      lanes.remove(endpoint);
    }
  }

  private Optional<Instant> judge(Lane lane, Outcome outcome, Instant now) {
    return switch (outcome) {
      case Outcome.Delivered _ -> {
        lane.places = Math.min(places, lane.places + 1);
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
        lane.places = Math.max(1, lane.places / 2);
        yield Optional.empty();
      }
    };
  }

  /** Attempts to all endpoints that are under way. */
  synchronized int underWay() {
    return underWay;
  }
}
