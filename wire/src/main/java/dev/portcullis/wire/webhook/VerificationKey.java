package dev.portcullis.wire.webhook;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * The public half of a {@link SigningKey}: {@code whpk_} and base64 of an Ed25519 key (RFC 8032).
 */
public final class VerificationKey implements StandardKey {

  /** What each begins with. */
  public static final String PREFIX = "whpk_";

  private final byte[] raw;
  private final PublicKey key;

  private VerificationKey(byte[] raw) throws GeneralSecurityException {
    this.raw = raw;
    this.key = Keys.publicKey(raw);
  }

  /**
   * From its 32 bytes.
   *
   * @throws GeneralSecurityException if they are no point of the curve
   */
  static VerificationKey of(byte[] raw) throws GeneralSecurityException {
    return new VerificationKey(raw.clone());
  }

  /** Reads one; empty if it is none. */
  public static Optional<VerificationKey> parse(String text) {
    return Keys.decoded(PREFIX, text, Keys.ED25519_BYTES, Keys.ED25519_BYTES)
        .flatMap(VerificationKey::read);
  }

  private static Optional<VerificationKey> read(byte[] raw) {
    try {
      return Optional.of(new VerificationKey(raw));
    } catch (GeneralSecurityException _) {
      return Optional.empty();
    }
  }

  /** The whole text; no secret. */
  public String text() {
    return PREFIX + Base64.getEncoder().encodeToString(raw);
  }

  byte[] raw() {
    return raw.clone();
  }

  boolean isSignature(byte[] given, byte[]... parts) {
    try {
      Signature signature = Signature.getInstance(Keys.ED25519);
      signature.initVerify(key);
      for (byte[] part : parts) {
        signature.update(part);
      }
      return signature.verify(given);
    } catch (GeneralSecurityException _) {
      return false; // the JDK throws where it is no signature at all
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerificationKey that && MessageDigest.isEqual(raw, that.raw);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(raw);
  }

  @Override
  public String toString() {
    return text();
  }
}
