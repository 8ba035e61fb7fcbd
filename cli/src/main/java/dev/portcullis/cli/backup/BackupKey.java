package dev.portcullis.cli.backup;

import com.google.crypto.tink.HybridDecrypt;
import com.google.crypto.tink.HybridEncrypt;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.hybrid.HpkeParameters;
import dev.portcullis.cli.home.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The key of backups, in two halves (HPKE, RFC 9180: X25519, HKDF-SHA256, AES-256-GCM). The home
 * keeps the public one, so that whoever takes the running system over can make backups and open
 * none; the private one belongs to a person, elsewhere.
 *
 * <p>Both are kept as Tink's JSON keysets.
 */
public final class BackupKey {

  /** What the wrapped keys are for (RFC 9180, info). */
  private static final byte[] INFO = "portcullis backup 1".getBytes(StandardCharsets.UTF_8);

  private static final int ID_BYTES = 8;

  private final KeysetHandle keyset;
  private final String id;

  private BackupKey(KeysetHandle keyset, String publicJson) {
    this.keyset = keyset;
    this.id = id(publicJson);
  }

  /** A new pair; this is its private half. */
  public static BackupKey generate() {
    try {
      HpkeParameters parameters =
          HpkeParameters.builder()
              .setKemId(HpkeParameters.KemId.DHKEM_X25519_HKDF_SHA256)
              .setKdfId(HpkeParameters.KdfId.HKDF_SHA256)
              .setAeadId(HpkeParameters.AeadId.AES_256_GCM)
              .setVariant(HpkeParameters.Variant.TINK)
              .build();
      KeysetHandle keyset = KeysetHandle.generateNew(parameters, Primitives.configuration());
      return new BackupKey(keyset, publicJson(keyset));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no backup key can be made", e);
    }
  }

  /**
   * The private half as it was stored.
   *
   * @param where how a person calls the place, for the refusal
   */
  public static BackupKey parsePrivate(String json, String where) {
    try {
      KeysetHandle keyset =
          TinkJsonProtoKeysetFormat.parseKeyset(
              json, Primitives.configuration(), InsecureSecretKeyAccess.get());
      return new BackupKey(keyset, publicJson(keyset));
    } catch (GeneralSecurityException e) {
      throw new Refusal(where + " does not hold the private half of a backup key.", e);
    }
  }

  /** The public half as it was stored. */
  public static BackupKey parsePublic(String json, String where) {
    try {
      KeysetHandle keyset =
          TinkJsonProtoKeysetFormat.parseKeysetWithoutSecret(json, Primitives.configuration());
      return new BackupKey(keyset, json(keyset));
    } catch (GeneralSecurityException e) {
      throw new Refusal(where + " does not hold the public half of a backup key.", e);
    }
  }

  /** The private half, for the file that the operator keeps apart. */
  public String privateJson() {
    try {
      return TinkJsonProtoKeysetFormat.serializeKeyset(
          keyset, Primitives.configuration(), InsecureSecretKeyAccess.get());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the backup key cannot be written", e);
    }
  }

  /** The public half, for the home. */
  public String publicJson() {
    try {
      return publicJson(keyset);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the backup key cannot be written", e);
    }
  }

  private static String publicJson(KeysetHandle privateKeyset) throws GeneralSecurityException {
    return json(privateKeyset.getPublicKeysetHandle());
  }

  private static String json(KeysetHandle publicKeyset) throws GeneralSecurityException {
    return TinkJsonProtoKeysetFormat.serializeKeysetWithoutSecret(
        publicKeyset, Primitives.configuration());
  }

  /** What a person tells keys apart by: the same for both halves, and no secret. */
  public String id() {
    return id;
  }

  private static String id(String publicJson) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(publicJson.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Closes a backup's own key so that only the private half opens it. */
  byte[] wrap(byte[] streamKey) throws GeneralSecurityException {
    return keyset
        .getPrimitive(Primitives.configuration(), HybridEncrypt.class)
        .encrypt(streamKey, INFO);
  }

  /**
   * Opens a backup's own key.
   *
   * @throws GeneralSecurityException if it was wrapped for another key, or was changed
   */
  byte[] unwrap(byte[] wrapped) throws GeneralSecurityException {
    return keyset
        .getPrimitive(Primitives.configuration(), HybridDecrypt.class)
        .decrypt(wrapped, INFO);
  }
}
