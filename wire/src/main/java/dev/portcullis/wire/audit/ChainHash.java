package dev.portcullis.wire.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hash of an audit entry: SHA-256 over the hash of the entry before it and its own fields, so
 * that an entry that was changed, left out or put in from outside shows at the next one.
 */
public final class ChainHash {

  /** How long a hash is. */
  public static final int BYTES = 32;

  private ChainHash() {}

  /** What comes before the first entry: zeros. */
  public static byte[] start() {
    return new byte[BYTES];
  }

  /**
   * An entry's hash.
   *
   * @param previous the hash of the entry before it
   * @param fields the entry's fields; NUL parts them, which no text of PostgreSQL can hold
   */
  public static byte[] of(byte[] previous, String... fields) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(previous);
      return digest.digest(String.join("\0", fields).getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }
}
