package dev.portcullis.wire.limits;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Token buckets by name: each holds so many tokens, and when it was emptied it is full again after
 * a given time. Of a bucket only one number is kept, when it will be full (the generic cell rate
 * algorithm, ITU-T I.371), so that no library is needed for it and a flood costs little memory.
 *
 * <p>Bounded: the one that was used longest ago is forgotten first. A forgotten bucket is a full
 * one.
 */
public final class TokenBuckets {

  private final int tokens;
  private final long nanosPerToken;
  private final int most;
  private final InstantSource clock;
  private final Instant epoch;

  /** When each is full, in nanoseconds since the epoch above. */
  private final Map<String, Long> fullAt = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param tokens in a full bucket, 1 or more
   * @param refill how long an empty one takes to be full
   * @param most how many buckets are kept
   */
  public TokenBuckets(int tokens, Duration refill, int most, InstantSource clock) {
    this.tokens = tokens;
    this.nanosPerToken = Math.max(1, refill.toNanos() / tokens);
    this.most = most;
    this.clock = clock;
    this.epoch = clock.instant();
  }

  /** How many tokens the bucket holds now. */
  public synchronized int left(String name) {
    long now = now();
    return held(fullAt(name, now), now);
  }

  /**
   * Takes a token, if there is one.
   *
   * @return zero if it took one, else how long until there is one
   */
  public Duration take(String name) {
    return take(name, 0);
  }

  /**
   * Takes a token, if it leaves that many for others.
   *
   * @param leave fewer than the bucket holds when it is full
   * @return zero if it took one, else how long until it could
   */
  public synchronized Duration take(String name, int leave) {
    long now = now();
    long full = fullAt(name, now) + nanosPerToken;
    long early = full - now - nanosPerToken * (tokens - leave);
    if (early > 0) {
      return Duration.ofNanos(early);
    }
    fullAt.put(name, full);
    if (fullAt.size() > most) {
      fullAt.remove(fullAt.keySet().iterator().next());
    }
    return Duration.ZERO;
  }

  /** Puts back a token that was taken and not used. */
  public synchronized void giveBack(String name) {
    fullAt.computeIfPresent(name, (_, full) -> full - nanosPerToken);
  }

  /** How long until the bucket holds a token; zero if it holds one. */
  public synchronized Duration untilOne(String name) {
    long now = now();
    long early = fullAt(name, now) + nanosPerToken - now - nanosPerToken * tokens;
    return early > 0 ? Duration.ofNanos(early) : Duration.ZERO;
  }

  /** A clock that was set back must not make anybody wait longer than for an empty bucket. */
  private long fullAt(String name, long now) {
    return Math.clamp(fullAt.getOrDefault(name, now), now, now + nanosPerToken * tokens);
  }

  private int held(long full, long now) {
    return tokens - (int) Math.ceilDiv(full - now, nanosPerToken);
  }

  private long now() {
    return Duration.between(epoch, clock.instant()).toNanos();
  }

  synchronized int size() {
    return fullAt.size();
  }
}
