package dev.portcullis.vault.crypto;

import dev.portcullis.kit.Base62;
import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * Keyed fingerprints: equal for equal cards of one account and mode, and for nobody without the key
 * a way to test a guess (PCI DSS 3.5.1.1: hashes of card numbers are keyed).
 */
public final class Fingerprints {

  private static final int CARD_BYTES = 16;
  private static final int KEY_BYTES = 32;

  private final HmacSha256 mac;

  /**
   * @param key at least 32 bytes
   * @throws IllegalArgumentException if it is shorter
   */
  public Fingerprints(Secret key, SecretAccess access) {
    if (key.length() < KEY_BYTES) {
      throw new IllegalArgumentException("the fingerprint key must be 32 bytes, base64");
    }
    byte[] bytes = key.revealBytes(access);
    try {
      mac = new HmacSha256(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no HMAC-SHA-256", e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** The card's fingerprint, 22 characters of base 62 from 128 bits. */
  public String ofCard(Owner owner, byte[] digits) {
    byte[] full = mac.digest(owner.context("card fingerprint", ""), new byte[] {0}, digits);
    return Base62.encode(Arrays.copyOf(full, CARD_BYTES));
  }

  /**
   * The fingerprint of a request, 32 bytes.
   *
   * @param canonical the request's canonical form, without the card number and the CVC
   */
  public byte[] ofRequest(Owner owner, String endpoint, byte[] canonical) {
    return mac.digest(owner.context("request", endpoint), new byte[] {0}, canonical);
  }
}
