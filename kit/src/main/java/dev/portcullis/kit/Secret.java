package dev.portcullis.kit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;

/**
 * A value that must not be seen: a key, a password, a credential.
 *
 * <p>It is a final class and not a record, so that no accessor, {@code toString} or serializer
 * shows it. Two secrets are compared in constant time. Reading one takes a {@link SecretAccess}.
 */
public final class Secret {

  private final byte[] value;

  private Secret(byte[] value) {
    this.value = value;
  }

  /** A secret text; kept as UTF-8. */
  public static Secret of(String value) {
    return new Secret(value.getBytes(StandardCharsets.UTF_8));
  }

  /** A secret of raw bytes; the array is copied. */
  public static Secret ofBytes(byte[] value) {
    return new Secret(value.clone());
  }

  /** The secret as text. */
  public String reveal(SecretAccess access) {
    return new String(revealBytes(access), StandardCharsets.UTF_8);
  }

  /** A copy of the secret's bytes; the caller clears it when it is done. */
  public byte[] revealBytes(SecretAccess access) {
    Objects.requireNonNull(access, "access");
    return value.clone();
  }

  /** The number of bytes, 0 or more. */
  public int length() {
    return value.length;
  }

  /** Constant-time equality: the time taken says nothing of where two secrets differ. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that && MessageDigest.isEqual(value, that.value);
  }

  /** The same for all secrets: a hash of the value would tell something of it. */
  @Override
  public int hashCode() {
    return Secret.class.hashCode();
  }

  @Override
  public String toString() {
    return "[REDACTED]";
  }
}
