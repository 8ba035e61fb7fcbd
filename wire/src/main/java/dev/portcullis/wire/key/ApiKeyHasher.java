package dev.portcullis.wire.key;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Hashes API keys for storage: HMAC-SHA-256 of the whole key under a key of the zones. A key has
 * 192 random bits, so a slow hash would add nothing; the keyed one makes a stolen table useless
 * even for checking a guess.
 */
public final class ApiKeyHasher {

  private static final String ALGORITHM = "HmacSHA256";

  private final Mac prototype;

  /**
   * @param hashKey at least 32 bytes
   * @throws IllegalArgumentException if it is shorter
   */
  public ApiKeyHasher(Secret hashKey, SecretAccess access) {
    if (hashKey.length() < 32) {
      throw new IllegalArgumentException("the hash key must have at least 32 bytes");
    }
    try {
      prototype = Mac.getInstance(ALGORITHM);
      prototype.init(new SecretKeySpec(hashKey.revealBytes(access), ALGORITHM));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no " + ALGORITHM, e);
    }
  }

  /** The key's hash, 32 bytes. */
  public byte[] hash(ApiKey key) {
    try {
      Mac mac = (Mac) prototype.clone();
      return mac.doFinal(key.text().getBytes(StandardCharsets.US_ASCII));
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's MAC cannot be copied", e);
    }
  }
}
