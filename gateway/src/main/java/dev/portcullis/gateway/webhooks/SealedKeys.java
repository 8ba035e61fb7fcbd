package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.webhooks.Rolling.Names;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What signs an endpoint's deliveries, sealed within it.
 *
 * @param secret the one that its receiver shares
 * @param key the private key for those who verify with the public one; null for an endpoint from
 *     the time before there were any, until it gets one
 */
record SealedKeys(Rolling secret, @Nullable Rolling key) {

  /** Where they stand in the endpoint's document. */
  static final Names SECRET = new Names("secret", "previous_secret", "previous_until");

  static final Names KEY = new Names("signing_key", "previous_signing_key", "previous_key_until");

  static SealedKeys of(Map<String, @Nullable Object> doc) {
    return new SealedKeys(
        Objects.requireNonNull(Rolling.read(SECRET, doc)), Rolling.read(KEY, doc));
  }

  /** The members of the document. */
  Map<String, @Nullable Object> doc() {
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    secret.put(SECRET, doc);
    if (key != null) {
      key.put(KEY, doc);
    }
    return doc;
  }

  SealedKeys withSecret(Rolling other) {
    return new SealedKeys(other, key);
  }

  SealedKeys withKey(Rolling other) {
    return new SealedKeys(secret, other);
  }
}
