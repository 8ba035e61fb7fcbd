package dev.portcullis.cli.backup;

import com.google.crypto.tink.HybridEncrypt;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.PublicKeySign;
import java.security.GeneralSecurityException;

/** The half of a backup key that makes backups, and opens none; the operator's alone. */
public final class HomeHalf {
  private static final String SEALS = "seals";
  private static final String SIGNS = "signs";

  private final KeysetHandle seals;
  private final KeysetHandle signs;
  private final String id;

  HomeHalf(KeysetHandle seals, KeysetHandle signs) throws GeneralSecurityException {
    this.seals = seals;
    this.signs = signs;
    this.id = BackupKeysets.id(seals, signs.getPublicKeysetHandle());
  }

  /**
   * As it was stored.
   *
   * @param where how a person calls the place, for the refusal
   */
  static HomeHalf parse(String json, String where) {
    try {
      return new HomeHalf(
          BackupKeysets.publicOnly(BackupKeysets.keyset(json, SEALS)),
          BackupKeysets.secret(BackupKeysets.keyset(json, SIGNS)));
    } catch (GeneralSecurityException e) {
      throw BackupKeysets.refusal(where, "home's", e);
    }
  }

  /** For the home's file. */
  public String json() {
    try {
      return BackupKeysets.json(
          SEALS, BackupKeysets.publicJson(seals), SIGNS, BackupKeysets.secretJson(signs));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the backup key cannot be written", e);
    }
  }

  /** The same for both halves. */
  public String id() {
    return id;
  }

  /** Closes a backup's own key so that only the recovery half opens it. */
  byte[] wrap(byte[] streamKey) throws GeneralSecurityException {
    return seals
        .getPrimitive(Primitives.configuration(), HybridEncrypt.class)
        .encrypt(streamKey, RecoveryHalf.INFO);
  }

  /** Says that the line at a backup's beginning, and so all that its key opens, is this home's. */
  byte[] sign(byte[] line) throws GeneralSecurityException {
    return signs.getPrimitive(Primitives.configuration(), PublicKeySign.class).sign(line);
  }
}
