package dev.portcullis.wire.people;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Time-based one-time passwords (RFC 6238) as every authenticator app makes them: HMAC-SHA-1, six
 * digits, steps of 30 seconds.
 *
 * <p>It stands on the JDK's HMAC: what a library would add is the truncation of RFC 4226, 5.3, and
 * not what matters here, the window and that a code counts once.
 */
public final class Totp {

  /** How long a code stands on the display. */
  public static final Duration STEP = Duration.ofSeconds(30);

  private static final int DIGITS = 6;
  private static final int MODULUS = 1_000_000;

  /** RFC 4226, 4: 160 bits are recommended. */
  private static final int SECRET_BYTES = 20;

  /** One step either way, for clocks that differ and people who type slowly (RFC 6238, 5.2). */
  private static final int WINDOW = 1;

  private static final String ALGORITHM = "HmacSHA1";
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private Totp() {}

  /** A new secret of 160 bits. */
  public static byte[] newSecret(SecureRandom random) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return secret;
  }

  /** The step that a time falls into. */
  public static long stepAt(Instant time) {
    return Math.floorDiv(time.getEpochSecond(), STEP.toSeconds());
  }

  /** The code of a step: six digits. */
  public static String code(byte[] secret, long step) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
      byte[] hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
      // RFC 4226, 5.3: the last four bits say where the 31 bits begin.
      int offset = hash[hash.length - 1] & 0xf;
      int number = ByteBuffer.wrap(hash).getInt(offset) & 0x7fff_ffff;
      return String.format(Locale.ROOT, "%0" + DIGITS + "d", number % MODULUS);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no " + ALGORITHM, e);
    }
  }

  /**
   * The step whose code this is, of those around now that come after a step; empty if there is
   * none. All of them are computed and compared in constant time, whatever is sent.
   *
   * @param after the last step of which a code was used: it and those before it count no more
   */
  public static OptionalLong match(byte[] secret, String code, Instant now, long after) {
    byte[] sent = code.getBytes(StandardCharsets.UTF_8);
    long current = stepAt(now);
    OptionalLong matched = OptionalLong.empty();
    for (long step = current + WINDOW; step >= current - WINDOW; step--) {
      byte[] expected = code(secret, step).getBytes(StandardCharsets.US_ASCII);
      if (MessageDigest.isEqual(expected, sent) && step > after) {
        matched = OptionalLong.of(step);
      }
    }
    return matched;
  }

  /** The secret in base 32 without padding (RFC 4648, 6), for typing into an app. */
  public static String base32(byte[] secret) {
    StringBuilder text = new StringBuilder();
    int buffer = 0;
    int bits = 0;
    for (byte b : secret) {
      buffer = (buffer << 8) | (b & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(BASE32.charAt((buffer >>> bits) & 31));
      }
      buffer &= (1 << bits) - 1;
    }
    if (bits > 0) {
      text.append(BASE32.charAt((buffer << (5 - bits)) & 31));
    }
    return text.toString();
  }

  /** The secret as a URL that apps read, as text or from a picture. */
  public static String url(String issuer, String name, byte[] secret) {
    return "otpauth://totp/"
        + encoded(issuer)
        + ":"
        + encoded(name)
        + "?secret="
        + base32(secret)
        + "&issuer="
        + encoded(issuer)
        + "&algorithm=SHA1&digits="
        + DIGITS
        + "&period="
        + STEP.toSeconds();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
