package dev.portcullis.gateway.webhooks;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What signs an endpoint's deliveries, sealed within it.
 *
 * @param secret the one that its receiver was told last
 * @param previous the one before, which signs too while the receiver changes over, or null
 * @param previousUntil until when it does, or null
 * @param key the private key for those who verify with the public one; null for an endpoint from
 *     the time before there were any, until it gets one
 */
record SealedKeys(
    String secret,
    @Nullable String previous,
    @Nullable Instant previousUntil,
    @Nullable String key) {

  /** Where they stand in the endpoint's document. */
  static final String SECRET = "secret";

  static final String PREVIOUS = "previous_secret";
  static final String KEY = "signing_key";

  private static final String UNTIL = "previous_until";

  static SealedKeys of(Map<String, @Nullable Object> doc) {
    return new SealedKeys(
        (String) Objects.requireNonNull(doc.get(SECRET)),
        (String) doc.get(PREVIOUS),
        doc.get(UNTIL) instanceof Long seconds ? Instant.ofEpochSecond(seconds) : null,
        (String) doc.get(KEY));
  }

  /** The members of the document. */
  Map<String, @Nullable Object> doc() {
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put(SECRET, secret);
    if (previous != null && previousUntil != null) {
      doc.put(PREVIOUS, previous);
      doc.put(UNTIL, previousUntil.getEpochSecond());
    }
    if (key != null) {
      doc.put(KEY, key);
    }
    return doc;
  }

  /** Whether the secret before this one still signs. */
  boolean overlaps(Instant now) {
    return previous != null && previousUntil != null && now.isBefore(previousUntil);
  }

  /** With another secret; this one signs beside it until then. */
  SealedKeys rolled(String fresh, Instant now, Instant until) {
    return until.isAfter(now)
        ? new SealedKeys(fresh, secret, until, key)
        : new SealedKeys(fresh, null, null, key);
  }

  /** With that private key. */
  SealedKeys with(String fresh) {
    return new SealedKeys(secret, previous, previousUntil, fresh);
  }

  @Override
  public String toString() {
    return "SealedKeys";
  }
}
