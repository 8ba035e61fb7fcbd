package dev.portcullis.wire.admin;

import dev.portcullis.wire.limits.TokenBuckets;
import dev.portcullis.wire.net.ClientAddress;
import dev.portcullis.wire.people.TooManyAttempts;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one source may ask of administration before the database is asked who it is: whoever floods
 * it costs no query. All of this machine's own addresses are one source. A session or a place that
 * was found to be real is a source by itself, so that a flood from its address, or by others on its
 * machine, does not stop it.
 */
final class AdminFlood {

  static final int BURST = 40;
  static final int OWN_BURST = 100;

  /** An empty bucket is full again: 20 requests a second, and 50. */
  static final Duration REFILL = Duration.ofSeconds(2);

  private static final int SOURCES = 10_000;
  private static final int PROVED = 1_000;

  private final TokenBuckets strangers;
  private final TokenBuckets own;

  /** Hashes of what was found to be real; of too many those go that were used longest ago. */
  private final Map<String, Boolean> proved =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > PROVED;
        }
      };

  AdminFlood(InstantSource clock) {
    this.strangers = new TokenBuckets(BURST, REFILL, SOURCES, clock);
    this.own = new TokenBuckets(OWN_BURST, REFILL, 2 * PROVED, clock);
  }

  /**
   * Counts a request.
   *
   * @param authorization the header, or null
   * @throws TooManyAttempts if it is one too many
   */
  void count(@Nullable String authorization, String address) {
    Duration wait = take(authorization, address);
    if (wait.isPositive()) {
      throw new TooManyAttempts(wait);
    }
  }

  private Duration take(@Nullable String authorization, String address) {
    if (authorization != null && isProved(authorization)) {
      return own.take(hash(authorization));
    }
    return ClientAddress.isLoopback(address)
        ? own.take("loopback")
        : strangers.take(ClientAddress.network(address));
  }

  private synchronized boolean isProved(String authorization) {
    return proved.get(hash(authorization)) != null;
  }

  /** The header names a session or a place that is there. */
  synchronized void proved(@Nullable String authorization) {
    if (authorization != null) {
      proved.put(hash(authorization), true);
    }
  }

  private static String hash(String authorization) {
    try {
      byte[] text = authorization.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
