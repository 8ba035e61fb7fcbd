package dev.portcullis.vault.limits;

import dev.portcullis.vault.limits.LimitReached.Limit;
import dev.portcullis.wire.limits.TokenBuckets;
import java.time.Duration;
import java.time.InstantSource;

/**
 * What one address may ask for before anything is known of it but where it is: an IPv4 address, or
 * with IPv6 a /64. Keys that are none are counted apart, since each costs a query; whoever shares
 * the address with somebody who guesses keys goes on with a key that is known.
 */
public final class AddressLimits {

  private static final int BOUND = 10_000;

  private final TokenBuckets requests;
  private final TokenBuckets unknownKeys;

  public AddressLimits(LimitFigures figures, InstantSource clock) {
    Duration refill = Duration.ofSeconds(figures.burst());
    this.requests =
        new TokenBuckets(figures.addressRequests() * figures.burst(), refill, BOUND, clock);
    this.unknownKeys =
        new TokenBuckets(figures.unknownKeys() * figures.burst(), refill, BOUND, clock);
  }

  /**
   * Counts a request.
   *
   * @throws LimitReached if it is one too many
   */
  public void request(String network) {
    LimitReached.unlessZero(requests.take(network), Limit.ADDRESS);
  }

  /**
   * Before a key is looked up that this vault has not seen lately.
   *
   * @throws LimitReached if this address has named too many keys that are none
   */
  public void beforeUnknownKey(String network) {
    LimitReached.unlessZero(unknownKeys.untilOne(network), Limit.UNKNOWN_KEYS);
  }

  /** The address has named a key that is none. */
  public void unknownKey(String network) {
    unknownKeys.take(network);
  }
}
