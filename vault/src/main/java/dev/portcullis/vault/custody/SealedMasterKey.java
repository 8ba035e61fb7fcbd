package dev.portcullis.vault.custody;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.FileMasterKey;
import dev.portcullis.vault.crypto.KeyTrouble;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.MasterKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A master key that is in memory only between the custodians' opening and the next sealing. */
public final class SealedMasterKey implements MasterKey {

  private final String name;
  private final KeyTrouble trouble;
  private volatile @Nullable FileMasterKey open;

  /**
   * @param name the key's name in the vault's database
   */
  public SealedMasterKey(String name) {
    this.name = name;
    this.trouble =
        new KeyTrouble(
            KeyTrouble.Kind.SEALED,
            "The vault is sealed: its custodians open the master key "
                + name
                + " with their shares.");
  }

  String name() {
    return name;
  }

  @Override
  public String id() {
    return "sealed:" + name;
  }

  /** Opens it; the array stays the caller's, who clears it. */
  void open(byte[] master, SecretAccess access) {
    open = new FileMasterKey(Secret.ofBytes(master), access);
  }

  boolean isOpen() {
    return open != null;
  }

  /**
   * Whether those bytes are the open key: they unwrap what it wraps.
   *
   * @throws KeyUnavailableException if it is not open
   */
  boolean isSame(byte[] master, SecretAccess access) {
    byte[] context = id().getBytes(StandardCharsets.UTF_8);
    try {
      byte[] wrapped = key().wrap(new byte[master.length], context);
      new FileMasterKey(Secret.ofBytes(master), access).unwrap(wrapped, context);
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private FileMasterKey key() {
    FileMasterKey key = open;
    if (key == null) {
      throw new KeyUnavailableException(trouble);
    }
    return key;
  }

  @Override
  public byte[] wrap(byte[] dataKey, byte[] context) throws GeneralSecurityException {
    return key().wrap(dataKey, context);
  }

  @Override
  public byte[] unwrap(byte[] wrapped, byte[] context) throws GeneralSecurityException {
    return key().unwrap(wrapped, context);
  }

  @Override
  public Optional<KeyTrouble> trouble() {
    return isOpen() ? Optional.empty() : Optional.of(trouble);
  }

  /** Seals it: the key goes out of reach at once. */
  @Override
  public void close() {
    open = null;
  }
}
