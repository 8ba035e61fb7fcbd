package dev.portcullis.gateway.limits;

import dev.portcullis.wire.net.ClientAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request's key that may be none. Its token is taken before the key is looked up, so that many at
 * once get no further than one after another, and given back when it is a key. Whoever has many
 * networks finds a bucket for the whole /48, and whoever has many addresses one for all of them;
 * keys that were seen lately need no token.
 */
public final class Guess {

  static final int SITE = 8;
  static final int ALL = 20;
  static final String EVERYWHERE = "all addresses";

  private final RateLimits rates;
  private final Map<String, Integer> buckets = new LinkedHashMap<>();
  private final Refusing refusing;
  private boolean taken;

  /** Refuses for the addresses whose bucket is empty. */
  @FunctionalInterface
  interface Refusing {
    LimitReached refused(String addresses, long seconds);
  }

  Guess(RateLimits rates, InetAddress address, Refusing refusing) {
    this.rates = rates;
    this.refusing = refusing;
    buckets.put(ClientAddress.network(address), 1);
    ClientAddress.site(address).ifPresent(site -> buckets.put(site, SITE));
    buckets.put(EVERYWHERE, ALL);
  }

  private record Empty(String addresses, long seconds) {}

  /**
   * Before the key is looked up.
   *
   * @throws LimitReached 429 if too many keys that are none were named from there
   */
  public void begin() {
    if (taken) {
      return;
    }
    Optional<Empty> empty = take();
    if (empty.isPresent()) {
      throw refusing.refused(empty.get().addresses, empty.get().seconds);
    }
  }

  private Optional<Empty> take() {
    List<String> held = new ArrayList<>();
    for (Map.Entry<String, Integer> bucket : buckets.entrySet()) {
      long wait = rates.takeGuess(bucket.getKey(), bucket.getValue());
      if (wait > 0) {
        held.forEach(this::giveBack);
        return Optional.of(new Empty(bucket.getKey(), wait));
      }
      held.add(bucket.getKey());
    }
    taken = true;
    return Optional.empty();
  }

  private void giveBack(String addresses) {
    rates.giveBackGuess(addresses, buckets.getOrDefault(addresses, 1));
  }

  /** It is a key. */
  public void isKey() {
    if (taken) {
      taken = false;
      buckets.keySet().forEach(this::giveBack);
    }
  }

  /** It is none, though it was not looked up as one that might be. */
  public void isNone() {
    if (!taken) {
      take();
    }
  }
}
