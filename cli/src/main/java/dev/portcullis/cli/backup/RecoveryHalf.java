package dev.portcullis.cli.backup;

import com.google.crypto.tink.HybridDecrypt;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.PublicKeyVerify;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;

/** The half of a backup key that opens what one home has made, and nothing of anybody else's. */
public final class RecoveryHalf {
  private static final String OPENS = "opens";
  private static final String VERIFIES = "verifies";

  /** What the wrapped keys are for (RFC 9180, info). */
  static final byte[] INFO = "portcullis backup 2".getBytes(StandardCharsets.UTF_8);

  private final KeysetHandle opens;
  private final KeysetHandle verifies;
  private final String id;

  RecoveryHalf(KeysetHandle opens, KeysetHandle verifies) throws GeneralSecurityException {
    this.opens = opens;
    this.verifies = verifies;
    this.id = BackupKeysets.id(opens.getPublicKeysetHandle(), verifies);
  }

  /**
   * As it was stored.
   *
   * @param where how a person calls the place, for the refusal
   */
  public static RecoveryHalf parse(String json, String where) {
    try {
      return new RecoveryHalf(
          BackupKeysets.secret(BackupKeysets.keyset(json, OPENS)),
          BackupKeysets.publicOnly(BackupKeysets.keyset(json, VERIFIES)));
    } catch (GeneralSecurityException e) {
      throw BackupKeysets.refusal(where, "recovery", e);
    }
  }

  /** For the file that the operator keeps apart. */
  public String json() {
    try {
      return BackupKeysets.json(
          OPENS, BackupKeysets.secretJson(opens), VERIFIES, BackupKeysets.publicJson(verifies));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the backup key cannot be written", e);
    }
  }

  /** The same for both halves. */
  public String id() {
    return id;
  }

  /**
   * Opens a backup's own key.
   *
   * @throws GeneralSecurityException if it was wrapped for another key, or was changed
   */
  byte[] unwrap(byte[] wrapped) throws GeneralSecurityException {
    return opens
        .getPrimitive(Primitives.configuration(), HybridDecrypt.class)
        .decrypt(wrapped, INFO);
  }

  /**
   * Lets pass what the home's half has signed.
   *
   * @throws GeneralSecurityException for anything else
   */
  void verify(byte[] signature, byte[] line) throws GeneralSecurityException {
    verifies
        .getPrimitive(Primitives.configuration(), PublicKeyVerify.class)
        .verify(signature, line);
  }
}
