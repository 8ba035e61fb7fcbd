package dev.portcullis.vault.portability;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.api.OpenPGPCertificate;
import org.bouncycastle.openpgp.api.OpenPGPCertificate.OpenPGPComponentKey;
import org.bouncycastle.openpgp.api.bc.BcOpenPGPApi;

/**
 * Whoever gets an export: their OpenPGP key, as it stands now.
 *
 * @param fingerprint of the primary key, in lower-case hexadecimal
 * @param name the user id, shortened
 * @param ring all of the certificate
 * @param encryptionKey the part that is encrypted to
 */
record Recipient(String fingerprint, String name, byte[] ring, PGPPublicKey encryptionKey) {

  private static final int WEAKEST_RSA = 2_048;
  private static final int LONGEST_NAME = 100;
  private static final String PARAM = "recipient_key";

  /**
   * Reads a public key.
   *
   * @param key armoured or not
   * @throws ApiException if it is none, is a private one, or nothing may be encrypted to it now:
   *     expired, revoked, made for signing alone, or weak
   */
  static Recipient read(byte[] key, Instant now) {
    OpenPGPCertificate certificate = certificate(key);
    Date date = Date.from(now);
    PGPPublicKey chosen =
        certificate.getEncryptionKeys(date).stream()
            .filter(part -> certificate.getPrimaryKey().getRevocation(date) == null)
            .map(OpenPGPComponentKey::getPGPPublicKey)
            .filter(Recipient::isStrong)
            .max(Comparator.comparing(PGPPublicKey::getCreationTime))
            .orElseThrow(
                () ->
                    refused(
                        "Nothing may be encrypted to this key now: it has expired, was revoked, is"
                            + " for signing alone, or is weak."));
    try {
      return new Recipient(
          HexFormat.of().formatHex(certificate.getFingerprint()),
          name(certificate),
          certificate.getPGPPublicKeyRing().getEncoded(),
          chosen);
    } catch (IOException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }

  private static OpenPGPCertificate certificate(byte[] key) {
    List<OpenPGPCertificate> read;
    try {
      read = new BcOpenPGPApi().readKeyOrCertificate().parseKeysOrCertificates(key);
    } catch (IOException | RuntimeException e) {
      throw refused("This is no OpenPGP key.");
    }
    if (read.size() != 1) {
      throw refused("This must be one OpenPGP key, not " + read.size() + ".");
    }
    if (read.getFirst().isSecretKey()) {
      throw refused("This is a private key: it belongs to its owner alone. Give the public one.");
    }
    return read.getFirst();
  }

  private static boolean isStrong(PGPPublicKey key) {
    return switch (key.getAlgorithm()) {
      case PublicKeyAlgorithmTags.RSA_GENERAL -> key.getBitStrength() >= WEAKEST_RSA;
      case PublicKeyAlgorithmTags.ECDH,
          PublicKeyAlgorithmTags.X25519,
          PublicKeyAlgorithmTags.X448 ->
          true;
      default -> false;
    };
  }

  private static String name(OpenPGPCertificate certificate) {
    String id =
        certificate.getAllUserIds().stream()
            .map(user -> user.getUserId())
            .findFirst()
            .orElse("nobody's name");
    String shown = ApiErrors.shown(id);
    return shown.length() > LONGEST_NAME ? shown.substring(0, LONGEST_NAME) : shown;
  }

  private static ApiException refused(String message) {
    return new ApiException(ApiErrors.invalid(PARAM, "recipient_key_unusable", message));
  }
}
