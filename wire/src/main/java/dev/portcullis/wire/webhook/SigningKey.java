package dev.portcullis.wire.webhook;

import dev.portcullis.kit.SecretAccess;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * The private half of a key pair that signs for Standard Webhooks: {@code whsk_} and base64 of the
 * seed and the public key (64 bytes, as libsodium writes it) or of the seed alone. Whoever has the
 * public half can verify and not sign.
 */
public final class SigningKey {

  /** What each begins with. */
  public static final String PREFIX = "whsk_";

  private final byte[] seed;
  private final Ed25519PrivateKeyParameters key;
  private final VerificationKey half;

  /** Not by the JDK: it takes some ten times as long to sign, and each delivery is signed. */
  private SigningKey(byte[] seed) throws GeneralSecurityException {
    this.seed = seed;
    this.key = new Ed25519PrivateKeyParameters(seed, 0);
    this.half = VerificationKey.of(key.generatePublicKey().getEncoded());
  }

  /** A new one. */
  public static SigningKey generate(SecureRandom random) {
    byte[] seed = new byte[Keys.ED25519_BYTES];
    random.nextBytes(seed);
    try {
      return new SigningKey(seed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no Ed25519", e);
    }
  }

  /** Reads one; empty if it is none, or the public half in it is another one's. */
  public static Optional<SigningKey> parse(String text) {
    return Keys.decoded(PREFIX, text, Keys.ED25519_BYTES, 2 * Keys.ED25519_BYTES)
        .flatMap(SigningKey::read);
  }

  private static Optional<SigningKey> read(byte[] bytes) {
    try {
      SigningKey read = new SigningKey(Arrays.copyOf(bytes, Keys.ED25519_BYTES));
      // A pair that does not belong together would give the private half away by what it signs.
      boolean sound =
          bytes.length == Keys.ED25519_BYTES
              || MessageDigest.isEqual(bytes, read.seedAndPublicKey());
      return sound ? Optional.of(read) : Optional.empty();
    } catch (GeneralSecurityException _) {
      return Optional.empty();
    }
  }

  /** What receivers are told. */
  public VerificationKey publicHalf() {
    return half;
  }

  /** The whole text, seed and public key; for whoever stores it sealed. */
  public String text(SecretAccess access) {
    Objects.requireNonNull(access, "access");
    return PREFIX + Base64.getEncoder().encodeToString(seedAndPublicKey());
  }

  private byte[] seedAndPublicKey() {
    byte[] both = Arrays.copyOf(seed, 2 * Keys.ED25519_BYTES);
    System.arraycopy(half.raw(), 0, both, Keys.ED25519_BYTES, Keys.ED25519_BYTES);
    return both;
  }

  byte[] sign(byte[]... parts) {
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, key);
    for (byte[] part : parts) {
      signer.update(part, 0, part.length);
    }
    return signer.generateSignature();
  }

  @Override
  public String toString() {
    return "[REDACTED]";
  }
}
