package dev.portcullis.gateway.sealing;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import java.security.SecureRandom;
import java.util.Base64;

/** Sealing with keys of the test run's own, for tests that build a part by hand. */
public final class Seals {

  private static final byte[] KEY = random();

  /** Hashes. */
  public static final BlindIndex BLIND =
      new BlindIndex(Secret.ofBytes(KEY), SecretAccess.insecureGrant());

  /** Seals texts. */
  public static final Sealer SEALER =
      Sealer.of(
          Secret.of("1:" + Base64.getEncoder().encodeToString(KEY)), SecretAccess.insecureGrant());

  /** Seals within documents. */
  public static final PersonalData PERSONAL = new PersonalData(SEALER);

  private Seals() {}

  private static byte[] random() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }
}
