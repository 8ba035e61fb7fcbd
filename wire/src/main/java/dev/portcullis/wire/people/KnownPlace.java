package dev.portcullis.wire.people;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A place where somebody has signed in before. Failures there are counted apart from everybody
 * else's, so that a stranger who knows a name, or shares an address, locks nobody out of a place
 * that is their own. It opens nothing: whoever steals it may guess as often as anybody, and no
 * oftener.
 *
 * @param person whose place
 * @param id which of theirs, in hexadecimal
 */
record KnownPlace(String person, String id) {

  private static final String PREFIX = "place_";
  private static final int ID_BYTES = 16;
  private static final Duration LIFE = Duration.ofDays(90);

  /** A new one as its person keeps it: sealed by the zone, which keeps nothing of it. */
  static String issue(String person, TotpSeal seal, SecureRandom random, Instant now) {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    byte[] content =
        ByteBuffer.allocate(ID_BYTES + Long.BYTES).put(id).putLong(now.getEpochSecond()).array();
    return PREFIX + encoded(person) + "." + encoded(seal.seal(sealedFor(person), content));
  }

  /** What was issued, if this zone issued it and not too long ago. */
  static Optional<KnownPlace> read(String text, TotpSeal seal, Instant now) {
    int dot = text.indexOf('.');
    if (!text.startsWith(PREFIX) || dot < 0 || text.length() > 2_000) {
      return Optional.empty();
    }
    ByteBuffer content;
    String person;
    try {
      person = decoded(text.substring(PREFIX.length(), dot));
      content = ByteBuffer.wrap(seal.open(sealedFor(person), decoded(text.substring(dot + 1))));
    } catch (RuntimeException e) {
      return Optional.empty(); // it was changed, or is another zone's: it proves nothing
    }
    byte[] id = new byte[ID_BYTES];
    content.get(id);
    Instant issued = Instant.ofEpochSecond(content.getLong());
    return now.isBefore(issued.plus(LIFE))
        ? Optional.of(new KnownPlace(person, HexFormat.of().formatHex(id)))
        : Optional.empty();
  }

  /** Never what an authenticator's secret is sealed for: no person's name has a colon. */
  private static String sealedFor(String person) {
    return "place:" + person;
  }

  private static String encoded(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String decoded(String text) {
    return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
  }

  /** Under what its failures are counted. */
  String subject() {
    return "place:" + id;
  }
}
