package dev.portcullis.gateway.webhooks;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a delivery after an attempt.
 *
 * @param state how it stands now
 * @param due when it is tried again; null unless it waits
 */
record NextStep(DeliveryState state, @Nullable Instant due) {

  /**
   * What an outcome leads to.
   *
   * @param step which attempt of the schedule it was
   * @param now when the outcome came
   */
  static NextStep of(Outcome outcome, int step, Instant now, RandomGenerator random) {
    return switch (outcome) {
      case Outcome.Delivered _ -> new NextStep(DeliveryState.DELIVERED, null);
      case Outcome.Refused refused when refused.isGone() ->
          new NextStep(DeliveryState.FAILED, null);
      case Outcome.Refused refused -> later(step, now, refused.retryAfter(), random);
      case Outcome.Failed _ -> later(step, now, Optional.empty(), random);
    };
  }

  /** Not before the schedule says so, nor before it was asked for. */
  private static NextStep later(
      int step, Instant now, Optional<Instant> asked, RandomGenerator random) {
    Optional<Duration> pause = RetrySchedule.after(step, random);
    if (pause.isEmpty()) {
      return new NextStep(DeliveryState.FAILED, null);
    }
    Instant planned = now.plus(pause.get());
    return new NextStep(
        DeliveryState.WAITING, asked.filter(wanted -> wanted.isAfter(planned)).orElse(planned));
  }
}
