package dev.portcullis.vault.card;

import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.keys.Principal;
import dev.portcullis.wire.net.ClientAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many different cards may come in: for each API key, for each account, and for each BIN with
 * last four digits, because whoever guesses the digits between them comes with many numbers of one
 * such pair. The same card again costs nothing.
 *
 * <p>In memory and bounded; the longest unused is forgotten first. Test mode takes public numbers
 * alone, so there is nothing to guess and only a flood to stop.
 */
final class VelocityLimit {

  static final Limits LIVE = new Limits(120, 1_200, 10);
  static final Limits TEST = new Limits(60_000, 120_000, Integer.MAX_VALUE);

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int BOUND = 20_000;
  private static final int DISTINCT_BOUND = 2_000;

  /**
   * How many different cards.
   *
   * @param perKey for one API key in a minute, or with a page's key for one host
   * @param perAccount for one account in a minute
   * @param perNumberEnds for one BIN with last four digits, of one account, in an hour
   */
  record Limits(int perKey, int perAccount, int perNumberEnds) {}

  private final InstantSource clock;
  private final Map<String, Window> windows = new LinkedHashMap<>(16, 0.75f, true);

  private static final class Window {
    final Instant end;
    final Set<Integer> seen = new HashSet<>();
    int count;

    Window(Instant end) {
      this.end = end;
    }
  }

  VelocityLimit(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Counts a card; false if it is one too many. A page's key is everybody's: what one host does
   * with it is not held against the others.
   *
   * @param clientIp from where, or null where that is not known
   */
  boolean admits(Principal principal, @Nullable String clientIp, StoredCard.Face face) {
    Owner owner = principal.owner();
    String source =
        principal.isPublic() && clientIp != null
            ? principal.keyId() + '@' + ClientAddress.network(clientIp)
            : principal.keyId();
    Limits limits = owner.livemode() ? LIVE : TEST;
    String scope = owner.account() + (owner.livemode() ? ":live:" : ":test:");
    int card = face.fingerprint().hashCode();
    synchronized (windows) {
      return count(scope + "key:" + source, MINUTE, limits.perKey(), card)
          && count(scope + "account", MINUTE, limits.perAccount(), card)
          && (limits.perNumberEnds() == Integer.MAX_VALUE
              || count(
                  scope + "ends:" + face.bin() + ":" + face.last4(),
                  HOUR,
                  limits.perNumberEnds(),
                  card));
    }
  }

  private boolean count(String name, Duration length, int most, int card) {
    Instant now = clock.instant();
    Window window = windows.get(name);
    if (window == null || !now.isBefore(window.end)) {
      window = new Window(now.plus(length));
      windows.put(name, window);
      if (windows.size() > BOUND) {
        windows.remove(windows.keySet().iterator().next());
      }
    }
    if (window.seen.contains(card)) {
      return true;
    }
    // A card that is refused is not remembered: sent again, it is refused again.
    if (window.count >= most) {
      return false;
    }
    if (window.seen.size() < DISTINCT_BOUND) {
      window.seen.add(card);
    }
    window.count++;
    return true;
  }
}
