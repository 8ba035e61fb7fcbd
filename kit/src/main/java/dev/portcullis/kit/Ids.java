package dev.portcullis.kit;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Makes ids: a prefix that names the type, then 128 bits in base 62, of which the first 48 are the
 * time in milliseconds and the other 80 are random. So ids sort by age, which keeps an index's
 * inserts in one place, and cannot be guessed.
 */
public final class Ids {

  private static final int DIGITS = 22;
  private static final int RANDOM_BITS = 80;
  private static final long MAX_MILLIS = (1L << 48) - 1;

  private final InstantSource clock;
  private final SecureRandom random;

  public Ids(InstantSource clock, SecureRandom random) {
    this.clock = clock;
    this.random = random;
  }

  /**
   * A new id.
   *
   * @param prefix the type's prefix without its underscore, for instance {@code pi}
   */
  public String next(String prefix) {
    byte[] bits = new byte[RANDOM_BITS / 8];
    random.nextBytes(bits);
    ByteBuffer buffer = ByteBuffer.wrap(bits);
    long millis = clock.millis() & MAX_MILLIS;
    long high = (millis << 16) | (buffer.getShort() & 0xFFFFL);
    return prefix + "_" + Base62.encode128(high, buffer.getLong());
  }

  /**
   * Where the ids of that prefix begin that are made at that time or later: the least of them.
   *
   * @param prefix the type's prefix without its underscore
   * @param from to the millisecond; not before 1970
   */
  public static String first(String prefix, Instant from) {
    return prefix + "_" + Base62.encode128(Math.max(from.toEpochMilli(), 0) << 16, 0);
  }

  /** When the id was made, to the millisecond; empty if it is not of this form. */
  public static Optional<Instant> createdAt(String id) {
    int at = id.lastIndexOf('_');
    if (at < 1 || !isWellFormed(id.substring(0, at), id)) {
      return Optional.empty();
    }
    long millis = Base62.decode(id.substring(at + 1)).shiftRight(RANDOM_BITS).longValueExact();
    return millis > MAX_MILLIS ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  /** Whether the text has that prefix and the form of an id; says nothing of its existence. */
  public static boolean isWellFormed(String prefix, String id) {
    return id.length() == prefix.length() + 1 + DIGITS
        && id.startsWith(prefix)
        && id.charAt(prefix.length()) == '_'
        && Base62.isBase62(id.substring(prefix.length() + 1));
  }
}
