package dev.portcullis.gateway.risk;

import java.time.Duration;

/**
 * When a watch is alarmed, and for how long.
 *
 * <p>The points are Wald's sequential test between two shares of declines among cards that come for
 * the first time: 25 %, the worst of an honest day, and 80 %. A decline weighs ln(0.80/0.25), an
 * approval ln(0.20/0.75), in the ratio 7 to -8. At {@code alarm} = 112 points, 16 declines more
 * than approvals explain, an honest share of 15 % reaches the alarm in fewer than one of 10^10
 * excursions (Lorden's bound, e^(-1.5 * 18)); a share of 85 % reaches it after 19 declines on
 * average.
 *
 * <p>An address alarms after 10 declines already, which an office with 2,000 new cards a day at 15
 * % reaches on one day in 25,000, and pauses itself alone. What one address or customer does counts
 * for what is broader only until its second decline, and what one BIN does until its fourth: so one
 * address brings at most an eighth of what pauses an amount or a key.
 *
 * @param alarm points that pause what a watch is about
 * @param addressAlarm the same for one address
 * @param customerAlarm the same for one customer
 * @param cardAlarm the same for one card, which counts every attempt
 * @param pause the first pause; each relapse doubles it
 * @param longestPause where the doubling ends
 * @param halfLife after which points count half
 */
record Thresholds(
    int alarm,
    int addressAlarm,
    int customerAlarm,
    int cardAlarm,
    Duration pause,
    Duration longestPause,
    Duration halfLife) {

  static final int DECLINE = 7;
  static final int APPROVAL = -8;

  /** So many approvals of probes end a pause ... */
  static final int GOOD_PROBES = 4;

  /** ... unless so many declines come first. */
  static final int BAD_PROBES = 3;

  /** One probe in so long, for each gateway. */
  static final Duration PROBE_PAUSE = Duration.ofSeconds(5);

  static final Thresholds LIVE =
      new Thresholds(
          112, 70, 56, 84, Duration.ofMinutes(2), Duration.ofHours(1), Duration.ofMinutes(30));

  /**
   * Test mode has a handful of public cards that are meant to be declined, again and again, and no
   * stranger gains anything by it.
   */
  static final Thresholds TEST =
      new Thresholds(
          336,
          336,
          336,
          Integer.MAX_VALUE,
          Duration.ofSeconds(10),
          Duration.ofMinutes(1),
          Duration.ofMinutes(5));

  static Thresholds of(boolean livemode) {
    return livemode ? LIVE : TEST;
  }

  int alarm(Scope.Kind kind) {
    return switch (kind) {
      case CARD -> cardAlarm;
      case CUSTOMER -> customerAlarm;
      case ADDRESS -> addressAlarm;
      case BIN, AMOUNT, KEY -> alarm;
    };
  }

  /** From how many points on such a scope explains what happens in it to all that is broader. */
  int explains(Scope.Kind kind) {
    return switch (kind) {
      case CUSTOMER, ADDRESS -> alarm / 8;
      case BIN -> alarm / 4;
      case CARD, AMOUNT, KEY -> Integer.MAX_VALUE;
    };
  }

  /** How long the nth pause in a row is, from 0 on. */
  Duration pause(int relapses) {
    Duration longer = pause.multipliedBy(1L << Math.min(relapses, 20));
    return longer.compareTo(longestPause) > 0 ? longestPause : longer;
  }
}
