package dev.portcullis.vault.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA-256 under one key; for any number of threads. */
public final class HmacSha256 {

  private static final String ALGORITHM = "HmacSHA256";

  private final Mac keyed;

  /**
   * @param key at least one byte
   * @throws GeneralSecurityException if the JDK has no such MAC
   */
  public HmacSha256(byte[] key) throws GeneralSecurityException {
    keyed = Mac.getInstance(ALGORITHM);
    keyed.init(new SecretKeySpec(key, ALGORITHM));
  }

  /** The MAC of the parts one after the other; the caller makes their borders unambiguous. */
  public byte[] digest(byte[]... parts) {
    try {
      Mac mac = (Mac) keyed.clone();
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's MAC cannot be copied", e);
    }
  }
}
