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
 * @param step how many attempts of the schedule were made
 * @param due when it is tried again; null unless it waits
 */
record NextStep(DeliveryState state, int step, @Nullable Instant due) {

  /**
   * What an outcome leads to.
   *
   * @param claim whose outcome it is
   * @param now when the outcome came
   */
  static NextStep of(Outcome outcome, Claim claim, Instant now, RandomGenerator random) {
    return switch (outcome) {
      case Outcome.Delivered _ -> new NextStep(DeliveryState.DELIVERED, claim.step(), null);
      case Outcome.Refused refused when refused.isGone() ->
          new NextStep(DeliveryState.FAILED, claim.step(), null);
      case Outcome.Refused refused -> later(claim.step(), now, refused.retryAfter(), random);
      case Outcome.Failed _ -> later(claim.step(), now, Optional.empty(), random);
      case Outcome.Unmade _ -> {
        Duration pause = RetrySchedule.afterNone(claim.attempt() - claim.step(), random);
        yield new NextStep(DeliveryState.WAITING, claim.step() - 1, now.plus(pause));
      }
    };
  }

  /** Not before the schedule says so, nor before it was asked for. */
  private static NextStep later(
      int step, Instant now, Optional<Instant> asked, RandomGenerator random) {
    Optional<Duration> pause = RetrySchedule.after(step, random);
    if (pause.isEmpty()) {
      return new NextStep(DeliveryState.FAILED, step, null);
    }
    Instant planned = now.plus(pause.get());
    return new NextStep(
        DeliveryState.WAITING,
        step,
        asked.filter(wanted -> wanted.isAfter(planned)).orElse(planned));
  }
}
