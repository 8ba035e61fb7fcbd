package dev.portcullis.wire.webhook;

import dev.portcullis.kit.SecretAccess;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.Destroyable;

/**
 * A secret that sender and receiver share: {@code whsec_} and base64. Stripe's scheme is keyed with
 * the whole text, Standard Webhooks with the bytes that the base64 stands for. It signs without
 * showing itself; reading it takes a {@link SecretAccess}.
 */
public final class SigningSecret implements StandardKey, Destroyable {

  /** What each begins with. */
  public static final String PREFIX = "whsec_";

  private static final String ALGORITHM = "HmacSHA256";

  /** Standard Webhooks, Signature scheme: between 24 and 64 bytes. */
  private static final int LEAST_BYTES = 24;

  private static final int MOST_BYTES = 64;

  /** A multiple of three, so that its base64 has no padding. */
  private static final int NEW_BYTES = 30;

  private final byte[] text;

  /** Empty where the text is none of Standard Webhooks. */
  private final byte[] key;

  private SigningSecret(byte[] text, byte[] key) {
    this.text = text;
    this.key = key;
  }

  /** A new one, of 240 random bits. */
  public static SigningSecret generate(SecureRandom random) {
    byte[] key = new byte[NEW_BYTES];
    random.nextBytes(key);
    String text = PREFIX + Base64.getEncoder().encodeToString(key);
    return new SigningSecret(text.getBytes(StandardCharsets.US_ASCII), key);
  }

  /** Reads one that both schemes can use; empty if it is none. */
  public static Optional<SigningSecret> parse(String text) {
    return Keys.decoded(PREFIX, text, LEAST_BYTES, MOST_BYTES)
        .map(key -> new SigningSecret(text.getBytes(StandardCharsets.US_ASCII), key));
  }

  /**
   * Some text that Stripe's scheme is keyed with, whatever it looks like.
   *
   * @param text one byte at least; copied
   */
  public static SigningSecret ofText(byte[] text) {
    if (text.length == 0) {
      throw new IllegalArgumentException("a secret of no bytes");
    }
    return new SigningSecret(text.clone(), new byte[0]);
  }

  /** The whole text, as its receiver is told it. */
  public String text(SecretAccess access) {
    Objects.requireNonNull(access, "access");
    return new String(text, StandardCharsets.UTF_8);
  }

  byte[] stripeMac(byte[]... parts) {
    return mac(text, parts);
  }

  byte[] standardMac(byte[]... parts) {
    return mac(key, parts);
  }

  /** Whether Standard Webhooks can use it. */
  boolean isStandard() {
    return key.length > 0;
  }

  private static byte[] mac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no " + ALGORITHM, e);
    }
  }

  /** Clears it; it must not be used any more. */
  @Override
  public void destroy() {
    Arrays.fill(text, (byte) 0);
    Arrays.fill(key, (byte) 0);
  }

  /** In constant time. */
  @Override
  public boolean equals(Object other) {
    return other instanceof SigningSecret that && MessageDigest.isEqual(text, that.text);
  }

  /** The same for all: a hash would tell something of it. */
  @Override
  public int hashCode() {
    return SigningSecret.class.hashCode();
  }

  @Override
  public String toString() {
    return "[REDACTED]";
  }
}
