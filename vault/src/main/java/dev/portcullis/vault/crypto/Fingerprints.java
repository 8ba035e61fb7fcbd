package dev.portcullis.vault.crypto;

import dev.portcullis.kit.Base62;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * Keyed fingerprints under one key: equal for equal cards of one account and mode, and for nobody
 * without the key a way to test a guess (PCI DSS 3.5.1.1: hashes of card numbers are keyed).
 */
public final class Fingerprints {

  private static final int CARD_BYTES = 16;
  private static final int KEY_BYTES = 32;

  private final int version;
  private final HmacSha256 mac;

  /**
   * @param version the key's, from 1
   * @param key at least 32 bytes; the caller clears it
   * @throws IllegalArgumentException if it is shorter
   */
  public Fingerprints(int version, byte[] key) {
    if (key.length < KEY_BYTES) {
      throw new IllegalArgumentException("a fingerprint key has 32 bytes");
    }
    this.version = version;
    try {
      mac = new HmacSha256(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no HMAC-SHA-256", e);
    }
  }

  /** The key's version. */
  public int version() {
    return version;
  }

  /** The card's fingerprint under this key, 22 characters of base 62 from 128 bits. */
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
