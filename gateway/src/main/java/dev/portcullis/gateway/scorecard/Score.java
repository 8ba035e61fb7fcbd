package dev.portcullis.gateway.scorecard;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a provider account did in a stretch of time: in all, or with cards of one brand from one
 * region.
 *
 * @param region where the cards were issued, or null for all
 * @param brand their brand, or null for all
 * @param ends how payments ended there
 * @param calls how calls went
 * @param latency how long answers took
 */
record Score(
    String provider,
    @Nullable String region,
    @Nullable String brand,
    Ends ends,
    Calls calls,
    @Nullable Latency latency) {

  /** Fewer say nothing: their rate would be luck. */
  static final int LEAST = 30;

  /**
   * How payments ended.
   *
   * @param attempts operations that went there
   * @param approved of them
   * @param declined by bank or provider
   * @param rejected not taken by the provider: a fault of the request or the credential
   */
  record Ends(long attempts, long approved, long declined, long rejected) {
    static final Ends NONE = new Ends(0, 0, 0, 0);

    /** Basis points of what was decided; null with fewer than {@value Score#LEAST}. */
    @Nullable Long approvalRate() {
      return rate(approved, approved + declined);
    }
  }

  /**
   * How calls went.
   *
   * @param all calls
   * @param unanswered those without an answer that says anything
   * @param minutes with a call
   * @param answeredMinutes with a call that was answered
   */
  record Calls(long all, long unanswered, long minutes, long answeredMinutes) {
    static final Calls NONE = new Calls(0, 0, 0, 0);

    /** Basis points of the minutes with traffic; null with fewer than {@value Score#LEAST}. */
    @Nullable Long uptime() {
      return rate(answeredMinutes, minutes);
    }
  }

  /** Basis points of the calls that came to nothing; null with fewer than {@value #LEAST}. */
  @Nullable Long errorRate() {
    return rate(Math.min(calls.unanswered + ends.rejected, calls.all), calls.all);
  }

  /**
   * Milliseconds of so many answers.
   *
   * @param percentiles the 50th, 95th and 99th
   */
  record Latency(long answers, List<Integer> percentiles) {
    /** Takes a copy. */
    Latency {
      percentiles = List.copyOf(percentiles);
    }
  }

  private static @Nullable Long rate(long part, long of) {
    return of < LEAST ? null : part * 10_000 / of;
  }
}
