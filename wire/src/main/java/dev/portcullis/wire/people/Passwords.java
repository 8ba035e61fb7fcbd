package dev.portcullis.wire.people;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.people.HashingPlaces.Asker;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Hashes passwords with Argon2id (RFC 9106), with the parameters that OWASP's Password Storage
 * Cheat Sheet puts first: 19 MiB, two passes, one lane. A hash is a PHC string and names its
 * parameters, so that they can rise later.
 */
final class Passwords {

  private static final int MEMORY_KIB = 19 * 1024;
  private static final int PASSES = 2;
  private static final int LANES = 1;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Pattern PHC =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=([0-9]{1,7}),t=([0-9]{1,2}),p=([0-9]{1,2})"
              + "\\$([0-9A-Za-z+/]{11,86})\\$([0-9A-Za-z+/]{43})");

  private final SecretAccess access;
  private final SecureRandom random;
  private final HashingPlaces places = new HashingPlaces(PATIENCE);

  Passwords(SecretAccess access, SecureRandom random) {
    this.access = access;
    this.random = random;
  }

  /**
   * The hash of a new password.
   *
   * @throws TooManyAttempts if too many wait already
   */
  String hash(Secret password, Asker asker) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] hash = derive(password, asker, new Cost(salt, MEMORY_KIB, PASSES, LANES));
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
        .formatted(
            MEMORY_KIB, PASSES, LANES, base64.encodeToString(salt), base64.encodeToString(hash));
  }

  /**
   * Whether the hash is of that password.
   *
   * @throws TooManyAttempts if too many wait already
   * @throws IllegalArgumentException if the text is no hash of ours
   */
  boolean matches(Secret password, String phc, Asker asker) {
    Matcher parts = PHC.matcher(phc);
    if (!parts.matches()) {
      throw new IllegalArgumentException("a stored password hash has not the form of one");
    }
    byte[] expected = Base64.getDecoder().decode(parts.group(5));
    byte[] hash =
        derive(
            password,
            asker,
            new Cost(
                Base64.getDecoder().decode(parts.group(4)),
                Integer.parseInt(parts.group(1)),
                Integer.parseInt(parts.group(2)),
                Integer.parseInt(parts.group(3))));
    return MessageDigest.isEqual(expected, hash);
  }

  private record Cost(byte[] salt, int memoryKib, int passes, int lanes) {}

  private byte[] derive(Secret password, Asker asker, Cost cost) {
    byte[] bytes = normalized(password);
    try (HashingPlaces.Place _ = places.enter(asker)) {
      Argon2BytesGenerator generator = new Argon2BytesGenerator();
      generator.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withMemoryAsKB(cost.memoryKib())
              .withIterations(cost.passes())
              .withParallelism(cost.lanes())
              .withSalt(cost.salt())
              .build());
      byte[] hash = new byte[HASH_BYTES];
      generator.generateBytes(bytes, hash);
      return hash;
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** The same password typed on another keyboard is the same bytes (NIST SP 800-63B, 5.1.1.2). */
  private byte[] normalized(Secret password) {
    return Normalizer.normalize(password.reveal(access), Normalizer.Form.NFKC)
        .getBytes(StandardCharsets.UTF_8);
  }
}
