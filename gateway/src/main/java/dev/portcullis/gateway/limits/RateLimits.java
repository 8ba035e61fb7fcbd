package dev.portcullis.gateway.limits;

import com.github.benmanes.caffeine.cache.Cache;
import dev.portcullis.gateway.limits.LimitSettings.Holder;
import dev.portcullis.gateway.work.Caches;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Token buckets: for each key, account and address, and each class of routes. They are this
 * process's own: N gateways let through N times the figure at most.
 *
 * <p>Bounded: when there are too many, those that are used least are forgotten first, so that a
 * flood of addresses cannot push out a bucket in use. A forgotten bucket is a full one.
 */
final class RateLimits {

  static final int MOST_BUCKETS = 50_000;

  private record Id(Holder holder, String name, boolean livemode, String kind) {}

  private final LimitSettings settings;
  private final TimeMeter time;
  private final Cache<Id, Bucket> buckets;

  RateLimits(LimitSettings settings, TimeMeter time) {
    this(settings, time, MOST_BUCKETS);
  }

  RateLimits(LimitSettings settings, TimeMeter time, int most) {
    this.settings = settings;
    this.time = time;
    this.buckets =
        Caches.bounded()
            .maximumSize(most)
            // By then it is full again.
            .expireAfterAccess(Duration.ofMinutes(10))
            .build();
  }

  /**
   * Takes a token.
   *
   * @return 0 if there was one, else after how many seconds there will be one
   */
  long take(Holder holder, String name, boolean livemode, RouteClass kind) {
    Id id = new Id(holder, name, livemode, kind.wire());
    return take(id, settings.rate(holder, livemode, kind));
  }

  /**
   * Takes a token for what is answered without a key.
   *
   * @param times how often the figure of one address
   * @return 0 if there was one, else after how many seconds there will be one
   */
  long takeStranger(Errand errand, String addresses, int times) {
    return take(
        new Id(Holder.ADDRESS, addresses, false, errand.wire()),
        settings.rate(Holder.ADDRESS, false, RouteClass.READS) * times);
  }

  /**
   * Takes a token for a key that may be none.
   *
   * @param times how often the figure of one address
   * @return 0 if there was one, else after how many seconds there will be one
   */
  long takeGuess(String addresses, int times) {
    return take(unknownKeys(addresses), settings.unknownKeys() * times);
  }

  /** It was a key. */
  void giveBackGuess(String addresses, int times) {
    bucket(unknownKeys(addresses), settings.unknownKeys() * times).addTokens(1);
  }

  private static Id unknownKeys(String addresses) {
    return new Id(Holder.ADDRESS, addresses, false, "unknown-keys");
  }

  /** About how many buckets there are. */
  long size() {
    return buckets.estimatedSize();
  }

  /** The same, exactly, for a test. */
  long settledSize() {
    buckets.cleanUp();
    return buckets.estimatedSize();
  }

  private long take(Id id, int perSecond) {
    ConsumptionProbe probe = bucket(id, perSecond).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed() ? 0 : seconds(probe.getNanosToWaitForRefill());
  }

  private Bucket bucket(Id id, int perSecond) {
    return buckets.get(
        id,
        _ ->
            Bucket.builder()
                .addLimit(
                    limit ->
                        limit
                            .capacity((long) perSecond * settings.burst())
                            .refillGreedy(perSecond, Duration.ofSeconds(1)))
                .withCustomTimePrecision(time)
                .build());
  }

  /** Whole seconds, rounded up: who comes back then finds a token. */
  private static long seconds(long nanos) {
    return Math.max(1, Math.ceilDiv(nanos, TimeUnit.SECONDS.toNanos(1)));
  }
}
