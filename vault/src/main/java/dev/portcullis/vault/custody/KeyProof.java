package dev.portcullis.vault.custody;

import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.Evidence;
import java.sql.SQLException;

/**
 * Whether what shares open is the vault's master key. Whoever owns the database can put a key of
 * their own there, and has the shares that open it: that they fit says nothing.
 */
final class KeyProof {

  private final Custody.Guarded guarded;
  private final SecretAccess access;

  KeyProof(Custody.Guarded guarded, SecretAccess access) {
    this.guarded = guarded;
    this.access = access;
  }

  /** Whether no stored data key stands against it; the first of all has wrapped none yet. */
  boolean mayOpen(SealedMasterKey key, byte[] master) throws SQLException {
    return evidence(key, master).against() == null;
  }

  /**
   * Whether it is the one in memory or, while the vault is sealed, one that unwraps stored data
   * keys; where nothing can tell it is not.
   */
  boolean isInUse(SealedMasterKey key, byte[] master) throws SQLException {
    if (key.isOpen()) {
      return key.isSame(master, access);
    }
    Evidence evidence = evidence(key, master);
    return evidence.any() && evidence.against() == null;
  }

  private Evidence evidence(SealedMasterKey key, byte[] master) throws SQLException {
    try (SealedMasterKey shown = new SealedMasterKey(key.name())) {
      shown.open(master, access);
      return guarded.evidence(shown);
    }
  }
}
