package dev.portcullis.wire.key;

import dev.portcullis.kit.Base62;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * An API key: {@code sk_test_} or the like, 33 random digits of base 62, and 6 of a checksum, so
 * that a scanner can tell a key from a text that looks like one, and a typing error is known
 * without the database.
 *
 * <p>A final class that does not show itself; {@link #text()} is the ugly way to see it.
 */
public final class ApiKey {

  private static final int RANDOM_BYTES = 24;
  private static final int CHECK_DIGITS = 6;
  private static final Pattern FORM =
      Pattern.compile("(sk|pk|rk)_(test|live)_([0-9A-Za-z]{33})([0-9A-Za-z]{6})");

  private final KeyKind kind;
  private final boolean livemode;
  private final String text;

  private ApiKey(KeyKind kind, boolean livemode, String text) {
    this.kind = kind;
    this.livemode = livemode;
    this.text = text;
  }

  /** A new key of 192 random bits. */
  public static ApiKey generate(KeyKind kind, boolean livemode, SecureRandom random) {
    byte[] bits = new byte[RANDOM_BYTES];
    random.nextBytes(bits);
    String body = kind.prefix() + (livemode ? "_live_" : "_test_") + Base62.encode(bits);
    return new ApiKey(kind, livemode, body + checksum(body));
  }

  /** The key of that text, or empty if it has not the form or the checksum of one. */
  public static Optional<ApiKey> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()
        || !checksum(text.substring(0, text.length() - CHECK_DIGITS)).equals(matcher.group(4))) {
      return Optional.empty();
    }
    KeyKind kind =
        switch (matcher.group(1)) {
          case "sk" -> KeyKind.SECRET;
          case "pk" -> KeyKind.PUBLISHABLE;
          default -> KeyKind.RESTRICTED;
        };
    return Optional.of(new ApiKey(kind, "live".equals(matcher.group(2)), text));
  }

  /** Not for security: it tells a key from its misprint. */
  private static String checksum(String body) {
    CRC32 crc = new CRC32();
    crc.update(body.getBytes(StandardCharsets.US_ASCII));
    return Base62.encode(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  /** What the key is for. */
  public KeyKind kind() {
    return kind;
  }

  /** Whether it moves real money. */
  public boolean livemode() {
    return livemode;
  }

  /** The whole key. Show it once, to the person who made it. */
  public String text() {
    return text;
  }

  /** The key as it may be shown: its prefix and its last four characters. */
  public String redacted() {
    return text.substring(0, 8) + "..." + text.substring(text.length() - 4);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ApiKey that
        && MessageDigest.isEqual(
            text.getBytes(StandardCharsets.US_ASCII),
            that.text.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public int hashCode() {
    return ApiKey.class.hashCode();
  }

  @Override
  public String toString() {
    return redacted();
  }
}
