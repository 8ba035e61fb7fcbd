package dev.portcullis.wire.webhook;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** Keys as Standard Webhooks writes them: what they are for, and base64. */
final class Keys {

  static final String ED25519 = "Ed25519";

  /** The length of a seed, and of a public key (RFC 8032, 5.1.5). */
  static final int ED25519_BYTES = 32;

  /** What stands before an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410, 4). */
  private static final byte[] SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

  private Keys() {}

  /** The bytes behind the prefix, if so many are there in the one form that base64 has for them. */
  static Optional<byte[]> decoded(String prefix, String text, int least, int most) {
    if (!text.startsWith(prefix) || text.length() > prefix.length() + (most + 2) / 3 * 4) {
      return Optional.empty();
    }
    return canonical(text.substring(prefix.length()))
        .filter(bytes -> bytes.length >= least && bytes.length <= most);
  }

  /** Base64 with its padding and without spare bits; empty if it is none. */
  static Optional<byte[]> canonical(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      return Base64.getEncoder().encodeToString(bytes).equals(base64)
          ? Optional.of(bytes)
          : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  static PublicKey publicKey(byte[] raw) throws GeneralSecurityException {
    byte[] encoded = new byte[SPKI.length + raw.length];
    System.arraycopy(SPKI, 0, encoded, 0, SPKI.length);
    System.arraycopy(raw, 0, encoded, SPKI.length, raw.length);
    return KeyFactory.getInstance(ED25519).generatePublic(new X509EncodedKeySpec(encoded));
  }
}
