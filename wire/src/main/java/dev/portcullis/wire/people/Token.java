package dev.portcullis.wire.people;

import dev.portcullis.kit.Base62;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** Random texts that open something for a while; stored as their SHA-256 alone. */
public final class Token {

  private static final int SESSION_BYTES = 32;
  private static final int CODE_BYTES = 20;

  private Token() {}

  /** The token of a new session: 256 random bits. */
  static String session(SecureRandom random) {
    return "adm_" + random(random, SESSION_BYTES);
  }

  /** A new code for enrolling: 160 random bits, short enough to be typed. */
  public static String enrollmentCode(SecureRandom random) {
    return "enroll_" + random(random, CODE_BYTES);
  }

  private static String random(SecureRandom random, int bytes) {
    byte[] bits = new byte[bytes];
    random.nextBytes(bits);
    return Base62.encode(bits);
  }

  /** What is stored: so many random bits need no slow hash and no salt. */
  public static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }
}
